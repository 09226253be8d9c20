"""Events as the Windows event log renders them: the same activities as from the same log file, and nothing hostile gets through."""

import gzip
import io
from contextlib import suppress
from itertools import islice
from pathlib import Path
from typing import Any

import orjson
import pytest
from evtx import PyEvtxParser
from hypothesis import given
from hypothesis import strategies as st

from hinomi.normalise.normaliser import Normalised, Normaliser
from hinomi.normalise.shapes.windows_xml import MOST_DEPTH, MOST_ELEMENTS, XmlRefusedError, tree_of
from hinomi.schema.record import RecordBatch
from tests import make

GUID = "6d3c1f0e-9d5a-4f0e-8a39-0d4f0a1b2c3d"
HEAD = (
    "<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System><Provider Name='{provider}'/>"
    "<EventID>{number}</EventID><Level>4</Level><Keywords>0x8000000000000000</Keywords>"
    "<TimeCreated SystemTime='2026-01-15T03:00:00.1234567Z'/><EventRecordID>77</EventRecordID>"
    "<Execution ProcessID='4' ThreadID='8'/><Channel>{channel}</Channel><Computer>{computer}</Computer>"
    "<Security UserID='S-1-5-18'/></System>"
)
START = (
    HEAD.format(provider="Microsoft-Windows-Sysmon", number=1, channel="Microsoft-Windows-Sysmon/Operational", computer="PC1.example.jp")
    + "<EventData><Data Name='UtcTime'>2026-01-15 03:00:00.123</Data><Data Name='ProcessId'>4711</Data>"
    "<Data Name='Image'>C:\\Windows\\System32\\whoami.exe</Data><Data Name='CommandLine'>whoami /all &amp; echo &lt;é&gt;</Data>"
    "<Data Name='ParentImage'>C:\\Windows\\System32\\cmd.exe</Data><Data Name='User'>EXAMPLE\\hanako</Data></EventData></Event>"
)  # fmt: skip


def told(xml: str, host: str = "pc1", **more: Any) -> bytes:
    """The record of a sensor on `host`."""
    record = {"hinomi_sensor": 1, "sensor": GUID, "epoch": "e", "sequence": 1, "time": 1768446000000, "host": host}
    return orjson.dumps({**record, "ips": [], "kind": "windows_event", "data": {"channel": "x", "xml": xml, **more}})


def normalised(*records: bytes) -> Normalised:
    return Normaliser().normalise(make.record_batch(*records), 7)


def test_an_event_of_the_own_host_is_an_activity_of_the_sensors_endpoint() -> None:
    (batch,) = normalised(told(START)).activities
    row = batch.row(0)
    assert (row["endpointGuid"], row["endpointHostName"]) == (GUID, "PC1.example.jp")
    assert (row["eventId"], row["eventSubId"], row["winEventId"]) == (1, 2, 1)
    assert (row["objectFilePath"], row["objectCmd"]) == (
        "C:\\Windows\\System32\\whoami.exe",
        "whoami /all & echo <é>",
    )
    assert (row["objectPid"], row["eventTime"], row["recordSource"]) == (4711, 1768446000123, "windows_sysmon")
    assert batch.kind.categories == {"process_creation"}


def test_a_forwarded_event_is_of_the_host_that_wrote_it() -> None:
    (own,), (strange,) = normalised(told(START)).activities, normalised(told(START, "collector")).activities
    assert own.row(0)["endpointGuid"] == GUID
    assert strange.row(0)["endpointGuid"] not in (GUID, None)


@pytest.mark.parametrize(
    "xml",
    [
        "",
        "<Event><System></Event>",
        "<Other><System/></Other>",
        "<Event/>",
        START[:-10],
        "<!DOCTYPE Event [<!ENTITY a 'aaaa'><!ENTITY b '&a;&a;&a;'>]><Event><System><Channel>&b;</Channel></System></Event>",
        "<Event><System>" + "<a>" * (MOST_DEPTH + 1) + "</a>" * (MOST_DEPTH + 1) + "</System></Event>",
        "<Event><System/>" + "<a/>" * (MOST_ELEMENTS + 1) + "</Event>",
        "<Event><System/></Event>\0",
    ],
    ids=["empty", "torn", "other", "no-system", "cut", "entities", "deep", "wide", "nul"],
)
def test_what_is_no_event_becomes_a_dead_letter_and_takes_no_neighbour_with_it(xml: str) -> None:
    found = normalised(told(START), told(xml), told(START.replace("4711", "4712")))
    assert sum(batch.length for batch in found.activities) == 2
    assert [letter.reason for letter in found.dead] == ["invalid_xml"]


def test_an_event_over_the_limit_says_how_large_it_was() -> None:
    (letter,) = normalised(told("", cut_bytes=300_000)).dead
    assert letter.reason == "invalid_xml"
    assert "300000 bytes" in letter.detail


@given(
    st.text()
    | st.text("<>/ &;'\"=!-[]EventSym", max_size=60).map(lambda text: f"<Event><System>{text}</System></Event>")
)
def test_no_text_makes_it_stumble(xml: str) -> None:
    with suppress(XmlRefusedError):
        assert "System" in tree_of(xml)["Event"]


@given(st.text(st.characters(exclude_categories=["Cs", "Cc", "Cn"]) | st.sampled_from("\r\n\t"), max_size=40))
def test_a_value_comes_back_as_it_was(value: str) -> None:
    from xml.sax.saxutils import escape

    xml = (
        f"<Event><System><Level>4</Level></System><EventData><Data Name='a'>{escape(value)}</Data></EventData></Event>"
    )
    assert tree_of(xml)["Event"]["EventData"]["a"] == value


_OWN = frozenset({"uuid", "rawDataStr", "recordNumber", "recordFile"})


def _rows(found: Normalised) -> list[dict[str, Any]]:
    rows = [batch.row(row) for batch in found.activities for row in range(batch.length)]
    kept = [{name: value for name, value in row.items() if name not in _OWN and value is not None} for row in rows]
    return sorted(kept, key=lambda row: (row.get("winEventRecordId", 0), row["eventId"], row["eventSubId"] or 0))


RECORDINGS = (
    "windows/evtx-attack-samples",
    "windows/deepbluecli",
)


@pytest.mark.shared_data
@pytest.mark.parametrize("folder", RECORDINGS)
def test_recordings_mean_the_same_as_xml_and_as_a_log_file(shared_data: Path, folder: str) -> None:
    files = [each for each in sorted((shared_data / folder).rglob("*.evtx.gz")) if each.stat().st_size < 60_000][:25]
    assert files
    compared = 0
    for path in files:
        content = gzip.decompress(path.read_bytes())
        logged = [each["data"].encode() for each in islice(PyEvtxParser(io.BytesIO(content)).records_json(), 40)]
        rendered = [told(each["data"], "") for each in islice(PyEvtxParser(io.BytesIO(content)).records(), 40)]
        batch = RecordBatch("file", ["x"], logged, [0] * len(logged), list(range(len(logged))), [0] * len(logged))
        others = RecordBatch(
            "file", ["x"], rendered, [0] * len(rendered), list(range(len(rendered))), [0] * len(rendered)
        )
        one, other = Normaliser().normalise(batch, 7), Normaliser().normalise(others, 7)
        assert other.dead == one.dead == []
        assert _rows(other) == _rows(one), path.name
        compared += len(logged)
    assert compared > 100
