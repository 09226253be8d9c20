"""Rows of the block list, of its exceptions and of what each endpoint enforces. Functions run in the caller's transaction."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from hinomi.database import metadata
from hinomi.response.block_object import BlockObject
from hinomi.response.store import number, set_number

OBJECTS = sa.Table(
    "block_objects",
    metadata,
    sa.Column("type", sa.String(20), primary_key=True),
    sa.Column("value", sa.String(2048), primary_key=True),
    sa.Column("action", sa.String(8), nullable=False),
    sa.Column("risk", sa.String(8), nullable=False),
    sa.Column("expires_ms", sa.BigInteger),
    sa.Column("description", sa.Text, nullable=False),
    sa.Column("created_by", sa.String(64), nullable=False),
    sa.Column("created_ms", sa.BigInteger, nullable=False),
    sa.Column("source", sa.String(32), nullable=False),
    sa.Index("block_objects_expiry", "type", "expires_ms"),
)
EXCEPTIONS = sa.Table(
    "block_exceptions",
    metadata,
    sa.Column("type", sa.String(20), primary_key=True),
    sa.Column("value", sa.String(2048), primary_key=True),
    sa.Column("description", sa.Text, nullable=False),
    sa.Column("created_by", sa.String(64), nullable=False),
    sa.Column("created_ms", sa.BigInteger, nullable=False),
)
ENFORCEMENT = sa.Table(
    "block_enforcement",
    metadata,
    sa.Column("sensor", sa.String(64), primary_key=True),
    sa.Column("version", sa.BigInteger, nullable=False),
    sa.Column("at_ms", sa.BigInteger, nullable=False),
    sa.Column("enforced", sa.JSON, nullable=False),  # type -> blocked | flagged | unsupported | disproved
    sa.Column("reasons", sa.JSON, nullable=False),  # type -> why it is not blocked; SPARED -> values that it leaves out
    sa.Column("left_out", sa.Integer, nullable=False),  # objects that did not fit into one command
)
SPARED = "spared"
_VERSION = "block_list"
_FETCHED = "block_list_fetched_"  # and the format


def version(connection: Connection) -> int:
    return number(connection, _VERSION)


def next_version(connection: Connection) -> int:
    value = version(connection) + 1
    set_number(connection, _VERSION, value)
    return value


def one(type_: str, value: str) -> sa.ColumnElement[bool]:
    return sa.and_(OBJECTS.c.type == type_, OBJECTS.c.value == value)


def put(connection: Connection, made: BlockObject) -> None:
    connection.execute(sa.delete(OBJECTS).where(one(made.type, made.value)))
    row = {name: getattr(made, name) for name in BlockObject.__dataclass_fields__}
    connection.execute(sa.insert(OBJECTS).values(**row))


def everything(connection: Connection) -> list[BlockObject]:
    """By type, newest first."""
    wanted = sa.select(OBJECTS).order_by(OBJECTS.c.type, OBJECTS.c.created_ms.desc(), OBJECTS.c.value)
    return [BlockObject(**row._asdict()) for row in connection.execute(wanted)]


def not_excepted(connection: Connection) -> list[BlockObject]:
    """As `everything`, without what an exception covers; what has expired may be among them."""
    excepted = {(row.type, row.value) for row in exceptions(connection)}
    return [one for one in everything(connection) if one.key not in excepted]


def count(connection: Connection, type_: str) -> int:
    wanted = sa.select(sa.func.count()).select_from(OBJECTS).where(OBJECTS.c.type == type_)
    return int(connection.execute(wanted).scalar_one())


def nearest_expiry(connection: Connection, type_: str, keep: tuple[str, str]) -> str | None:
    """The value that would leave first; those that never expire leave last, the oldest first."""
    never = sa.case((OBJECTS.c.expires_ms.is_(None), 1), else_=0)
    wanted = sa.select(OBJECTS.c.value).where(OBJECTS.c.type == type_, ~one(*keep))
    found: str | None = connection.execute(
        wanted.order_by(never, OBJECTS.c.expires_ms, OBJECTS.c.created_ms, OBJECTS.c.value).limit(1)
    ).scalar()
    return found


def exceptions(connection: Connection) -> list[sa.Row[Any]]:
    return list(connection.execute(sa.select(EXCEPTIONS).order_by(EXCEPTIONS.c.type, EXCEPTIONS.c.value)))


def set_enforcement(connection: Connection, sensor: str, **values: Any) -> None:
    connection.execute(sa.delete(ENFORCEMENT).where(ENFORCEMENT.c.sensor == sensor))
    connection.execute(sa.insert(ENFORCEMENT).values(sensor=sensor, **values))


def enforcement_of(connection: Connection, sensor: str) -> sa.Row[Any] | None:
    return connection.execute(sa.select(ENFORCEMENT).where(ENFORCEMENT.c.sensor == sensor)).first()


def fetched(connection: Connection, format_: str) -> int:
    return number(connection, _FETCHED + format_)


def set_fetched(connection: Connection, format_: str, at_ms: int) -> None:
    set_number(connection, _FETCHED + format_, at_ms)
