"""Rows of exceptions and of what they hid. Counts are written in the transaction that closes a batch: once, or not at all."""

import logging
import secrets
from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from hinomi.database import Database, metadata
from hinomi.detect.exceptions import Exceptions, TermsError, matcher
from hinomi.errors import InputError, NotFound
from hinomi.schema.exception import DetectionException, ExceptionOperator, ExceptionTerms

log = logging.getLogger(__name__)

MAX_EXCEPTIONS = 1000  # each costs every detection a comparison; who needs more wants another filter

EXCEPTIONS = sa.Table(
    "exceptions",
    metadata,
    sa.Column("id", sa.String(32), primary_key=True),
    sa.Column("field", sa.String(80), nullable=False),
    sa.Column("operator", sa.String(20), nullable=False),
    sa.Column("value", sa.Text, nullable=False),
    sa.Column("filter_id", sa.String(200)),
    sa.Column("endpoints", sa.JSON, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("created_by", sa.String(200), nullable=False),
    sa.Column("created_ms", sa.BigInteger, nullable=False),
    sa.Column("expires_ms", sa.BigInteger),
    sa.Column("enabled", sa.Boolean, nullable=False),
)
HITS = sa.Table(
    "exception_hits",
    metadata,
    sa.Column("exception_id", sa.String(32), primary_key=True),
    sa.Column("hits", sa.BigInteger, nullable=False),
    sa.Column("last_hit_ms", sa.BigInteger, nullable=False),
)
_ALL = sa.select(EXCEPTIONS, HITS.c.hits, HITS.c.last_hit_ms).select_from(
    EXCEPTIONS.outerjoin(HITS, HITS.c.exception_id == EXCEPTIONS.c.id)
)


class ExceptionStore:
    """All methods are thread-safe. Those that take a connection run in the caller's transaction, with its audit row."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._working: tuple[tuple[tuple[str, ExceptionTerms], ...], Exceptions] = ((), Exceptions(()))

    # ---- for the pipeline ----
    def working(self, now_ms: int) -> Exceptions:
        """The exceptions that are active at `now_ms`, ready to split detections; made anew only when they changed."""
        active = tuple(one for one in self.all() if one.is_active(now_ms))
        key = tuple((one.id, one.terms) for one in active)
        if key != self._working[0]:
            self._working = (key, Exceptions(_usable(active)))
        return self._working[1]

    def count(self, connection: sa.Connection, hits: Mapping[str, int], now_ms: int) -> None:
        """Add what a batch hid. An exception that was removed meanwhile is not counted."""
        for id_, count in hits.items():
            more = sa.update(HITS).where(HITS.c.exception_id == id_)
            if connection.execute(more.values(hits=HITS.c.hits + count, last_hit_ms=now_ms)).rowcount:
                continue
            if connection.execute(sa.select(EXCEPTIONS.c.id).where(EXCEPTIONS.c.id == id_)).first():
                connection.execute(sa.insert(HITS).values(exception_id=id_, hits=count, last_hit_ms=now_ms))

    # ---- for persons ----
    def all(self) -> list[DetectionException]:
        """Oldest first."""
        with self._database.read() as connection:
            rows = connection.execute(_ALL.order_by(EXCEPTIONS.c.created_ms, EXCEPTIONS.c.id)).all()
        return [_exception(row) for row in rows]

    def get(self, id_: str) -> DetectionException:
        with self._database.read() as connection:
            row = connection.execute(_ALL.where(EXCEPTIONS.c.id == id_)).first()
        if row is None:
            raise NotFound(f"there is no exception {id_[:80]!r}")
        return _exception(row)

    def add(self, connection: sa.Connection, made: DetectionException) -> None:
        """InputError when there are too many."""
        held = connection.execute(sa.select(sa.func.count()).select_from(EXCEPTIONS)).scalar_one()
        if held >= MAX_EXCEPTIONS:
            raise InputError(f"there are {held} exceptions; remove those that hide nothing any more")
        connection.execute(sa.insert(EXCEPTIONS).values(**_row(made)))

    def change(self, connection: sa.Connection, changed: DetectionException) -> None:
        connection.execute(sa.update(EXCEPTIONS).where(EXCEPTIONS.c.id == changed.id).values(**_row(changed)))

    def remove(self, connection: sa.Connection, id_: str) -> None:
        for table, column in ((HITS, HITS.c.exception_id), (EXCEPTIONS, EXCEPTIONS.c.id)):
            connection.execute(sa.delete(table).where(column == id_))


def _usable(active: Sequence[DetectionException]) -> list[DetectionException]:
    """Terms that this version cannot read any more hide nothing; they must not stop the pipeline."""
    found = []
    for one in active:
        try:
            matcher(one.terms)
            found.append(one)
        except TermsError as error:
            log.warning("the exception %s cannot be used, it hides nothing: %s", one.id, error)
    return found


def new_id() -> str:
    return secrets.token_hex(8)


def _row(one: DetectionException) -> dict[str, Any]:
    return {
        "id": one.id,
        "field": one.terms.field,
        "operator": str(one.terms.operator),
        "value": one.terms.value,
        "filter_id": one.terms.filter_id,
        "endpoints": list(one.terms.endpoints),
        "reason": one.reason,
        "created_by": one.created_by,
        "created_ms": one.created_ms,
        "expires_ms": one.expires_ms,
        "enabled": one.enabled,
    }


def _exception(row: sa.Row[Any]) -> DetectionException:
    terms = ExceptionTerms(
        row.field, ExceptionOperator(row.operator), row.value, row.filter_id, tuple(row.endpoints or ())
    )
    return DetectionException(
        id=row.id,
        terms=terms,
        reason=row.reason,
        created_by=row.created_by,
        created_ms=row.created_ms,
        expires_ms=row.expires_ms,
        enabled=row.enabled,
        hits=row.hits or 0,
        last_hit_ms=row.last_hit_ms,
    )
