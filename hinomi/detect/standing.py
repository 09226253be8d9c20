"""Alerts that stand: which match opens an alert, which one joins it. In: evidence. Out: ModelMatch, or None for nothing new.

An alert of a model and an entity stands for `suppress_s` around its first event; what is met again in that time joins it
with what it has not carried yet. Several may stand side by side, for recordings are not read in the order of time.
"""

import hashlib
from collections import OrderedDict
from dataclasses import dataclass, field

from hinomi.schema.content import Model, Rule
from hinomi.schema.detection import Detection, ModelMatch

MAX_STANDING = 16  # of one model and entity; the one that opened first is forgotten
MAX_KEYS = 20_000  # models times entities; the one that was touched longest ago is forgotten
MAX_CARRIED = 1024  # detection ids that an alert remembers to have carried

Key = tuple[str, tuple[str, ...], tuple[str, ...]]  # (model id, names of group_by, their values)


@dataclass(slots=True)
class Alert:
    fingerprint: str
    first_ms: int
    carried: dict[str, None] = field(default_factory=dict)  # detection ids, in the order they were carried

    def carry(self, evidence: tuple[Detection, ...]) -> tuple[Detection, ...]:
        """Those of the evidence that it has not carried before."""
        fresh = tuple(one for one in evidence if one.id not in self.carried)
        for one in fresh:
            self.carried[one.id] = None
        while len(self.carried) > MAX_CARRIED:
            del self.carried[next(iter(self.carried))]
        return fresh


class Standing:
    """Every alert that may still take evidence."""

    def __init__(self) -> None:
        self.alerts: OrderedDict[Key, list[Alert]] = OrderedDict()
        self.forgotten = 0

    def match(
        self, model: Model, rule: Rule, values: tuple[str, ...], evidence: tuple[Detection, ...]
    ) -> ModelMatch | None:
        """What the evidence comes to; None when the alert that stands has carried all of it."""
        newest_ms = evidence[-1].event_time_ms
        key = (model.id, rule.group_by, values)
        alerts = self.alerts.setdefault(key, [])
        self.alerts.move_to_end(key)
        near = [one for one in alerts if abs(newest_ms - one.first_ms) <= model.suppress_s * 1000]
        if near:
            alert = min(near, key=lambda one: abs(newest_ms - one.first_ms))
            evidence = alert.carry(evidence)
        else:
            alert = Alert(fingerprint_of(model.id, values, evidence), evidence[0].event_time_ms)
            alert.carry(evidence)
            alerts.append(alert)
            self._keep_bounds(alerts)
        if not evidence:
            return None
        return ModelMatch(
            fingerprint=alert.fingerprint,
            is_new=not near,
            model_id=model.id,
            rule_id=rule.id,
            entity_key=values,
            event_time_ms=evidence[-1].event_time_ms,
            detections=evidence,
        )

    def _keep_bounds(self, alerts: list[Alert]) -> None:
        if len(alerts) > MAX_STANDING:
            alerts.pop(0)
            self.forgotten += 1
        if len(self.alerts) > MAX_KEYS:
            self.alerts.popitem(last=False)
            self.forgotten += 1


def fingerprint_of(model_id: str, values: tuple[str, ...], evidence: tuple[Detection, ...]) -> str:
    """32 hex: the same for the same data and content on any machine."""
    parts = "\n".join([model_id, *values, "", *(one.id for one in evidence)])
    return hashlib.blake2b(parts.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()
