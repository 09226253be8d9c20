"""On real recordings: what is explained is what the engine decided, and the place that is named holds the value."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from hinomi.detect.content import load_content
from hinomi.detect.engine import Engine
from hinomi.ingest.protocols.file import read_paths
from hinomi.normalise.normaliser import Normaliser
from hinomi.normalise.record_path import leaves_of, text_at
from hinomi.operations.explanation import explain_record
from hinomi.schema.content import Filter
from hinomi.settings import shipped_content

FILES, EACH = 60, 12  # recordings that are looked at, and detections of each


def detections(folder: Path, filters: tuple[Filter, ...]) -> Iterator[tuple[Filter, str]]:
    """Detections of the engine with their records, a few of each recording."""
    engine, by_id = Engine(filters), {one.id: one for one in filters}
    files = sorted(path for path in folder.rglob("*") if path.name.endswith((".json", ".jsonl", ".evtx", ".gz")))
    for path in files[:: max(1, len(files) // FILES)]:
        for batch in read_paths([path], batch_records=400):
            found = [one for each in Normaliser().normalise(batch, 0).activities for one in engine.observe(each)]
            for one in found[:: max(1, len(found) // EACH)]:
                yield by_id[one.filter_id], batch.records[one.position].decode(errors="replace")
            break


def predicates(why: dict[str, Any]) -> Iterator[dict[str, Any]]:
    if why["kind"] == "predicate":
        yield why
    for part in why.get("parts", ()):
        yield from predicates(part)


@pytest.mark.shared_data
@pytest.mark.slow
def test_every_detection_is_explained_and_its_values_are_found(shared_data: Path) -> None:
    content, _ = load_content(shipped_content())
    places: Counter[str] = Counter()
    explained = 0
    for found, record in detections(shared_data / "windows", content.filters):
        told = explain_record(found, record)
        assert told["met"], (found.id, record[:300])
        explained += 1
        leaves = {leaf.path: text_at(leaf) for leaf in leaves_of(record)}
        for one in predicates(told["why"]):
            places[one["where"]["how"]] += 1
            if (
                one["met"]
                and one["where"].get("spans")
                and one["where"]["how"] == "recorded"
                and "spans" in one
                and "from" not in one
            ):
                inside = leaves[one["where"]["path"] or ""]
                marked = [inside[start:end] for start, end in one["where"]["spans"]]
                assert marked == [str(one["found"])[start:end] for start, end in one["spans"]], one
    assert explained > 100
    assert places["recorded"] > 1000
    assert places["unknown"] <= sum(places.values()) // 100, places
