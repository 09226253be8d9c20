"""Rows of this room: texts that persons wrote, every version of them, and the shipped text each edit was made from."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from hinomi.database import Database, metadata
from hinomi.errors import Conflict, NotFound
from hinomi.query.moment import format_moment

Key = tuple[str, str]  # ("filter" | "model", id)

# What is in effect now; no row: the shipped or imported text, or nothing.
content_texts = sa.Table(
    "content_texts",
    metadata,
    sa.Column("kind", sa.String(8), primary_key=True),
    sa.Column("id", sa.String(200), primary_key=True),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("base", sa.Text),  # the shipped text that the edit was made from; null: the text is all the person's own
    sa.Column("changed_by", sa.String(200), nullable=False),
    sa.Column("changed_ms", sa.BigInteger, nullable=False),
)

content_versions = sa.Table(
    "content_versions",
    metadata,
    sa.Column("kind", sa.String(8), primary_key=True),
    sa.Column("id", sa.String(200), primary_key=True),
    sa.Column("version", sa.Integer, primary_key=True),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("comment", sa.Text, nullable=False),
    sa.Column("author", sa.String(200), nullable=False),
    sa.Column("at_ms", sa.BigInteger, nullable=False),
)


@dataclass(frozen=True, slots=True)
class Kept:
    """A text of a person that is in effect, and the shipped text under it."""

    version: int
    text: str
    base: str | None
    changed_by: str
    changed_ms: int


@dataclass(frozen=True, slots=True)
class Version:
    """One saved text; `text` is read alone (`Texts.text`). `at_ms` is None for the given one, which nobody here saved."""

    version: int
    author: str
    at_ms: int | None
    comment: str

    def as_json(self, is_current: bool) -> dict[str, Any]:
        """{version, author, at, comment, current}, as the console's routes give it."""
        at = "" if self.at_ms is None else format_moment(self.at_ms)
        return {
            "version": self.version,
            "author": self.author,
            "at": at,
            "comment": self.comment,
            "current": is_current,
        }


class Texts:
    """Texts of persons. What changes is done inside the caller's transaction, which also writes the audit log."""

    def __init__(self, database: Database, clock: Callable[[], float]) -> None:
        self._database, self._clock = database, clock

    def kept(self) -> dict[Key, Kept]:
        """Every text in effect."""
        with self._database.read() as connection:
            rows = connection.execute(sa.select(content_texts)).all()
        return {
            (row.kind, row.id): Kept(row.version, row.text, row.base, row.changed_by, row.changed_ms) for row in rows
        }

    def versions(self, key: Key) -> list[Version]:
        """Newest first, without the shipped one."""
        columns = content_versions.c
        asked = sa.select(columns.version, columns.author, columns.at_ms, columns.comment)
        with self._database.read() as connection:
            rows = connection.execute(asked.where(*_is(content_versions, key)).order_by(columns.version.desc())).all()
        return [Version(row.version, row.author, row.at_ms, row.comment) for row in rows]

    def text(self, key: Key, version: int) -> str:
        """NotFound when there is no such version."""
        asked = sa.select(content_versions.c.text).where(
            *_is(content_versions, key), content_versions.c.version == version
        )
        with self._database.read() as connection:
            found = connection.execute(asked).scalar()
        if found is None:
            raise NotFound(f"there is no version {version} of the {key[0]} {key[1][:80]!r}")
        return str(found)

    def save(self, connection: sa.Connection, key: Key, text: str, *, base: str | None, by: str, comment: str) -> int:
        """A new version, in effect from now on; its number."""
        newest = sa.select(sa.func.max(content_versions.c.version)).where(*_is(content_versions, key))
        version = (connection.execute(newest).scalar() or 0) + 1
        now_ms = int(self._clock() * 1000)
        kind, id_ = key
        row = {"kind": kind, "id": id_, "version": version, "text": text}
        connection.execute(sa.insert(content_versions).values(**row, comment=comment, author=by, at_ms=now_ms))
        connection.execute(sa.delete(content_texts).where(*_is(content_texts, key)))
        connection.execute(sa.insert(content_texts).values(**row, base=base, changed_by=by, changed_ms=now_ms))
        return version

    def rebase(self, connection: sa.Connection, key: Key, base: str) -> None:
        """The text stays; the shipped text it is held against is another."""
        connection.execute(sa.update(content_texts).where(*_is(content_texts, key)).values(base=base))

    def drop(self, connection: sa.Connection, key: Key) -> None:
        """No text of a person is in effect any more; the versions stay."""
        connection.execute(sa.delete(content_texts).where(*_is(content_texts, key)))

    def require_current(self, connection: sa.Connection, key: Key, version: int | None) -> None:
        """Conflict when the version in effect (0: the shipped one) is another; None asks for nothing."""
        found = connection.execute(sa.select(content_texts.c.version).where(*_is(content_texts, key))).scalar() or 0
        if version is not None and version != found:
            raise Conflict(f"the {key[0]} was changed since you looked: version {found} is in effect. Load it again.")


def _is(table: sa.Table, key: Key) -> tuple[sa.ColumnElement[bool], sa.ColumnElement[bool]]:
    return table.c.kind == key[0], table.c.id == key[1]
