"""What a condition may name: fields, their types, how their text is matched, and where they stand in SQL.

The one table of activities is ACTIVITY; other rooms make their own (alerts, detections) of the same `Column`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from hinomi.query.refusal import QueryError, nearest
from hinomi.schema.activity import EVENT_NAMES, EVENT_SUB_NAMES, FIELDS, REPEATING, FieldType


class Match(StrEnum):
    FULL = "full"  # a term must be the whole value: numbers, hashes, ids
    PARTIAL = "partial"  # a term may be a part of the value


@dataclass(frozen=True, slots=True)
class Column:
    """One field. `sql` is an expression of ours, never of a caller; `names` are texts that stand for numbers."""

    sql: str
    type: FieldType = FieldType.TEXT
    match: Match = Match.PARTIAL
    names: Mapping[str, int] = field(default_factory=dict)
    bare: bool = True  # bare text looks here too (text fields only)
    is_technique: bool = False  # T1003-002 means T1003.002 here
    repeats: bool = False  # kept as a dictionary


Fields = Mapping[str, Column]

# Source: public API, search on endpoint activities, fields with full match (docs/reference/query.md)
_FULL = frozenset(
    {
        "dpt", "spt", "eventId", "eventSubId", "objectPid", "objectPort", "objectProcessHashId", "parentPid",
        "parentHashId", "processHashId", "processPid", "uuid", "winEventId", "winEventRecordId", "recordNumber",
        "objectFileImphash", "integrityLevel", "objectIntegrityLevel", "sessionId",
        "eventTime", "logReceivedTime", "processLaunchTime",
    }
)  # fmt: skip

# The record in full repeats what the other fields say; searching it with every bare word would double the work.
_NOT_BARE = frozenset({"rawDataStr", "uuid", "providerGUID"})


def _names(numbers: Mapping[int, str]) -> dict[str, int]:
    plain = {name.lower(): number for number, name in numbers.items()}
    return plain | {f"telemetry_{name}": number for name, number in plain.items()}


def _activity_column(name: str, kind: FieldType) -> Column:
    full = name in _FULL or "FileHash" in name
    names = {"eventId": EVENT_NAMES, "eventSubId": EVENT_SUB_NAMES}.get(name)
    return Column(
        sql=f"`{name}`",
        type=kind,
        match=Match.FULL if full else Match.PARTIAL,
        names=_names(names) if names else {},
        bare=name not in _NOT_BARE,
        repeats=name in REPEATING,
    )


ACTIVITY: Fields = {name: _activity_column(name, kind) for name, kind in FIELDS.items()}


def find_column(fields: Fields, name: str, at: int) -> Column:
    """The field's column; letters' case may differ. QueryError names the nearest field."""
    column = fields.get(name)
    if column is not None:
        return column
    folded = {known.lower(): known for known in fields}
    if name.lower() in folded:
        return fields[folded[name.lower()]]
    near = nearest(name, fields)
    hint = f"nearest: {near!r}" if near else "to look for the text itself, put it in quotes"
    hint_ja = f"近いもの: {near!r}" if near else "文字列そのものを探すには引用符で囲んでください"
    unknown = f"{name[:80]!r}"
    raise QueryError(
        f"unknown field {unknown}; {hint}",
        f"フィールド {unknown} はありません。{hint_ja}",
        at,
        near,
    )
