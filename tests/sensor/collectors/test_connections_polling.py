"""Connections of hosts in a network of the test's own, by the real socket tables."""

import subprocess
import sys
from collections.abc import Iterator

import pytest

from hinomi.sensor.collectors.connections_polling import ConnectionsPolling
from hinomi.wire.policy import SensorPolicy
from tests.lan import Host, lan, needs_network
from tests.sensor.collectors.heard import Heard

pytestmark = needs_network

LISTEN = "import socket; s = socket.create_server(('', 8080)); print(flush=True); c, _ = s.accept(); c.recv(1)"
CONNECT = "import socket, sys; s = socket.create_connection((sys.argv[1], 8080)); sys.stdin.read()"


@pytest.fixture
def hosts() -> Iterator[dict[str, Host]]:
    with lan("near", "far") as found:
        yield found


def test_both_ends_are_told(hosts: dict[str, Host]) -> None:
    ears = {name: (Heard(), ConnectionsPolling()) for name in hosts}
    for name, (heard, made) in ears.items():
        with hosts[name].inside():
            made.start(heard.emit, SensorPolicy())
    far = hosts["far"].start([sys.executable, "-c", LISTEN], stdout=subprocess.PIPE)
    assert far.stdout is not None
    far.stdout.readline()
    near = hosts["near"].start([sys.executable, "-c", CONNECT, hosts["far"].address], stdin=subprocess.PIPE)
    try:
        (listening,) = ears["far"][0].wait("listen", 1, 20)
        (came,) = ears["far"][0].wait("connection", 1, 20)
        (went,) = ears["near"][0].wait("connection", 1, 20)
    finally:
        near.communicate("", timeout=30)
        far.communicate(timeout=30)
        for _, made in ears.values():
            made.stop()
    assert (listening["spt"], "create_server" in listening["cmd"]) == (8080, True)
    assert (
        went.items()
        >= {"direction": "outbound", "dst": hosts["far"].address, "dpt": 8080, "src": hosts["near"].address}.items()
    )
    assert (
        came.items() >= {"direction": "inbound", "src": hosts["near"].address, "dpt": 8080, "spt": went["spt"]}.items()
    )
    assert went["cmd"].endswith(hosts["far"].address)
    assert "create_server" in came["cmd"]
