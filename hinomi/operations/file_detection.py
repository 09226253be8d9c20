"""Detections in recordings, straight from files: no data folder, no server, nothing kept.

The engine is the one of the stream; only the lake and the models are left out.
"""

import gc
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from hinomi.detect import content
from hinomi.detect.compile_cache import CompileCache
from hinomi.detect.content import load_sigma
from hinomi.detect.engine import Engine
from hinomi.errors import InputError
from hinomi.ingest.protocols.file import read_paths
from hinomi.normalise.normaliser import Normaliser
from hinomi.schema.content import Filter
from hinomi.schema.detection import Detection
from hinomi.schema.record import DeadLetter

LEVELS = {"info": "informational"}  # our risk -> Sigma's level, where the words differ


def load_filters(
    rules: Sequence[Path],
    content_folder: Path,
    on_problem: Callable[[str], None],
    cache: CompileCache | None = None,
) -> tuple[Filter, ...]:
    """Filters of the given Sigma folders, else the shipped ones. Broken files are told and left out."""
    if rules:
        filters, errors = load_sigma(rules)
    else:
        shipped, errors = content.load_filters(content_folder, cache=cache)
        filters = tuple(shipped)
    for error in errors:
        on_problem(str(error))
    if not filters:
        raise InputError("no usable rule in " + ", ".join(str(path) for path in rules or [content_folder]))
    return filters


def detect_files(
    paths: Sequence[Path],
    rules: Sequence[Path],
    content_folder: Path,
    on_problem: Callable[[str], None],
    cache: CompileCache | None = None,
) -> Iterator[dict[str, Any]]:
    """One object per detection: rule_id, rule_title, level, techniques, file, record, time. In record order."""
    filters = {filter_.id: filter_ for filter_ in load_filters(rules, content_folder, on_problem, cache)}
    engine, normaliser = Engine(tuple(filters.values())), Normaliser()
    gc.freeze()  # the rules stay: do not look at them again and again
    for batch in read_paths(paths):
        normalised = normaliser.normalise(batch, received_ms=0)
        for letter in (*batch.dead, *normalised.dead):
            on_problem(_told(letter))
        for detection in engine.observe_all(normalised.activities):
            yield _printed(detection, filters[detection.filter_id])


def _printed(detection: Detection, filter_: Filter) -> dict[str, Any]:
    moment = datetime.fromtimestamp(detection.event_time_ms / 1000, UTC)
    return {
        "rule_id": filter_.id,
        "rule_title": filter_.title.en,
        "level": LEVELS.get(str(filter_.risk), str(filter_.risk)),
        "techniques": list(filter_.techniques),
        "file": detection.activity.get("recordFile", ""),
        "record": detection.activity.get("recordNumber"),
        "time": moment.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
    }


def _told(letter: DeadLetter) -> str:
    where = "" if letter.offset is None else f" @{letter.offset}"
    return f"{letter.file}{where}: {letter.reason}: {letter.detail}"
