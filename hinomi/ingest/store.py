"""Dead letters kept: what could not be read, with its reason and an excerpt. The same letter is kept once."""

from collections.abc import Sequence
from datetime import UTC, datetime
from hashlib import blake2b
from typing import Any

import sqlalchemy as sa

from hinomi.database import Database, metadata
from hinomi.schema.record import DeadLetter

LETTERS = sa.Table(
    "dead_letter",
    metadata,
    sa.Column("id", sa.String(32), primary_key=True),  # of the content: a second import adds nothing
    sa.Column("source", sa.String(64), nullable=False),
    sa.Column("file", sa.Text, nullable=False),
    sa.Column("offset", sa.BigInteger),
    sa.Column("reason", sa.String(32), nullable=False, index=True),
    sa.Column("detail", sa.Text, nullable=False),
    sa.Column("excerpt", sa.LargeBinary, nullable=False),
    sa.Column("kept_at", sa.Float, nullable=False, index=True),  # seconds since 1970 UTC
)
_ROWS_AT_ONCE = 500


class DeadLetters:
    def __init__(self, database: Database) -> None:
        self._database = database

    def keep(self, connection: sa.Connection, letters: Sequence[DeadLetter], now_s: float) -> dict[str, int]:
        """Keep the letters in the transaction of `connection`; how many of each reason are new."""
        rows = {row["id"]: row for row in (_row(letter, now_s) for letter in letters)}
        names = list(rows)
        for start in range(0, len(names), _ROWS_AT_ONCE):
            part = names[start : start + _ROWS_AT_ONCE]
            for (known,) in connection.execute(sa.select(LETTERS.c.id).where(LETTERS.c.id.in_(part))):
                del rows[known]
        if rows:
            connection.execute(sa.insert(LETTERS), list(rows.values()))
        counts: dict[str, int] = {}
        for row in rows.values():
            counts[row["reason"]] = counts.get(row["reason"], 0) + 1
        return counts

    def counts(self) -> dict[str, int]:
        """How many letters there are of each reason."""
        query = sa.select(LETTERS.c.reason, sa.func.count().label("letters")).group_by(LETTERS.c.reason)
        with self._database.read() as connection:
            return {row.reason: row.letters for row in connection.execute(query)}

    def listed(self, reason: str | None = None, limit: int = 100) -> list[dict[str, Any]]:
        """The newest letters, of one reason if it is given: id, source, file, offset, reason, detail, excerpt (text), at."""
        query = sa.select(LETTERS).order_by(LETTERS.c.kept_at.desc(), LETTERS.c.id).limit(limit)
        if reason is not None:
            query = query.where(LETTERS.c.reason == reason)
        with self._database.read() as connection:
            return [_told(row) for row in connection.execute(query)]


def _row(letter: DeadLetter, now_s: float) -> dict[str, Any]:
    source, file, detail = map(_storable, (letter.source, letter.file, letter.detail))
    content = "\0".join((source, file, str(letter.offset), letter.reason, detail)).encode()
    return {
        "id": blake2b(content + b"\0" + letter.excerpt, digest_size=16).hexdigest(),
        "source": source,
        "file": file,
        "offset": letter.offset,
        "reason": letter.reason,
        "detail": detail,
        "excerpt": letter.excerpt,
        "kept_at": now_s,
    }


def _storable(words: str) -> str:
    """Names of files may hold bytes that are no UTF-8 (lone surrogates); databases also refuse NUL."""
    return words.encode("utf-8", "backslashreplace").decode().replace("\0", "\\0")


def _told(row: sa.Row[Any]) -> dict[str, Any]:
    kept_at = datetime.fromtimestamp(row.kept_at, UTC).isoformat(timespec="milliseconds")
    return {
        "id": row.id,
        "source": row.source,
        "file": row.file,
        "offset": row.offset,
        "reason": row.reason,
        "detail": row.detail,
        "excerpt": row.excerpt.decode(errors="replace"),
        "at": kept_at.replace("+00:00", "Z"),
    }
