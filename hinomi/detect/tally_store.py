"""Rows of this room: how often each rule of each model was met, by day of the event. Added to when a batch is closed."""

from collections import Counter
from collections.abc import Iterable

import sqlalchemy as sa

from hinomi.database import Database, metadata
from hinomi.schema.detection import ModelMatch

DAY_MS = 86_400_000

rule_tally = sa.Table(
    "rule_tally",
    metadata,
    sa.Column("day", sa.Integer, primary_key=True),  # days since 1970, UTC
    sa.Column("model_id", sa.String(200), primary_key=True),
    sa.Column("rule_id", sa.String(200), primary_key=True),
    sa.Column("hits", sa.BigInteger, nullable=False),
)


def count_matches(connection: sa.Connection, matches: Iterable[ModelMatch]) -> None:
    """Inside the transaction that closes the batch: a batch that comes again was not counted before."""
    columns = rule_tally.c
    counts = Counter((one.event_time_ms // DAY_MS, one.model_id, one.rule_id) for one in matches)
    for (day, model_id, rule_id), hits in counts.items():
        row = (columns.day == day, columns.model_id == model_id, columns.rule_id == rule_id)
        raised = sa.update(rule_tally).where(*row).values(hits=columns.hits + hits)
        if not connection.execute(raised).rowcount:
            new = {"day": day, "model_id": model_id, "rule_id": rule_id, "hits": hits}
            connection.execute(sa.insert(rule_tally).values(**new))


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
