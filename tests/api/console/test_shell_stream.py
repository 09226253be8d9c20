"""The stream as a browser and a program see it: a real server, a real WebSocket, a real shell behind."""

import base64
import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect

from hinomi.response.shell_store import ShellPolicy
from hinomi.schema.principal import COMMAND_LINE, Role
from hinomi.wire.inventory import HostFacts
from tests.api.house import Running
from tests.make_shell import Endpoint

GUID = "5d6c1f2e-3a4b-4c5d-8e9f-0a1b2c3d4e5f"


def opened(shared: Running, client: httpx.Client) -> tuple[str, Endpoint]:
    house = shared.house
    house.inventory.seen(GUID, at_ms=1, facts=HostFacts(name="shell-host", os_name="Debian"), connected=True)
    endpoint = Endpoint(house.shells, GUID)
    made = client.post("/console/api/shells", json={"endpoint": GUID, "reason": "a test"})
    assert made.status_code == 201, made.text
    task = house.response.tasks.get(made.json()["taskId"])
    endpoint.run(task.parameters)
    return task.id, endpoint


@contextmanager
def attached(shared: Running, client: httpx.Client, task: str, **more: Any) -> Iterator[ClientConnection]:
    headers = {name: client.headers[name] for name in ("Authorization",) if name in client.headers}
    if client.cookies:
        headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in client.cookies.items())
    headers |= more.pop("headers", {"Origin": shared.url} if client.cookies else {})
    address = shared.url.replace("http", "ws") + f"/console/api/shells/{task}/stream?columns=91&rows=17"
    with connect(address, additional_headers=headers, proxy=None, **more) as socket:
        yield socket


def until(socket: ClientConnection, wanted: str) -> str:
    text = ""
    while wanted not in text:
        event = json.loads(socket.recv(timeout=20))
        if event["type"] == "output":
            text += base64.b64decode(event["data"]).decode(errors="replace")
        assert event["type"] != "end", event
    return text


def state(socket: ClientConnection) -> dict[str, Any]:
    while True:
        event: dict[str, Any] = json.loads(socket.recv(timeout=20))
        if event["type"] == "state" and event["state"] == "open":
            return event


def say(socket: ClientConnection, **wish: Any) -> None:
    socket.send(json.dumps(wish))


def end_of(socket: ClientConnection) -> str:
    while True:
        event = json.loads(socket.recv(timeout=20))
        if event["type"] == "end":
            return str(event["reason"])


def test_a_person_types_resizes_and_ends(shared: Running) -> None:
    person = shared.person()
    task, endpoint = opened(shared, person)
    csrf = f"csrf.{person.headers['X-CSRF-Token']}"
    with attached(shared, person, task, subprotocols=["hinomi.shell", csrf]) as socket:
        assert socket.subprotocol == "hinomi.shell"
        assert state(socket)["mayType"]
        say(socket, type="input", data="stty size; echo ☃$((6*7))\n")
        until(socket, "☃42\r\n")
        say(socket, type="resize", columns=120, rows=40)
        say(socket, type="input", data="stty size\n")
        until(socket, "40 120\r\n")
        say(socket, type="end")
        assert end_of(socket) == "ended"
    assert endpoint.join()["left"] == 0
    told = person.get(f"/console/api/shells/{task}/recording")
    assert told.headers["content-type"].startswith("application/x-asciicast")
    lines = [json.loads(line) for line in told.text.splitlines()]
    assert (lines[0]["width"], lines[0]["height"]) == (91, 17)
    assert "17 91" in "".join(line[2] for line in lines[1:] if line[1] == "o")
    assert [line[2] for line in lines[1:] if line[1] == "r"] == ["120x40"]


def test_a_program_with_a_key_attaches_without_an_origin(shared: Running) -> None:
    client = shared.key()
    task, endpoint = opened(shared, client)
    with attached(shared, client, task) as socket:
        state(socket)
        say(socket, type="input", data="exit 4\n")
        assert end_of(socket) == "exit"
    assert endpoint.join()["exit_code"] == 4
    row = client.get("/console/api/shells", params={"state": "ended"}).json()["items"][0]
    assert (row["taskId"], row["endReason"]["code"]) == (task, "exit")
    assert row["endReason"]["text"]["ja"]


def test_a_flood_reaches_the_person_whole_and_in_order(shared: Running) -> None:
    client = shared.key()
    task, endpoint = opened(shared, client)
    with attached(shared, client, task) as socket:
        state(socket)
        say(socket, type="input", data="seq 1 200000; echo do''ne\n")
        text = until(socket, "done\r\n")
        say(socket, type="end")
        end_of(socket)
    assert endpoint.join()["left"] == 0
    numbers = [line for line in text.split("\r\n") if line.isdigit()]
    assert numbers == [str(number) for number in range(2, 200_001)]  # before the 1 stands a word of the terminal's


def refused(shared: Running, client: httpx.Client, task: str, **more: Any) -> int:
    with pytest.raises(InvalidStatus) as caught, attached(shared, client, task, **more):
        pass
    return int(caught.value.response.status_code)


def test_pages_of_other_sites_and_wrong_tokens_are_refused(shared: Running) -> None:
    person = shared.person()
    task, endpoint = opened(shared, person)
    for origin in ("http://evil.example", "null", shared.url + ".evil.example"):
        assert refused(shared, person, task, headers={"Origin": origin}) == 403
    assert refused(shared, person, task, headers={}) == 403
    assert refused(shared, person, task, subprotocols=["hinomi.shell", "csrf.wrong"]) == 403
    assert refused(shared, shared.key(), task, headers={"Origin": "http://evil.example"}) == 403
    assert refused(shared, shared.client(), task) == 401
    shared.house.shells.end(COMMAND_LINE, task)
    endpoint.join()


@pytest.mark.parametrize("role", [Role.ANALYST, Role.AUDITOR, Role.INGESTER, Role.SIEM])
def test_roles_without_the_right_are_refused(shared: Running, role: Role) -> None:
    task, endpoint = opened(shared, shared.key())
    assert refused(shared, shared.key(role), task) == 403
    assert shared.key(role).post("/console/api/shells", json={"endpoint": GUID, "reason": "x"}).status_code == 403
    shared.house.shells.end(COMMAND_LINE, task)
    endpoint.join()


def test_what_is_over_or_never_was_is_not_found(shared: Running) -> None:
    client = shared.key()
    task, endpoint = opened(shared, client)
    shared.house.shells.end(COMMAND_LINE, task)
    endpoint.join()
    assert refused(shared, client, task) == 404
    assert refused(shared, client, "99999999") == 404


def test_nonsense_on_the_stream_closes_it_alone(shared: Running) -> None:
    client = shared.key()
    task, endpoint = opened(shared, client)
    for nonsense in (
        "{",
        "[" * 100,
        '"x"',
        '{"type":"input","data":7}',
        '{"type":"resize","columns":"x"}',
        "x" * 70_000,
    ):
        with attached(shared, client, task) as socket:
            state(socket)
            socket.send(nonsense)
            try:
                say(socket, type="input", data="echo al''ive\n")
                until(socket, "alive\r\n")
            except ConnectionClosed:
                continue
    with attached(shared, client, task) as socket:
        state(socket)
        say(socket, type="input", data="echo st''ill\n")
        until(socket, "still\r\n")
        say(socket, type="end")
        end_of(socket)
    assert endpoint.join()["left"] == 0


def test_the_policy_is_read_and_set(shared: Running) -> None:
    assert shared.key().get("/console/api/shell-policy").json()["idleS"] == ShellPolicy().idle_s
    wanted = {"user": "", "shell": "/bin/sh", "idleS": 120, "maxS": 600, "watch": True}
    assert shared.key().put("/console/api/shell-policy", json=wanted).status_code == 403
    administrator = shared.key(Role.ADMINISTRATOR)
    assert administrator.put("/console/api/shell-policy", json=wanted).json() == wanted
    assert administrator.put("/console/api/shell-policy", json={}).json()["watch"] is False
