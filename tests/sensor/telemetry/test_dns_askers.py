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
