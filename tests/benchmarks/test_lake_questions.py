"""The questions that the lake is measured by: they are what they say, and no two rounds ask the same."""

from benchmarks import lake_questions
from benchmarks.bench_lake import groups, rows_of
from benchmarks.lake_questions import INDICATORS, indicators, saved
from benchmarks.telemetry import DAY_MS, START_MS, Telemetry
from hinomi.lake.lake import Lake


def test_indicators_are_as_many_as_told_and_some_are_found(tmp_path):
    asked = indicators(1)
    assert len(set(asked)) > 0.98 * INDICATORS
    assert asked != indicators(2)
    entries = [(number, batches) for number, batches in Telemetry(4000).batches(4000)]
    with Lake.start(tmp_path) as lake:
        lake.write_activities([(number, batch, None) for number, batches in entries for batch in batches])
        found = lake.observed.sweep(asked)
    assert 0 < len(found) < INDICATORS // 50


def test_every_question_can_be_asked(tmp_path):
    with Lake.start(tmp_path) as lake:
        for chosen in groups(Telemetry(4000).batches(4000, 1000), 2000):
            assert rows_of(chosen) == 2000
            lake.write_activities(chosen)
        for question in lake_questions.questions(lake).values():
            question(0)
        asked = lake_questions.windowed(lake, START_MS + DAY_MS)
        inside = sum(count for _, count in asked["histogram"](1))
        assert 0 < inside < 4000


def test_no_two_rounds_ask_the_same():
    assert saved(0) != saved(1)
    assert saved(0) != saved(0, "any")
