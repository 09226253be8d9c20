"""How detection is scored: hits, false alarms, and what of a laboratory's recording is background."""

from collections import Counter
from pathlib import Path

import pytest

from benchmarks.evaluation.background import separate
from benchmarks.evaluation.false_alarms import false_alarms
from benchmarks.evaluation.measured_file import write_measured
from benchmarks.evaluation.recall import recall
from benchmarks.evaluation.recordings import Recording, Recordings
from benchmarks.evaluation.scoring import Alert, Found, Outcome, Scorer
from hinomi.detect.measured import Count, load_measured
from hinomi.operations.canonical import record
from hinomi.schema.record import RecordBatch


def found(technique: str, risk: str = "low", by: str = "shipped", source: str = "sysmon", uuid: str = "u") -> Found:
    return Found("f", risk, (technique,), uuid, source, by)


def test_a_hit_is_the_technique_its_parent_or_a_sub_technique_of_enough_risk() -> None:
    outcome = Outcome("r", ("T1003.001", "T1059"), found=[found("T1003", "medium"), found("T1059.003", by="sigma")])
    assert outcome.hit(("shipped",))
    assert outcome.hit(("sigma",))
    assert outcome.hit(("shipped",), "medium")
    assert not outcome.hit(("sigma",), "medium")
    assert not outcome.hit(("shipped",), label="T1059")
    assert not outcome.hit(("shipped",), source="security")
    assert not Outcome("r", ("T1003.001",), found=[found("T1003.002")]).hit(("shipped",))


def test_recall_by_level_tactic_and_source_counts_what_cannot_be_read_as_missed() -> None:
    attacks = [
        Recording("one", Path("one"), "s", ("T1003",)),
        Recording("two", Path("two"), "s", ("T1003",), readable=False),
        Recording("three", Path("three"), "s", (), ("T0000",)),
    ]
    outcomes = [
        Outcome("one", ("T1003",), 5, [found("T1003", "high")], [Alert("m", "high", ("u",))], Counter(sysmon=5)),
        Outcome("two", ("T1003",)),
        Outcome("three", (), 9),
    ]
    figures = recall(attacks, outcomes, ["shipped", "both"])
    assert (figures["recordings"], figures["events"], figures["unreadable"]) == (2, 14, ["two"])
    assert figures["labels_that_are_no_techniques"] == {"three": ["T0000"]}
    both = figures["contents"]["both"]
    assert both["high"] == {"hit": 1, "of": 2, "percent": 50.0}
    assert both["tactics"]["TA0006"]["info"]["percent"] == 50.0
    assert both["sources"]["sysmon"]["high"] == {"hit": 1, "of": 1, "percent": 100.0}
    assert both["alert"]["hit"] == both["techniques_hit"]["hit"] == 1


def test_false_alarms_leave_out_what_is_explained() -> None:
    outcomes = [
        Outcome(
            "r", found=[found("T1003", uuid="a"), found("T1003", uuid="b")],
            alerts=[Alert("m", "high", ("a", "b")), Alert("n", "low", ("b",))],
        )
    ]  # fmt: skip
    figures = false_alarms(outcomes, 1000, {"a"})
    assert figures["detections"]["low"] == {"count": 1, "per_100k": 100.0}
    assert figures["alerts"]["high"]["count"] == 0
    assert figures["models"] == {"n (low)": 1}


def laboratory() -> RecordBatch:
    """The logs are cleared; a shell dumps a hive and starts a child; a user works."""
    guid = "{{00000000-0000-0000-0000-{:012d}}}".format
    rows = [
        {"EventID": 1102, "SubjectUserName": "a"},
        {"EventID": 1, "Image": "C:\\Windows\\System32\\reg.exe", "CommandLine": "reg save hklm\\sam C:\\t\\s",
         "ProcessGuid": guid(2), "ParentProcessGuid": guid(1), "ParentImage": "C:\\Windows\\explorer.exe"},
        {"EventID": 11, "Image": "C:\\Windows\\System32\\reg.exe", "ProcessGuid": guid(2), "TargetFilename": "C:\\t\\s"},
        {"EventID": 1, "Image": "C:\\t\\b.exe", "CommandLine": "b.exe", "ProcessGuid": guid(3),
         "ParentProcessGuid": guid(2), "ParentImage": "C:\\Windows\\System32\\reg.exe"},
        {"EventID": 1, "Image": "C:\\Windows\\notepad.exe", "CommandLine": "notepad", "ProcessGuid": guid(4),
         "ParentProcessGuid": guid(1), "ParentImage": "C:\\Windows\\explorer.exe"},
    ]  # fmt: skip
    batch = RecordBatch(source="simulation", files=["lab"])
    for number, row in enumerate(rows, 1):
        batch.records.append(record(row, number=number))
        batch.file_of.append(0)
        batch.numbers.append(number)
        batch.occurrences.append(0)
    return batch


def test_the_background_is_what_no_labelled_technique_and_no_descendant_explains(scorer: Scorer) -> None:
    outcome = scorer.score("lab", [laboratory()], ("T1003.002",))
    background = separate(outcome, [laboratory()])
    assert background.rest == 1
    assert len(background.uuids) == 4


def test_what_was_measured_is_written_and_read_again(tmp_path: Path) -> None:
    hits = {"benign": Counter(one=2), "own": Counter[str]()}
    events = {"benign": Counter(one=100, two=0), "own": Counter(one=7, two=9)}
    write_measured(tmp_path, hits, events)
    measured = load_measured(tmp_path)
    assert (measured["one"].benign, measured["one"].own) == (Count(2, 100), Count(0, 7))
    assert (measured["two"].benign, measured["two"].own) == (Count(), Count(0, 9))


def test_only_kinds_that_a_filter_can_meet_count_for_it(scorer: Scorer) -> None:
    outcome = scorer.score("lab", [laboratory()])
    events = scorer.could_meet(outcome.kinds)
    assert events["process_reg_save_hive"] == 3
    assert events["security_log_cleared"] == 1
    assert events["dns_long_label"] == 0


@pytest.mark.shared_data
def test_regression_cases_and_other_layers_are_left_out(shared_data: Path) -> None:
    attacks = Recordings(shared_data.parent).attacks()
    assert len(attacks) > 200
    assert not any("SigmaHQ" in one.source or not one.name.startswith("windows/") for one in attacks)
    assert {one.name for one in attacks if not one.labels} == {one.name for one in attacks if one.other_labels}
