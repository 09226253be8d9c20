"""Recall: of the labelled recordings, how many have a detection of what they are labelled with."""

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from typing import Any

from hinomi.attack.catalogue import load_attack

from .recordings import Recording
from .scoring import Outcome

LEVELS = ("info", "medium", "high")
CONTENTS = {"shipped": ("shipped",), "sigma": ("sigma",), "both": ("shipped", "sigma")}
MOST_EVENTS_OF = 12  # log sources in the table


def share(part: int, whole: int) -> dict[str, Any]:
    return {"hit": part, "of": whole, "percent": round(100 * part / whole, 1) if whole else None}


def recall(attacks: Sequence[Recording], outcomes: Sequence[Outcome], contents: Sequence[str]) -> dict[str, Any]:
    """Figures for each content. Recordings that cannot be read are misses; they are listed."""
    labelled = [one for one in outcomes if one.labels]
    return {
        "recordings": len(labelled),
        "events": sum(one.events for one in outcomes),
        "unreadable": [one.name for one in attacks if not one.readable],
        "labels_that_are_no_techniques": {one.name: list(one.other_labels) for one in attacks if one.other_labels},
        "contents": {name: _of_content(labelled, CONTENTS[name]) for name in contents},
    }


def _of_content(outcomes: Sequence[Outcome], by: Sequence[str]) -> dict[str, Any]:
    figures: dict[str, Any] = {
        level: share(sum(one.hit(by, level) for one in outcomes), len(outcomes)) for level in LEVELS
    }
    figures["any_detection"] = share(sum(any(one.detections(by)) for one in outcomes), len(outcomes))
    figures["alert"] = share(sum(bool(one.alerts) for one in outcomes), len(outcomes)) if "shipped" in by else None
    figures["techniques"] = _by_label(outcomes, by, lambda label: (label,))
    hit = [one for one in figures["techniques"].values() if one["info"]["hit"]]
    figures["techniques_hit"] = share(len(hit), len(figures["techniques"]))
    figures["tactics"] = _by_label(outcomes, by, _tactics)
    figures["sources"] = _by_source(outcomes, by)
    return figures


def _tactics(label: str) -> tuple[str, ...]:
    technique = load_attack().technique(label)
    return technique.tactics if technique else ("none",)


def _by_label(
    outcomes: Sequence[Outcome], by: Sequence[str], keys: Callable[[str], Sequence[str]]
) -> dict[str, dict[str, Any]]:
    """A recording counts once for each key of its labels; hit when a label of that key is."""
    seen: dict[str, list[tuple[bool, ...]]] = defaultdict(list)
    for one in outcomes:
        labels: dict[str, list[str]] = defaultdict(list)
        for label in one.labels:
            for key in keys(label):
                labels[key].append(label)
        for key, of_key in labels.items():
            seen[key].append(tuple(any(one.hit(by, level, label) for label in of_key) for level in LEVELS))
    return {
        key: {level: share(sum(row[place] for row in rows), len(rows)) for place, level in enumerate(LEVELS)}
        for key, rows in sorted(seen.items())
    }


def _by_source(outcomes: Sequence[Outcome], by: Sequence[str]) -> dict[str, dict[str, Any]]:
    """Of the recordings that hold events of a log source: hit by a detection on one of these events."""
    holding: Counter[str] = Counter(source for one in outcomes for source in one.sources)
    return {
        source: {
            level: share(
                sum(one.hit(by, level, source=source) for one in outcomes if source in one.sources), holding[source]
            )
            for level in LEVELS
        }
        for source, _ in holding.most_common(MOST_EVENTS_OF)
    }
