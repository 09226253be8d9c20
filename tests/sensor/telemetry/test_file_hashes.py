import hashlib
import os
from pathlib import Path

from hinomi.sensor.telemetry.file_hashes import FileHashes


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
