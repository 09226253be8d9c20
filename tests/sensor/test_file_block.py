"""Files of the block list for real: a mount of the test's own is marked, and programs are started from it."""

import hashlib
import os
import shutil
import signal
import subprocess
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from hinomi.sensor import file_block
from hinomi.sensor.file_block import FileBlock, gated
from tests.make_endpoint import in_own_mounts, needs_root

FOREVER = 1 << 60
PATIENCE_S = 30.0
NOBODY = 1 << 22  # no process has this id: none of those here is the sensor's


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def starts(path: Path, *arguments: str) -> bool:
    try:
        return subprocess.run([path, *arguments], timeout=PATIENCE_S, check=False, capture_output=True).returncode == 0
    except PermissionError:
        return False


def wait_for(what: Callable[[], bool]) -> None:
    until = time.monotonic() + PATIENCE_S
    while not what():
        assert time.monotonic() < until
        time.sleep(0.01)


class Bed:
    """A tmpfs that nobody else sees, and what refuses its files."""

    def __init__(self, folder: Path, pid: int = NOBODY) -> None:
        self.folder, self.told = folder, list[tuple[str, dict[str, Any]]]()
        self.block = FileBlock(lambda kind, data: self.told.append((kind, dict(data))), [], pid)

    def program(self, name: str, like: str = "/bin/true") -> Path:
        made = self.folder / name
        shutil.copyfile(like, made)
        made.chmod(0o755)
        return made

    def refuse(self, *values: str, until: int = FOREVER) -> dict[str, str | None]:
        return self.block.follow(dict.fromkeys(values, until), [str(self.folder)])

    def kinds(self) -> list[str]:
        return [kind for kind, _ in self.told]


@pytest.fixture
def in_bed(tmp_path: Path) -> Callable[[Callable[[Bed], None]], None]:
    def do(act: Callable[[Bed], None]) -> None:
        def there() -> None:
            folder = tmp_path / "mount"
            folder.mkdir()
            subprocess.run(["mount", "-t", "tmpfs", "none", folder], check=True)
            bed = Bed(folder)
            try:
                act(bed)
            finally:
                bed.block.stop()
                subprocess.run(["umount", "-l", folder], check=False)

        in_own_mounts(there)

    return do


@needs_root
@pytest.mark.parametrize("digest", [hashlib.sha1, hashlib.sha256])
def test_a_listed_file_does_not_start_and_others_do(in_bed, digest) -> None:
    def act(bed: Bed) -> None:
        bad, good = bed.program("bad"), bed.program("good", "/bin/echo")
        assert starts(bad)
        listed = sha256(bad)
        assert bed.refuse(digest(bad.read_bytes()).hexdigest()) == {str(bed.folder): None}
        assert not starts(bad)
        assert starts(good)
        assert not starts(Path("/lib64/ld-linux-x86-64.so.2"), str(bad)), "not through the loader either"
        wait_for(lambda: "file_blocked" in bed.kinds())
        told = next(data for kind, data in bed.told if kind == "file_blocked")
        assert (told["path"], told["file_sha256"]) == (str(bad), listed)
        with pytest.raises(PermissionError):
            bad.read_bytes()
        bed.program("copy")
        assert not starts(bed.folder / "copy")
        bed.refuse()
        assert starts(bad)

    in_bed(act)


@needs_root
def test_the_sensor_may_read_what_it_refuses(in_bed) -> None:
    def act(bed: Bed) -> None:
        bed.block = FileBlock(lambda *_: None, [])
        bad = bed.program("bad")
        bed.refuse(sha256(bad))
        assert not starts(bad), "it is not started by its own children either"
        assert bad.read_bytes()
        assert starts(Path("/bin/cat"), str(bad))

    in_bed(act)


@needs_root
def test_what_is_tried_is_what_happens(in_bed) -> None:
    def act(bed: Bed) -> None:
        bed.refuse("0" * 64)
        assert bed.block.probe() == {str(bed.folder): True}
        assert list(bed.folder.iterdir()) == []
        bed.refuse()
        assert bed.block.probe() == {}

    in_bed(act)


@needs_root
def test_a_file_changed_under_the_same_size_is_read_again(in_bed) -> None:
    def act(bed: Bed) -> None:
        script = bed.folder / "script"
        for text, is_bad in ((b"#!/bin/sh\nexit 0 # 1\n", False), (b"#!/bin/sh\nexit 0 # 2\n", True)):
            script.write_bytes(text)
            script.chmod(0o755)
            bed.refuse(hashlib.sha256(b"#!/bin/sh\nexit 0 # 2\n").hexdigest())
            assert starts(script) is not is_bad
        os.truncate(script, 0)
        script.write_bytes(b"#!/bin/sh\nexit 0 # 3\n")
        assert starts(script)

    in_bed(act)


@needs_root
def test_time_is_over(in_bed) -> None:
    def act(bed: Bed) -> None:
        bad = bed.program("bad")
        bed.refuse(sha256(bad), until=int(time.time() * 1000) - 1)
        assert starts(bad)

    in_bed(act)


@needs_root
@pytest.mark.parametrize("harm", ["stopped", "killed"])
def test_a_guard_that_hangs_or_dies_lets_go_and_comes_back(in_bed, harm) -> None:
    def act(bed: Bed) -> None:
        bad, new = bed.program("bad"), bed.program("new", "/bin/echo")
        bed.refuse(sha256(bad))
        watchdog = bed.block._guard.pid
        assert watchdog is not None
        responder = int(Path(f"/proc/{watchdog}/task/{watchdog}/children").read_text().split()[0])
        os.kill(responder, signal.SIGSTOP if harm == "stopped" else signal.SIGKILL)
        assert starts(new), "the watchdog ends what hangs, and the kernel lets everything start"
        wait_for(lambda: "sensor_tamper" in bed.kinds())
        assert bed.block._guard.pid is None

        def again() -> bool:
            bed.block.keep()
            return bool(bed.block.marked)

        wait_for(again)
        assert not starts(bad)

    in_bed(act)


@needs_root
def test_both_processes_stopped_the_sensor_ends_them(in_bed, monkeypatch) -> None:
    monkeypatch.setattr("hinomi.sensor.guard_process.MUTE_S", 2.0)

    def act(bed: Bed) -> None:
        bad = bed.program("bad")
        bed.refuse(sha256(bad))
        os.killpg(bed.block._guard.pid or 0, signal.SIGSTOP)
        outcome: list[bool] = []
        starter = threading.Thread(target=lambda: outcome.append(starts(bad)))
        starter.start()

        def is_let_go() -> bool:
            bed.block.keep()
            return bool(outcome)

        wait_for(is_let_go)
        starter.join()
        assert outcome == [True]

    in_bed(act)


@needs_root
def test_a_listed_file_elsewhere_is_refused_once_it_was_seen(in_bed) -> None:
    def act(bed: Bed) -> None:
        bad = bed.program("bad")
        assert bed.block.follow({sha256(bad): FOREVER}, []) == {}
        assert starts(bad)
        bed.block.seen(str(bad), [sha256(bad)])
        wait_for(lambda: not starts(bad))
        os.truncate(bad, 0)
        assert bad.read_bytes() == b"", "another file by now"

    in_bed(act)


@needs_root
def test_the_systems_own_programs_start_whatever_is_listed(in_bed, monkeypatch) -> None:
    def act(bed: Bed) -> None:
        (bed.folder / "system").mkdir()
        monkeypatch.setattr(file_block, "SPARED", (str(bed.folder / "system"),))
        shell, other = bed.program("system/sh"), bed.program("other")
        bed.refuse(sha256(shell))
        assert starts(shell)
        assert not starts(other)
        other.unlink()
        shell.chmod(0o777)
        assert not starts(shell), "what everybody may write is nobody's system"

    in_bed(act)


MOUNTINFO = """\
20 1 8:1 / / rw,relatime - ext4 /dev/sda1 rw
21 20 8:2 / /home rw,relatime - ext4 /dev/sda2 rw
22 20 0:30 / /tmp rw,nosuid - tmpfs tmpfs rw
23 20 0:31 / /run rw,noexec - tmpfs tmpfs rw
24 20 8:3 / /usr ro,relatime - ext4 /dev/sda3 ro
25 20 0:40 / /mnt/my\\040share rw - nfs4 server:/x rw
26 20 8:4 / /var/lib/hinomi-sensor rw - xfs /dev/sda4 rw
27 20 0:5 / /proc rw - proc proc rw
"""


def test_which_mounts_are_asked_about() -> None:
    kept = ["/", "/usr/bin", "/var/lib/hinomi-sensor"]
    assert gated(["auto"], MOUNTINFO, kept) == ["/home", "/tmp"]
    assert gated(["/", "/mnt/my share", "/nowhere"], MOUNTINFO, kept) == ["/", "/mnt/my share"]
    assert gated([], MOUNTINFO, kept) == []
