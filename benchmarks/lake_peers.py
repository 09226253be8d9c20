"""The same batches written elsewhere: into SQLite (WAL, synchronous=FULL, the same columns, seven indexes, FTS5 on the
command lines), and as zstd Parquet files. On return what is written is on disk.
"""

import json
import os
import sqlite3
from pathlib import Path

import pyarrow.parquet

from hinomi.lake.columns import Chosen, to_table
from hinomi.schema.activity import FIELDS, ActivityBatch, FieldType

_INDEXES = (
    ("eventTime",), ("endpointHostName", "eventTime"), ("processHashId",), ("objectFileHashSha256",), ("dst",),
    ("hostName",), ("uuid",),
)  # fmt: skip


class Sqlite:
    def __init__(self, path: Path) -> None:
        self._path = path
        self._connection = sqlite3.connect(path)
        self._connection.executescript("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;")
        self._connection.execute(f"CREATE TABLE activities ({', '.join(FIELDS)})")
        for number, columns in enumerate(_INDEXES):
            self._connection.execute(f"CREATE INDEX i{number} ON activities ({', '.join(columns)})")
        self._connection.execute("CREATE VIRTUAL TABLE commands USING fts5 (processCmd, objectCmd)")

    def write(self, chosen: list[Chosen]) -> None:
        with self._connection:
            for _, batch, _ in chosen:
                self._write(batch)

    def close(self) -> int:
        """Bytes of the whole file."""
        self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        self._connection.close()
        return self._path.stat().st_size

    def _write(self, batch: ActivityBatch) -> None:
        lists = {name for name, kind in FIELDS.items() if kind is FieldType.TEXTS}
        columns = {
            name: [json.dumps(value) for value in column] if name in lists else column
            for name, column in batch.fields.items()
        }
        marks = ", ".join("?" * len(columns))
        self._connection.executemany(
            f"INSERT INTO activities ({', '.join(columns)}) VALUES ({marks})", zip(*columns.values(), strict=True)
        )
        empty = [None] * batch.length
        commands = zip(columns.get("processCmd", empty), columns.get("objectCmd", empty), strict=True)
        self._connection.executemany("INSERT INTO commands VALUES (?, ?)", commands)


class Parquet:
    """One file of a batch."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._folder.mkdir()
        self._files = 0

    def write(self, chosen: list[Chosen]) -> None:
        self._files += 1
        path = self._folder / f"{self._files}.parquet"
        with path.open("wb") as file:
            pyarrow.parquet.write_table(to_table(chosen, 0), file, compression="zstd", compression_level=1)
            file.flush()
            os.fsync(file.fileno())

    def close(self) -> int:
        """Bytes of all files."""
        return sum(path.stat().st_size for path in self._folder.iterdir())
