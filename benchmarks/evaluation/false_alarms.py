"""False alarms: detections and alerts where nothing is wrong, per 100,000 events."""

from collections import Counter
from collections.abc import Collection, Sequence
from typing import Any

from .scoring import RISKS, Outcome

SEVERITIES = ("low", "medium", "high", "critical")


def false_alarms(outcomes: Sequence[Outcome], events: int, explained: Collection[str] = ()) -> dict[str, Any]:
    """Figures of one set of recordings. What rests on an event of `explained` (uuids) does not count."""
    detections: Counter[str] = Counter()
    filters: Counter[str] = Counter()
    alerts: Counter[str] = Counter()
    models: Counter[tuple[str, str]] = Counter()
    for outcome in outcomes:
        for one in outcome.detections(("shipped",)):
            if one.uuid not in explained:
                detections[one.risk] += 1
                filters[one.filter] += 1
        for alert in outcome.alerts:
            if not any(uuid in explained for uuid in alert.uuids):
                alerts[alert.severity] += 1
                models[alert.model, alert.severity] += 1
    return {
        "recordings": len(outcomes),
        "events": events,
        "sources": dict(sum((one.sources for one in outcomes), Counter()).most_common()),
        "detections": {risk: _rate(detections[risk], events) for risk in RISKS},
        "alerts": {severity: _rate(alerts[severity], events) for severity in SEVERITIES},
        "models": {f"{model} ({severity})": count for (model, severity), count in models.most_common()},
        "filters": dict(filters.most_common()),
    }


def _rate(count: int, events: int) -> dict[str, Any]:
    return {"count": count, "per_100k": round(100_000 * count / events, 2) if events else None}
