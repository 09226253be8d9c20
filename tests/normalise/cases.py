"""The cases of the sources: what a record (raw.jsonl) becomes (expected.jsonl, line by line).

    python -m tests.normalise.cases windows_sysmon      writes expected.jsonl anew: read the difference before you commit it

An expected line holds the kind, the vocabulary fields without those that every activity has alike, the names that the
source adds to the record's own, and the second readings.
"""

import sys
from pathlib import Path
from typing import Any

import orjson

from hinomi.normalise.normaliser import Normaliser
from hinomi.schema.activity import ActivityBatch
from tests import make

FOLDER = Path(__file__).parent / "cases"
SOURCES = sorted(path.name for path in FOLDER.iterdir())
_ALIKE = frozenset({
    "uuid", "logReceivedTime", "productCode", "endpointGuid", "recordFile", "recordNumber", "rawDataStr", "channel",
    "providerName", "winEventRecordId",
})  # fmt: skip
_OF_THE_LOG = frozenset({
    "EventRecordID", "Level", "Keywords", "ExecutionProcessID", "UserID", "ProviderGuid", "EventID", "Channel",
    "Provider_Name", "Computer",
})  # fmt: skip


def raw(source: str) -> list[bytes]:
    return (FOLDER / source / "raw.jsonl").read_bytes().splitlines()


def expected(source: str) -> list[Any]:
    return [orjson.loads(line) for line in (FOLDER / source / "expected.jsonl").read_bytes().splitlines()]


def found(source: str) -> list[Any]:
    return [_described(line) for line in raw(source)]


def _described(record: bytes) -> dict[str, Any]:
    result = Normaliser().normalise(make.record_batch(record), 0)
    stored, *projected = result.activities
    return _row(stored, record) | {"projected": [_row(batch, record) for batch in projected]}


def _row(batch: ActivityBatch, record: bytes) -> dict[str, Any]:
    kind = batch.kind
    own = _names(orjson.loads(record))
    row = {name: value for name, value in sorted(batch.row(0).items()) if name not in _ALIKE}
    return {
        "categories": sorted(kind.categories),
        "services": sorted(kind.services),
        "fields": row,
        "native": {
            name: column[0]
            for name, column in sorted(batch.native.items())
            if column[0] is not None and name not in _OF_THE_LOG and own.get(name) != column[0]
        },
    }


def _names(tree: Any) -> dict[str, Any]:
    """Every name in the record with its value."""
    names: dict[str, Any] = {}
    for name, value in tree.items():
        names[name] = value
        if isinstance(value, dict):
            names |= _names(value)
    return names


if __name__ == "__main__":
    for chosen in sys.argv[1:] or SOURCES:
        lines = [orjson.dumps(row) for row in found(chosen)]
        (FOLDER / chosen / "expected.jsonl").write_bytes(b"\n".join(lines) + b"\n")
