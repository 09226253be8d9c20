"""Which back-ups were made: for the status page, and in the audit log."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa

from hinomi.access.audit import Audit
from hinomi.database import Database, metadata
from hinomi.schema.principal import Principal

BACKUPS = sa.Table(
    "backups",
    metadata,
    sa.Column("at_ms", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("folder", sa.Text, nullable=False),
    sa.Column("bytes", sa.BigInteger, nullable=False),
)


@dataclass(frozen=True, slots=True)
class MadeBackup:
    at_ms: int
    folder: str
    bytes: int


def note_backup(
    database: Database, audit: Audit, principal: Principal, folder: Path, size: int, clock: Callable[[], float]
) -> None:
    """Say that one was finished."""
    row = {"at_ms": int(clock() * 1000), "folder": str(folder.resolve()), "bytes": size}
    with database.begin() as connection:
        connection.execute(sa.delete(BACKUPS).where(BACKUPS.c.at_ms == row["at_ms"]))
        connection.execute(sa.insert(BACKUPS).values(**row))
        audit.add(connection, principal, "backup.make", str(row["folder"]), {"bytes": size})


def last_backup(database: Database) -> MadeBackup | None:
    with database.read() as connection:
        row = connection.execute(sa.select(BACKUPS).order_by(BACKUPS.c.at_ms.desc()).limit(1)).first()
    return MadeBackup(row.at_ms, row.folder, row.bytes) if row else None
