"""An endpoint for tests: a Work that keeps what it is told, and network namespaces of the test's own."""

import ctypes
import hashlib
import os
import shutil
import subprocess
import threading
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import pytest

from hinomi.sensor.guards import Guards

CLONE_NEWNET, CLONE_NEWNS = 0x40000000, 0x00020000
_libc = ctypes.CDLL(None, use_errno=True)
T = TypeVar("T")

needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="needs root")
needs_network = pytest.mark.skipif(
    os.geteuid() != 0 or not shutil.which("ip") or not shutil.which("nft"), reason="needs root, iproute2 and nftables"
)


class Bench:
    """A Work (sensor/action.py) whose server is a folder."""

    def __init__(self, folder: Path, servers: tuple[tuple[str, int], ...] = (), command_id: str = "") -> None:
        self.folder, self.server_addresses = folder / "sensor", servers
        self.folder.mkdir(mode=0o700, exist_ok=True)
        self.server = folder / "server"
        self.server.mkdir(exist_ok=True)
        self.command_id = command_id or uuid.uuid4().hex
        self.sensor = "3e0c1f9a-0000-4000-8000-000000000001"
        self.notes: list[tuple[str, float | None]] = []
        self.emitted: list[tuple[str, dict[str, Any]]] = []
        self.cancelled: Callable[[], bool] = lambda: False
        self.clock: Callable[[], int] = lambda: int(time.time() * 1000)
        self.guards = Guards(self.emit, [folder], mounts=())  # a test names the mounts of its own

    def now_ms(self) -> int:
        return self.clock()

    def progress(self, note: str, done: float | None = None) -> None:
        self.notes.append((note, done))

    def is_cancelled(self) -> bool:
        return self.cancelled()

    def upload(self, path: Path, name: str) -> str:
        shutil.copyfile(path, self.server / name)
        return hashlib.sha256(path.read_bytes()).hexdigest()

    def download(self, path: str, to: Path, most_bytes: int) -> str:
        data = (self.server / path.lstrip("/")).read_bytes()
        assert len(data) <= most_bytes
        to.write_bytes(data)
        return hashlib.sha256(data).hexdigest()

    def emit(self, kind: str, data: Mapping[str, Any]) -> None:
        self.emitted.append((kind, dict(data)))


def in_thread(prepare: Callable[[], None], act: Callable[[], T]) -> T:
    """`act` in a thread of its own that first changes what it sees of the machine; its result, or what it raised."""
    outcome: dict[str, Any] = {}

    def body() -> None:
        try:
            prepare()
            outcome["result"] = act()
        except BaseException as error:  # noqa: BLE001  (raised again by the caller)
            outcome["error"] = error

    thread = threading.Thread(target=body)
    thread.start()
    thread.join()
    if "error" in outcome:
        raise outcome["error"]
    result: T = outcome["result"]
    return result


def _check(code: int) -> None:
    if code != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))


class Space:
    """A network namespace: everything `does` does happens in it, programs it starts too."""

    def __init__(self, name: str) -> None:
        self.name = name

    def enter(self) -> None:
        descriptor = os.open(f"/run/netns/{self.name}", os.O_RDONLY)
        try:
            _check(_libc.setns(descriptor, CLONE_NEWNET))
        finally:
            os.close(descriptor)

    def does(self, act: Callable[[], T]) -> T:
        return in_thread(self.enter, act)

    def run(self, *command: str, check: bool = True) -> str:
        done = subprocess.run(
            ["ip", "netns", "exec", self.name, *command], capture_output=True, text=True, check=False, timeout=30
        )
        assert not check or done.returncode == 0, done.stderr
        return done.stdout


@contextmanager
def spaces(*pairs: tuple[str, str]) -> Iterator[list[Space]]:
    """Namespaces on one switch: each (IPv4, IPv6) pair is one host in /24 and /64. The first holds the bridge."""
    tag = uuid.uuid4().hex[:6]
    made = [Space(f"hna{tag}{number}") for number in range(len(pairs) + 1)]
    switch, *hosts = made
    try:
        for each in made:
            subprocess.run(["ip", "netns", "add", each.name], check=True)
            each.run("ip", "link", "set", "lo", "up")
        switch.run("ip", "link", "add", "br0", "type", "bridge")
        switch.run("ip", "link", "set", "br0", "up")
        for number, (host, (four, six)) in enumerate(zip(hosts, pairs, strict=True)):
            switch.run("ip", "link", "add", f"p{number}", "type", "veth", "peer", "name", "eth0", "netns", host.name)
            switch.run("ip", "link", "set", f"p{number}", "master", "br0", "up")
            host.run("ip", "addr", "add", f"{four}/24", "dev", "eth0")
            host.run("ip", "addr", "add", f"{six}/64", "dev", "eth0", "nodad")
            host.run("ip", "link", "set", "eth0", "up")
        yield hosts
    finally:
        for each in made:
            subprocess.run(["ip", "netns", "del", each.name], check=False, capture_output=True)


def in_own_mounts(act: Callable[[], T]) -> T:
    """With a mount namespace of its own: what is mounted in it, nobody else sees."""

    def prepare() -> None:
        _check(_libc.unshare(CLONE_NEWNS))
        subprocess.run(["mount", "--make-rprivate", "/"], check=True)

    return in_thread(prepare, act)
