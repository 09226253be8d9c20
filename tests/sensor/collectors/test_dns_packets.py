"""DNS of a host in a network of the test's own: what goes over the wire is real, the server answers as it is told."""

import socket
import struct
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread

import pytest

from hinomi.sensor import nft
from hinomi.sensor.collectors.dns_packets import DnsPackets
from hinomi.sensor.name_block import NameBlock, was_refused
from hinomi.sensor.telemetry import ip_packet
from hinomi.sensor.telemetry.ip_packet import Packet
from hinomi.sensor.telemetry.socket_owner import inode_of
from hinomi.wire.policy import SensorPolicy
from tests.lan import Host, lan, needs_network
from tests.sensor.collectors.heard import Heard
from tests.waiting import until

pytestmark = needs_network

ASK = """
import socket, struct, sys
kept = []
server, proto, names = sys.argv[1], sys.argv[2], sys.argv[3:]
for number, name in enumerate(names):
    wire = b"".join(bytes([len(part)]) + part for part in name.encode().split(b".")) + b"\\0"
    message = struct.pack(">HHHHHH", number, 256, 1, 0, 0, 0) + wire + struct.pack(">HH", 1, 1)
    made = socket.socket(socket.AF_INET, socket.SOCK_DGRAM if proto == "udp" else socket.SOCK_STREAM)
    made.settimeout(20)
    kept.append(made)
    made.connect((server, 53))
    made.send(message if proto == "udp" else struct.pack(">H", len(message)) + message)
    if not name.startswith("silent"):
        made.recv(4096)
sys.stdin.read()
"""


def reply(question: bytes) -> bytes:
    head = question[:2] + struct.pack(">HHHHH", 0x8180, 1, 1, 0, 0)
    return head + question[12:] + b"\xc0\x0c" + struct.pack(">HHIH", 1, 1, 60, 4) + bytes([198, 51, 100, 7])


def serve_udp(door: socket.socket) -> None:
    while True:
        try:
            question, asker = door.recvfrom(4096)
        except OSError:
            return
        if not question:
            return
        if b"silent" not in question:
            door.sendto(reply(question), asker)


def serve_tcp(door: socket.socket) -> None:
    try:
        near, _ = door.accept()
    except OSError:
        return
    with near:
        question = near.recv(4096)[2:]
        near.sendall(struct.pack(">H", len(reply(question))) + reply(question))


@pytest.fixture
def hosts() -> Iterator[dict[str, Host]]:
    with lan("asker", "server") as found:
        yield found


@pytest.fixture
def server(hosts: dict[str, Host]) -> Iterator[str]:
    address = hosts["server"].address
    with hosts["server"].inside():
        datagrams = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        streams = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    datagrams.bind((address, 53))
    streams.bind((address, 53))
    streams.listen(1)
    threads = [Thread(target=serve_udp, args=(datagrams,)), Thread(target=serve_tcp, args=(streams,))]
    for thread in threads:
        thread.start()
    yield address
    with hosts["server"].inside(), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as last:
        last.sendto(b"", (address, 53))
    streams.shutdown(socket.SHUT_RDWR)
    for thread in threads:
        thread.join(20)
    datagrams.close()
    streams.close()


@pytest.fixture
def heard() -> Heard:
    return Heard()


class Late(DnsPackets):
    """Looks at a question when its socket is closed: what happens by chance where the answer comes at once."""

    def _consider(self, packet: Packet, *, is_ours: bool) -> None:
        if is_ours and packet.proto == ip_packet.UDP and packet.dpt == 53:
            until(lambda: inode_of("udp", packet.spt) is None, "the socket is closed")
        super()._consider(packet, is_ours=is_ours)


@pytest.fixture
def kind() -> type[DnsPackets]:
    return DnsPackets


@pytest.fixture
def collector(hosts: dict[str, Host], heard: Heard, kind: type[DnsPackets]) -> Iterator[DnsPackets]:
    made = kind()
    if why := made.probe():
        pytest.skip(why)
    with hosts["asker"].inside():
        made.start(heard.emit, SensorPolicy())
    yield made
    made.stop()


@contextmanager
def asking(host: Host, server: str, proto: str, *names: str) -> Iterator[None]:
    """Who asked keeps its sockets to the end."""
    asker = host.start([sys.executable, "-c", ASK, server, proto, *names], stdin=subprocess.PIPE)
    try:
        yield
    finally:
        asker.communicate("", timeout=60)
    assert asker.returncode == 0


@pytest.mark.parametrize("proto", ["udp", "tcp"])
def test_a_question_has_its_answer_and_its_process(
    collector: DnsPackets, heard: Heard, hosts: dict[str, Host], server: str, proto: str
) -> None:
    with asking(hosts["asker"], server, proto, "www.example.com"):
        (data,) = heard.wait("dns_query", 1, 20)
    expected = {
        "name": "www.example.com", "type": "A", "result": "NOERROR", "answers": ["198.51.100.7"], "server": server, "proto": proto,
    }  # fmt: skip
    assert data.items() >= expected.items()
    assert data["cmd"].endswith(f"{server} {proto} www.example.com")


def test_a_question_without_an_answer_is_told_at_the_end(
    collector: DnsPackets, heard: Heard, hosts: dict[str, Host], server: str
) -> None:
    with asking(hosts["asker"], server, "udp", "silent.example.com", "www.example.com"):
        heard.wait("dns_query", 1, 20)
    collector.stop()
    told = {data["name"]: data["result"] for data in heard.of("dns_query")}
    assert told == {"silent.example.com": "UNANSWERED", "www.example.com": "NOERROR"}


def test_other_traffic_and_other_hosts_are_not_heard(
    collector: DnsPackets, heard: Heard, hosts: dict[str, Host], server: str
) -> None:
    code = f"import socket; socket.socket(2, 2).sendto(b'x' * 60, ('{server}', 5353))"
    hosts["asker"].run(sys.executable, "-c", code)
    with asking(hosts["server"], server, "udp", "on.the.server"):
        pass
    with asking(hosts["asker"], server, "udp", "mine.example"):
        assert [data["name"] for data in heard.wait("dns_query", 1, 20)] == ["mine.example"]
    assert collector.health()["seen"] == 1


def test_a_burst_is_whole(collector: DnsPackets, heard: Heard, hosts: dict[str, Host], server: str) -> None:
    names = [f"n{number}.example" for number in range(300)]
    with asking(hosts["asker"], server, "udp", *names):
        told = heard.wait("dns_query", 300, 20)
    assert sorted(data["name"] for data in told) == sorted(names)
    # what is asked faster than open files can be searched has no process of its own
    assert sum(str(data.get("cmd")).endswith("n299.example") for data in told) >= 20


def test_over_loopback_a_question_is_one(heard: Heard, hosts: dict[str, Host], server: str) -> None:
    made = DnsPackets()
    with hosts["server"].inside():
        made.start(heard.emit, SensorPolicy())
    try:
        with asking(hosts["server"], server, "udp", "near.example", "end.example"):
            assert [data["name"] for data in heard.wait("dns_query", 2, 20)] == ["near.example", "end.example"]
    finally:
        made.stop()


@pytest.mark.parametrize("kind", [DnsPackets, Late])
def test_behind_the_guard_of_listed_names_the_asker_is_still_known(
    collector: DnsPackets, heard: Heard, hosts: dict[str, Host], server: str
) -> None:
    guard = NameBlock(heard.emit)
    if why := nft.missing():
        pytest.skip(why)
    with hosts["asker"].inside():
        assert guard.follow({"bad.example": 1 << 60}) is None
        try:
            assert was_refused("bad.example", server, own=guard._own)
            guard.keep()
            assert heard.of("dns_query") == []  # our own trials are no sign of anything
            with asking(hosts["asker"], server, "udp", "www.good.example", "x.bad.example"):
                told = {data["name"]: data for data in heard.wait("dns_query", 2, 20)}
        finally:
            guard.stop()
    assert collector.health()["trouble"] is None
    assert {name: data["result"] for name, data in told.items()} == {
        "www.good.example": "NOERROR",
        "x.bad.example": "blocked",
    }
    assert {data["cmd"].split()[-4] for data in told.values()} == {server}
