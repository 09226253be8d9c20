"""A lake as it is at one moment, for a back-up: hard links to its parts, made at once, while it is written to.

Parts never change, so links are enough. Side tables come before activities: what the links hold of them without their
activity comes again with the spool, and what they lack is completed at the next start.
"""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from hinomi.errors import InputError
from hinomi.lake.connection import Connection
from hinomi.lake.owner import STORE

_SHADOW = "shadow"
_PREFIX = "backup_"  # word characters only: others are escaped in the folder's name
_NOT_COPIED = frozenset({_SHADOW, "tmp", "status"})


class Snapshot:
    """`files` are (path in the lake's folder, file to copy); `links` (path, where it leads)."""

    def __init__(self, connection: Connection, name: str) -> None:
        folder: Path | None = getattr(connection, "folder", None)
        if folder is None:
            raise InputError("a lake on a ClickHouse server is backed up with ClickHouse's own BACKUP")
        self._folder, self._store = folder, folder / STORE
        self._shadow = self._store / _SHADOW / f"{_PREFIX}{name}"
        self._clear()
        for table in _tables(connection):
            connection.command(f"ALTER TABLE {table} FREEZE WITH NAME '{self._shadow.name}'")

    def files(self) -> Iterator[tuple[Path, Path]]:
        yield Path("version"), self._folder / "version"
        for path in _walk(self._store):
            if path.is_file() and not path.is_symlink():
                yield path.relative_to(self._folder), path
        for path in sorted(self._shadow.rglob("*")):
            if path.is_file():
                yield STORE / path.relative_to(self._shadow), path

    def links(self) -> Iterator[tuple[Path, str]]:
        for path in _walk(self._store):
            if path.is_symlink():
                yield path.relative_to(self._folder), str(path.readlink())

    def close(self) -> None:
        shutil.rmtree(self._shadow, ignore_errors=True)

    def _clear(self) -> None:
        """What a back-up that was killed has left would keep its parts on the disk for ever."""
        for left in (self._store / _SHADOW).glob(f"{_PREFIX}*"):
            shutil.rmtree(left, ignore_errors=True)


def _tables(connection: Connection) -> list[str]:
    listed = connection.ask(
        "SELECT name FROM system.tables WHERE database = currentDatabase() AND engine LIKE '%MergeTree' "
        "ORDER BY name = 'activities', name",
        form="TabSeparated",
    )
    return listed.decode().split()


def _walk(store: Path) -> Iterator[Path]:
    """Descriptions of tables and what stands beside their parts; not the parts, which come and go."""
    for root, folders, names in os.walk(store):
        here = Path(root)
        depth = len(here.relative_to(store).parts)
        for name in [*names, *(name for name in folders if (here / name).is_symlink())]:
            yield here / name
        if depth == 0:
            folders[:] = sorted(set(folders) - _NOT_COPIED)
        elif here.parent.parent == store / "store":  # the folder of one table
            folders.clear()
