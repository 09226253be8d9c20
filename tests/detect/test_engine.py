"""What a condition means, as a table; each line holds for the engine and for the reference evaluator."""

from typing import Any

import pytest

from hinomi.detect.engine import Engine
from hinomi.schema.activity import ActivityKind
from hinomi.schema.content import Severity
from tests.detect import making, reference

MISSING: dict[str, Any] = {}
SECURITY_4625 = ActivityKind("windows", frozenset(), frozenset({"security"}), "Security", 4625)

# (selection, or a whole detection part), row, met or not
CASES: list[tuple[dict[str, Any], dict[str, Any], bool]] = [
    # text ignores case, the whole value
    ({"A": "abc"}, {"A": "ABC"}, True),
    ({"A": "abc"}, {"A": "abcd"}, False),
    ({"A": "ÄÖ"}, {"A": "äö"}, True),
    ({"A|cased": "abc"}, {"A": "ABC"}, False),
    ({"A|cased": "ABC"}, {"A": "ABC"}, True),
    ({"A|contains|cased": "Bc"}, {"A": "aBcd"}, True),
    ({"A|contains|cased": "bc"}, {"A": "aBcd"}, False),
    ({"A|contains": "BC"}, {"A": "abcd"}, True),
    ({"A|startswith": "ab"}, {"A": "ABcd"}, True),
    ({"A|startswith": "bc"}, {"A": "ABcd"}, False),
    ({"A|endswith": "\\cmd.exe"}, {"A": "C:\\Windows\\System32\\CMD.EXE"}, True),
    ({"A|endswith": "\\cmd.exe"}, {"A": "C:\\cmd.exe.txt"}, False),
    ({"A|contains|all": ["x", "y"]}, {"A": "axby"}, True),
    ({"A|contains|all": ["x", "z"]}, {"A": "axby"}, False),
    ({"A": ["one", "two"]}, {"A": "TWO"}, True),
    # wildcards and what escapes them
    ({"A": "a*c"}, {"A": "abbbc"}, True),
    ({"A": "a*c"}, {"A": "ac"}, True),
    ({"A": "a?c"}, {"A": "abc"}, True),
    ({"A": "a?c"}, {"A": "ac"}, False),
    ({"A": "a*c"}, {"A": "a\nb\nc"}, True),
    ({"A": "a\\*c"}, {"A": "a*c"}, True),
    ({"A": "a\\*c"}, {"A": "abc"}, False),
    ({"A": "C:\\\\*.exe"}, {"A": "c:\\x.exe"}, True),
    ({"A|contains": "a.c"}, {"A": "abc"}, False),
    ({"A": "*"}, {"A": ""}, True),
    ({"A": "*"}, MISSING, False),
    # empty, null, missing
    ({"A": ""}, {"A": ""}, True),
    ({"A": ""}, MISSING, False),
    ({"A": ""}, {"A": "x"}, False),
    ({"A": None}, MISSING, True),
    ({"A": None}, {"A": None, "B": "x"}, True),
    ({"A": None}, {"A": ""}, False),
    ({"A|exists": True}, {"A": ""}, True),
    ({"A|exists": True}, MISSING, False),
    ({"A|exists": False}, MISSING, True),
    ({"one": {"A": "x"}, "condition": "not one"}, MISSING, True),
    ({"one": {"A": "x"}, "condition": "not one"}, {"A": "x"}, False),
    ({"one": {"A": ["x", None]}, "condition": "one"}, MISSING, True),
    # numbers and booleans, compared by value or by text
    ({"A": 5}, {"A": "5"}, True),
    ({"A": 5}, {"A": 5}, True),
    ({"A": "5"}, {"A": 5}, True),
    ({"A": 5}, {"A": "5.0"}, True),
    ({"A": 0}, {"A": "0x0"}, True),
    ({"A": 1}, {"A": True}, False),
    ({"A": "true"}, {"A": True}, True),
    ({"A": True}, {"A": True}, True),
    ({"A": True}, {"A": "True"}, True),
    ({"A": True}, {"A": False}, False),
    ({"A": True}, {"A": 1}, False),
    ({"A|gt": 4}, {"A": "5"}, True),
    ({"A|gt": 5}, {"A": 5}, False),
    ({"A|gte": 5}, {"A": 5}, True),
    ({"A|lt": 5}, {"A": "x"}, False),
    ({"A|lte": 5}, {"A": "0x4"}, True),
    ({"A|neq": 5}, {"A": 6}, True),
    ({"A|neq": "x"}, MISSING, True),
    ({"A|endswith|neq": "x"}, {"A": "ax"}, False),
    # lists: any member
    ({"A": "x"}, {"A": ["y", "X"]}, True),
    ({"A": "x"}, {"A": ["y", "z"]}, False),
    ({"A|contains|all": ["x", "z"]}, {"A": ["xy", "z"]}, True),
    ({"one": {"A": "x"}, "condition": "not one"}, {"A": ["y", "x"]}, False),
    ({"A": None}, {"A": []}, False),
    # regular expressions: unanchored, minding case
    ({"A|re": "b+c"}, {"A": "abbbcd"}, True),
    ({"A|re": "B+C"}, {"A": "abbbcd"}, False),
    ({"A|re|i": "B+C"}, {"A": "abbbcd"}, True),
    ({"A|re": "^b"}, {"A": "abc"}, False),
    ({"A|re": "a.c"}, {"A": "a\nc"}, False),
    ({"A|re|s": "a.c"}, {"A": "a\nc"}, True),
    ({"A|re|m": "^c"}, {"A": "a\nc"}, True),
    ({"A|re": "^c"}, {"A": "a\nc"}, False),
    # addresses
    ({"A|cidr": "10.0.0.0/8"}, {"A": "10.1.2.3"}, True),
    ({"A|cidr": "10.0.0.0/8"}, {"A": "::ffff:10.1.2.3"}, True),
    ({"A|cidr": "10.0.0.0/8"}, {"A": "11.1.2.3"}, False),
    ({"A|cidr": "fe80::/10"}, {"A": "fe80::1"}, True),
    ({"A|cidr": "10.0.0.0/8"}, {"A": "ten"}, False),
    # encodings and dashes (pySigma expands them)
    ({"A|base64|contains": "whoami"}, {"A": "x d2hvYW1p y"}, True),
    ({"A|base64offset|contains": "whoami"}, {"A": "IHdob2FtaSA="}, True),
    ({"A|wide|base64offset|contains": "ping"}, {"A": "cABpAG4AZwA="}, True),
    ({"A|windash|contains": " -f "}, {"A": "x /F y"}, True),
    ({"A|windash|contains": " -f "}, {"A": "x \u2013f y"}, True),
    ({"A|windash|contains|all": [" -f ", " -g "]}, {"A": "x /f -g y"}, True),
    ({"A|windash|contains|all": [" -f ", " -g "]}, {"A": "x /f y"}, False),
    # a placeholder nobody gave a value never matches
    ({"A|expand": "%admins%"}, {"A": "%admins%"}, False),
    # one field against another
    ({"A|fieldref": "B"}, {"A": "x", "B": "X"}, True),
    ({"A|fieldref": "B"}, {"A": "x", "B": "y"}, False),
    ({"A|fieldref": "B"}, {"A": "x"}, False),
    ({"A|fieldref": "B"}, MISSING, False),
    ({"A|fieldref|startswith": "B"}, {"A": "xyz", "B": "XY"}, True),
    ({"A|fieldref|endswith": "B"}, {"A": "xyz", "B": "yz"}, True),
    ({"A|fieldref|contains": "B"}, {"A": "xyz", "B": "y"}, True),
    # parts of a time
    ({"A|hour": 3}, {"A": "2026-01-15T03:00:00Z"}, True),
    ({"A|hour": 3}, {"A": "2026-01-15T12:00:00+09:00"}, True),
    ({"A|minute": 7}, {"A": "2026-01-15 03:07:00.123"}, True),
    ({"A|day": 15}, {"A": 1_768_446_000_000}, True),
    ({"A|week": 3}, {"A": "2026-01-15T03:00:00Z"}, True),
    ({"A|month": 1}, {"A": "2026-01-15T03:00:00Z"}, True),
    ({"A|year": 2025}, {"A": "2026-01-15T03:00:00Z"}, False),
    ({"A|year": 2026}, {"A": "soon"}, False),
    # how conditions join
    ({"a1": {"A": "x"}, "a2": {"B": "y"}, "condition": "1 of a*"}, {"B": "y"}, True),
    ({"a1": {"A": "x"}, "a2": {"B": "y"}, "condition": "all of a*"}, {"B": "y"}, False),
    ({"a1": {"A": "x"}, "a2": {"B": "y"}, "condition": "all of them"}, {"A": "x", "B": "y"}, True),
    ({"a1": {"A": "x"}, "b1": {"B": "y"}, "condition": "a1 and not 1 of b*"}, {"A": "x"}, True),
    ({"a1": {"A": "x"}, "b1": {"B": "y"}, "condition": "a1 and not 1 of b*"}, {"A": "x", "B": "y"}, False),
    ({"one": [{"A": "x"}, {"B": "y"}], "condition": "one"}, {"B": "y"}, True),
    ({"one": {"A": "x", "B": "y"}, "condition": "one"}, {"B": "y"}, False),
    ({"one": {"A": "x"}, "two": {"B": "y"}, "condition": ["one", "two"]}, {"B": "y"}, True),
    # keywords: anywhere in the record
    ({"words": ["mimi", "katz"], "condition": "words"}, {"A": "a MimiKatz"}, True),
    ({"words": {"|all": ["mimi", "z*y"]}, "condition": "words"}, {"A": "mimi", "B": ["zzy"]}, True),
    ({"words": {"|all": ["mimi", "kitz"]}, "condition": "words"}, {"A": "mimi"}, False),
    ({"words": ["A"], "condition": "words"}, {"A": "name only"}, True),
    ({"words": ["Name"], "condition": "words"}, {"Name": "x"}, False),
    ({"words": ["C:\\x\"y"], "condition": "words"}, {"A": 'c:\\x"y'}, True),
    ({"words": [4625], "condition": "words"}, {"A": 14625}, True),
    ({"words": ["abc"], "condition": "not words"}, {"A": "x"}, True),
    ({"words": {"|re": "k.tz"}, "condition": "words"}, {"A": "katz"}, True),
    # names: blanks and case do not keep a field from being found
    ({"Threat Name": "x"}, {"ThreatName": "x"}, True),
    ({"ThreatName": "x"}, {"Threat Name": "x"}, True),
    ({"commandline": "x"}, {"CommandLine": "x"}, True),
    ({"objectCmd": "x"}, {"objectCmd": "x"}, True),
    # what the kind of activity knows
    ({"EventID": 1, "A": "x"}, {"A": "x"}, True),
    ({"EventID": "1", "A": "x"}, {"A": "x", "EventID": "1"}, True),
    ({"EventID": [4624, 2]}, {"A": "x"}, False),
    ({"Channel": "Microsoft-Windows-Sysmon/Operational"}, {"A": "x"}, True),
    ({"Channel": "Security"}, {"A": "x"}, False),
]  # fmt: skip


@pytest.mark.parametrize(("detection", "row", "met"), CASES)
def test_meaning(detection: dict[str, Any], row: dict[str, Any], met: bool) -> None:
    found = making.sigma_filter(detection)
    # other rows of the batch must not change the verdict on this one
    batch = making.batch({"A": "other"}, row, {"B": 7})
    assert reference.meets(reference.trees(found.sigma.rule), reference.row_of(batch, 1)) is met
    assert (1 in [one.position for one in Engine([found]).observe(batch)]) is met


def test_log_source_decides_before_the_condition() -> None:
    row = {"A": "x"}
    for logsource, met in (
        ({"product": "windows"}, True),
        ({"product": "linux"}, False),
        ({"category": "process_creation"}, True),
        ({"product": "windows", "category": "file_event"}, False),
        ({"product": "windows", "service": "sysmon"}, True),
        ({"product": "windows", "service": "security"}, False),
    ):
        engine = Engine([making.sigma_filter({"A": "x"}, logsource=logsource)])
        assert bool(engine.observe(making.batch(row))) is met, logsource


def test_detections_come_by_row_then_by_filter() -> None:
    second, first = making.sigma_filter({"A": "x"}, name="second"), making.sigma_filter({"B": "y"}, name="first")
    found = Engine([first, second]).observe(making.batch({"A": "x", "B": "y"}, {"A": "n"}, {"A": "x"}))
    assert [(one.position, one.filter_id) for one in found] == [(0, first.id), (0, second.id), (2, second.id)]


def test_a_detection_says_what_was_found() -> None:
    found = making.sigma_filter({"CommandLine": "x"})
    batch = making.batch({"CommandLine": "x", "objectPid": 7})
    batch.fields["objectCmd"] = batch.native["CommandLine"]
    (detection,) = Engine([found]).observe(batch)
    assert detection.risk is Severity.HIGH
    assert detection.uuid == batch.fields["uuid"][0]
    assert detection.event_time_ms == batch.fields["eventTime"][0]
    assert (detection.endpoint_guid, detection.endpoint_name) == ("guid-1", "PC-1")
    assert detection.activity == {name: value for name, value in batch.row(0).items() if name != "rawDataStr"}
    # the filter's own field first, under the vocabulary's name for the same column
    assert detection.highlights == (("objectCmd", "x"), ("endpointHostName", "PC-1"))


def test_a_detection_has_the_same_id_everywhere() -> None:
    found, batch = making.sigma_filter({"A": "x"}), making.batch({"A": "x"}, {"A": "x"})
    one, two = Engine([found]).observe(batch)
    assert [one.id, two.id] == [each.id for each in Engine([found]).observe(batch)]
    assert one.id != two.id
    other = making.sigma_filter({"A": "x"}, name="other")
    assert Engine([other]).observe(batch)[0].id != one.id


def test_a_filter_of_another_event_costs_nothing_and_finds_nothing() -> None:
    found = making.sigma_filter({"EventID": 4624, "A": "x"}, logsource={"product": "windows", "service": "security"})
    assert Engine([found]).observe(making.batch({"A": "x"}, kind=SECURITY_4625)) == []
