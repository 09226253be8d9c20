"""Correlations over correlations: the match of one rule as a detection that other rules wait for, and back to its evidence.

In: a rule that was met. Out: a detection under the model's id, at the time of the last event; and for evidence that holds
such detections, the real ones behind them.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from hinomi.detect.evidence import detection_id
from hinomi.detect.rule_type import meant, raw_value
from hinomi.detect.window import Window, moment_of
from hinomi.schema.content import CHAINED, Model, Rule
from hinomi.schema.detection import Detection

WindowKey = tuple[str, str, tuple[str, ...]]  # (model id, rule id, values of group_by)


@dataclass(frozen=True, slots=True, kw_only=True)
class Met(Detection):
    """A match as a detection. It stands for what the window `source` holds in the `length_s` before it.

    `last` is the real detection that completed it.
    """

    source: WindowKey
    length_s: int
    last: Detection


def met(model: Model, rule: Rule, values: tuple[str, ...], trigger: Detection) -> Met:
    """The match as a detection: it has the fields of its last event, and those the rule groups by under its own names."""
    grouped = {name: raw_value(trigger, meant(rule, trigger, name)) for name in rule.group_by}
    return Met(
        id=detection_id(f"{trigger.id} {' '.join(values)}", f"{model.id} {rule.id}"),
        filter_id=CHAINED + model.id,
        filter_version=model.version,
        risk=model.severity,
        techniques=model.techniques,
        tactics=trigger.tactics,
        uuid=trigger.uuid,
        event_time_ms=trigger.event_time_ms,
        endpoint_guid=trigger.endpoint_guid,
        endpoint_name=trigger.endpoint_name,
        highlights=trigger.highlights,
        activity=trigger.activity,
        position=trigger.position,
        values=trigger.values | grouped,
        source=(model.id, rule.id, values),
        length_s=rule.window_s,
        last=trigger.last if isinstance(trigger, Met) else trigger,
    )


def real(evidence: Iterable[Detection], windows: Mapping[WindowKey, Window]) -> tuple[Detection, ...]:
    """The evidence with what stands behind each match in its place, each detection once, in the order of time."""
    found: dict[str, Detection] = {}
    waiting = list(evidence)
    while waiting:
        found |= {one.id: one for one in waiting if not isinstance(one, Met)}
        waiting = list(_behind([one for one in waiting if isinstance(one, Met)], windows))
    return tuple(sorted(found.values(), key=moment_of))


def _behind(matches: list[Met], windows: Mapping[WindowKey, Window]) -> Iterator[Detection]:
    """One level down. A match whose window is forgotten leaves its last event."""
    done: dict[WindowKey, int] = {}  # the stretches of neighbouring matches are nearly the same: each place once
    for one in sorted(matches, key=moment_of):
        window = windows.get(one.source)
        last = window.place_at(one.event_time_ms) if window else -1
        if window is None or last < 0:
            yield one.last
            continue
        places = window.stretch(last, one.length_s)
        yield from window.detections[max(places.start, done.get(one.source, 0)) : places.stop]
        done[one.source] = places.stop
