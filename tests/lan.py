"""A small network of hosts for tests: network namespaces on one bridge, made and removed by the test.

    with lan("server", "endpoint", "neighbour") as hosts:
        with hosts["server"].inside():              # this thread's new sockets are of that host
            httpx.get(f"http://{hosts['endpoint'].address}:80")
        hosts["endpoint"].start([...])              # a process of that host

Needs root, `ip` and a kernel with namespaces: `needs_network` says why it cannot be.
"""

import ctypes
import os
import secrets
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any

import pytest

_NEWNET = 0x40000000  # CLONE_NEWNET, sched.h
_libc = ctypes.CDLL(None, use_errno=True)


def missing() -> str | None:
    """Why there can be no network of namespaces here; None when there can."""
    if os.geteuid() != 0:
        return "needs root, to make network namespaces"
    if not shutil.which("ip"):
        return "needs ip (apt-get install iproute2)"
    probe = f"hi-{secrets.token_hex(3)}"
    if _run("ip", "netns", "add", probe, check=False).returncode:
        return "this kernel lets nobody make network namespaces"
    _run("ip", "netns", "del", probe)
    return None


def _run(*words: str, check: bool = True) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(words, capture_output=True, text=True, timeout=60, check=False)
    if check and done.returncode:
        raise AssertionError(f"{' '.join(words)}: {done.stderr or done.stdout}")
    return done


needs_network = pytest.mark.skipif(bool(missing()), reason=missing() or "")


@dataclass(frozen=True)
class Host:
    name: str
    namespace: str
    address: str

    @contextmanager
    def inside(self) -> Iterator[None]:
        """This thread, and what it starts, is in the host's network until the end."""
        before = os.open("/proc/thread-self/ns/net", os.O_RDONLY)
        there = os.open(f"/run/netns/{self.namespace}", os.O_RDONLY)
        try:
            _enter(there)
            try:
                yield
            finally:
                _enter(before)
        finally:
            os.close(before)
            os.close(there)

    def start(self, words: Sequence[object], **more: Any) -> subprocess.Popen[str]:
        """A process of this host, in a session of its own."""
        given = {"text": True, "start_new_session": True, **more}
        return subprocess.Popen(["ip", "netns", "exec", self.namespace, *map(str, words)], **given)

    def plug(self, *, is_in: bool) -> None:
        """Its cable: pulled, nothing goes either way and nobody is told."""
        self.run("ip", "link", "set", "eth0", "up" if is_in else "down")

    def run(self, *words: object, check: bool = True) -> subprocess.CompletedProcess[str]:
        return _run("ip", "netns", "exec", self.namespace, *map(str, words), check=check)


def _enter(handle: int) -> None:
    if _libc.setns(handle, _NEWNET):
        raise OSError(ctypes.get_errno(), "setns")


@contextmanager
def lan(*names: str) -> Iterator[dict[str, Host]]:
    """Hosts with addresses 10.99.N.1, .2 ... on one bridge that stands in a namespace of its own."""
    token, net = secrets.token_hex(3), secrets.randbelow(250) + 1
    with ExitStack() as stack:
        switch = _namespace(stack, f"hi-{token}-switch")
        _run("ip", "-n", switch, "link", "add", "br0", "type", "bridge")
        _run("ip", "-n", switch, "link", "set", "br0", "up")
        hosts = {}
        for number, name in enumerate(names, 1):
            host = Host(name, _namespace(stack, f"hi-{token}-{name}"), f"10.99.{net}.{number}")
            _plug(host, switch, f"p{number}")
            hosts[name] = host
        yield hosts


def _namespace(stack: ExitStack, name: str) -> str:
    _run("ip", "netns", "add", name)
    stack.callback(_run, "ip", "netns", "del", name, check=False)
    _run("ip", "-n", name, "link", "set", "lo", "up")
    return name


def _plug(host: Host, switch: str, port: str) -> None:
    _run("ip", "-n", switch, "link", "add", port, "type", "veth", "peer", "name", "eth0", "netns", host.namespace)
    _run("ip", "-n", switch, "link", "set", port, "master", "br0", "up")
    _run("ip", "-n", host.namespace, "addr", "add", f"{host.address}/24", "dev", "eth0")
    _run("ip", "-n", host.namespace, "link", "set", "eth0", "up")
