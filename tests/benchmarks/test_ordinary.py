"""Ordinary work of our own: the shipped content must not wake anybody for it."""

from collections import Counter

import pytest

from benchmarks.evaluation.false_alarms import false_alarms
from benchmarks.evaluation.scoring import Outcome, Scorer
from benchmarks.ordinary.kinds import program_of
from benchmarks.ordinary.work import ordinary_batches


@pytest.fixture(scope="module")
def outcomes(scorer: Scorer) -> list[Outcome]:
    return [scorer.score(name, batches) for name, batches in ordinary_batches()]


def test_the_work_is_large_and_of_many_kinds(outcomes: list[Outcome]) -> None:
    kinds: Counter[str] = Counter()
    for outcome in outcomes:
        for kind, count in outcome.kinds.items():
            kinds.update(dict.fromkeys(kind.categories, count))
    assert sum(outcome.events for outcome in outcomes) > 20_000
    least = {"process_creation": 5000, "file_event": 2000, "registry_set": 1500, "network_connection": 1000}
    least |= {"ps_script": 500, "image_load": 500, "process_access": 500, "dns_query": 500}
    assert {name: count for name, count in least.items() if kinds[name] < count} == {}


def test_no_alert_of_high_or_critical(outcomes: list[Outcome]) -> None:
    figures = false_alarms(outcomes, sum(outcome.events for outcome in outcomes))
    assert figures["alerts"]["high"]["count"] == figures["alerts"]["critical"]["count"] == 0, figures["models"]


def test_the_same_seed_gives_the_same_records() -> None:
    first, second, other = (dict(ordinary_batches(seed)) for seed in (3, 3, 4))
    assert {name: batches[0].records for name, batches in first.items()} == {
        name: batches[0].records for name, batches in second.items()
    }
    assert all(other[name][0].records != batches[0].records for name, batches in first.items())


@pytest.mark.parametrize(
    ("command", "program"),
    [
        ('"C:\\Program Files\\A B\\c.exe" /x', "C:\\Program Files\\A B\\c.exe"),
        ("whoami /all", "C:\\Windows\\System32\\whoami.exe"),
        ("C:\\a\\b.exe", "C:\\a\\b.exe"),
        ("powershell.exe -x", "C:\\Windows\\System32\\WindowsPowerShell\\v1.0\\powershell.exe"),
        ("System", "System"),
    ],
)
def test_the_program_of_a_command_line(command: str, program: str) -> None:
    assert program_of(command) == program
