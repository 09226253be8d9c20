"""Makers for stories in the field: a server, an endpoint and a neighbour that probes, each a host of a small network."""

import json
import os
import signal
import socket
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.lan import Host
from tests.sensor.audit_lock import audit_lock
from tests.stories.conftest import Server, run
from tests.waiting import until

DEMO = "Demo - Credential Dumping via Registry"
SCRIPT = "T1003_Demo_Script.sh"
PROBED = 22  # the neighbours probe a port that is known; something answers there before the isolation
WITHIN_S = 60  # from the script to the alert; the issue's own bound, waited for by events, not slept through
_BLIND = "blind"  # group of endpoints whose sensors watch nothing
_HINOMI = [sys.executable, "-m", "hinomi"]


class FieldHouse:
    """The server on its host, and a client that stands there."""

    def __init__(self, host: Host, data: Path) -> None:
        self.host, self.data = host, data
        with host.inside():
            self.server = Server(data)
        self.token = self.say("token", "create", "--role", "administrator", "--name", "walk")

    def say(self, *words: object) -> str:
        """A command on the server's host."""
        with self.host.inside():
            return run(*words, data=self.data).stdout.strip()

    def ask(self, method: str, path: str, **more: Any) -> httpx.Response:
        with (
            self.host.inside(),
            httpx.Client(
                base_url=self.server.url,
                headers={"Authorization": f"Bearer {self.token}"},
                timeout=60,
                trust_env=False,
            ) as client,
        ):
            reply = client.request(method, path, **more)
        assert reply.is_success, f"{method} {path}: {reply.status_code} {reply.text[:2000]}"
        return reply

    def get(self, path: str, **parameters: Any) -> Any:
        return self.ask("GET", path, params=parameters).json()

    def task(self, action: str, guid: str, parameters: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
        """Ask for it and wait for the end; the finished task."""
        body = {"action": action, "targets": [{"kind": "endpoint", "id": guid}], "parameters": parameters or {}, **more}
        (item,) = self.ask("POST", "/console/api/response/tasks", json=body).json()["items"]
        assert "task" in item, item
        id_ = item["task"]["id"]
        ends = {"verified", "unverified", "failed", "expired", "rejected", "cancelled"}

        def ended() -> Any:
            found = self.get(f"/console/api/response/tasks/{id_}")
            return found if found["state"] in ends else None

        return dict(until(ended, f"the end of {action}", 120))


@contextmanager
def field_house(host: Host, data: Path) -> Iterator[tuple[FieldHouse, dict[str, str]]]:
    """A server on the host, whose gateway the others reach; and the first administrator's `user` and `password`."""
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("HINOMI_GATEWAY_HOST", host.address)
        environment.setenv("HINOMI_GATEWAY_PORT", "0")
        first = json.loads(run("init", "--json", data=data).stdout)
        house = FieldHouse(host, data)
        try:
            yield house, first
        finally:
            if house.server.is_running:
                assert house.server.stop() == 0


@contextmanager
def sensors_on(house: FieldHouse, hosts: dict[str, Host], folder: Path) -> Iterator[dict[str, str]]:
    """A real sensor on each of the hosts, connected; their GUIDs by host.

    The first of them watches. The hosts share one kernel: the others would tell of the same processes once more.
    """
    blind = {"policy": {"watch": []}, "base": 0}
    house.ask("PUT", f"/console/api/sensor-policies/{_BLIND}", json=blind)
    with ExitStack() as stack:
        stack.enter_context(audit_lock())
        guids: dict[str, str] = {}
        for name, host in hosts.items():
            own, group = folder / f"sensor-{name}", _BLIND if guids else ""
            text = house.say("sensor", "token", "--group", group)
            host.run(*_HINOMI, "sensor", "enrol", text, "--folder", own)
            process = host.start([*_HINOMI, "sensor", "run", "--folder", own])
            stack.callback(end, process)
            guids[name] = json.loads(run("sensor", "status", "--folder", own, "--json").stdout)["guid"]
        for guid in guids.values():
            until(lambda guid=guid: _is_connected(house, guid), "the sensor to connect")  # type: ignore[misc]
        first = next(iter(hosts))
        states = json.loads(run("sensor", "status", "--folder", folder / f"sensor-{first}", "--json").stdout)[
            "collectors"
        ]
        assert any("process" in each["watches"] for each in states.values()), states
        yield guids


def _is_connected(house: FieldHouse, guid: str) -> bool:
    return any(one["guid"] == guid and one["connected"] for one in house.get("/console/api/endpoints")["items"])


@contextmanager
def answering(host: Host, asking: Host, folder: Path) -> Iterator[int]:
    """A port of the host that answers, so that silence after the isolation means something."""
    process = host.start(
        [sys.executable, "-m", "http.server", str(PROBED), "--bind", host.address, "--directory", folder],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        until(lambda: answers(asking, host.address, PROBED), "the listener", 30)
        yield PROBED
    finally:
        end(process)


def end(process: subprocess.Popen[str]) -> None:
    """Ask its group to end, and after half a minute see to it."""
    os.killpg(process.pid, signal.SIGTERM)
    try:
        process.wait(30)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def answers(host: Host, address: str, port: int) -> bool:
    """Whether the address answers when asked from the host."""
    with host.inside():
        try:
            socket.create_connection((address, port), timeout=1).close()
        except OSError:
            return False
    return True


def rules(host: Host) -> str:
    """The packet filter of the host, in full."""
    return host.run("nft", "list", "ruleset").stdout


def unpack_demo(packed: Path, password: str, folder: Path) -> Path:
    """The demonstration script out of its zip, as a person gets it."""
    folder.mkdir()
    with zipfile.ZipFile(packed) as opened:
        opened.extract(SCRIPT, folder, pwd=password.encode())
    return folder / SCRIPT
