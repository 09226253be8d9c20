"""Detections are kept once and read back whole."""

from collections.abc import Callable
from typing import Any

import pytest

from hinomi.errors import InputError
from hinomi.lake.detections import COLUMNS
from hinomi.lake.lake import Lake
from hinomi.schema.content import Severity
from tests.lake import making

Window = dict[str, int]


@pytest.fixture
def keep(lake: Lake, hour: int) -> Callable[..., list[str]]:
    """Writes `count` detections a minute apart; their ids."""

    def kept(count: int, **changes: Any) -> list[str]:
        rows = [making.activity(hour + number * 60_000, endpointHostName="PC-1") for number in range(count)]
        found = [making.detection(row, **changes) for row in rows]
        assert lake.write_detections(found) == count
        return [one.id for one in found]

    return kept


def test_a_detection_is_read_back_whole(lake: Lake, hour: int, window: Window) -> None:
    row = making.activity(
        hour, endpointGuid="guid-1", endpointHostName="PC-1", objectCmd="reg save", dpt=0, logonUser=["taro"],
        recordSource="file", rawDataStr="{}", objectName="", parentCmd=None,
    )  # fmt: skip
    found = making.detection(row, highlights=(("objectCmd", "reg save"), ("dpt", 0), ("logonUser", ["taro"])))
    lake.write_detections([found])
    (kept,) = lake.detections("1", {}, **window)
    assert set(kept) == set(COLUMNS)
    assert kept["detectedTime"] > 1_700_000_000_000
    expected = {
        "id": found.id, "eventTime": hour, "risk": "high", "filterId": "a_filter", "filterVersion": "0123456789abcdef",
        "techniques": ["T1003.002"], "tactics": ["TA0006"], "uuid": row["uuid"], "endpointGuid": "guid-1",
        "endpointHostName": "PC-1", "recordSource": "file",
        "highlights": [("objectCmd", "reg save"), ("dpt", 0), ("logonUser", ["taro"])],
    }  # fmt: skip
    assert {name: kept[name] for name in expected} == expected
    # the record in full and what is empty are not repeated here
    assert kept["activity"] == {
        name: row[name] for name in row if name not in ("rawDataStr", "objectName", "parentCmd")
    }


def test_the_same_detection_is_kept_once(lake: Lake, hour: int, window: Window) -> None:
    found = making.detection(making.activity(hour))
    assert lake.write_detections([found, found]) == 1
    assert lake.write_detections([found]) == 0
    assert lake.count_detections("1", {}, **window) == 1


def test_known_detections(lake: Lake, keep: Callable[..., list[str]], hour: int) -> None:
    ids = keep(3)
    assert lake.known_detections([*ids, "other"], [hour, hour + 60_000, hour + 120_000, hour]) == set(ids)
    assert lake.known_detections([], []) == set()


def test_detections_come_newest_first_and_page(lake: Lake, keep: Callable[..., list[str]], window: Window) -> None:
    ids = keep(10)
    first = lake.detections("1", {}, **window, limit=4)
    rest = lake.detections("1", {}, **window, before=(first[-1]["eventTime"], first[-1]["id"]))
    assert [row["id"] for row in first + rest] == ids[::-1]


def test_the_histogram_counts_by_risk(lake: Lake, keep: Callable[..., list[str]], hour: int, window: Window) -> None:
    keep(1, risk=Severity.LOW)
    keep(1, risk=Severity.CRITICAL)
    (bucket,) = lake.detection_histogram("1", {}, bucket_ms=3_600_000, **window)
    assert bucket == {"t": hour, "info": 0, "low": 1, "medium": 0, "high": 0, "critical": 1}


def test_facets(lake: Lake, keep: Callable[..., list[str]], window: Window) -> None:
    keep(2, techniques=("T1003", "T1059.001"), filter_id="one")
    keep(1, techniques=("T1003",), tactics=(), filter_id="two", risk=Severity.INFO)
    counted = {
        name: lake.detection_facet("1", {}, name, **window) for name in ("risk", "tactic", "technique", "filter")
    }
    assert counted == {
        "risk": [("high", 2), ("info", 1)],
        "tactic": [("TA0006", 2)],
        "technique": [("T1003", 3), ("T1059.001", 2)],
        "filter": [("one", 2), ("two", 1)],
    }


def test_an_unknown_facet_is_refused(lake: Lake) -> None:
    with pytest.raises(InputError, match="unknown facet"):
        lake.detection_facet("1", {}, "risk, (SELECT 1)")


def test_odd_values_in_an_activity_are_kept_as_text(lake: Lake, hour: int, window: Window) -> None:
    lake.write_detections([making.detection(making.activity(hour, objectCmd="\ud800", dpt=1 << 70))])
    (kept,) = lake.detections("1", {}, **window)
    assert kept["activity"]["dpt"] == str(1 << 70)
    assert kept["activity"]["objectCmd"] == "?"


def test_a_condition_on_detections(lake: Lake, keep: Callable[..., list[str]], window: Window) -> None:
    keep(3, techniques=("T1003.002",))
    keep(2, techniques=("T1059",))
    where = "has(techniques, {p0:String}) AND risk = {p1:String}"
    assert lake.count_detections(where, {"p0": "T1059", "p1": "high"}, **window) == 2
