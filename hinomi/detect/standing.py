"""Alerts that stand: which match opens an alert, which one joins it. In: a match and its evidence. Out: ModelMatch, or None.

An alert of a model and an entity stands for `suppress_s` from its first match; what is met again in that time joins it with
the evidence it has not carried yet, and is counted. Several may stand side by side, for recordings are not read in the order
of time. A match that comes late and is earlier than the first becomes the first: the alert is then the one that would have
been raised had all come in order.
"""

import hashlib
from collections import OrderedDict
from dataclasses import dataclass, field

from hinomi.detect.chain import Met
from hinomi.detect.window import Moment, moment_of
from hinomi.schema.content import Model, Rule
from hinomi.schema.detection import Detection, ModelMatch

MAX_STANDING = 16  # of one model and entity; the one that opened first is forgotten
MAX_KEYS = 20_000  # models times entities; the one that was touched longest ago is forgotten
MAX_CARRIED = 1024  # detection ids that an alert remembers to have carried

Key = tuple[str, tuple[str, ...], tuple[str, ...]]  # (model id, names of group_by, their values)


@dataclass(slots=True)
class Alert:
    """`first` is its first match, `last_ms` the time of its last one."""

    fingerprint: str
    first: Moment
    last_ms: int
    suppressed: int = 0
    carried: dict[str, None] = field(default_factory=dict)  # detection ids, in the order they were carried

    def carry(self, evidence: tuple[Detection, ...]) -> tuple[Detection, ...]:
        """Those of the evidence that it has not carried before."""
        carried = self.carried
        fresh = tuple(one for one in evidence if one.id not in carried)
        for one in fresh:
            carried[one.id] = None
        while len(carried) > MAX_CARRIED:
            del carried[next(iter(carried))]
        return fresh


class Standing:
    """Every alert that may still take evidence. `suppressed` counts all matches that only joined one."""

    def __init__(self) -> None:
        self.alerts: OrderedDict[Key, list[Alert]] = OrderedDict()
        self.forgotten = 0
        self.suppressed = 0

    def match(
        self,
        model: Model,
        rule: Rule,
        values: tuple[str, ...],
        trigger: Detection,
        evidence: tuple[Detection, ...],
        *,
        again: bool = False,
    ) -> ModelMatch | None:
        """What the evidence comes to that is complete with `trigger`; None when that tells nothing new.

        `again`: the rule was met at this trigger before, and only the evidence grew.
        """
        key = (model.id, rule.group_by, values)
        alerts = self.alerts.setdefault(key, [])
        self.alerts.move_to_end(key)
        moment = moment_of(trigger)
        alert = _alert_at(alerts, moment, model.suppress_s * 1000)
        is_new, was, joins = alert is None, "", False
        if alert is None:
            alert = Alert(fingerprint_of(key, moment), moment, moment[0])
            alerts.append(alert)
            self._keep_bounds(alerts)
        else:
            was = _join(alert, key, moment, model.suppress_s * 1000)
            joins = not again and bool(rule.window_s or trigger.id not in alert.carried)
            alert.suppressed += joins
            self.suppressed += joins
        evidence = alert.carry(evidence)
        if not evidence and not was and not joins:
            return None
        return ModelMatch(
            fingerprint=alert.fingerprint,
            is_new=is_new,
            model_id=model.id,
            rule_id=rule.id,
            entity_key=values,
            event_time_ms=moment[0],
            detections=evidence,
            was=was,
            suppressed=alert.suppressed,
            last=trigger.last if isinstance(trigger, Met) else trigger,
        )

    def _keep_bounds(self, alerts: list[Alert]) -> None:
        if len(alerts) > MAX_STANDING:
            alerts.pop(0)
            self.forgotten += 1
        if len(self.alerts) > MAX_KEYS:
            self.alerts.popitem(last=False)
            self.forgotten += 1


def _alert_at(alerts: list[Alert], moment: Moment, length_ms: int) -> Alert | None:
    """The alert that stands at this moment; else the nearest that opened later and whose length reaches back to it."""
    standing = [one for one in alerts if one.first <= moment and moment[0] - one.first[0] <= length_ms]
    if standing:
        return min(standing, key=lambda one: one.first)
    later = [one for one in alerts if one.first > moment and one.first[0] - moment[0] <= length_ms]
    return min(later, key=lambda one: one.first, default=None)


def _join(alert: Alert, key: Key, moment: Moment, length_ms: int) -> str:
    """Move the alert's beginning back to an earlier match, if all it holds is near that too; its fingerprint until now then."""
    alert.last_ms = max(alert.last_ms, moment[0])
    if moment >= alert.first or alert.last_ms - moment[0] > length_ms:
        return ""
    was, alert.fingerprint, alert.first = alert.fingerprint, fingerprint_of(key, moment), moment
    return was


def fingerprint_of(key: Key, first: Moment) -> str:
    """32 hex: the same for the same data and content on any machine, in whatever order the data comes."""
    model_id, names, values = key
    parts = "\n".join([model_id, *names, "", *values, "", str(first[0]), first[3]])
    return hashlib.blake2b(parts.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()
