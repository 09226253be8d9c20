"""Detections in recordings, straight from files: no data folder, no server, nothing kept.

The engine and the correlator are those of the stream; only the lake and the shipped models are left out.
"""

import gc
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from hinomi.detect import content
from hinomi.detect.compile_cache import CompileCache
from hinomi.detect.correlator import Correlator
from hinomi.detect.engine import Engine
from hinomi.errors import ContentError, InputError
from hinomi.ingest.protocols.file import read_paths
from hinomi.normalise.normaliser import Normaliser
from hinomi.schema.content import Filter, Model, Severity
from hinomi.schema.detection import Detection, ModelMatch
from hinomi.schema.record import DeadLetter

LEVELS = {"info": "informational"}  # our risk -> Sigma's level, where the words differ


def load_filters(
    rules: Sequence[Path],
    content_folder: Path,
    on_problem: Callable[[str], None],
    cache: CompileCache | None = None,
    placeholders: Path | None = None,
) -> content.Content:
    """Filters and correlations of the given Sigma folders, else the shipped filters. Broken files are told and left out."""
    if rules:
        found, errors = _given(rules, placeholders, cache)
    else:
        shipped, errors = content.load_filters(content_folder, cache=cache)
        found = content.Content(tuple(shipped))
    for error in errors:
        on_problem(str(error))
    if not found.filters:
        raise InputError("no usable rule in " + ", ".join(str(path) for path in rules or [content_folder]))
    return found


def _given(
    rules: Sequence[Path], placeholders: Path | None, cache: CompileCache | None
) -> tuple[content.Content, list[ContentError]]:
    from hinomi.detect.placeholders import read_placeholders  # pySigma is slow to import: only who gives rules waits
    from hinomi.detect.sigma_content import load_rules

    values, errors = read_placeholders(placeholders) if placeholders else ({}, [])
    found, wrong = load_rules(rules, values, cache=cache)
    return found, [*errors, *wrong]


def detect_files(
    paths: Sequence[Path],
    rules: Sequence[Path],
    content_folder: Path,
    on_problem: Callable[[str], None],
    cache: CompileCache | None = None,
    placeholders: Path | None = None,
) -> Iterator[dict[str, Any]]:
    """One object per detection: rule_id, rule_title, level, techniques, file, record, time. In record order.

    Then one per alert of a correlation, in the order of time: of the event that completed it, with `events`, how many are
    its evidence, and `suppressed`, how often it was met again while that alert stood.
    """
    loaded = load_filters(rules, content_folder, on_problem, cache, placeholders)
    engine, normaliser, met = Engine(loaded.filters), Normaliser(), _Met(loaded.models)
    gc.freeze()  # the rules stay: do not look at them again and again
    for batch in read_paths(paths):
        normalised = normaliser.normalise(batch, received_ms=0)
        for letter in (*batch.dead, *normalised.dead):
            on_problem(_told(letter))
        detections = engine.observe_all(normalised.activities)
        met.observe(detections)
        for detection in detections:
            if detection.filter_id not in loaded.fed:
                yield _printed(detection, loaded.filter[detection.filter_id])
    yield from met.finish()


@dataclass(slots=True)
class _Alert:
    """What is told of an alert of a correlation."""

    model: Model
    last: Detection  # of the first match
    events: set[str]
    suppressed: int


class _Met:
    """The alerts of correlations, as they stand when everything was read."""

    def __init__(self, models: Sequence[Model]) -> None:
        self._models = {one.id: one for one in models}
        self._correlator = Correlator(models)
        self._alerts: dict[str, _Alert] = {}  # by fingerprint

    def observe(self, detections: Sequence[Detection]) -> None:
        if self._models:
            self._keep(self._correlator.observe(detections))

    def finish(self) -> Iterator[dict[str, Any]]:
        """The alerts in the order of time."""
        self._keep(self._correlator.finish())
        for one in sorted(self._alerts.values(), key=lambda alert: (alert.last.event_time_ms, alert.model.id)):
            model = one.model
            row = _row(one.last, model.id, model.name.en, model.severity, model.techniques)
            yield row | {"events": len(one.events), "suppressed": one.suppressed}

    def _keep(self, matches: Sequence[ModelMatch]) -> None:
        for match in matches:
            alert = self._alerts.pop(match.was, None) or self._alerts.get(match.fingerprint)
            if alert is None:
                if match.last is None:
                    continue
                alert = _Alert(self._models[match.model_id], match.last, set(), 0)
            elif match.was and match.last is not None:
                alert.last = match.last
            alert.events.update(one.id for one in match.detections)
            alert.suppressed = match.suppressed
            self._alerts[match.fingerprint] = alert


def _printed(detection: Detection, filter_: Filter) -> dict[str, Any]:
    return _row(detection, filter_.id, filter_.title.en, filter_.risk, filter_.techniques)


def _row(
    detection: Detection, rule_id: str, title: str, severity: Severity, techniques: Sequence[str]
) -> dict[str, Any]:
    moment = datetime.fromtimestamp(detection.event_time_ms / 1000, UTC)
    return {
        "rule_id": rule_id,
        "rule_title": title,
        "level": LEVELS.get(str(severity), str(severity)),
        "techniques": list(techniques),
        "file": detection.activity.get("recordFile", ""),
        "record": detection.activity.get("recordNumber"),
        "time": moment.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
    }


def _told(letter: DeadLetter) -> str:
    where = "" if letter.offset is None else f" @{letter.offset}"
    return f"{letter.file}{where}: {letter.reason}: {letter.detail}"
