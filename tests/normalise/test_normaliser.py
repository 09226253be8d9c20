"""The trip of records through the normaliser, and that nothing JSON can say makes it stumble."""

from typing import Any

import orjson
from hypothesis import given, settings
from hypothesis import strategies as st

from hinomi.normalise.normaliser import Normaliser
from hinomi.normalise.one_by_one import one_record
from hinomi.schema.activity import FIELDS, ActivityBatch, FieldType
from tests import make

_LEAVES = (
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**64 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=8)
)
_WORDS = (
    "Event System EventData UserData Provider #attributes #text Name EventID Channel Data TimeCreated SystemTime "
    "Computer Execution Security Image Hashes EventTime SourceName winlog event_data"
)
_NAMES = st.sampled_from(_WORDS.split()) | st.text(max_size=5)
JSON = st.recursive(
    _LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_NAMES, inner, max_size=5), max_leaves=20
)
_PYTHON_TYPES = {FieldType.TEXT: str, FieldType.INTEGER: int, FieldType.TIME: int, FieldType.TEXTS: list}


def test_a_process_start_has_the_new_process_as_object_and_its_creator_as_actor() -> None:
    record = make.record(
        Image="C:\\Windows\\System32\\whoami.exe",
        CommandLine="whoami /all",
        ProcessId=4711,
        User="EXAMPLE\\hanako",
        ParentImage="C:\\Windows\\System32\\cmd.exe",
        ParentCommandLine="cmd.exe",
        ParentProcessId=99,
    )
    (batch,) = Normaliser().normalise(make.record_batch(record), 7).activities
    row = batch.row(0)
    assert (row["eventId"], row["eventSubId"]) == (1, 2)
    assert (row["objectFilePath"], row["objectCmd"], row["objectPid"]) == (
        "C:\\Windows\\System32\\whoami.exe",
        "whoami /all",
        4711,
    )
    assert (row["processFilePath"], row["processCmd"], row["processPid"]) == (
        "C:\\Windows\\System32\\cmd.exe",
        "cmd.exe",
        99,
    )
    assert (row["objectName"], row["processName"], row["logonUser"]) == ("whoami.exe", "cmd.exe", ["hanako"])
    assert (row["eventTime"], row["logReceivedTime"], row["rawDataStr"]) == (1768446000000, 7, record.decode())
    assert batch.kind.categories == {"process_creation"}
    assert batch.kind.services == {"sysmon"}
    assert batch.column("CommandLine") == ["whoami /all"]


def test_equal_lines_stay_two_activities_and_a_second_import_changes_nothing() -> None:
    records = make.record_batch(make.record(Image="a.exe"), make.record(Image="a.exe"))
    uuids = [uuid for batch in Normaliser().normalise(records, 1).activities for uuid in batch.fields["uuid"]]
    again = [uuid for batch in Normaliser().normalise(records, 2).activities for uuid in batch.fields["uuid"]]
    assert len(set(uuids)) == 2
    assert uuids == again


def test_positions_lead_back_to_the_record() -> None:
    records = make.record_batch(
        make.record(4624, TargetUserName="a"), make.record(Image="b"), make.record(4624, TargetUserName="c")
    )
    for batch in Normaliser().normalise(records, 1).activities:
        assert [records.records[at].decode() for at in batch.positions] == batch.fields["rawDataStr"]


def test_an_unknown_provider_is_kept_with_all_its_values() -> None:
    record = make.record(77, source="windows_system", provider="Nobody-Knows", channel="Nobody/Admin", Colour="red")
    (batch,) = Normaliser().normalise(make.record_batch(record), 1).activities
    assert batch.fields["eventId"] == [10]
    assert batch.native["Colour"] == ["red"]
    assert batch.native["Provider_Name"] == ["Nobody-Knows"]


def test_what_cannot_be_read_is_a_letter_with_its_reason() -> None:
    timeless = make.record(time="yesterday", Image="a.exe")
    batch = make.record_batch(b"{", b"[1]", b'"text"', b"{}", timeless, make.record(Image="b.exe"))
    result = Normaliser().normalise(batch, 1)
    letters = {letter.offset: letter.reason for letter in result.dead}
    assert letters == {1: "invalid_json", 2: "unknown_shape", 3: "unknown_shape", 4: "unknown_shape", 5: "no_time"}
    assert sum(one.length for one in result.activities) == 1


def test_a_name_with_blanks_is_also_offered_without() -> None:
    record = make.record(1116, source="windows_defender", **{"Threat Name": "EICAR"})
    (batch,) = Normaliser().normalise(make.record_batch(record), 1).activities
    assert batch.native["Threat Name"] == batch.native["ThreatName"] == batch.native["Threat_Name"] == ["EICAR"]


@settings(max_examples=120, deadline=None)
@given(st.lists(JSON, max_size=6))
def test_any_json_becomes_an_activity_or_a_letter(values: list[Any]) -> None:
    batch = make.record_batch(*[orjson.dumps(value) for value in values])
    result = Normaliser().normalise(batch, 1)
    assert_whole(result.activities, len(result.dead), len(values))


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from([1, 3, 7, 12, 13, 22, 4624, 4657, 4663, 4688, 5156, 4104, 7045]), st.data()),
        max_size=4,
    )
)
def test_any_values_of_known_events_become_activities(events: list[tuple[int, Any]]) -> None:
    names = [
        "Image",
        "ProcessId",
        "Hashes",
        "ProcessGuid",
        "User",
        "EventType",
        "Initiated",
        "DestinationPort",
        "ObjectType",
    ]
    names += [
        "NewProcessId",
        "Direction",
        "OperationType",
        "ObjectName",
        "NewValue",
        "NewValueType",
        "Data",
        "QueryResults",
    ]
    data = st.dictionaries(st.sampled_from(names), JSON, max_size=6)
    records = [make.record(number, **draw.draw(data)) for number, draw in events]
    result = Normaliser().normalise(make.record_batch(*records), 1)
    assert not result.dead
    assert_whole(result.activities, 0, len(records))


def assert_whole(activities: list[Any], dead: int, count: int) -> None:
    """Each record once, all columns of one length, every value of its field's type."""
    stored = [batch for batch in activities if not batch.projected]
    assert sum(batch.length for batch in stored) + dead == count
    for batch in activities:
        for columns in (batch.fields, batch.native):
            assert {len(column) for column in columns.values()} == {batch.length}
        for name, column in batch.fields.items():
            assert {type(value) for value in column} <= {_PYTHON_TYPES[FIELDS[name]], type(None)}, name


def test_a_record_does_not_depend_on_its_neighbours() -> None:
    """However a stream is cut into batches, and however the lake is read again, an activity is the same."""
    guid = make.event(5156, ProcessID="4", Application="\\device\\harddiskvolume1\\a.exe")
    guid["Event"]["System"]["Provider"]["#attributes"]["Guid"] = "{ABCD}"
    records = [
        orjson.dumps(guid),
        make.record(5156, ProcessId="5", Application="\\device\\harddiskvolume1\\b.exe"),
        make.record(4688, NewProcessId="0x10", NewProcessName="C:\\a.exe", ProcessId="0x20"),
        make.record(4688, NewProcessId="0x11", NewProcessName="C:\\b.exe", ParentProcessName="-"),
        make.record(7, Image="C:\\a.exe", ImageLoaded="C:\\a.dll", OriginalFileName="?"),
        make.record(7, Image="C:\\a.exe", ImageLoaded="C:\\b.dll", OriginalFileName="-"),
        make.record(8, SourceImage="C:\\a.exe", TargetImage="C:\\b.exe", StartModule="C:\\c.dll"),
        make.record(8, SourceImage="C:\\a.exe", TargetImage="C:\\b.exe", StartModule="-"),
        orjson.dumps(
            {"Channel": "Security", "EventID": 5156, "TimeCreated": make.TIME, "ProcessID": 4, "Computer": "P"}
        ),
        orjson.dumps(
            {"Channel": "Security", "EventID": 5156, "TimeCreated": make.TIME, "ProcessId": 5, "Computer": "P"}
        ),
    ]

    def rows(batches: list[ActivityBatch]) -> dict[tuple[str, bool], list[dict[str, Any]]]:
        return {
            (batch.fields["uuid"][at], batch.projected): [
                batch.row(at),
                {name: column[at] for name, column in batch.native.items() if column[at] is not None},
            ]
            for batch in batches
            for at in range(batch.length)
        }

    normaliser = Normaliser()
    whole = make.record_batch(*records)
    alone = [one for at in range(len(records)) for one in normaliser.normalise(one_record(whole, at), 0).activities]
    together = rows(normaliser.normalise(whole, 0).activities)
    assert len(together) >= len(records) - 2
    assert rows(alone) == together
