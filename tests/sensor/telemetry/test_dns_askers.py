"""Who may have asked."""

from hinomi.sensor.telemetry.dns_askers import DnsAskers


def test_the_only_one_who_may_have_asked() -> None:
    askers = DnsAskers()
    askers.connected(10_000, "10.0.0.53", 7)
    askers.connected(10_000, "10.0.0.54", 8)
    askers.connected(8_000, "10.0.0.53", 9)
    assert askers.of(10_001, "10.0.0.53") == 7
    assert askers.of(10_001, "10.0.0.99") is None
    assert askers.of(20_000, "10.0.0.53") is None


def test_of_several_it_is_nobody() -> None:
    askers = DnsAskers()
    askers.connected(10_000, "10.0.0.53", 7)
    askers.connected(10_001, "10.0.0.53", 8)
    assert askers.of(10_002, "10.0.0.53") is None


def test_the_relay_is_not_who_asked() -> None:
    askers = DnsAskers()
    askers.connected(10_000, "10.0.0.53", 7)
    askers.relay = 7
    assert askers.of(10_001, "10.0.0.53") is None


def test_behind_a_port_of_the_relay_stands_who_it_asked_for_then() -> None:
    askers = DnsAskers()
    askers.relayed(10_000, 40_001, 7)
    askers.relayed(10_000, 40_002, 8)
    assert askers.behind(9_990, 40_001) == 7
    assert askers.behind(9_990, 40_001) is None  # told once
    assert askers.behind(20_000, 40_002) is None  # the port was given to another since
    assert askers.behind(10_000, 40_003) is None
