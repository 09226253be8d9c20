"""Where in the record the value stands: exact where it does, honest where it does not."""

from typing import Any

from hinomi.operations.explanation import explain_record
from tests import make
from tests.detect import making

POWERSHELL = "C:\\Windows\\System32\\WindowsPowerShell\\v1.0\\powershell.exe"


def place(detection: dict[str, Any], record: bytes, known: dict[str, Any] | None = None) -> dict[str, Any]:
    """Of the only predicate of the filter."""
    told = explain_record(making.sigma_filter(detection), record.decode(), known)
    shown = told["why"]["parts"][1]
    while shown["kind"] != "predicate":
        (shown,) = shown["parts"]
    found: dict[str, Any] = shown
    return found


def test_a_value_that_stands_in_the_record() -> None:
    shown = place({"CommandLine|contains": "/all"}, make.record(CommandLine="whoami /ALL"))
    assert (shown["field"], shown["vocabulary"], shown["found"], shown["spans"]) == (
        "CommandLine",
        "objectCmd",
        "whoami /ALL",
        [[7, 11]],
    )
    assert shown["where"] == {
        "how": "recorded",
        "path": "Event.EventData.CommandLine",
        "from": ["CommandLine"],
        "spans": [[7, 11]],
    }


def test_a_value_made_of_another_names_it_and_marks_the_same_characters() -> None:
    shown = place({"sha1": "AB12"}, make.record(Hashes="MD5=FF,SHA1=AB12"))
    assert (shown["where"]["how"], shown["where"]["path"]) == ("converted", "Event.EventData.Hashes")
    (start, end) = shown["where"]["spans"][0]
    assert "MD5=FF,SHA1=AB12"[start:end].lower() == "ab12"


def test_a_second_reading_points_into_the_command_line() -> None:
    command = "powershell.exe -c Get-Secret"
    shown = place({"ScriptBlockText|contains": "get-secret"}, make.record(Image=POWERSHELL, CommandLine=command))
    assert (shown["where"]["how"], shown["where"]["path"]) == ("projected", "Event.EventData.CommandLine")
    (start, end) = shown["where"]["spans"][0]
    assert command[start:end] == "Get-Secret"


def test_what_an_earlier_record_told_is_no_part_of_this_one() -> None:
    shown = place({"parentCmd": "explorer"}, make.record(CommandLine="a"), {"parentCmd": "explorer"})
    assert shown["met"]
    assert shown["where"] == {"how": "ancestry", "path": None, "from": []}


def test_a_field_that_the_activity_does_not_have() -> None:
    shown = place({"TargetObject": "x"}, make.record(CommandLine="a"))
    assert (shown["met"], shown["found"], shown["where"]["how"]) == (False, None, "absent")


def test_a_keyword_is_shown_where_it_stands() -> None:
    told = explain_record(
        making.sigma_filter({"keywords": ["secret"], "condition": "keywords"}),
        make.record(CommandLine="type SECRET.txt").decode(),
    )
    shown = told["why"]["parts"][1]
    assert (shown["where"]["how"], shown["where"]["path"]) == ("keyword", "Event.EventData.CommandLine")
    assert shown["spans"] == [[5, 11]]


def test_the_member_of_a_list_that_met() -> None:
    shown = place({"Data|contains": "two"}, make.record(600, source="windows_powershell", Data=["one", "item two"]))
    assert shown["met"]
    assert "two" in shown["found"]


def test_long_values_are_cut_round_what_was_matched() -> None:
    command = "a" * 5000 + " needle " + "b" * 5000
    shown = place({"CommandLine|contains": "needle"}, make.record(CommandLine=command))
    ((start, end),) = shown["spans"]
    assert shown["found"][start:end] == "needle"
    assert (len(shown["found"]), shown["length"]) == (1000, len(command))
    assert shown["from"] + start == 5001
    assert shown["where"]["spans"] == [[5001, 5007]]
