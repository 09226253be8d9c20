"""A log that grows, is cut, turned over and made anew."""

from pathlib import Path

import pytest

from hinomi.sensor.telemetry.followed_file import FollowedFile


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "log"


def add(path: Path, text: str) -> None:
    with path.open("a") as file:
        file.write(text)


def test_only_what_comes_is_read_and_only_whole_lines(path: Path) -> None:
    add(path, "old\n")
    file = FollowedFile(str(path))
    add(path, "one\ntw")
    assert file.lines() == ["one"]
    add(path, "o\n")
    assert file.lines() == ["two"]
    assert file.lines() == []
    file.close()


def test_nothing_is_missed_when_it_is_turned_over(path: Path, tmp_path: Path) -> None:
    add(path, "old\n")
    file = FollowedFile(str(path))
    add(path, "last\n")
    path.rename(tmp_path / "log.1")
    add(path, "first\n")
    assert file.lines() + file.lines() == ["last", "first"]
    path.write_text("cut\n")
    assert file.lines() == ["cut"]
    file.close()


def test_one_that_comes_later_is_read_from_its_beginning(path: Path) -> None:
    file = FollowedFile(str(path))
    assert file.lines() == []
    add(path, "first\n")
    assert file.lines() == ["first"]
    file.close()


def test_records_of_a_size(path: Path) -> None:
    add(path, "")
    file = FollowedFile(str(path))
    add(path, "aaaabbbbcc")
    assert file.records(4) == [b"aaaa", b"bbbb"]
    add(path, "cc")
    assert file.records(4) == [b"cccc"]
    file.close()
