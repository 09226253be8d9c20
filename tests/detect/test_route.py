"""Witnesses chosen for all kinds, and anew for a kind where they prove common, lead to the same answers."""

from typing import Any

from hinomi.detect.engine import Engine
from hinomi.detect.route import FEW_ROWS, Route
from hinomi.schema.activity import ActivityKind
from tests.detect import making


def _rows(count: int) -> list[dict[str, Any]]:
    """All hold the odd text, few the usual one: what is usual elsewhere is rare here."""
    return [{"A": f"zyxwvut {number}", "B": "PowerShell.EXE" if number % 50 == 0 else "b"} for number in range(count)]


def test_a_common_witness_is_replaced_and_the_answer_stays() -> None:
    found = making.sigma_filter({"A|contains": "zyxwvut", "B": "PowerShell.EXE"})
    engine, batch = Engine([found]), making.batch(*_rows(4 * FEW_ROWS))
    expected = [number for number in range(4 * FEW_ROWS) if number % 50 == 0]
    route = engine._route(batch.kind)
    assert [one.position for one in engine.observe(batch)] == expected
    assert [predicate.field for some in route._own.values() for predicate in some] == ["B"]
    assert [one.position for one in engine.observe(batch)] == expected


def test_few_rows_replace_nothing() -> None:
    engine, batch = Engine([making.sigma_filter({"A|contains": "zyxwvut", "B": "PowerShell.EXE"})]), _rows(20)
    assert len(engine.observe(making.batch(*batch))) == 1
    assert not engine._route(making.SYSMON_1)._own


def test_kinds_share_one_index() -> None:
    """A text that two kinds look for is looked for by one index; each kind meets only its own filters."""
    one = making.sigma_filter({"EventID": 1, "A|contains": "needle"}, name="one")
    two = making.sigma_filter({"EventID": 2, "A|contains": "needle"}, name="two")
    engine = Engine([one, two])
    kinds = [ActivityKind("windows", frozenset(), frozenset(), "c", event_id) for event_id in (1, 2, 3)]
    found = [[d.filter_id for d in engine.observe(making.batch({"A": "a needle"}, kind=kind))] for kind in kinds]
    assert found == [[one.id], [two.id], []]
    assert list(engine._plan._indexes) == ["A"]


def test_what_no_filter_can_meet_is_not_looked_at() -> None:
    engine = Engine([making.sigma_filter({"EventID": 1, "A": "x"})])
    route = Route(engine._plan, ActivityKind("windows", frozenset(), frozenset(), "c", 2))
    assert route.meet(making.batch({"A": "x"})) == []
