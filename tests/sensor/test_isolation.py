"""Isolation for real: hosts of their own on one switch, packets that do or do not arrive."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from hinomi.sensor import isolation, nft, state_file
from hinomi.sensor.action import ActionFailed
from hinomi.sensor.actions import BY_NAME
from tests.make_endpoint import Bench, Space, needs_network, spaces

pytestmark = needs_network
SERVER, HOST, OTHER = ("192.0.2.1", "fd00::1"), ("192.0.2.7", "fd00::7"), ("192.0.2.9", "fd00::9")
GATEWAY = 8421
# the host's own rules, with what changes by itself: counters, a set with time-outs
OWN_RULES = """
table ip filter {
  set seen { type ipv4_addr; flags timeout; elements = { 192.0.2.200 timeout 1h }; }
  chain input { type filter hook input priority 0; policy accept;
    counter accept
  }
}
table inet mine {
  chain out { type filter hook output priority -320; policy accept;
    tcp dport 9999 drop
  }
}
"""


@pytest.fixture
def net() -> Iterator[tuple[Space, Space, Space]]:
    with spaces(SERVER, HOST, OTHER) as (server, host, other):
        yield server, host, other


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path, ((SERVER[0], GATEWAY), (SERVER[1], GATEWAY)))


def act(host: Space, bench: Bench, name: str, **parameters: object) -> dict:
    return host.does(lambda: dict(BY_NAME[name].run(bench, parameters)))


def listen(space: Space, address: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET

    def make() -> socket.socket:
        door = socket.socket(family, socket.SOCK_STREAM)
        door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        door.bind((address, port))
        door.listen(8)
        return door

    return space.does(make)


def connect(space: Space, address: str, port: int, wait_s: float = 0.4) -> bool:
    def attempt() -> bool:
        try:
            socket.create_connection((address, port), wait_s).close()
        except OSError:
            return False
        return True

    return space.does(attempt)


def pings(space: Space, address: str) -> bool:
    return bool(
        dict(space.does(lambda: BY_NAME["probe_address"].run(Bench.__new__(Bench), {"address": address, "ports": []})))[
            "ping"
        ]
    )


def ruleset(space: Space) -> str:
    return space.run("nft", "-s", "list", "ruleset")


def test_only_the_server_is_left_and_restoring_leaves_the_rules_byte_identical(net, bench) -> None:
    server, host, other = net
    subprocess.run(["ip", "netns", "exec", host.name, "nft", "-f", "-"], input=OWN_RULES, text=True, check=True)
    before = ruleset(host)
    doors = [listen(server, SERVER[0], GATEWAY), listen(server, SERVER[1], GATEWAY), listen(server, SERVER[0], 22),
             listen(host, HOST[0], 22), listen(other, OTHER[0], 80)]  # fmt: skip
    assert connect(host, OTHER[0], 80)
    assert connect(other, HOST[0], 22)
    done = act(host, bench, "isolate_endpoint")
    assert connect(host, SERVER[0], GATEWAY)
    assert connect(host, SERVER[1], GATEWAY)
    assert not connect(host, SERVER[0], 22)  # the server, but another port
    assert not connect(host, OTHER[0], 80)
    assert not connect(other, HOST[0], 22)
    assert not connect(server, HOST[0], 22)
    look = act(host, bench, "look_at_isolation")
    assert look["isolated"]
    assert look["rules_sha256"] == done["rules_sha256"]
    assert look["refused_outward"]["192.0.2.254"] is True
    restored = act(host, bench, "restore_endpoint")
    assert restored["identical"] is True
    assert ruleset(host) == before
    assert connect(host, OTHER[0], 80)
    assert connect(other, HOST[0], 22)
    assert not act(host, bench, "look_at_isolation")["present"]
    assert [data["state"] for kind, data in bench.emitted if kind == "isolation"] == ["on", "off"]
    for door in doors:
        door.close()


def test_what_the_neighbours_hear_falls_silent(net, bench) -> None:
    server, host, other = net
    assert pings(other, HOST[0])
    assert pings(server, HOST[1])
    act(host, bench, "isolate_endpoint")
    assert not pings(other, HOST[0])
    assert not pings(server, HOST[1])
    assert not pings(host, OTHER[0])


def test_a_live_flow_is_cut_and_that_to_the_server_is_not(net, bench) -> None:
    server, host, other = net
    with listen(other, OTHER[0], 80) as theirs, listen(server, SERVER[0], GATEWAY) as ours:
        live = host.does(lambda: socket.create_connection((OTHER[0], 80), 2))
        channel = host.does(lambda: socket.create_connection((SERVER[0], GATEWAY), 2))
        (there, _), (at_server, _) = theirs.accept(), ours.accept()
        done = act(host, bench, "isolate_endpoint")
        if done["cut_by"] == "ss":
            assert done["cut_flows"] == 1
            with pytest.raises(ConnectionError):
                live.recv(1)
        channel.sendall(b"still here")
        assert at_server.recv(64) == b"still here"
        for each in (live, channel, there, at_server):
            each.close()


def test_addresses_that_were_allowed_stay(net, bench) -> None:
    _, host, other = net
    with listen(other, OTHER[0], 80):
        act(host, bench, "isolate_endpoint", allow=["192.0.2.9/32", "192.0.2.8/31", "fd00::9/128"])
        assert connect(host, OTHER[0], 80)
        assert pings(host, OTHER[1])


def test_twice_is_once(net, bench) -> None:
    _, host, _ = net
    first = act(host, bench, "isolate_endpoint")
    bench.clock = lambda: first["since_ms"] + 5000
    second = act(host, bench, "isolate_endpoint")
    assert (second["rules_sha256"], second["since_ms"]) == (first["rules_sha256"], first["since_ms"])
    assert act(host, bench, "restore_endpoint")["identical"] is True
    again = act(host, bench, "restore_endpoint")
    assert (again["identical"], again["was_isolated"]) == (None, False)


def test_a_change_of_the_host_meanwhile_is_told(net, bench) -> None:
    _, host, _ = net
    act(host, bench, "isolate_endpoint")
    host.run("nft", "add", "table", "ip", "somebody")
    assert act(host, bench, "restore_endpoint")["identical"] is False


def test_the_dead_man_lives_in_the_kernel(net, bench) -> None:
    """Its elements are taken out by hand here, as the kernel does when their time is over."""
    _, host, other = net
    with listen(other, OTHER[0], 80):
        act(host, bench, "isolate_endpoint", dead_man_s=600)
        assert not connect(host, OTHER[0], 80)
        left = host.does(lambda: nft.elements(isolation.TABLE, "armed"))
        assert {each["elem"]["val"] for each in left} == {"ipv4", "ipv6"}
        assert all(500 < each["elem"]["expires"] <= 600 for each in left)
        host.run("nft", "flush", "set", "inet", isolation.TABLE, "armed")
        assert connect(host, OTHER[0], 80)
        look = act(host, bench, "look_at_isolation")
        assert (look["isolated"], look["present"]) == (False, True)


def test_the_kernel_lets_go_with_nobody_there_to_do_it(net, bench) -> None:
    _, host, other = net
    host.does(lambda: isolation.isolate(bench.folder, "c", bench.server_addresses, [], 1, bench.now_ms()))
    while nft_elements := host.does(lambda: nft.elements(isolation.TABLE, "armed")):
        assert all(each["elem"]["timeout"] == 1 for each in nft_elements)
    assert pings(other, HOST[0])


def test_after_the_dead_man_the_state_is_tidied(net, bench) -> None:
    _, host, _ = net
    done = act(host, bench, "isolate_endpoint", dead_man_s=60)
    told = host.does(lambda: isolation.reassert(bench.folder, bench.server_addresses, done["since_ms"] + 61_000))
    assert told is not None
    assert told["state"] == "off"
    assert not act(host, bench, "look_at_isolation")["present"]


def test_rules_that_were_removed_or_changed_are_made_again(net, bench) -> None:
    _, host, other = net

    def again() -> dict | None:
        return host.does(lambda: isolation.reassert(bench.folder, bench.server_addresses, bench.now_ms()))

    act(host, bench, "isolate_endpoint")
    assert again() is None
    host.run("nft", "flush", "ruleset")
    told = again()
    assert told is not None
    assert told["state"] == "on"
    assert not pings(other, HOST[0])
    for chain in ("input", "output"):
        host.run("nft", "insert", "rule", "inet", isolation.TABLE, chain, "accept")
    assert pings(other, HOST[0])
    assert again() is not None
    assert not pings(other, HOST[0])
    assert again() is None


def test_a_server_that_moved_is_let_through(net, bench) -> None:
    server, host, _ = net
    act(host, bench, "isolate_endpoint")
    with listen(server, SERVER[0], 9443):
        assert not connect(host, SERVER[0], 9443)
        told = host.does(lambda: isolation.reassert(bench.folder, ((SERVER[0], 9443),), bench.now_ms()))
        assert told is not None
        assert connect(host, SERVER[0], 9443)


def test_without_an_address_of_the_server_nothing_is_done(net, bench) -> None:
    _, host, _ = net
    bench.server_addresses = ()
    with pytest.raises(ActionFailed) as failure:
        act(host, bench, "isolate_endpoint")
    assert failure.value.code == "refused"
    assert failure.value.ja
    assert not act(host, bench, "look_at_isolation")["present"]


def test_other_namespaces_are_listed(net, bench) -> None:
    _, host, other = net
    with subprocess.Popen(["ip", "netns", "exec", other.name, "sleep", "60"]) as sleeper:
        done = act(host, bench, "isolate_endpoint")
        sleeper.kill()
    assert any(each["processes"] >= 1 for each in done["other_namespaces"])


def test_what_a_host_routes_for_others_is_dropped(bench) -> None:
    """A container behind the host: its packets go through `forward`."""
    with spaces(HOST, OTHER, ("192.0.2.50", "fd00::50")) as (host, other, inner):
        host.run("ip", "addr", "add", "10.9.0.1/24", "dev", "eth0")
        inner.run("ip", "addr", "flush", "dev", "eth0")
        inner.run("ip", "addr", "add", "10.9.0.2/24", "dev", "eth0")
        inner.run("ip", "route", "add", "default", "via", "10.9.0.1")
        other.run("ip", "route", "add", "10.9.0.0/24", "via", HOST[0])
        host.run(
            "sysctl",
            "-qw",
            "net.ipv4.ip_forward=1",
            "net.ipv4.conf.all.send_redirects=0",
            "net.ipv4.conf.eth0.send_redirects=0",
        )
        with listen(other, OTHER[0], 80):
            assert connect(inner, OTHER[0], 80)
            act(host, bench, "isolate_endpoint")
            assert not connect(inner, OTHER[0], 80)


KILLED = """
import os, signal, sys
from pathlib import Path
from hinomi.sensor import isolation, nft
from hinomi.sensor.actions import BY_NAME
from tests.make_endpoint import Bench
folder, where, action, command_id = Path(sys.argv[1]), sys.argv[2], sys.argv[3], sys.argv[4]
def die(*_a, **_k): os.kill(os.getpid(), signal.SIGKILL)
if where == "before": nft.apply = nft.delete = die
else: isolation.cut_flows = nft.ruleset_sha256 = die
BY_NAME[action].run(Bench(folder, (("192.0.2.1", 8421),), command_id), {})
"""


def killed(host: Space, folder: Path, where: str, action: str, command_id: str) -> None:
    root = Path(__file__).resolve().parents[2]
    done = subprocess.run(
        ["ip", "netns", "exec", host.name, sys.executable, "-c", KILLED, str(folder), where, action, command_id],
        cwd=root, env={**os.environ, "PYTHONPATH": str(root)}, check=False,
    )  # fmt: skip
    assert done.returncode in (-signal.SIGKILL, 128 + signal.SIGKILL)


@pytest.mark.parametrize("where", ["before", "after"])
def test_killed_while_restoring_it_is_ended_at_the_next_start(net, tmp_path, bench, where) -> None:
    _, host, other = net
    act(host, bench, "isolate_endpoint")
    killed(host, tmp_path, where, "restore_endpoint", bench.command_id)
    result = host.does(lambda: BY_NAME["restore_endpoint"].after_crash(bench, {}))
    assert result is not None
    assert result["identical"] is True
    assert pings(other, HOST[0])
    assert isolation.load(bench.folder) is None


def test_killed_while_isolating_it_stands_after_the_next_start(net, tmp_path, bench) -> None:
    _, host, other = net
    state_file.write(bench.folder / "other.json", {})  # the folder is there
    assert BY_NAME["isolate_endpoint"].after_crash(bench, {}) is None  # killed before it had begun
    killed(host, tmp_path, "before", "isolate_endpoint", bench.command_id)
    assert pings(other, HOST[0])
    result = host.does(lambda: BY_NAME["isolate_endpoint"].after_crash(bench, {}))
    assert result is not None
    assert not pings(other, HOST[0])
    assert act(host, bench, "restore_endpoint")["identical"] is True
