"""The rules on a real lake: what went is in the audit log, what was brought back stays, alerts keep their evidence."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from hinomi.access.audit import Audit
from hinomi.database import Database
from hinomi.errors import Unavailable
from hinomi.lake.lake import Lake
from hinomi.lake.retention import Removal, parse_rules
from hinomi.operations.keeping import LakeKeeping
from hinomi.schema.principal import COMMAND_LINE
from tests.lake import making

TODAY = date(2026, 3, 31)
NOW = datetime(2026, 3, 31, 5, tzinfo=UTC).timestamp()
BASE_MS = 1_772_000_000_000


class Bench:
    def __init__(self, folder: Path) -> None:
        self.lake = Lake.start(folder / "lake")
        self.database = Database(folder / "hinomi.db")
        self.audit = Audit(self.database, lambda: NOW)
        self.database.create()

    def keeping(self, rules: str) -> LakeKeeping:
        return LakeKeeping(self.lake, self.database, self.audit, parse_rules(rules), lambda: NOW)

    def days(self) -> list[date]:
        return sorted({one.day for one in self.lake.held()[0]})

    def removed(self) -> list[tuple[str, str, str]]:
        entries = self.audit.search(text="lake.remove").items
        return [(one.who, one.target, one.outcome) for one in reversed(entries)]


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    made = Bench(tmp_path)
    for ago in (0, 1, 5, 50):
        row = making.process_start(BASE_MS + ago, ago, None, recordSource="a", rawDataStr='{"x":1}')
        making.write_on(made.lake, TODAY - timedelta(days=ago), row)
    yield made
    made.lake.close()
    made.database.close()


def test_what_the_rules_take_is_planned_then_gone_and_in_the_audit_log(bench: Bench) -> None:
    keeping = bench.keeping("*: 3d")
    planned = keeping.planned()
    assert [one.partition for one in planned] == ["20260209", "20260326", "202602"]
    assert len(bench.days()) == 4
    assert keeping.remove(COMMAND_LINE) == planned
    assert bench.days() == [TODAY - timedelta(days=1), TODAY]
    who = COMMAND_LINE.name
    assert bench.removed() == [
        (who, "activities 20260209", "success"),
        (who, "activities 20260326", "success"),
        (who, "processes 202602", "success"),
    ]
    assert keeping.remove(COMMAND_LINE) == []


def test_without_rules_nothing_goes(bench: Bench) -> None:
    assert bench.keeping("").remove(COMMAND_LINE) == []
    assert len(bench.days()) == 4


def test_what_could_not_be_removed_is_told_as_a_failure(bench: Bench) -> None:
    keeping = bench.keeping("*: 3d")
    planned = keeping.planned()

    def then_the_lake_goes() -> list[Removal]:
        bench.lake.close()
        return planned

    keeping.planned = then_the_lake_goes  # type: ignore[method-assign]
    with pytest.raises(Unavailable):
        keeping.remove(COMMAND_LINE)
    assert [outcome for _, _, outcome in bench.removed()] == ["success", "failure"]


def test_a_day_that_was_brought_back_stays_for_a_while(bench: Bench) -> None:
    keeping = bench.keeping("*: 3d")
    keeping.note_brought_back([TODAY - timedelta(days=50)])
    keeping.remove(COMMAND_LINE)
    assert bench.days() == [TODAY - timedelta(days=50), TODAY - timedelta(days=1), TODAY]


def test_detections_keep_their_copy_of_an_activity_that_went(bench: Bench) -> None:
    (row,) = bench.lake.search("objectProcessHashId = 50", {})
    bench.lake.write_detections([making.detection(row)])
    bench.keeping("*: 3d").remove(COMMAND_LINE)
    assert bench.lake.activity(row["uuid"]) is None
    (kept,) = bench.lake.detections("1", {})
    assert kept["activity"] == {name: value for name, value in row.items() if name != "rawDataStr"}
