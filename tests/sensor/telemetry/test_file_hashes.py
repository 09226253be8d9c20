import hashlib
import os
from pathlib import Path

from hinomi.sensor.telemetry.file_hashes import FileHashes, FileState


def sha256_of(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def test_a_program_is_read_once_and_again_when_it_changed(tmp_path: Path) -> None:
    program, hashes = tmp_path / "program", FileHashes()
    program.write_bytes(b"first")
    first = hashes.of(str(program))
    assert first["sha256"] == sha256_of(b"first")
    assert hashes.of(str(program)) is first
    program.write_bytes(b"second")
    assert hashes.of(str(program))["sha256"] == sha256_of(b"second")


def test_the_first_path_that_is_there_is_taken(tmp_path: Path) -> None:
    program = tmp_path / "program"
    program.write_bytes(b"there")
    assert FileHashes().of(str(tmp_path / "gone"), str(program))["sha256"] == sha256_of(b"there")
    assert FileHashes().of(str(tmp_path / "gone")) == {}


def test_what_is_no_file_or_too_large_is_not_read(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    large = tmp_path / "large"
    large.write_bytes(b"12345")
    assert FileHashes().of(str(tmp_path / "pipe")) == {}
    assert FileHashes().of(str(tmp_path)) == {}
    assert FileHashes(limit_bytes=4).of(str(large)) == {}


def state_of(path: Path) -> FileState:
    told = path.stat()
    return FileState(7, told.st_ino, told.st_size, told.st_mtime_ns, told.st_ctime_ns)


def test_a_state_is_known_once_the_file_was_read_in_it(tmp_path: Path) -> None:
    program, hashes = tmp_path / "program", FileHashes()
    program.write_bytes(b"first")
    first = state_of(program)
    assert hashes.known(first) is None
    found = hashes.of(str(program), state=first)
    assert hashes.known(first) is found
    assert hashes.known(first._replace(device=8)) is None
    assert hashes.of(str(program), state=first._replace(device=8)) is found
    assert hashes.known(first._replace(device=8)) is found


def test_the_hash_of_another_state_is_never_kept_for_the_one_that_was_meant(tmp_path: Path) -> None:
    program, hashes = tmp_path / "program", FileHashes()
    program.write_bytes(b"first")
    meant = state_of(program)
    times = program.stat()
    program.write_bytes(b"other")  # as long, and with the time of before
    os.utime(program, ns=(times.st_atime_ns, times.st_mtime_ns))
    assert hashes.of(str(program), state=meant)["sha256"] == sha256_of(b"other")
    assert hashes.known(meant) is None
    assert hashes.of(str(program), state=state_of(program))["sha256"] == sha256_of(b"other")
    assert hashes.known(state_of(program)) is not None


def test_a_file_changed_under_its_old_time_is_read_again(tmp_path: Path) -> None:
    program, hashes = tmp_path / "program", FileHashes()
    program.write_bytes(b"first")
    times = program.stat()
    hashes.of(str(program))
    program.write_bytes(b"other")
    os.utime(program, ns=(times.st_atime_ns, times.st_mtime_ns))
    assert hashes.of(str(program))["sha256"] == sha256_of(b"other")
