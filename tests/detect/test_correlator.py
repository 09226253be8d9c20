"""Rules of every type, suppression, bounds, and that neither cuts nor restarts change a result."""

import itertools
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hinomi.detect import correlator as correlator_module
from hinomi.detect import standing, window
from hinomi.detect.correlator import Correlator
from hinomi.detect.evidence import detection_id
from hinomi.schema.content import Model, Rule, Severity, Text
from hinomi.schema.detection import Detection, ModelMatch

SECOND = 1000
START_MS = 1_768_446_000_000


def detection(filter_id: str, at_s: float = 0, *, host: str = "H", name: str = "", **activity: Any) -> Detection:
    uuid = name or f"{filter_id} {at_s} {host} {sorted(activity.items())}"
    return Detection(
        id=detection_id(uuid, filter_id),
        filter_id=filter_id,
        filter_version="1",
        risk=Severity.HIGH,
        techniques=("T1003",),
        tactics=("TA0006",),
        uuid=uuid,
        event_time_ms=START_MS + int(at_s * SECOND),
        endpoint_guid=host,
        endpoint_name=host,
        highlights=(("objectCmd", "x"),),
        activity={"endpointGuid": host, "rawDataStr": "{}", **activity},
    )


def rule(kind: str, *filters: str, id: str = "r", group_by: Sequence[str] = ("endpointGuid",), **more: Any) -> Rule:  # noqa: A002
    return Rule(id=id, type=kind, name=Text("r", "r"), filters=filters, group_by=tuple(group_by), **more)


def model(*rules: Rule, id: str = "m", suppress_s: int = 3600, version: str = "1") -> Model:  # noqa: A002
    return Model(
        id=id,
        name=Text("m", "m"),
        description=Text("m", "m"),
        severity=Severity.HIGH,
        rules=rules,
        products=("windows_sysmon",),
        techniques=(),
        suppress_s=suppress_s,
        version=version,
        origin="shipped",
    )


def observe(made: Model, *detections: Detection) -> list[ModelMatch]:
    return Correlator([made]).observe(detections)


SINGLE = model(rule("single", "a", "b"))
COUNT = model(rule("count", "a", "b", window_s=60, threshold=3))
DISTINCT = model(rule("count", "a", window_s=60, threshold=3, distinct="eventDataTargetUserName"))
SEQUENCE = model(rule("sequence", "a", "b", "c", window_s=60))


# ---- single ----
def test_single_is_met_by_any_of_its_filters() -> None:
    first, other = detection("a"), detection("c")
    (match,) = observe(SINGLE, other, first)
    assert match.detections == (first,)
    assert (match.model_id, match.rule_id, match.entity_key, match.is_new) == ("m", "r", ("h",), True)
    assert match.event_time_ms == first.event_time_ms
    assert len(match.fingerprint) == 32


def test_entities_are_apart() -> None:
    one, two = observe(SINGLE, detection("a", host="H1"), detection("a", host="H2"))
    assert one.is_new
    assert two.is_new
    assert one.fingerprint != two.fingerprint


# ---- count ----
def test_count_is_met_at_its_threshold_and_then_by_each_more() -> None:
    all_of_them = [detection("a", at) for at in (0, 10, 20, 30)]
    first, more = observe(COUNT, *all_of_them)
    assert first.detections == tuple(all_of_them[:3])
    assert (first.is_new, more.is_new) == (True, False)
    assert more.detections == (all_of_them[3],)
    assert more.fingerprint == first.fingerprint


def test_count_needs_them_within_the_window() -> None:
    assert observe(COUNT, *[detection("a", at) for at in (0, 40, 80, 120)]) == []
    assert observe(COUNT, *[detection("a", at) for at in (0, 30, 60)])
    assert observe(COUNT, *[detection("a", at) for at in (0, 30, 60.001)]) == []


def test_count_takes_late_events_in_their_place() -> None:
    late = [detection("a", at) for at in (0, 200, 50, 30)]
    (match,) = observe(COUNT, *late)
    assert match.detections == (late[0], late[3], late[2])


def test_the_same_detection_counts_once() -> None:
    assert observe(COUNT, *[detection("a", 0)] * 5) == []


def test_count_of_distinct_values() -> None:
    def fail(at: float, user: str | None) -> Detection:
        return detection("a", at, name=f"{at}", **({"eventDataTargetUserName": user} if user else {}))

    assert observe(DISTINCT, *[fail(at, "taro") for at in range(10)]) == []
    assert observe(DISTINCT, fail(0, "taro"), fail(1, "TARO"), fail(2, "Taro")) == []
    assert observe(DISTINCT, fail(0, "a"), fail(1, "b"), fail(2, None)) == []
    events = [fail(0, "a"), fail(1, "a"), fail(2, "b"), fail(3, "c")]
    (match,) = observe(DISTINCT, *events)
    assert match.detections == tuple(events)
    assert observe(DISTINCT, fail(0, "a"), fail(50, "b"), fail(100, "c"), fail(161, "a")) == []


def test_a_detection_without_a_value_of_the_group_is_not_counted() -> None:
    made = model(rule("count", "a", group_by=["src"], window_s=60, threshold=2))
    assert observe(made, detection("a", 0), detection("a", 1)) == []
    (match,) = observe(made, detection("a", 0, src="10.0.0.1"), detection("a", 1), detection("a", 2, src="10.0.0.1"))
    assert match.entity_key == ("10.0.0.1",)


def test_no_group_is_the_whole_company() -> None:
    made = model(rule("count", "a", group_by=[], window_s=60, threshold=2))
    (match,) = observe(made, detection("a", 0, host="H1"), detection("a", 1, host="H2"))
    assert match.entity_key == ()


# ---- sequence ----
@pytest.mark.parametrize(
    ("steps", "met"),
    [
        ([("a", 0), ("b", 10), ("c", 20)], True),
        ([("a", 0), ("c", 10), ("b", 20)], False),
        ([("c", 20), ("a", 0), ("b", 10)], True),  # told in another order than it happened
        ([("b", 10), ("c", 20), ("a", 0)], True),
        ([("a", 0), ("b", 10), ("c", 61)], False),
        ([("a", 0), ("a", 30), ("b", 40), ("c", 85)], True),  # the nearer a is within the window
        ([("a", 0), ("b", 10)], False),
        ([("a", 0), ("b", 0), ("c", 0)], True),  # at the same moment, written in this order
        ([("b", 0), ("a", 0), ("c", 0)], False),
    ],
)
def test_sequence(steps: list[tuple[str, float]], met: bool) -> None:
    events = [detection(name, at, recordNumber=number) for number, (name, at) in enumerate(steps)]
    assert bool(observe(SEQUENCE, *events)) is met


def test_sequence_evidence_is_in_the_order_of_time() -> None:
    a, b, c = detection("a", 0), detection("b", 10), detection("c", 20)
    (match,) = observe(SEQUENCE, c, a, b)
    assert match.detections == (a, b, c)
    assert match.event_time_ms == c.event_time_ms


def test_one_activity_is_not_two_steps() -> None:
    made = model(rule("sequence", "a", "b", window_s=60))
    assert observe(made, detection("a", 0, name="same"), detection("b", 0, name="same")) == []


def test_a_filter_may_stand_twice_in_a_sequence() -> None:
    made = model(rule("sequence", "a", "b", "a", window_s=60))
    assert observe(made, detection("a", 0), detection("b", 1)) == []
    assert observe(made, detection("a", 0), detection("b", 1), detection("a", 2))


# ---- suppression and fingerprints ----
def test_what_comes_after_the_suppression_is_a_new_alert() -> None:
    matches = observe(SINGLE, detection("a", 0), detection("a", 3600), detection("a", 3601))
    assert [match.is_new for match in matches] == [True, False, True]
    assert matches[0].fingerprint == matches[1].fingerprint != matches[2].fingerprint


def test_alerts_stand_side_by_side_when_time_goes_back_and_forth() -> None:
    matches = observe(SINGLE, *[detection("a", at) for at in (100_000, 0, 100_010, 10)])
    assert [match.is_new for match in matches] == [True, True, False, False]
    assert matches[2].fingerprint == matches[0].fingerprint
    assert matches[3].fingerprint == matches[1].fingerprint


def test_rules_of_one_model_share_the_alert() -> None:
    made = model(rule("single", "a", id="one"), rule("sequence", "a", "b", id="two", window_s=60))
    a, b = detection("a", 0), detection("b", 1)
    one, two = observe(made, a, b)
    assert (one.rule_id, one.is_new, one.detections) == ("one", True, (a,))
    assert (two.rule_id, two.is_new, two.detections) == ("two", False, (b,))
    assert one.fingerprint == two.fingerprint


def test_a_second_import_has_the_same_fingerprint_and_brings_nothing() -> None:
    made = [detection("a", at) for at in (0, 10, 20, 30)]
    once, again = observe(COUNT, *made), observe(COUNT, *made, *made)
    assert again == once


def test_long_texts_do_not_wait_in_memory() -> None:
    (match,) = observe(SINGLE, detection("a", objectCmd="x" * 10_000))
    assert len(match.detections[0].activity["objectCmd"]) == window.KEPT_TEXT


# ---- bounds ----
def test_a_full_window_forgets_what_came_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(correlator_module, "MAX_DETECTIONS", 3)
    made = Correlator([model(rule("sequence", "a", "b", window_s=3600))])
    assert made.observe([detection("a", at) for at in range(5)]) == []
    assert made.evicted == 2
    assert len(made.observe([detection("b", 10)])) == 1


def test_all_windows_together_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(correlator_module, "MAX_WAITING", 10)
    made = Correlator([COUNT])
    for number in range(50):
        made.observe([detection("a", number, host=f"H{number}")])
    assert made.evicted == 40
    assert made.observe([detection("a", 60, host="H0"), detection("a", 61, host="H0")]) == []


def test_alerts_that_stand_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(standing, "MAX_KEYS", 2)
    monkeypatch.setattr(standing, "MAX_STANDING", 2)
    made = Correlator([SINGLE])
    made.observe([detection("a", 0, host=f"H{number}") for number in range(3)])
    assert made.evicted == 1
    made.observe([detection("a", 10_000.0 * number, host="H2") for number in range(1, 4)])
    assert made.evicted == 3


# ---- variety ----
VARIETY = model(rule("variety", "a", "b", "c", window_s=60, threshold=3))


def test_different_filters_in_any_order_are_a_variety() -> None:
    c, a, again, b = detection("c", 0), detection("a", 10), detection("a", 20), detection("b", 60)
    (match,) = observe(VARIETY, c, a, again, b)
    assert match.detections == (c, a, again, b)


def test_a_variety_needs_different_filters_within_the_window() -> None:
    assert observe(VARIETY, detection("a", 0), detection("a", 1), detection("b", 2)) == []
    assert observe(VARIETY, detection("a", 0), detection("b", 1), detection("c", 61)) == []


def test_one_activity_counts_once_in_a_variety() -> None:
    a, b, c = detection("a", 0), detection("b", 0), detection("c", 5)
    assert observe(VARIETY, a, replace(b, uuid=a.uuid), c) == []


def test_a_late_detection_completes_a_variety() -> None:
    a, c, late = detection("a", 0), detection("c", 50), detection("b", 20)
    (match,) = observe(VARIETY, a, c, late)
    assert match.detections == (a, late, c)


# ---- stages ----
STAGES = model(rule("stages", "a", "b", "c", stages=(("a", "b"), ("c",)), window_s=60))


def test_stages_follow_each_other_by_any_of_their_filters() -> None:
    b, c = detection("b", 0), detection("c", 60)
    (match,) = observe(STAGES, b, c)
    assert match.detections == (b, c)


def test_stages_keep_their_order_window_and_activities_apart() -> None:
    assert observe(STAGES, detection("c", 0), detection("a", 10)) == []
    assert observe(STAGES, detection("a", 0), detection("c", 61)) == []
    a, c = detection("a", 0), detection("c", 0)
    assert observe(STAGES, a, replace(c, uuid=a.uuid)) == []


def test_a_late_detection_completes_the_stages() -> None:
    c, late = detection("c", 30), detection("a", 20)
    (match,) = observe(STAGES, c, late)
    assert match.detections == (late, c)


# ---- state ----
MODELS = [
    model(rule("count", "a", "b", window_s=30, threshold=3), id="count", suppress_s=40),
    model(rule("sequence", "a", "b", "a", window_s=30), rule("single", "c", id="s"), id="mixed", suppress_s=20),
    model(rule("count", "a", window_s=30, threshold=2, distinct="src"), id="distinct", suppress_s=10),
    model(rule("variety", "a", "b", "c", window_s=30, threshold=3), id="variety", suppress_s=10),
    model(rule("stages", "a", "b", "c", stages=(("a", "b"), ("c",)), window_s=30), id="stages", suppress_s=10),
]
STREAMS = st.lists(
    st.builds(
        lambda filter_id, at, host, src: detection(filter_id, at, host=host, src=src),
        st.sampled_from("abc"),
        st.integers(0, 90),
        st.sampled_from(["H1", "H2"]),
        st.sampled_from(["1", "2"]),
    ),
    max_size=30,
)


@settings(max_examples=150, deadline=None)
@given(STREAMS, st.lists(st.integers(0, 30), max_size=4))
def test_cuts_and_restarts_change_nothing(stream: list[Detection], cuts: list[int]) -> None:
    whole = Correlator(MODELS)
    expected = whole.observe(stream)
    in_pieces, restarted = Correlator(MODELS), Correlator(MODELS)
    pieces, after_restarts = [], []
    edges = sorted({0, len(stream), *(cut for cut in cuts if cut < len(stream))})
    for start, end in itertools.pairwise(edges):
        pieces += in_pieces.observe(stream[start:end])
        after_restarts += restarted.observe(stream[start:end])
        state = restarted.snapshot()
        restarted = Correlator(MODELS)
        restarted.restore(state)
    assert pieces == expected
    assert after_restarts == expected
    assert [_activities(match) for match in after_restarts] == [_activities(match) for match in expected]
    assert restarted.snapshot() == in_pieces.snapshot() == whole.snapshot()


def _activities(match: ModelMatch) -> list[dict[str, Any]]:
    return [one.activity for one in match.detections]


def test_a_changed_model_starts_its_windows_anew_and_keeps_its_alerts() -> None:
    old = Correlator([COUNT, SINGLE_N])
    old.observe([detection("a", 0), detection("a", 1), detection("n", 2)])
    new = Correlator([replace(COUNT, version="2"), replace(SINGLE_N, version="2")])
    new.restore(old.snapshot())
    assert new.observe([detection("a", 3)]) == []
    (match,) = new.observe([detection("n", 4)])
    assert not match.is_new


SINGLE_N = model(rule("single", "n"), id="n")


def test_a_model_that_is_off_finds_nothing() -> None:
    assert observe(replace(SINGLE, enabled=False), detection("a")) == []


def test_a_state_of_something_else_is_refused() -> None:
    with pytest.raises(ValueError, match="not a state"):
        Correlator([SINGLE]).restore(b"something else")
