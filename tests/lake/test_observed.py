"""Observed values: which fields tell them, how often and where they were seen, old lakes filled, kills mended."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from hinomi.lake import filling
from hinomi.lake.lake import Lake
from hinomi.lake.observation import ObservedKind
from hinomi.lake.observed import DAY_MS
from tests.lake import making

Write = Callable[..., list[dict[str, Any]]]

SHA256 = "AB" * 32


def on(host: str, time_ms: int, **fields: Any) -> dict[str, Any]:
    return making.activity(time_ms, endpointHostName=host, endpointGuid=f"guid-of-{host.lower()}", **fields)


def test_a_value_is_counted_by_activity_endpoint_and_time(lake: Lake, write: Write, hour: int) -> None:
    write(on("PC-A", hour, dst="203.0.113.77"), on("PC-A", hour + 5, dst="203.0.113.77", objectIp="203.0.113.77"))
    write(on("PC-B", hour + 2 * DAY_MS, objectIps=["203.0.113.77"]))
    seen = lake.observed.of(ObservedKind.ADDRESS, ["203.0.113.77", "203.0.113.78"])
    assert list(seen) == ["203.0.113.77"]
    one = seen["203.0.113.77"]
    assert (one.count, one.endpoints, one.first_ms, one.last_ms) == (3, 2, hour, hour + 2 * DAY_MS)
    where = lake.observed.endpoints(ObservedKind.ADDRESS, "203.0.113.77")
    assert [(each.name, each.guid, each.count) for each in where] == [
        ("PC-B", "guid-of-pc-b", 1),
        ("PC-A", "guid-of-pc-a", 2),
    ]
    days = lake.observed.days(ObservedKind.ADDRESS, "203.0.113.77", hour, hour + 2 * DAY_MS)
    assert [count for _, count in days] == [2, 1]


@pytest.mark.parametrize(
    ("kind", "value", "fields"),
    [
        (ObservedKind.FILE, SHA256.lower(), {"objectFileHashSha256": SHA256}),
        (ObservedKind.FILE, "cd" * 20, {"parentFileHashSha1": "CD" * 20}),
        (ObservedKind.FILE, "ef" * 16, {"processFileHashMd5": "EF" * 16}),
        (ObservedKind.ADDRESS, "2001:db8::1", {"src": "2001:DB8::1"}),
        (ObservedKind.ADDRESS, "198.51.100.4", {"eventDataIpAddress": "198.51.100.4"}),
        (ObservedKind.DOMAIN, "mail.example.org", {"hostName": "Mail.Example.org"}),
        (ObservedKind.DOMAIN, "files.example.net", {"request": "https://files.example.net/a?b=1"}),
        (ObservedKind.URL, "https://files.example.org/x", {"request": "https://files.example.org/X"}),
        (ObservedKind.USER, "corp\\hanako", {"processUser": "Hanako", "processUserDomain": "CORP"}),
        (ObservedKind.USER, "jiro", {"eventDataTargetUserName": "Jiro", "eventDataTargetDomainName": "-"}),
        (ObservedKind.PROCESS, "named.exe", {"processName": "Named.EXE"}),
        (ObservedKind.PATH, "c:\\t\\odd2.exe", {"processFilePath": "C:\\T\\Odd2.exe"}),
        (ObservedKind.PATH, "c:\\t\\new.exe", {"eventId": 1, "eventSubId": 2, "objectFilePath": "C:\\T\\new.exe"}),
        (ObservedKind.ASSET, "10.9.8.7", {"endpointIp": ["10.9.8.7"]}),
    ],
)
def test_fields_tell_values(
    lake: Lake, write: Write, hour: int, kind: ObservedKind, value: str, fields: dict[str, Any]
) -> None:
    write(on("PC-C", hour, **fields))
    seen = lake.observed.of(kind, [value])[value]
    assert (seen.count, seen.first_ms) == (1, hour)


def test_a_file_that_is_only_written_is_no_path_of_a_program(lake: Lake, write: Write, hour: int) -> None:
    write(on("PC-C", hour, eventId=2, eventSubId=101, objectFilePath="C:\\written.txt", objectName="written.txt"))
    assert lake.observed.of(ObservedKind.PATH, ["c:\\written.txt"]) == {}
    assert lake.observed.of(ObservedKind.PROCESS, ["written.txt"]) == {}


def test_a_sweep_finds_among_very_many_within_the_window(lake: Lake, write: Write, hour: int) -> None:
    write(on("PC-D", hour, hostName="swept.example"), on("PC-D", hour + 9 * DAY_MS, hostName="late.example"))
    names = [("domain", f"n{number}.invalid") for number in range(20_000)]
    names += [("domain", "SWEPT.example"), ("domain", "late.example"), ("file", "swept.example")]
    found = lake.observed.sweep(names, hour, hour + DAY_MS)
    assert [(one.kind, one.value) for one in found] == [("domain", "swept.example")]
    assert len(lake.observed.sweep(names)) == 2


def test_neighbours_stand_in_the_same_activities(lake: Lake, write: Write, hour: int) -> None:
    write(
        on("PC-E", hour, hostName="beside.example", processName="curl.exe", dst="203.0.113.90"),
        on("PC-E", hour + 1, hostName="beside.example", processName="curl.exe"),
        on("PC-E", hour + 2, hostName="elsewhere.example", processName="other.exe"),
    )
    seen = lake.observed.of(ObservedKind.DOMAIN, ["beside.example"])["beside.example"]
    for hosts in ([], ["PC-E"]):
        beside = lake.observed.neighbours(seen, hosts)
        assert set(beside) == {("process", "curl.exe", 2), ("endpoint", "pc-e", 2), ("address", "203.0.113.90", 1)}
    assert lake.observed.neighbours(seen, ["PC-OTHER"]) == []


def test_hostile_values_are_only_values(lake: Lake, write: Write, hour: int) -> None:
    value = "x') OR 1=1 --\\'\"{a:String}\0"
    write(on("PC-F", hour, hostName=value))
    found = lake.observed.of(ObservedKind.DOMAIN, [value.lower(), "\ud800"])
    assert [one.count for one in found.values()] == [1]
    assert lake.observed.endpoints(ObservedKind.DOMAIN, value)[0].name == "PC-F"


def test_what_a_file_is_known_as(lake: Lake, write: Write, hour: int) -> None:
    start = {"objectFileHashSha256": "12" * 32, "objectFileHashMd5": "34" * 16, "objectFilePath": "C:\\a\\b.exe"}
    write(making.process_start(hour, 77, 76, endpointHostName="PC-G", objectSigner=["A Maker"], **start))
    seen = lake.observed.of(ObservedKind.FILE, ["34" * 16])["34" * 16]
    known = lake.known_of(seen, ["PC-G"])
    assert known["sha256"] == ["12" * 32]
    assert known["paths"] == ["C:\\a\\b.exe"]
    assert known["signers"] == ["A Maker"]


@pytest.fixture
def old(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Lake:
    """A lake as it was before there were observed values, opened again by this version."""
    monkeypatch.setattr(filling, "SLICE_ROWS", 2)
    with Lake.start(tmp_path) as lake:
        for table in ("observed_view", "observed", "observed_slices"):
            lake._connection.command(f"DROP TABLE {table}")
        for number in range(5):
            row = on(f"PC-{number}", 1_700_000_000_000 + number, hostName="old.example")
            lake.write_activities([(number + 1, making.batch(row), None)])
    return Lake.start(tmp_path)


def test_an_old_lake_is_filled_in_slices_and_once(old: Lake) -> None:
    with old as lake:
        assert not lake.observed.is_filled()
        lake.write_activities([(9, making.batch(on("PC-9", 1_700_000_000_900, hostName="old.example")), None)])
        assert lake.observed.of(ObservedKind.DOMAIN, ["old.example"])["old.example"].count == 1
        assert filling.fill_slice(lake.observed._ask, lake.observed._connection.command) > 0
        assert lake.observed.fill()
        assert lake.observed.is_filled()
        seen = lake.observed.of(ObservedKind.DOMAIN, ["old.example"])["old.example"]
        assert (seen.count, seen.endpoints) == (6, 6)
        assert lake.observed.fill()
        assert lake.observed.of(ObservedKind.DOMAIN, ["old.example"])["old.example"].count == 6


def test_a_slice_that_was_killed_is_done_again_without_counting_twice(old: Lake) -> None:
    with old as lake:
        lake._connection.command(
            "INSERT INTO observed_slices SELECT day, slice, `from`, `to`, until, 1 FROM observed_slices"
        )
        lake.observed.fill()
        lake._connection.command(
            "INSERT INTO observed_slices SELECT day, slice, `from`, `to`, until, 3 FROM observed_slices"
        )
        assert lake.observed.of(ObservedKind.DOMAIN, ["old.example"])["old.example"].count == 5


def test_filling_ends_when_the_house_does(old: Lake) -> None:
    with old as lake:
        assert not lake.observed.fill(lambda: True)


def test_values_of_a_write_that_the_view_missed_are_put_in_at_the_next_start(tmp_path: Path) -> None:
    with Lake.start(tmp_path) as lake:
        lake.write_activities([(1, making.batch(on("PC-1", 1_700_000_000_000, hostName="missed.example")), None)])
        lake._connection.command("TRUNCATE TABLE observed")
    with Lake.start(tmp_path) as lake:
        assert lake.observed.of(ObservedKind.DOMAIN, ["missed.example"])["missed.example"].count == 1
    with Lake.start(tmp_path) as lake:
        assert lake.observed.of(ObservedKind.DOMAIN, ["missed.example"])["missed.example"].count == 1
