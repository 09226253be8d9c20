"""Why a rule was met, or how far it is from it: counts, order and entity of the detections it looks at.

In: a rule and detections, as the lake keeps them. Out: plain JSON. The rule's own judge (`detect/rules/`) decides, as in
the stream; here it only sees the detections that are given.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from hinomi.detect.rule_type import meant, value_of
from hinomi.detect.rules import RULE_TYPES
from hinomi.detect.window import Window
from hinomi.operations.rule_numbers import ORDERED, counted_of, stages_of, value_in, wanted_number
from hinomi.operations.rule_sentence import as_raised_sentence, rule_sentence
from hinomi.schema.content import Rule, Severity
from hinomi.schema.detection import Detection

_TYPES = {one.name: one for one in RULE_TYPES}
MAX_EVENTS = 200  # of a rule that are listed


def detection_of(row: Mapping[str, Any], values: Mapping[str, Any] | None = None) -> Detection:
    """A row of the lake's detections as the detection it was; `values` are those that its filter carries."""
    return Detection(
        id=row["id"],
        filter_id=row["filterId"],
        filter_version=row.get("filterVersion", ""),
        risk=Severity(row["risk"]),
        techniques=tuple(row["techniques"]),
        tactics=tuple(row["tactics"]),
        uuid=row["uuid"],
        event_time_ms=row["eventTime"],
        endpoint_guid=row.get("endpointGuid", ""),
        endpoint_name=row.get("endpointHostName", ""),
        highlights=tuple(row["highlights"]),
        activity={"uuid": row["uuid"], "eventTime": row["eventTime"], **row["activity"]},
        values=dict(values or {}),
    )


def explain_rule(rule: Rule, detections: Sequence[Detection]) -> dict[str, Any]:
    """{"id", "name", "type", "met", "wanted", "counted", "windowS", "spanMs", "distinct", "groupBy", "steps", "events",
    "text"}.

    `detections` are of one entity; those of other filters are left aside. `counted` is what the decisive stretch holds:
    detections, distinct values, or steps of a sequence; `events` are that stretch, or all that there are when it is not met.
    """
    own = [one for one in sorted(detections, key=lambda one: one.event_time_ms) if one.filter_id in rule.filters]
    evidence = _evidence(rule, own)
    shown = list(evidence) or own
    times = [one.event_time_ms for one in shown]
    span_ms = times[-1] - times[0] if times else 0
    counted = counted_of(rule, own, evidence)
    text = rule_sentence(rule, counted, span_ms, is_met=bool(evidence))
    return {
        "id": rule.id,
        "name": {"en": rule.name.en, "ja": rule.name.ja},
        "type": rule.type,
        "met": bool(evidence),
        "wanted": wanted_number(rule),
        "counted": counted,
        "windowS": rule.window_s,
        "spanMs": span_ms,
        "distinct": rule.distinct,
        "groupBy": [_group(rule, own, name) for name in rule.group_by],
        "steps": _steps(rule, shown),
        "events": [_event(rule, one) for one in shown[:MAX_EVENTS]],
        "text": {"en": text.en, "ja": text.ja},
    }


def explain_raised(rule: Rule, detections: Sequence[Detection]) -> dict[str, Any]:
    """The same of a rule that raised an alert: it was met, whatever is kept of its evidence; then it says so."""
    told = explain_rule(rule, detections)
    if told["met"]:
        return told
    text = as_raised_sentence(rule)
    return {**told, "met": True, "asRaised": True, "text": {"en": text.en, "ja": text.ja}}


def _evidence(rule: Rule, detections: Sequence[Detection]) -> tuple[Detection, ...]:
    """The first evidence that the rule's judge takes, the detections coming one after the other."""
    judge = _TYPES[rule.type]
    window = Window()
    for one in detections:
        if not judge.keeps_window:
            window = Window()
        place = window.insert(one, judge.reads(rule, one))
        evidence = () if place is None else judge.judge(rule, window, place)
        if evidence:
            return evidence
    return ()


def _group(rule: Rule, detections: Sequence[Detection], name: str) -> dict[str, Any]:
    """The entity; of a machine's id also its name, for that is what a person knows."""
    hosts = dict.fromkeys(one.endpoint_name for one in detections if one.endpoint_name)
    names = {"names": list(hosts)[:MAX_EVENTS]} if name == "endpointGuid" else {}
    found = dict.fromkeys(value_of(one, meant(rule, one, name)) for one in detections)
    return {"field": name, "values": [value for value in found if value is not None][:MAX_EVENTS], **names}


def _steps(rule: Rule, shown: Sequence[Detection]) -> list[dict[str, Any]]:
    """The steps in order, each with the detection that took it; `filter` is its filter, or the step's first."""
    rest = list(shown)
    is_ordered = rule.type in ORDERED
    steps = []
    for stage in stages_of(rule):
        found = next((one for one in rest if one.filter_id in stage), None)
        if found is not None and is_ordered:
            rest = rest[rest.index(found) + 1 :]
        taken = {"uuid": found.uuid, "eventTime": found.event_time_ms} if found else {}
        steps.append({"filter": found.filter_id if found else stage[0], "met": found is not None, **taken})
    return steps


def _event(rule: Rule, one: Detection) -> dict[str, Any]:
    value = {} if (found := value_in(rule, one)) is None else {"value": found}
    return {"uuid": one.uuid, "eventTime": one.event_time_ms, "filter": one.filter_id, "detection": one.id, **value}
