"""Collected files: what comes in pieces, breaks off, lies, or gets old."""

import hashlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from hinomi.access.audit import Audit
from hinomi.database import Database
from hinomi.errors import Conflict, DiskFull, Forbidden, InputError, NotFound, TooLarge
from hinomi.response.files import ABANDONED_MS, KEPT_MS, FileStore
from hinomi.schema.principal import COMMAND_LINE
from tests.make_access import Clock
from tests.make_database import database_at

COMMAND = "0" * 31 + "1"
SENSOR = "5f0c3f0e-0000-4000-8000-000000000001"
BYTES = b"PK" + b"evil" * 1000
SHA256 = hashlib.sha256(BYTES).hexdigest()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    found = Database(database_at(tmp_path / "hinomi.db"))
    found.create()
    yield found
    found.close()


@pytest.fixture
def store(tmp_path: Path, database: Database, clock: Clock) -> FileStore:
    def task_of(command_id: str, sensor: str) -> str:
        if sensor != SENSOR:
            raise Forbidden("not your command")
        return f"0000{command_id[-4:]}"

    return FileStore(database, Audit(database, clock), tmp_path / "files", clock, task_of=task_of, limit_bytes=10_000)


def sent(store: FileStore, command: str = COMMAND, data: bytes = BYTES) -> None:
    offset = store.begin(command, sensor=SENSOR, name="T1003_Demo_Script.sh.zip", size_bytes=len(data))
    while offset < len(data):
        offset = store.append(command, offset, data[offset : offset + 1000])
    store.finish(command, hashlib.sha256(data).hexdigest())


def test_a_file_comes_in_pieces_and_goes_out_in_chunks(store: FileStore, tmp_path: Path) -> None:
    sent(store)
    file = store.of_task("00000001")
    assert (file.state, file.size_bytes, file.sha256) == ("kept", len(BYTES), SHA256)
    assert b"".join(store.chunks(file)) == BYTES
    assert {path.stat().st_mode & 0o777 for path in (tmp_path / "files").iterdir()} == {0o600}
    assert (tmp_path / "files").stat().st_mode & 0o777 == 0o700


def test_a_broken_upload_goes_on_where_it_was(store: FileStore) -> None:
    store.begin(COMMAND, sensor=SENSOR, name="x")
    store.append(COMMAND, 0, BYTES[:1500])
    assert store.begin(COMMAND, sensor=SENSOR, name="x") == 1500
    with pytest.raises(Conflict):
        store.append(COMMAND, 1000, BYTES[1000:])
    store.append(COMMAND, 1500, BYTES[1500:])
    assert store.finish(COMMAND, SHA256).is_kept


def test_bytes_that_are_not_what_was_sent_are_not_kept(store: FileStore, tmp_path: Path) -> None:
    store.begin(COMMAND, sensor=SENSOR, name="x")
    store.append(COMMAND, 0, BYTES[:-1])
    with pytest.raises(InputError, match="send the file again"):
        store.finish(COMMAND, SHA256)
    assert list((tmp_path / "files").iterdir()) == []
    assert store.begin(COMMAND, sensor=SENSOR, name="x") == 0
    store.append(COMMAND, 0, BYTES)
    assert store.finish(COMMAND, SHA256).is_kept


def test_a_finished_file_cannot_be_changed(store: FileStore) -> None:
    sent(store)
    for change in (
        lambda: store.begin(COMMAND, sensor=SENSOR, name="x"),
        lambda: store.append(COMMAND, len(BYTES), b"more"),
        lambda: store.finish(COMMAND, SHA256),
    ):
        with pytest.raises(Conflict):
            change()


def test_another_sensor_has_no_part_in_it(store: FileStore) -> None:
    with pytest.raises(Forbidden):
        store.begin(COMMAND, sensor="another", name="x")


@pytest.mark.parametrize("command", ["../../etc/passwd", "", "A" * 32, "0" * 65, "0" * 31 + "/"])
def test_a_command_id_is_never_a_path(store: FileStore, command: str) -> None:
    with pytest.raises(InputError):
        store.begin(command, sensor=SENSOR, name="x")


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("../../x", "x"),
        ("C:\\a\\b c.exe", "b_c.exe"),
        ("\r\nSet-Cookie: a", "Set-Cookie_a"),
        ("..", "file"),
        ("検体.bin", "検体.bin"),
    ],
)
def test_a_name_is_for_people_alone(store: FileStore, name: str, shown: str) -> None:
    store.begin(COMMAND, sensor=SENSOR, name=name)
    assert store.get(COMMAND).name == shown


def test_limits_hold_whatever_was_announced(store: FileStore) -> None:
    with pytest.raises(TooLarge):
        store.begin(COMMAND, sensor=SENSOR, name="x", size_bytes=10_001)
    store.begin(COMMAND, sensor=SENSOR, name="x", size_bytes=5)
    with pytest.raises(TooLarge):
        store.append(COMMAND, 0, b"x" * 10_001)


def test_no_file_is_taken_in_under_the_disk_floor(database: Database, clock: Clock, tmp_path: Path) -> None:
    store = FileStore(database, Audit(database, clock), tmp_path / "f", clock, floor_bytes=1 << 62)
    store.begin(COMMAND, sensor=SENSOR, name="x")
    with pytest.raises(DiskFull):
        store.append(COMMAND, 0, b"x")


def test_an_old_file_goes_and_its_row_says_so(store: FileStore, clock: Clock, tmp_path: Path) -> None:
    sent(store)
    clock.pass_s(KEPT_MS / 1000 - 1)
    assert store.sweep() == 0
    clock.pass_s(2)
    assert store.sweep() == 1
    assert list((tmp_path / "files").iterdir()) == []
    with pytest.raises(NotFound):
        store.path(store.of_task("00000001"))


def test_an_upload_nobody_goes_on_with_is_let_go(store: FileStore, clock: Clock, tmp_path: Path) -> None:
    store.begin(COMMAND, sensor=SENSOR, name="x")
    store.append(COMMAND, 0, b"half")
    clock.pass_s(ABANDONED_MS / 1000 + 1)
    store.sweep()
    assert list((tmp_path / "files").iterdir()) == []


def test_bytes_without_a_row_are_swept(store: FileStore, tmp_path: Path) -> None:
    sent(store)
    (tmp_path / "files" / "stray.part").write_bytes(b"x")
    assert store.sweep() == 1
    assert store.path(store.of_task("00000001")).is_file()


def test_taking_a_file_out_and_removing_it_is_written_down(store: FileStore, database: Database, clock: Clock) -> None:
    sent(store)
    file = store.of_task("00000001")
    store.tell_download(COMMAND_LINE, file, "download collected file")
    store.remove(COMMAND_LINE, file)
    assert [row.action for row in Audit(database, clock).search().items] == [
        "remove collected file",
        "download collected file",
    ]
    with pytest.raises(NotFound):
        store.path(store.of_task("00000001"))


def test_an_empty_file_is_a_file(store: FileStore) -> None:
    sent(store, data=b"")
    assert store.of_task("00000001").size_bytes == 0
