"""The same event, written down in every shape, becomes the same activity."""

import base64
from typing import Any

import orjson
import pytest

from hinomi.normalise.normaliser import Normaliser
from tests import make

DATA = {"SubjectUserName": "hanako", "SubjectDomainName": "EXAMPLE", "NewProcessId": "0x1a2c", "ProcessId": "0x9c4"}
DATA |= {
    "NewProcessName": "C:\\Windows\\System32\\net.exe",
    "CommandLine": 'net user "a & b"',
    "ParentProcessName": "C:\\cmd.exe",
}
SECURITY = {"provider": "Microsoft-Windows-Security-Auditing", "channel": "Security"}
XML = "".join(f'<Data Name="{name}">{value}</Data>' for name, value in DATA.items()).replace("&", "&amp;")
NAMED = [{"Name": name, "text": value} for name, value in DATA.items()]

SHAPES: dict[str, dict[str, Any]] = {
    "evtx_dump": make.event(4688, **DATA),
    "evtx_dump with texts": {
        "Event": make.event(4688, **DATA)["Event"]
        | {"System": make.event(4688)["Event"]["System"] | {"EventID": {"#text": "4688"}}}
    },
    "xml2json": {
        "Event": {
            "System": {
                "Provider": {"Name": "Microsoft-Windows-Security-Auditing"},
                "EventID": "4688",
                "TimeCreated": {"SystemTime": "2026-01-15T03:00:00.0000000Z"},
                "Channel": "Security",
                "Computer": "PC-1",
                "Security": None,
            },
            "EventData": {"Data": NAMED},
        }
    },
    "NXLog": {
        "EventTime": "2026-01-15 12:00:00",
        "EventReceivedTime": "2026-01-15 12:00:01",
        "@timestamp": "2026-01-15T03:00:00.000Z",
        "Hostname": "PC-1",
        "SourceName": "Microsoft-Windows-Security-Auditing",
        "Channel": "Security",
        "EventID": 4688,
        "EventType": "AUDIT_SUCCESS",
        "Keywords": -9214364837600034816,
        **DATA,
    },
    "TimeCreated": {
        "TimeCreated": "2026-01-15T03:00:00.000Z",
        "Hostname": "PC-1",
        "SourceName": "Microsoft-Windows-Security-Auditing",
        "Channel": "Security",
        "EventID": 4688,
        **DATA,
    },
    "Winlogbeat 6": {
        "@timestamp": "2026-01-15T03:00:00.000Z",
        "computer_name": "PC-1",
        "source_name": "Microsoft-Windows-Security-Auditing",
        "log_name": "Security",
        "event_id": 4688,
        "event_data": DATA,
    },
    "Winlogbeat 7": {
        "@timestamp": "2026-01-15T03:00:00.000Z",
        "event": {"code": "4688"},
        "winlog": {
            "computer_name": "PC-1",
            "provider_name": "Microsoft-Windows-Security-Auditing",
            "channel": "Security",
            "event_id": "4688",
            "event_data": DATA,
        },
    },
    "Sentinel columns": {"TimeGenerated": "2026-01-15 03:00:00.000", "Computer": "PC-1", "EventID": "4688", **DATA},
    "Sentinel JSON": {
        "TimeGenerated": "2026-01-15T03:00:00Z",
        "Computer": "PC-1",
        "EventID": 4688,
        "EventSourceName": "Microsoft-Windows-Security-Auditing",
        "Channel": "Security",
        "EventData": orjson.dumps(DATA).decode(),
    },
    "Sentinel XML": {
        "TimeGenerated": "2026-01-15T03:00:00Z",
        "Computer": "PC-1",
        "EventID": 4688,
        "Source": "Microsoft-Windows-Security-Auditing",
        "EventLog": "Security",
        "EventData": f'<DataItem type="System.XmlData"><EventData xmlns="http://schemas.example/x">{XML}</EventData></DataItem>',
    },
    "a sample with raw text": {"case": "x", "raw": orjson.dumps(make.event(4688, **DATA)).decode()},
    "a sample with a message": {"case": "x", "input": {"message": orjson.dumps(make.event(4688, **DATA)).decode()}},
    "a document of a search engine": {"_index": "x", "_id": "1", "_source": make.event(4688, **DATA)},
}
_OWN = {"uuid", "rawDataStr", "winEventRecordId"}


def row(event: dict[str, Any]) -> dict[str, Any]:
    (batch,) = Normaliser().normalise(make.record_batch(orjson.dumps(event)), 1).activities
    return batch.row(0)


@pytest.mark.parametrize("shape", SHAPES)
def test_every_shape_gives_the_same_activity(shape: str) -> None:
    wanted = {name: value for name, value in row(SHAPES["evtx_dump"]).items() if name not in _OWN}
    assert {name: value for name, value in row(SHAPES[shape]).items() if name not in _OWN} == wanted


def test_nxlog_keeps_sysmons_own_event_type_and_time() -> None:
    event = {
        "EventTime": "2026-01-15 12:00:00",
        "UtcTime": "2026-01-15 03:00:00.123",
        "SourceName": "Microsoft-Windows-Sysmon",
        "Channel": "Microsoft-Windows-Sysmon/Operational",
        "EventID": 12,
        "EventType": "INFO",
        "EventTypeOrignal": "DeleteKey",
        "Keywords": -9223372036854775808,
    }
    (batch,) = Normaliser().normalise(make.record_batch(orjson.dumps(event)), 1).activities
    assert batch.native["EventType"] == ["DeleteKey"]
    assert batch.fields["eventSubId"] == [403]
    assert batch.fields["eventTime"] == [1768446000123]
    assert batch.native["Keywords"] == ["0x8000000000000000"]


@pytest.mark.parametrize(
    "content",
    ['<!DOCTYPE a [<!ENTITY b "c">]><EventData><Data Name="X">&b;</Data></EventData>', "<EventData><Data", "{", "5"],
)
def test_event_data_that_is_no_sound_xml_or_json_is_left_out(content: str) -> None:
    event = SHAPES["Sentinel XML"] | {"EventData": content}
    (batch,) = Normaliser().normalise(make.record_batch(orjson.dumps(event)), 1).activities
    assert "X" not in batch.native
    assert content in orjson.loads(batch.fields["rawDataStr"][0])["EventData"]


def test_wmi_records_keep_their_values_without_names() -> None:
    event = {
        "EventCode": 7045,
        "Logfile": "System",
        "SourceName": "Service Control Manager",
        "ComputerName": "PC-1",
        "TimeGenerated": "20260115120000.000000+540",
        "InsertionStrings": ["Probe", "C:\\Tools\\probe.exe"],
    }
    (batch,) = Normaliser().normalise(make.record_batch(orjson.dumps(event)), 1).activities
    assert batch.fields["eventTime"] == [1768446000000]
    assert batch.native["Data"] == [["Probe", "C:\\Tools\\probe.exe"]]


def test_user_data_stands_under_the_names_of_its_leaves() -> None:
    tree = {
        "Outer": {
            "#attributes": {"xmlns": "x", "Mark": "m"},
            "Inner": {"Value": 5, "Text": {"#attributes": {"k": 1}, "#text": "t"}},
        }
    }
    record = make.record(9, source="windows_system", provider="Nobody", user_data=tree)
    (batch,) = Normaliser().normalise(make.record_batch(record), 1).activities
    assert {name: batch.native[name] for name in ("Mark", "Value", "Text", "k")} == {
        "Mark": ["m"],
        "Value": [5],
        "Text": ["t"],
        "k": [1],
    }
    assert "xmlns" not in batch.native


def test_records_that_share_no_names_do_not_make_a_table_of_all_by_all() -> None:
    records = [
        orjson.dumps({"time": 1768446000, **{f"{base64.b16encode(bytes([row]))!r}{at}": at for at in range(300)}})
        for row in range(200)
    ]
    batches = Normaliser().normalise(make.record_batch(*records), 1).activities
    cells = sum(len(column) for batch in batches for column in batch.native.values())
    assert cells < 200 * 400
