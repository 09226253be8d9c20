"""Rows of this room: what a person has switched on or off, or graded otherwise. Texts of their own: text_store.py."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import sqlalchemy as sa

from hinomi.database import Database, metadata

# Written by versions that could switch models alone; read still, so that nobody's switch is lost.
model_switches = sa.Table(
    "model_switches",
    metadata,
    sa.Column("model_id", sa.String(200), primary_key=True),
    sa.Column("enabled", sa.Boolean, nullable=False),
    sa.Column("changed_by", sa.String(200), nullable=False),
    sa.Column("changed_ms", sa.BigInteger, nullable=False),
)

content_switches = sa.Table(
    "content_switches",
    metadata,
    sa.Column("level", sa.String(16), primary_key=True),
    sa.Column("id", sa.String(400), primary_key=True),  # a rule's is `model/rule`
    sa.Column("enabled", sa.Boolean),  # null: as its text says
    sa.Column("grade", sa.String(16)),  # severity of a model, risk of a filter; null: as its text says
    sa.Column("changed_by", sa.String(200), nullable=False),
    sa.Column("changed_ms", sa.BigInteger, nullable=False),
)


class Level(StrEnum):
    MODEL = "model"
    RULE = "rule"
    FILTER = "filter"


@dataclass(frozen=True, slots=True)
class Switch:
    """What a person set; None is as the text says."""

    enabled: bool | None = None
    grade: str | None = None
    changed_by: str = ""
    changed_ms: int = 0


class Switches:
    """On, off and grades, as persons set them; what has no row is as its text says."""

    def __init__(self, database: Database, clock: Callable[[], float]) -> None:
        self._database, self._clock = database, clock

    def set(self, connection: sa.Connection, level: Level, id_: str, by: str, **values: Any) -> None:
        """Set `enabled` or `grade`, or both, inside the caller's transaction, which also writes the audit log."""
        rows = _read(connection)
        before = rows.get((level, id_), Switch())
        row = {"enabled": before.enabled, "grade": before.grade} | values
        self.forget(connection, level, id_)
        connection.execute(
            sa.insert(content_switches).values(
                level=str(level), id=id_, changed_by=by, changed_ms=int(self._clock() * 1000), **row
            )
        )

    def forget(self, connection: sa.Connection, level: Level, id_: str) -> None:
        """As the text says again."""
        where = (content_switches.c.level == str(level), content_switches.c.id == id_)
        connection.execute(sa.delete(content_switches).where(*where))
        if level is Level.MODEL:
            connection.execute(sa.delete(model_switches).where(model_switches.c.model_id == id_))

    def all(self) -> dict[tuple[Level, str], Switch]:
        """Every switch that a person set, by level and id."""
        with self._database.read() as connection:
            return _read(connection)


def _read(connection: sa.Connection) -> dict[tuple[Level, str], Switch]:
    found = {
        (Level.MODEL, row.model_id): Switch(row.enabled, None, row.changed_by, row.changed_ms)
        for row in connection.execute(sa.select(model_switches))
    }
    for row in connection.execute(sa.select(content_switches)):
        found[Level(row.level), row.id] = Switch(row.enabled, row.grade, row.changed_by, row.changed_ms)
    return found
