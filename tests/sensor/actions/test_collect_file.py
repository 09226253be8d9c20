"""collect_file and look_at_file on files of the test: copied whole and sealed, or refused with a reason."""

import hashlib
import os
import shutil
import socket
import stat
from pathlib import Path
from typing import Any

import pytest
import pyzipper

from hinomi.sensor import plain_file, sealed_zip
from hinomi.sensor.action import ActionFailed
from hinomi.sensor.actions import BY_NAME
from tests.make_endpoint import Bench, needs_root


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)


def collect(bench: Bench, path: object, **more: Any) -> dict[str, Any]:
    return dict(BY_NAME["collect_file"].run(bench, {"path": str(path), **more}))


def refusal(bench: Bench, path: object, **more: Any) -> ActionFailed:
    with pytest.raises(ActionFailed) as caught:
        collect(bench, path, **more)
    assert caught.value.ja
    assert list(bench.server.iterdir()) == []
    assert not sealed_zip.leftover(bench).exists()
    return caught.value


def opened(bench: Bench, result: dict[str, Any], name: str) -> bytes:
    path = bench.server / f"{bench.command_id}.zip"
    assert hashlib.sha256(path.read_bytes()).hexdigest() == result["upload_sha256"]
    with pyzipper.AESZipFile(path) as box:
        return bytes(box.read(name, result["password"].encode()))


def test_a_file_arrives_whole_and_only_with_the_password(bench, tmp_path) -> None:
    data = os.urandom(3_500_000)
    path = tmp_path / "悪い プログラム.bin"
    path.write_bytes(data)
    path.chmod(0o4755)
    result = collect(bench, path)
    assert opened(bench, result, path.name) == data
    assert result["sha256"] == hashlib.sha256(data).hexdigest()
    assert result["sha1"] == hashlib.sha1(data).hexdigest()
    assert (result["size_bytes"], result["mode"], result["changed"]) == (len(data), "-rwsr-xr-x", False)
    assert len(result["password"]) == 20
    with (
        pyzipper.AESZipFile(bench.server / f"{bench.command_id}.zip") as box,
        pytest.raises(RuntimeError, match="password"),
    ):
        box.read(path.name, b"another")
    assert path.read_bytes() == data
    assert not sealed_zip.leftover(bench).exists()


def test_an_empty_file_is_a_file(bench, tmp_path) -> None:
    path = tmp_path / "empty"
    path.touch()
    assert opened(bench, collect(bench, path), "empty") == b""


def test_passwords_differ(bench, tmp_path) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"a")
    assert collect(bench, path)["password"] != collect(bench, path)["password"]


def test_what_is_no_plain_file_is_refused(bench, tmp_path) -> None:
    (tmp_path / "real").write_bytes(b"x")
    (tmp_path / "link").symlink_to("real")
    (tmp_path / "folder").mkdir()
    (tmp_path / "way").symlink_to("folder")
    (tmp_path / "folder" / "file").write_bytes(b"x")
    os.mkfifo(tmp_path / "fifo")
    with socket.socket(socket.AF_UNIX) as door:
        door.bind(str(tmp_path / "socket"))
        codes = {name: refusal(bench, tmp_path / name).code for name in ("link", "folder", "way/file", "fifo", "socket",
                                                                         "absent", "real/below")}  # fmt: skip
    assert codes == {
        "link": "symlink", "folder": "not_a_file", "way/file": "symlink", "fifo": "not_a_file",
        "socket": "not_a_file", "absent": "not_found", "real/below": "symlink",
    }  # fmt: skip
    assert str(tmp_path / "real") in str(refusal(bench, tmp_path / "link"))
    assert refusal(bench, "/dev/zero").code == "not_a_file"


@pytest.mark.parametrize("path", ["", "/", "etc/hosts", "/etc/../etc/hosts", "/etc/\0hosts"])
def test_odd_paths_are_refused(bench, path) -> None:
    assert refusal(bench, path).code == "refused"


def test_a_file_over_the_limit_is_refused_before_it_is_read(bench, tmp_path) -> None:
    path = tmp_path / "sparse"
    with path.open("wb") as file:
        file.truncate(5 << 30)
    assert refusal(bench, path).code == "too_large"


def test_a_growing_file_is_bounded_at_its_first_size(bench, tmp_path) -> None:
    """It grows at each chunk that is read; the copy ends all the same."""
    path = tmp_path / "growing"
    path.write_bytes(b"a" * (2 << 20))

    def grow() -> bool:
        with path.open("ab") as file:
            file.write(b"b" * (4 << 20))
        return False

    bench.cancelled = grow
    result = collect(bench, path)
    assert (result["size_bytes"], result["changed"]) == (2 << 20, True)
    assert opened(bench, result, "growing") == b"a" * (2 << 20)


def test_a_shrinking_file_ends_early_and_says_so(bench, tmp_path) -> None:
    path = tmp_path / "shrinking"
    path.write_bytes(b"a" * (3 << 20))
    bench.cancelled = lambda: os.truncate(path, 1 << 20) is not None
    result = collect(bench, path)
    assert (result["size_bytes"], result["changed"]) == (1 << 20, True)


def test_a_name_that_leads_elsewhere_after_it_was_opened_changes_nothing(bench, tmp_path) -> None:
    path = tmp_path / "swapped"
    path.write_bytes(b"first" * 600_000)

    def swap() -> bool:
        path.unlink(missing_ok=True)
        path.symlink_to("/etc/shadow")
        return False

    bench.cancelled = swap
    assert opened(bench, collect(bench, path), "swapped") == b"first" * 600_000


def test_cancelled_in_the_middle_nothing_is_left(bench, tmp_path) -> None:
    path = tmp_path / "long"
    path.write_bytes(b"x" * (4 << 20))
    bench.cancelled = lambda: True
    assert refusal(bench, path).code == "cancelled"


def test_a_full_disk_is_left_some_room(bench, tmp_path, monkeypatch) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"a")
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: shutil._ntuple_diskusage(1 << 30, 1 << 30, 1 << 20))
    assert refusal(bench, path).code == "no_space"


def test_after_a_crash_the_half_made_copy_is_gone(bench) -> None:
    with sealed_zip.outgoing(bench) as box:
        assert box.path.exists()
        assert BY_NAME["collect_file"].after_crash(bench, {}) is None
        assert not box.path.exists()


@needs_root
def test_a_device_is_never_opened(bench, tmp_path, monkeypatch) -> None:
    """An O_PATH handle is not an open of the device: nothing of a driver runs."""
    path = tmp_path / "device"
    os.mknod(path, 0o600 | stat.S_IFCHR, os.makedev(1, 5))
    opens: list[int] = []
    real = os.open
    monkeypatch.setattr(
        plain_file.os, "open", lambda name, flags, *a, **k: opens.append(flags) or real(name, flags, *a, **k)
    )
    assert refusal(bench, path).code == "not_a_file"
    assert all(flags & os.O_PATH for flags in opens)


def test_looking_gives_the_same_hashes_and_sends_nothing(bench, tmp_path) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"abc")
    look = dict(BY_NAME["look_at_file"].run(bench, {"path": str(path)}))
    assert look["sha256"] == hashlib.sha256(b"abc").hexdigest()
    assert (look["exists"], look["size_bytes"]) == (True, 3)
    path.unlink()
    assert BY_NAME["look_at_file"].run(bench, {"path": str(path)}) == {"path": str(path), "exists": False}
    path.symlink_to("/etc/hosts")
    with pytest.raises(ActionFailed) as caught:
        BY_NAME["look_at_file"].run(bench, {"path": str(path)})
    assert caught.value.code == "symlink"
    assert list(bench.server.iterdir()) == []
