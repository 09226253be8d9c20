"""Rows of this room: how often each rule of each model was met, by day of the event. Added to when a batch is closed."""

from collections import Counter
from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa

from hinomi.database import Database, metadata
from hinomi.schema.detection import ModelMatch

DAY_MS = 86_400_000
_CHUNK = 500  # values in one IN list

rule_tally = sa.Table(
    "rule_tally",
    metadata,
    sa.Column("day", sa.Integer, primary_key=True),  # days since 1970, UTC
    sa.Column("model_id", sa.String(200), primary_key=True),
    sa.Column("rule_id", sa.String(200), primary_key=True),
    sa.Column("hits", sa.BigInteger, nullable=False),
)


def count_matches(connection: sa.Connection, matches: Iterable[ModelMatch]) -> None:
    """Inside the transaction that closes the batch: a batch that comes again was not counted before.

    Recordings of many days make many rows, so those that stand are asked for by the day, and all are written at once.
    """
    counts = Counter((one.event_time_ms // DAY_MS, one.model_id, one.rule_id) for one in matches)
    standing = _standing(connection, sorted({day for day, _, _ in counts}))
    rows = [{"d": day, "m": model, "r": rule, "more": more} for (day, model, rule), more in counts.items()]
    raised = [row for row in rows if (row["d"], row["m"], row["r"]) in standing]
    new = [row for row in rows if (row["d"], row["m"], row["r"]) not in standing]
    columns, given = rule_tally.c, sa.bindparam
    if raised:
        this = (columns.day == given("d"), columns.model_id == given("m"), columns.rule_id == given("r"))
        connection.execute(sa.update(rule_tally).where(*this).values(hits=columns.hits + given("more")), raised)
    if new:
        values: dict[str, Any] = {
            "day": given("d"),
            "model_id": given("m"),
            "rule_id": given("r"),
            "hits": given("more"),
        }
        connection.execute(sa.insert(rule_tally).values(values), new)


def _standing(connection: sa.Connection, days: list[int]) -> set[tuple[int, str, str]]:
    columns = rule_tally.c
    asked = sa.select(columns.day, columns.model_id, columns.rule_id)
    found: set[tuple[int, str, str]] = set()
    for start in range(0, len(days), _CHUNK):
        rows = connection.execute(asked.where(columns.day.in_(days[start : start + _CHUNK])))
        found |= {(row.day, row.model_id, row.rule_id) for row in rows}
    return found


def read_tally(database: Database, from_ms: int | None = None, to_ms: int | None = None) -> dict[tuple[str, str], int]:
    """(model, rule) -> how often it was met, on the days that the window touches."""
    columns = rule_tally.c
    asked = sa.select(columns.model_id, columns.rule_id, sa.func.sum(columns.hits).label("hits"))
    if from_ms is not None:
        asked = asked.where(columns.day >= from_ms // DAY_MS)
    if to_ms is not None:
        asked = asked.where(columns.day <= to_ms // DAY_MS)
    with database.read() as connection:
        rows = connection.execute(asked.group_by(columns.model_id, columns.rule_id)).all()
    return {(row.model_id, row.rule_id): int(row.hits) for row in rows}
