"""What every owner is asked first: to have the tables of this version, and nothing half-done from the last time."""

from collections.abc import Callable
from pathlib import Path

from hinomi.errors import Unavailable
from hinomi.lake import filling, tables

Command = Callable[[str], str]  # a statement to its answer as tab-separated text

_MARK = "version"
_MEND_MS = 600_000


def check_version(folder: Path) -> None:
    """Refuse a lake that a newer Hinomi has written. Raises Unavailable."""
    mark = folder / _MARK
    found = int(mark.read_text()) if mark.exists() else tables.VERSION
    if found > tables.VERSION:
        raise Unavailable(f"the lake in {folder} was written by a newer Hinomi (version {found} of its tables)")
    mark.write_text(f"{tables.VERSION}\n")


def prepare(command: Command) -> None:
    """Make missing tables, add columns that are new in the vocabulary, complete the side tables."""
    for statement in tables.statements():
        command(statement)
    added = [_add_columns(command, name, wanted) for name, wanted in tables.columns().items()]
    _follow_storage(command)
    if any(added):
        command("DROP VIEW IF EXISTS processes_view")
    command(tables.view())
    _mend_processes(command)
    filling.make(command)
    filling.mend(command)


def _add_columns(command: Command, table: str, wanted: dict[str, str]) -> bool:
    """Old parts are not rewritten: a column they lack reads as absent."""
    listed = f"SELECT name FROM system.columns WHERE database = currentDatabase() AND table = '{table}'"  # noqa: S608
    missing = [name for name in wanted if name not in set(command(listed).split())]
    if missing:
        command(f"ALTER TABLE {table} " + ", ".join(f"ADD COLUMN `{name}` {wanted[name]}" for name in missing))
    return bool(missing)


def _follow_storage(command: Command) -> None:
    """Once, for a lake that is older than how its columns are stored: what is written and merged from now on follows."""
    told = command("SHOW CREATE TABLE activities")
    if tables.RECORD_BLOCK not in told:
        command(tables.enlarge_blocks())
    for name, kind in tables.searched().items():
        if f"`{name}` {kind}" not in told:
            command(f"ALTER TABLE activities MODIFY COLUMN `{name}` {kind}")


def _mend_processes(command: Command) -> None:
    """The view writes after the table: an owner killed in between leaves starts of its last write out."""
    recent = f"ingestTime >= (SELECT max(ingestTime) FROM activities) - toIntervalMillisecond({_MEND_MS})"  # noqa: S608 - names of ours
    names = ", ".join(["id", "time", "ingestTime", *tables.PROCESS_COLUMNS])
    left_out = f"{recent} AND id NOT IN (SELECT id FROM processes WHERE {recent})"  # noqa: S608
    starts = f"SELECT {names} FROM ({tables.PROCESS_SELECT}) WHERE {left_out}"  # noqa: S608
    command(f"INSERT INTO processes ({names}) {starts}")
