"""The correlator against the slow reference: every rule type, on streams in any order of arrival, cut and restarted anywhere."""

from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hinomi.detect import correlator as correlator_module
from hinomi.detect.correlator import Correlator
from hinomi.schema.content import CHAINED, Bound, Model, Rule, Severity, Text
from hinomi.schema.detection import Detection, ModelMatch
from tests.detect import correlation_reference
from tests.detect.correlation_reference import Alert
from tests.detect.test_correlator import detection

LATENESS_S = 20


def gte(number: float) -> tuple[Bound, ...]:
    return (Bound("gte", number),)


def one(kind: str, *filters: str, name: str = "", suppress_s: int = 40, is_alone: bool = True, **more: Any) -> Model:
    made = Rule("r", kind, Text("r", "r"), filters, ("endpointGuid",), **{"window_s": 30, **more})
    name = name or f"{kind} {sorted(more.items())}"
    texts = Text("m", "m")
    return Model(name, texts, texts, Severity.HIGH, (made,), (), (), suppress_s, "1", "shipped", is_alone=is_alone)


EXPRESSION = ("or", (("and", ("a", "b")), ("and", ("c", ("not", ("a",))))))
MODELS = [
    one("single", "a", window_s=0),
    one("count", "a", "b", threshold=3),
    one("count", "a", "b", threshold=2, distinct="src"),
    one("sequence", "a", "b", "a"),
    one("stages", "a", "b", "c", stages=(("a", "b"), ("c",))),
    one("variety", "a", "b", "c", threshold=2),
    one("event_count", "a", condition=gte(2)),
    one("event_count", "a", "b", condition=(Bound("gt", 1), Bound("lte", 3))),
    one("event_count", "a", condition=(Bound("eq", 2),)),
    one("event_count", "a", condition=(Bound("neq", 1),)),
    one("value_count", "a", "b", condition=gte(2), fields=("src",)),
    one("value_count", "a", condition=(Bound("lt", 2),), fields=("src", "size")),
    one("value_sum", "a", condition=gte(9), fields=("size",)),
    one("value_sum", "a", condition=(Bound("lt", 9),), fields=("size",)),
    one("value_avg", "a", "b", condition=gte(4), fields=("size",)),
    one("value_median", "a", "b", condition=(Bound("gt", 4),), fields=("size",)),
    one("value_percentile", "a", "b", condition=gte(5), fields=("size",), percentile=75.0),
    one("temporal", "a", "b", condition=gte(2)),
    one("temporal", "a", "b", "c", expression=EXPRESSION),
    one("temporal", "a", "b", expression=("and", ("a", ("not", ("b",))))),
    one("temporal_ordered", "a", "b", "c", condition=gte(3)),
    one("temporal_ordered", "a", "b", "c", condition=gte(2)),
    one("temporal_ordered", "a", "b", "c", expression=EXPRESSION),
    Model(
        "whole company",
        Text("m", "m"),
        Text("m", "m"),
        Severity.HIGH,
        (Rule("r", "event_count", Text("r", "r"), ("c",), (), 30, condition=gte(2)),),
        (),
        (),
        40,
        "1",
        "shipped",
    ),
    Model(
        "aliases",
        Text("m", "m"),
        Text("m", "m"),
        Severity.HIGH,
        (
            Rule(
                "r",
                "temporal",
                Text("r", "r"),
                ("a", "b"),
                ("who",),
                30,
                condition=gte(2),
                aliases=(("who", "a", "src"), ("who", "b", "size")),
            ),
        ),
        (),
        (),
        40,
        "1",
        "shipped",
    ),
    # correlations over correlations
    one("event_count", "a", name="inner", condition=gte(2), is_alone=False),
    one("temporal_ordered", "b", name="outer", condition=gte(2), models=("inner",), order=(CHAINED + "inner", "b")),
    one("temporal", name="over both", condition=gte(1), models=("inner", "rare")),
    one("event_count", "b", name="rare", condition=(Bound("lt", 2),), is_alone=False),
    one("event_count", name="few of rare", condition=(Bound("lte", 2),), models=("rare",)),
]
DETECTIONS = st.lists(
    st.builds(
        lambda filter_id, at, delay, host, src, size: (
            detection(filter_id, at, host=host, recordNumber=at % 3, **({"src": src} if src else {}), size=size),
            delay,
        ),
        st.sampled_from("abc"),
        st.integers(0, 120),
        st.integers(0, LATENESS_S),
        st.sampled_from(["H1", "H1", "H2"]),
        st.sampled_from(["1", "2", ""]),
        st.integers(0, 9),
    ),
    max_size=14,
)


@settings(max_examples=150, deadline=None)
@given(DETECTIONS, st.lists(st.integers(0, 14), max_size=3))
def test_neither_order_nor_cuts_nor_restarts_change_what_is_raised(
    delayed: list[tuple[Detection, int]], cuts: list[int]
) -> None:
    """Each detection comes at most the lateness behind the newest; the reference gets them all at once."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(correlator_module, "LATENESS_S", LATENESS_S)
        stream = [d for d, delay in sorted(delayed, key=lambda pair: pair[0].event_time_ms + pair[1] * 1000)]
        expected = correlation_reference.alerts(MODELS, stream)
        assert raised(stream, cuts) == expected
        in_order = sorted(stream, key=lambda each: each.event_time_ms)
        assert fingerprints(stream, cuts) == fingerprints(in_order, [])


def told(stream: Sequence[Detection], cuts: Sequence[int]) -> list[ModelMatch]:
    correlator, found = Correlator(MODELS), []
    for number, each in enumerate(stream):
        found += correlator.observe([each])
        if number in cuts:
            state = correlator.snapshot()
            correlator = Correlator(MODELS)
            correlator.restore(state)
            assert correlator.snapshot() == state
    return [*found, *correlator.finish()]


class Raised:
    """Alerts as who keeps them sees them grow."""

    def __init__(self) -> None:
        self.model, self.entity, self.first, self.evidence, self.joined = "", (), "", set[str](), 0  # type: ignore[var-annotated]

    def add(self, match: ModelMatch) -> None:
        assert match.last is not None
        if match.is_new or match.was:
            self.first = match.last.id
        self.model, self.entity, self.joined = match.model_id, match.entity_key, match.suppressed
        self.evidence |= {each.id for each in match.detections}


def kept(matches: Sequence[ModelMatch]) -> dict[str, Raised]:
    found: dict[str, Raised] = {}
    for match in matches:
        alert = found.pop(match.was) if match.was else found.get(match.fingerprint)
        assert (alert is None) == match.is_new
        alert = found[match.fingerprint] = alert or Raised()
        alert.add(match)
    return found


def raised(stream: Sequence[Detection], cuts: Sequence[int]) -> set[Alert]:
    return {
        (alert.model, alert.entity, alert.first, frozenset(alert.evidence), alert.joined)
        for alert in kept(told(stream, cuts)).values()
    }


def fingerprints(stream: Sequence[Detection], cuts: Sequence[int]) -> set[str]:
    return set(kept(told(stream, cuts)))
