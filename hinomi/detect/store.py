"""Rows of this room: which models a person has switched off. Everything else about content is in its files."""

from collections.abc import Callable
from dataclasses import replace

import sqlalchemy as sa

from hinomi.database import Database, metadata
from hinomi.detect.content import Content

model_switches = sa.Table(
    "model_switches",
    metadata,
    sa.Column("model_id", sa.String(200), primary_key=True),
    sa.Column("enabled", sa.Boolean, nullable=False),
    sa.Column("changed_by", sa.String(200), nullable=False),
    sa.Column("changed_ms", sa.BigInteger, nullable=False),
)


class ModelSwitches:
    """On and off, as persons set it; a model without a row is as its file says."""

    def __init__(self, database: Database, clock: Callable[[], float]) -> None:
        self._database, self._clock = database, clock

    def set(self, connection: sa.Connection, model_id: str, enabled: bool, by: str) -> None:
        """Inside the caller's transaction, which also writes the audit log."""
        connection.execute(sa.delete(model_switches).where(model_switches.c.model_id == model_id))
        connection.execute(
            sa.insert(model_switches).values(
                model_id=model_id, enabled=enabled, changed_by=by, changed_ms=int(self._clock() * 1000)
            )
        )

    def applied(self, content: Content) -> Content:
        """The content with the switches as they stand."""
        with self._database.read() as connection:
            rows = connection.execute(sa.select(model_switches.c.model_id, model_switches.c.enabled))
            switched: dict[str, bool] = {row.model_id: row.enabled for row in rows}
        models = tuple(replace(model, enabled=switched.get(model.id, model.enabled)) for model in content.models)
        return Content(content.filters, models)
