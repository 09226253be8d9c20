"""A new data folder out of a back-up (backup.py)."""

import shutil
import time
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from hinomi.access.access import Access
from hinomi.app.backup import DATABASE, DUMP, Progress
from hinomi.app.manifest import Manifest, copy_checked
from hinomi.app.server_dump import load_server
from hinomi.database import Database, metadata
from hinomi.errors import InputError
from hinomi.response.restored import end_living_tasks
from hinomi.schema.principal import COMMAND_LINE
from hinomi.settings import Settings


def restore(settings: Settings, source: Path, on_progress: Progress) -> dict[str, Any]:
    """A new data folder (`settings.data`) out of a back-up, every file against its hash: facts, and `tasksEnded`.

    Nobody stays logged in. Response tasks that had not ended are cancelled, for they may have been done since. Whole or
    not at all: the folder appears under its name when everything is there.
    """
    manifest = Manifest.read(source)
    data = settings.data
    if data.exists() and any(data.iterdir()):
        raise InputError(f"{data} is not empty; a back-up is restored into a new folder")
    data.parent.mkdir(parents=True, exist_ok=True)
    draft = data.with_name(f"{data.name}.restoring")
    shutil.rmtree(draft, ignore_errors=True)
    try:
        draft.mkdir(mode=0o700)
        for done, (name, expected) in enumerate(manifest.files.items()):
            on_progress(done, len(manifest.files))
            copy_checked(source, name, expected, draft / name)
        for name, to in manifest.links.items():
            (draft / name).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            (draft / name).symlink_to(to)
        told = _settle(settings, draft, manifest)
        if data.exists():
            data.rmdir()
        draft.rename(data)
    except BaseException:
        shutil.rmtree(draft, ignore_errors=True)
        raise
    return {**manifest.facts, "files": len(manifest.files), "bytes": manifest.bytes, **told}


def _settle(settings: Settings, draft: Path, manifest: Manifest) -> dict[str, int]:
    """In the restored database: end what must not go on, and say so in its audit log."""
    if manifest.facts.get("database") == "postgresql":
        load_server(settings.database_url, draft / DUMP)
        (draft / DUMP).unlink()
        database = Database(settings.database_url)
    else:
        database = Database(draft / DATABASE)
    try:
        database.create()
        access = Access(database, time.time)
        ended = end_living_tasks(database, access.audit, COMMAND_LINE, time.time)
        with database.begin() as connection:
            connection.execute(sa.delete(metadata.tables["sessions"]))
            details = {"madeAt": manifest.facts.get("madeAt"), "tasksEnded": ended}
            access.audit.add(connection, COMMAND_LINE, "backup.restore", str(settings.data), details)
    finally:
        database.close()
    return {"tasksEnded": ended}
