"""Why: of an activity and a filter, of a detection, of an alert. In: ids. Out: plain JSON, for the API and the command line.

activity   the filter's condition as a tree of verdicts                                    (explanation.py)
detection  the same, and what each rule that waits for the filter makes of it             (rule_explanation.py)
alert      its model's rules with their counts, order and entity, and the tree of each filter's first activity
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from hinomi.detect.content import Content
from hinomi.detect.rule_type import key_of
from hinomi.errors import InputError, NotFound
from hinomi.lake.lake import Lake
from hinomi.operations.explanation import detection_in, explain_record
from hinomi.operations.obstacle import obstacles_of
from hinomi.operations.rule_explanation import detection_of, explain_raised, explain_rule
from hinomi.operations.rule_sentence import suppression_sentence
from hinomi.schema.alert import AlertDetail, MatchedRule
from hinomi.schema.content import Model, Rule, Severity
from hinomi.schema.detection import Detection
from hinomi.schema.exception import DetectionException
from hinomi.workbench.workbench import Workbench

MAX_DETECTIONS = 2000  # of a rule's filters round one detection that are looked at
MAX_READ_AGAIN = 300  # of those whose records must be read again
MAX_TREES = 20  # filters of an alert whose trees come with it; the others are asked for one by one


class Inquiry:
    """Asks the rooms of one house."""

    def __init__(self, content: Content, lake: Lake, exceptions: Sequence[DetectionException] = ()) -> None:
        """`exceptions`: those that are active now."""
        self._content, self._lake, self._exceptions = content, lake, exceptions

    def activity(self, filter_id: str, uuid: str, time_ms: int | None = None) -> dict[str, Any]:
        """`explain_record` with the activity's uuid and time, and what stands in the way (`obstacle.py`). NotFound, InputError."""
        found = self._content.filter.get(filter_id)
        if found is None:
            raise NotFound(f"no filter {filter_id[:200]}")
        known = self._lake.activity(uuid, time_ms)
        if known is None:
            raise NotFound(f"no activity {uuid[:64]}")
        record = str(known.get("rawDataStr", ""))
        told = explain_record(found, record, known)
        detection = detection_in(found, record, known) if told["met"] and self._exceptions else None
        obstacles = obstacles_of(found, detection, self._exceptions)
        where = {name: known.get(name) for name in ("endpointHostName", "recordSource", "recordFile", "recordNumber")}
        return {"uuid": uuid, "eventTime": known.get("eventTime"), **where, **told, "obstacles": obstacles}

    def detection(self, detection_id: str, time_ms: int | None = None) -> dict[str, Any]:
        """{"detection", "explanation", "models"}. Much cheaper with the event time. NotFound."""
        before_ms = None if time_ms is None else time_ms + 1
        asked = {"wanted": detection_id}
        rows = self._lake.detections("id = {wanted:String}", asked, from_ms=time_ms, to_ms=before_ms, limit=1)
        if not rows:
            raise NotFound(f"no detection {detection_id[:64]}")
        found = self._detection(rows[0])
        return {
            "detection": found.id,
            "filter": found.filter_id,
            "uuid": found.uuid,
            "eventTime": found.event_time_ms,
            "explanation": self._tree(found.filter_id, found.uuid, found.event_time_ms),
            "models": [self._round(model, rule, found) for model, rule in self._waiting(found.filter_id)],
        }

    def alert(self, workbench: Workbench, alert_id: str) -> dict[str, Any]:
        """{"alert", "model", "rules", "explanations"}. NotFound."""
        detail = workbench.get(alert_id)
        model = self._content.model.get(detail.row.model_id)
        detections = self._evidence(detail)
        firsts = [(one.id, one.events[0]) for rule in detail.rules for one in rule.filters if one.events]
        return {
            "alert": detail.row.id,
            "model": _model(detail, model),
            "rules": [_rule(model, rule, detections) for rule in detail.rules],
            "explanations": [self._tree(id_, event.uuid, event.event_ms) for id_, event in firsts[:MAX_TREES]],
        }

    def _tree(self, filter_id: str, uuid: str, time_ms: int) -> dict[str, Any]:
        """As `activity`; what is gone by now (filter, activity) is told and hinders nothing."""
        try:
            return self.activity(filter_id, uuid, time_ms)
        except (NotFound, InputError) as error:
            return {"filter": filter_id, "uuid": uuid, "eventTime": time_ms, "missing": str(error)}

    def _evidence(self, detail: AlertDetail) -> list[Detection]:
        uuids = list({event.uuid for rule in detail.rules for one in rule.filters for event in one.events})
        if not uuids:
            return []
        first_ms, last_ms = detail.row.first_event_ms, detail.row.last_event_ms
        return self._detections("uuid IN {wanted:Array(String)}", uuids, first_ms, last_ms)

    def _detections(self, where: str, wanted: list[str], first_ms: int, last_ms: int) -> list[Detection]:
        asked = {"wanted": wanted}
        rows = self._lake.detections(where, asked, from_ms=first_ms, to_ms=last_ms + 1, limit=MAX_DETECTIONS)
        carry = [row for row in rows if self._carries(row)]
        left_out = {row["id"] for row in carry[MAX_READ_AGAIN:]}
        return [self._detection(row) for row in rows if row["id"] not in left_out]

    def _carries(self, row: Mapping[str, Any]) -> bool:
        found = self._content.filter.get(row["filterId"])
        return found is not None and bool(found.carries)

    def _detection(self, row: Mapping[str, Any]) -> Detection:
        """With the values that correlations want under Sigma's names: the lake keeps ours only, the record has all."""
        if not self._carries(row):
            return detection_of(row)
        found = self._content.filter[row["filterId"]]
        record = self._lake.raw(row["uuid"], row["eventTime"])
        again = detection_in(found, record) if record else None
        return detection_of(row, again.values if again else None)

    def _waiting(self, filter_id: str) -> Iterable[tuple[Model, Rule]]:
        for model in self._content.models:
            for rule in model.rules:
                if filter_id in rule.filters:
                    yield model, rule

    def _round(self, model: Model, rule: Rule, found: Detection) -> dict[str, Any]:
        """What the rule has seen of the same entity round the detection."""
        reach_ms = rule.window_s * 1000
        first_ms, last_ms = found.event_time_ms - reach_ms, found.event_time_ms + reach_ms
        wanted = list(dict.fromkeys(rule.filters))
        seen = self._detections("filterId IN {wanted:Array(String)}", wanted, first_ms, last_ms)
        entity = key_of(rule, found)
        near = [one for one in seen if key_of(rule, one) == entity]
        return {
            "model": model.id,
            "name": {"en": model.name.en, "ja": model.name.ja},
            "severity": str(model.severity),
            "enabled": model.enabled,
            "rule": explain_rule(rule, near if entity is not None else []),
        }


def _model(detail: AlertDetail, model: Model | None) -> dict[str, Any]:
    text = suppression_sentence(model) if model else None
    return {
        "id": detail.row.model_id,
        "name": {"en": detail.row.model.en, "ja": detail.row.model.ja},
        "severity": str(Severity(detail.row.severity)),
        "suppressS": model.suppress_s if model else None,
        "suppression": {"en": text.en, "ja": text.ja} if text else None,
        "eventCount": detail.row.event_count,
        "firstEventTime": detail.row.first_event_ms,
        "lastEventTime": detail.row.last_event_ms,
        "fingerprint": detail.row.fingerprint,
    }


def _rule(model: Model | None, matched: MatchedRule, detections: Sequence[Detection]) -> dict[str, Any]:
    """The rule as it is now, over the alert's evidence; only its name where the content has it no longer."""
    rule = next((one for one in model.rules if one.id == matched.id), None) if model else None
    told: Mapping[str, Any] = (
        {"id": matched.id, "name": {"en": matched.name.en, "ja": matched.name.ja}, "type": matched.type, "gone": True}
        if rule is None
        else explain_raised(rule, detections)
    )
    filters = [
        {"id": one.id, "title": {"en": one.title.en, "ja": one.title.ja}, "eventCount": len(one.events)}
        for one in matched.filters
    ]
    return {**told, "filters": filters}
