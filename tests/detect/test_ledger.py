"""What an engine remembers stays within its bound, and forgetting changes no answer."""

from hinomi.detect.engine import Engine
from hinomi.detect.ledger import LONG, Ledger
from tests.detect import making


def test_past_the_bound_a_generation_begins() -> None:
    ledger = Ledger(limit=2_000)
    generations = [ledger.generation for _ in range(20) if ledger.admits(("a" * 100, 7, None))]
    assert len(generations) == 20
    assert generations == sorted(generations)
    assert 2 <= generations[-1] <= 4


def test_a_long_text_is_not_kept_wherever_it_stands() -> None:
    ledger = Ledger()
    assert not ledger.admits(("a" * LONG,))
    assert not ledger.admits((("b", "a" * LONG), 1))
    assert ledger.admits(("a" * 100, ("b", "c"), None, 7))


def test_forgetting_changes_no_answer() -> None:
    filters = [
        making.sigma_filter({"A|contains": "needle"}, name="one"),
        making.sigma_filter({"x": {"B": "y"}, "z": {"A": "x1"}, "condition": "x and not z"}, name="two"),
    ]
    engine = Engine(filters)
    engine._plan.ledger._limit = 3_000  # some ten values
    for turn in range(30):
        batch = making.batch({"A": f"x{turn}", "B": "y"}, {"A": f"a needle {turn}"}, {"A": "x1", "B": "y"})
        found = [(one.position, filters[0].id == one.filter_id) for one in engine.observe(batch)]
        assert found == ([(1, True)] if turn == 1 else [(0, False), (1, True)])
    assert engine._plan.ledger.generation > 3
