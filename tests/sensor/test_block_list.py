"""The block list for real: rules in network namespaces of the test, packets that do or do not arrive."""

import ipaddress
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from hinomi.sensor import block_list, file_block, nft
from hinomi.sensor.action import ActionFailed
from hinomi.sensor.actions import BY_NAME
from tests.make_endpoint import Bench, Space, needs_network, spaces

SERVER, HOST, OTHER = ("192.0.2.1", "fd00::1"), ("192.0.2.7", "fd00::7"), ("192.0.2.9", "fd00::9")
HOUR = 3_600_000


@pytest.fixture
def net() -> Iterator[tuple[Space, Space, Space]]:
    with spaces(SERVER, HOST, OTHER) as (server, host, other):
        yield server, host, other


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path, ((SERVER[0], 8421), (SERVER[1], 8421)))


def ip(value: str, expires_ms: int = 0) -> dict[str, Any]:
    return {"type": "ip", "value": value, **({"expires_ms": expires_ms} if expires_ms else {})}


def apply(host: Space, bench: Bench, version: int, *objects: dict[str, Any]) -> dict[str, Any]:
    wish = {"version": version, "objects": list(objects)}
    return host.does(lambda: dict(BY_NAME["apply_block_list"].run(bench, wish)))


def look(host: Space, bench: Bench) -> dict[str, Any]:
    return host.does(lambda: dict(BY_NAME["look_at_block_list"].run(bench, {})))


def probe(space: Space, address: str, port: int) -> dict[str, Any]:
    wish = {"address": address, "ports": [port]}
    return space.does(lambda: dict(BY_NAME["probe_address"].run(Bench.__new__(Bench), wish)))


def listen(space: Space, address: str) -> socket.socket:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    return space.does(lambda: socket.create_server((address, 0), family=family))


@needs_network
@pytest.mark.parametrize("which", [0, 1])
def test_an_address_is_refused_both_ways_and_others_are_not(net, bench, which) -> None:
    server, host, other = net
    with listen(other, OTHER[which]) as there, listen(host, HOST[which]) as here, listen(server, SERVER[which]) as home:
        port = there.getsockname()[1]
        assert probe(host, OTHER[which], port) == {"ping": True, str(port): True}
        result = apply(host, bench, 3, ip(OTHER[which]))
        assert (result["version"], result["enforced"]) == (3, {"ip": "blocked"})
        assert probe(host, OTHER[which], port) == {"ping": False, str(port): False}
        assert probe(other, HOST[which], here.getsockname()[1])["ping"] is False
        assert probe(host, SERVER[which], home.getsockname()[1])["ping"] is True
        assert look(host, bench)["intact"] is True
        assert look(host, bench)["version"] == 3
        apply(host, bench, 4)
        assert probe(host, OTHER[which], port)["ping"] is True
        assert host.run("nft", "list", "tables") == ""


@needs_network
def test_a_flow_that_was_open_is_refused_too(net, bench) -> None:
    _, host, other = net
    with listen(other, OTHER[0]) as door:
        live = host.does(lambda: socket.create_connection((OTHER[0], door.getsockname()[1]), 2))
        there, _ = door.accept()
        apply(host, bench, 1, ip("192.0.2.8/31"))
        there.settimeout(0.3)
        live.sendall(b"leaving")
        with pytest.raises(TimeoutError):
            there.recv(1)
        live.close()
        there.close()


@needs_network
def test_the_server_is_never_blocked(net, bench) -> None:
    server, host, _ = net
    result = apply(host, bench, 1, ip("192.0.2.0/30"), ip(SERVER[1]), ip(OTHER[0]))
    assert result["spared"] == ["192.0.2.0/30", SERVER[1]]
    assert "192.0.2.0/30" in result["reasons"]["ip"]
    with listen(server, SERVER[0]) as home:
        assert probe(host, SERVER[0], home.getsockname()[1])["ping"] is True
    assert look(host, bench)["intact"] is True


@needs_network
def test_the_kernel_lets_go_of_each_in_its_time(net, bench) -> None:
    _, host, other = net
    now = bench.now_ms()
    bench.clock = lambda: now
    apply(host, bench, 1, ip(OTHER[0], now + 4000), ip("198.51.100.0/24", now + HOUR), ip("198.51.101.7"))
    held = {str(each) for each in host.does(lambda: list(block_list._held(nft.read(block_list.TABLE))))}
    assert held == {f"{OTHER[0]}/32", "198.51.100.0/24", "198.51.101.7/32"}
    while f"{OTHER[0]}/32" in {
        str(one) for one in host.does(lambda: list(block_list._held(nft.read(block_list.TABLE))))
    }:
        pass
    with listen(other, OTHER[0]) as door:
        assert probe(host, OTHER[0], door.getsockname()[1])["ping"] is True
    bench.clock = lambda: now + 5000
    assert look(host, bench)["intact"] is True
    assert look(host, bench)["counts"] == {"ip": 2}


@needs_network
def test_rules_that_were_removed_or_changed_are_seen_and_made_again(net, bench) -> None:
    _, host, _ = net
    apply(host, bench, 1, ip("198.51.100.1"), ip("198.51.100.2"))

    def again() -> dict[str, Any] | None:
        return host.does(lambda: block_list.reassert(bench.folder, bench.now_ms()))

    assert again() is None
    for harm in (
        ("delete", "table", "inet", block_list.TABLE),
        ("delete", "element", "inet", block_list.TABLE, "blocked4", "{ 198.51.100.1 }"),
        ("insert", "rule", "inet", block_list.TABLE, "output", "accept"),
    ):
        host.run("nft", *harm)
        assert look(host, bench)["intact"] is False
        assert again() is not None
        assert look(host, bench)["intact"] is True


@needs_network
def test_killed_before_the_rules_were_made_they_are_at_the_next_start(net, bench, monkeypatch) -> None:
    _, host, _ = net
    wish = {"version": 9, "objects": [ip("198.51.100.1")]}
    after = BY_NAME["apply_block_list"].after_crash
    assert host.does(lambda: after(bench, wish)) is None

    def die(_rules: str) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(nft, "apply", die)
    with pytest.raises(KeyboardInterrupt):
        apply(host, bench, 9, ip("198.51.100.1"))
    monkeypatch.undo()
    assert look(host, bench)["intact"] is False
    told = host.does(lambda: after(bench, wish))
    assert told is not None
    assert look(host, bench)["intact"] is True


@needs_network
def test_ten_thousand_addresses(net, bench) -> None:
    _, host, _ = net
    listed = [ip(f"198.18.{number // 250}.{number % 250}") for number in range(10_000)]
    assert apply(host, bench, 1, *listed)["enforced"] == {"ip": "blocked"}
    assert look(host, bench)["intact"] is True


@needs_network
def test_the_host_keeps_its_own_rules(net, bench) -> None:
    _, host, _ = net
    host.run("nft", "add", "table", "ip", "mine")
    before = host.does(lambda: nft.ruleset_sha256([block_list.TABLE]))
    apply(host, bench, 1, ip("198.51.100.1"))
    assert host.does(lambda: nft.ruleset_sha256([block_list.TABLE])) == before
    apply(host, bench, 2)
    assert host.run("nft", "list", "tables").split() == ["table", "ip", "mine"]


def test_what_is_not_enforced_says_so(bench, monkeypatch) -> None:
    monkeypatch.setattr(file_block, "needs", lambda: "needs root")
    monkeypatch.setattr(nft, "missing", lambda: "nft is not installed (package nftables)")
    objects = [{"type": each, "value": "x"} for each in ("domain", "url", "fileSha256", "senderMailAddress", "new")]
    result = dict(BY_NAME["apply_block_list"].run(bench, {"version": 1, "objects": [*objects, ip("198.51.100.1")]}))
    assert result["enforced"] == {
        **dict.fromkeys(block_list.NOT_HERE, "unsupported"),
        **dict.fromkeys(("new", "domain", "fileSha256"), "unsupported"),
        "ip": "unsupported",
    }
    assert result["reasons"]["ip"].startswith("nft is not installed")
    assert set(result["reasons"]) == set(result["enforced"])
    assert BY_NAME["look_at_block_list"].run(bench, {})["intact"] is None


def test_an_address_that_is_none_changes_nothing(bench) -> None:
    with pytest.raises(ActionFailed) as caught:
        BY_NAME["apply_block_list"].run(bench, {"version": 1, "objects": [ip("1.2.3.4; drop")]})
    assert caught.value.code == "refused"
    assert block_list.load(bench.folder)["version"] == 0


def test_overlapping_networks_keep_their_times() -> None:
    def fit(*given: dict[str, Any]) -> dict[str, int]:
        found = block_list.wanted({"objects": list(given), "spared": []}, 1000)
        return {str(network): until for network, until in found.items()}

    assert fit(ip("10.0.0.0/8", 5000), ip("10.1.0.0/16", 4000)) == {"10.0.0.0/8": 5000}
    longer = fit(ip("10.0.0.0/30", 5000), ip("10.0.0.2", 9000))
    assert longer == {"10.0.0.0/31": 5000, "10.0.0.3/32": 5000, "10.0.0.2/32": 9000}
    assert fit(ip("10.0.0.1", 900)) == {}
    assert fit(ip("10.0.0.1", 2000), ip("10.0.0.1")) == {"10.0.0.1/32": block_list.FOREVER}
    networks = [ipaddress.ip_network(each) for each in longer]
    assert not any(one.overlaps(other) for one in networks for other in networks if one is not other)
