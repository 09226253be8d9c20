"""Days of the lake into a folder of Parquet files with a manifest, and back."""

import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

from hinomi.access.audit import Audit
from hinomi.app.keeping import open_keeping
from hinomi.app.manifest import Manifest, measured
from hinomi.app.opening import open_database
from hinomi.errors import InputError, Unavailable
from hinomi.lake.lake import Lake
from hinomi.schema.principal import COMMAND_LINE
from hinomi.settings import Settings

Progress = Callable[[int, int], None]  # rows done, and in all
KIND = "lake days"


def export_days(
    settings: Settings, target: Path, first: date | None, last: date | None, on_progress: Progress
) -> dict[str, Any]:
    """Days of arrival from `first` to `last` (both included) into a new folder: {"days", "rows", "bytes"}.

    Interrupted, whole days stay and stand in the manifest. InputError when there is something in the folder already.
    """
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise InputError(f"{target} is not empty; an export wants a new folder")
    with open_keeping(settings) as (_, lake):
        wanted = _wanted(lake, first, last)
        target.mkdir(mode=0o700, parents=True, exist_ok=True)
        manifest = Manifest({"kind": KIND, "madeAt": int(time.time() * 1000), "rows": {}, "complete": False})
        try:
            _write_days(lake, wanted, target, manifest, on_progress)
            manifest.facts["complete"] = True
        finally:
            manifest.write(target)
            told = _told(manifest)
            _log(settings, "lake.export", str(target.resolve()), {**told, "complete": manifest.facts["complete"]})
    return told


def _wanted(lake: Lake, first: date | None, last: date | None) -> list[tuple[str, date, int]]:
    return [
        (table, day, rows)
        for table, held in lake.days().items()
        for day, rows in held.items()
        if (first is None or day >= first) and (last is None or day <= last)
    ]


def _write_days(
    lake: Lake, wanted: list[tuple[str, date, int]], target: Path, manifest: Manifest, on_progress: Progress
) -> None:
    total, before = sum(rows for _, _, rows in wanted), 0
    for table, day, _ in wanted:
        name = f"{table}/{day.isoformat()}.parquet"
        (target / table).mkdir(mode=0o700, exist_ok=True)
        draft = target / f"{name}.part"
        try:
            rows = lake.export_day(table, day, draft, lambda done, base=before: on_progress(base + done, total))  # type: ignore[misc]
        except BaseException:
            draft.unlink(missing_ok=True)
            raise
        if rows:
            draft.replace(target / name)
            manifest.files[name], manifest.facts["rows"][name] = measured(target / name), rows
        before += rows


def import_days(settings: Settings, source: Path, on_progress: Progress) -> dict[str, Any]:
    """What `export_days` made, into the lake: {"days", "rows", "bytes", "written"}; what it holds already stays once.

    Every file is held against its hash before any is read. The days stay for a month whatever the rules of retention say.
    """
    manifest = Manifest.read(source)
    if manifest.facts.get("kind") != KIND:
        raise InputError(f"{source} is no export of the lake")
    _check(source, manifest)
    counts: dict[str, int] = manifest.facts["rows"]
    total, before, written = sum(counts.values()), 0, 0
    with open_keeping(settings) as (keeping, lake):
        keeping.note_brought_back({date.fromisoformat(Path(name).stem) for name in counts})
        try:
            for name in manifest.files:
                table = name.partition("/")[0]
                new, rows = lake.import_day(
                    table,
                    source / name,
                    lambda done, base=before: on_progress(base + done, total),  # type: ignore[misc]
                )
                written, before = written + new, before + rows
        finally:
            _log(settings, "lake.import", str(source.resolve()), {"written": written, "read": before})
    return {**_told(manifest), "written": written}


def _check(source: Path, manifest: Manifest) -> None:
    for name, expected in manifest.files.items():
        try:
            found = measured(source / name)
        except OSError as error:
            raise Unavailable(f"the export lacks {name}: {error.strerror}") from None
        if found != expected:
            raise Unavailable(f"the export is damaged: {name} is not what was written")


def _told(manifest: Manifest) -> dict[str, Any]:
    days = {Path(name).stem for name in manifest.files}
    return {"days": len(days), "rows": sum(manifest.facts["rows"].values()), "bytes": manifest.bytes}


def _log(settings: Settings, action: str, target: str, details: dict[str, Any]) -> None:
    database = open_database(settings)
    try:
        with database.begin() as connection:
            Audit(database, time.time).add(connection, COMMAND_LINE, action, target, details)
    finally:
        database.close()
