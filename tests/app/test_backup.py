"""A back-up by itself and what is refused; the story with a running server is tests/stories/test_backup.py."""

import json
import os
from datetime import date
from pathlib import Path

import pytest
import sqlalchemy as sa

from hinomi.access.store import sessions
from hinomi.app.backup import back_up
from hinomi.app.folder import DataFolder
from hinomi.app.manifest import NAME, Manifest
from hinomi.app.opening import initialise, open_access, open_database
from hinomi.app.restore import restore
from hinomi.errors import Conflict, InputError, NotFound, Unavailable
from hinomi.lake.lake import Lake
from hinomi.operations.backups import last_backup
from hinomi.response.desk import ResponseDesk
from hinomi.settings import Settings
from tests.lake import making
from tests.make_access import Clock
from tests.make_response import ASKER, GUID, endpoint, see

BASE_MS = 1_760_000_000_000


def unseen(_done: int, _all: int) -> None:
    """Nobody looks."""


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """A data folder with activities of two days, a session, a key file, and nothing that runs."""
    made = Settings(data=tmp_path_factory.mktemp("data") / "hinomi")
    initialise(made)
    (made.data / "spool").mkdir()
    (made.data / "secret.key").write_bytes(b"k" * 32)
    (made.data / "files").mkdir()
    (made.data / "files" / "証拠.bin").write_bytes(b"evidence")
    with Lake.start(made.data / "lake") as lake:
        for day in (date(2025, 10, 9), date(2025, 10, 10)):
            rows = [making.process_start(BASE_MS + n, n, None, recordSource="a") for n in range(100)]
            making.write_on(lake, day, *rows)
    return made


@pytest.fixture(scope="module")
def made(settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("backup") / "one"
    back_up(settings, folder, unseen)
    return folder


def test_every_file_is_named_with_its_hash_and_private(made: Path) -> None:
    manifest = Manifest.read(made)
    found = {path.relative_to(made).as_posix() for path in made.rglob("*") if path.is_file()} - {NAME}
    assert found == set(manifest.files)
    assert {"hinomi.db", "secret.key", "files/証拠.bin", "hinomi.json", "lake/version"} <= found
    assert any(name.startswith("lake/store/store/") and name.endswith("data.bin") for name in found)
    assert all(path.stat().st_mode & 0o077 == 0 for path in [made, *made.rglob("*")] if path == made or path.is_file())
    assert not [name for name in found if "shadow" in name or name.endswith((".lock", ".sock"))]


def test_it_is_noted_and_leaves_no_links_behind(settings: Settings, made: Path) -> None:
    noted = last_backup(open_database(settings))
    assert noted is not None
    assert noted.folder == str(made.resolve())
    assert open_access(settings).audit.search(text="backup.make").total == 1
    assert not list(settings.data.glob("lake/store/shadow/backup_*"))


def test_restored_it_is_the_same(made: Path, tmp_path: Path) -> None:
    other = Settings(data=tmp_path / "new")
    told = restore(other, made, unseen)
    assert told["tasksEnded"] == 0
    assert (other.data / "files" / "証拠.bin").read_bytes() == b"evidence"
    with Lake.start(other.data / "lake") as lake:
        assert (lake.status().activities, lake.status().processes) == (200, 200)
        assert lake.verify() == []
        lake.write_activities([(9, making.batch(making.activity(BASE_MS)), None)])
        assert lake.count("1", {}) == 201
    assert open_access(other).audit.search(text="backup.restore").total == 1
    assert open_access(other).audit.verify().is_whole


def test_nobody_stays_logged_in(settings: Settings, tmp_path: Path) -> None:
    database = open_database(settings)
    row = {"token_hash": "x", "user": "admin", "csrf": "c", "created_ms": 1, "seen_ms": 1, "expires_ms": 1 << 50}
    columns = {column.name for column in sessions.columns}
    filled = {column.name: row.get(column.name, "admin") for column in sessions.columns if column.name in columns}
    with database.begin() as connection:
        connection.execute(sa.insert(sessions).values(**filled))
    back_up(settings, tmp_path / "backup", unseen)
    restore(Settings(data=tmp_path / "new"), tmp_path / "backup", unseen)
    with open_database(Settings(data=tmp_path / "new")).read() as connection:
        assert connection.execute(sa.select(sa.func.count()).select_from(sessions)).scalar_one() == 0


def test_a_restored_back_up_repeats_no_command(settings: Settings, tmp_path: Path) -> None:
    """One waits, one is with the sensor, one wants a second person: none may be handed out again."""
    clock = Clock()
    desk = _desk(settings, clock)
    see(desk._inventory, clock)
    waits = desk.tasks.ask(ASKER, "isolate_endpoint", endpoint())
    handed = desk.tasks.ask(ASKER, "collect_evidence", endpoint())
    assert [one.id for one in desk.tasks.waiting(GUID)] == [waits.id, handed.id]
    assert desk.tasks.handed_out(handed.id)
    back_up(settings, tmp_path / "backup", unseen)
    desk.close()
    told = restore(Settings(data=tmp_path / "new"), tmp_path / "backup", unseen)
    assert told["tasksEnded"] == 2
    again = _desk(Settings(data=tmp_path / "new"), clock)
    assert again.tasks.waiting(GUID) == []
    assert again.commands(GUID) == []
    for one in (waits, handed):
        ended = again.tasks.get(one.id)
        assert (ended.state, ended.error.code if ended.error else "") == ("cancelled", "restored")
    assert again.tasks.ask(ASKER, "isolate_endpoint", endpoint()).state == "queued"  # who still wants it asks again
    again.close()


def _desk(settings: Settings, clock: Clock) -> ResponseDesk:
    from hinomi.access.audit import Audit
    from hinomi.inventory.inventory import Inventory

    database = open_database(settings)
    inventory = Inventory(database, clock)
    path = str(settings.data / "hinomi.db")
    return ResponseDesk(database, Audit(database, clock), inventory, clock, settings.data, path)


def test_a_place_that_is_no_new_folder_is_refused(settings: Settings, made: Path) -> None:
    with pytest.raises(InputError, match="not empty"):
        back_up(settings, made, unseen)
    with pytest.raises(InputError, match="in the data folder"):
        back_up(settings, settings.data / "backup", unseen)
    with pytest.raises(InputError, match="not empty"):
        restore(settings, made, unseen)


def test_an_interrupted_one_leaves_nothing(settings: Settings, tmp_path: Path) -> None:
    def interrupt(done: int, _all: int) -> None:
        if done == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        back_up(settings, tmp_path / "backup", interrupt)
    assert list(tmp_path.iterdir()) == []
    assert not list(settings.data.glob("lake/store/shadow/backup_*"))


def test_a_folder_that_another_process_holds_is_refused(settings: Settings, tmp_path: Path) -> None:
    with DataFolder(settings.data).hold(), pytest.raises(Conflict):
        back_up(settings, tmp_path / "backup", unseen)


@pytest.mark.parametrize("harm", ["changed", "missing", "unfinished", "newer", "outside"])
def test_what_is_not_what_was_backed_up_is_not_restored(made: Path, tmp_path: Path, harm: str) -> None:
    damaged = tmp_path / "damaged"
    _copy(made, damaged)
    manifest = json.loads((damaged / NAME).read_text())
    if harm == "changed":
        (damaged / "secret.key").write_bytes(b"x" * 32)
    elif harm == "missing":
        (damaged / "secret.key").unlink()
    elif harm == "unfinished":
        (damaged / NAME).unlink()
    elif harm == "newer":
        manifest["format"] = 99
    else:
        manifest["files"]["../escaped"] = manifest["files"]["secret.key"]
    if harm in ("newer", "outside"):
        (damaged / NAME).write_text(json.dumps(manifest))
    with pytest.raises((Unavailable, NotFound, InputError)):
        restore(Settings(data=tmp_path / "new"), damaged, unseen)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["damaged"]


def _copy(source: Path, target: Path) -> None:
    for path in source.rglob("*"):
        if path.is_file():
            to = target / path.relative_to(source)
            to.parent.mkdir(parents=True, exist_ok=True)
            os.link(path, to) if path.name not in (NAME, "secret.key") else to.write_bytes(path.read_bytes())
