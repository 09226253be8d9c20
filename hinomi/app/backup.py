"""One folder with everything that Hinomi keeps, made while it runs.

The order is what makes it whole. The spool deletes nothing while (1) its marker, (2) the database, (3) the lake and (4) the
spool's segments are taken: whatever was acknowledged before is in the segments, or closed in both the database and the
lake; what the lake has more than the database comes again from the segments and is known there.
"""

import fcntl
import os
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from importlib.metadata import version
from pathlib import Path

from hinomi.access.audit import Audit
from hinomi.app.folder import DataFolder
from hinomi.app.lake import open_lake
from hinomi.app.manifest import Manifest, copy, measured
from hinomi.app.opening import open_database, operational_url
from hinomi.app.server_dump import dump_server
from hinomi.database import Database
from hinomi.errors import Conflict, InputError
from hinomi.ingest.spool import MARKER, held_spool, segments
from hinomi.lake.lake import Lake
from hinomi.operations.backups import note_backup
from hinomi.schema.principal import COMMAND_LINE
from hinomi.settings import Settings, shipped_content

Progress = Callable[[int, int], None]  # files copied, and in all

DATABASE, DUMP = "hinomi.db", "hinomi.dump"
# taken by itself, or only of the process that runs
_BY_ITSELF = frozenset(
    {"lake", "spool", "server.json", "hinomi.lock", "backup.lock", *(f"{DATABASE}{end}" for end in ("", "-wal", "-shm", "-journal"))}
)  # fmt: skip


def back_up(settings: Settings, target: Path, on_progress: Progress) -> Manifest:
    """Everything into a new folder. InputError when there is something in it already; Conflict while another one runs.

    Interrupted, what it has made is removed again.
    """
    source = DataFolder(settings.data)
    source.require()
    _require_empty(target, settings.data)
    with ExitStack() as closing:
        closing.enter_context(_alone(settings.data))
        lake = closing.enter_context(open_lake(settings))
        database = open_database(settings)
        closing.callback(database.close)
        target.mkdir(mode=0o700, parents=True, exist_ok=True)
        target.chmod(0o700)
        try:
            manifest = _take(settings, lake, database, target, on_progress)
        except BaseException:
            shutil.rmtree(target, ignore_errors=True)
            raise
        note_backup(database, Audit(database, time.time), COMMAND_LINE, target, manifest.bytes, time.time)
    return manifest


def _take(settings: Settings, lake: Lake, database: Database, target: Path, on_progress: Progress) -> Manifest:
    data = settings.data
    manifest = Manifest({"hinomi": version("hinomi"), "org": settings.org, "madeAt": int(time.time() * 1000)})
    with ExitStack() as closing:
        with held_spool(data / "spool"):
            marker = data / "spool" / MARKER
            if marker.exists():
                manifest.files[f"spool/{MARKER}"] = copy(marker, target / "spool" / MARKER)
            name = _take_database(settings, database, target)
            snapshot = lake.snapshot(str(os.getpid()))
            closing.callback(snapshot.close)
            for path in segments(data / "spool"):
                at_spool = f"spool/{path.name}"
                manifest.files[at_spool] = copy(path, target / at_spool, path.stat().st_size)
        manifest.files[name] = measured(target / name)
        every = [*((Path("lake") / at, path) for at, path in snapshot.files()), *_others(settings)]
        for done, (at, path) in enumerate(every):
            on_progress(done, len(every))
            if path.exists():  # a sent file may have reached its end since it was listed
                manifest.files[at.as_posix()] = copy(path, target / at)
        manifest.links = {(Path("lake") / at).as_posix(): to for at, to in snapshot.links()}
    manifest.facts["database"] = "sqlite" if name == DATABASE else "postgresql"
    manifest.write(target)
    return manifest


def _take_database(settings: Settings, database: Database, target: Path) -> str:
    """The name it has in the back-up."""
    try:
        database.copy_to(target / DATABASE)
    except InputError:
        dump_server(operational_url(settings), target / DUMP)
        return DUMP
    return DATABASE


def _others(settings: Settings) -> Iterator[tuple[Path, Path]]:
    """Keys, sent files and whatever else lies in the data folder; content of one's own folder as `content`."""
    for path in sorted(settings.data.rglob("*")):
        at = path.relative_to(settings.data)
        if at.parts[0] not in _BY_ITSELF and path.is_file() and not path.is_symlink():
            yield at, path
    if settings.content_folder.resolve() != shipped_content().resolve():
        for path in sorted(settings.content_folder.rglob("*")):
            if path.is_file():
                yield Path("content") / path.relative_to(settings.content_folder), path


@contextmanager
def _alone(data: Path) -> Iterator[None]:
    with (data / "backup.lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise Conflict(f"another back-up of {data} is running") from None
        yield


def _require_empty(target: Path, data: Path) -> None:
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise InputError(f"{target} is not empty; a back-up wants a new folder")
    if data.resolve() in [target.resolve(), *target.resolve().parents]:
        raise InputError(f"{target} lies in the data folder; a back-up wants another place, better another disk")
