"""How one sensor follows another on its host: the links, the real starter, what is left after a cut."""

import subprocess
from pathlib import Path

import pytest

from hinomi.errors import InputError
from hinomi.sensor.installation import MAX_TRIES, Installation, find_installation
from hinomi.wire.message import Update
from hinomi.wire.update import PackageInfo, this_platform
from tests.make_package import install, small_package

SAY_WHICH = 'echo "$(basename "$(dirname "$(dirname "$(readlink -f "$0")")")") $*"'


def offered(version: str, digit: str = "a") -> Update:
    return Update(version, this_platform(), digit * 64, 1, 1)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "opt"


@pytest.fixture
def first(root: Path) -> Installation:
    root.mkdir()
    found = find_installation(install(root, "1.0", SAY_WHICH))
    assert found is not None
    return found


def start(root: Path, *words: str) -> str:
    done = subprocess.run([str(root / "bin/hinomi-sensor"), *words], capture_output=True, text=True, check=False)
    return done.stdout.strip()


def laid_down(first: Installation, tmp_path: Path, version: str = "2.0", digit: str = "a") -> Installation:
    first.lay_down(small_package(tmp_path, version, script=SAY_WHICH), offered(version, digit))
    found = find_installation(first.root / "versions" / f"{version}-{digit * 12}")
    assert found is not None
    return found


def test_only_a_package_in_its_place_is_an_installation(tmp_path: Path, first: Installation) -> None:
    assert first.info == PackageInfo("1.0", this_platform())
    assert find_installation(tmp_path) is None
    (first.root / "bin/hinomi-sensor").unlink()
    assert find_installation(first.here) is None


def test_the_starter_begins_what_is_current(first: Installation) -> None:
    assert start(first.root, "--folder", "/x", "run") == "1.0 --folder /x run"
    assert start(first.root, "status") == "1.0 status"


def test_a_new_one_is_tried_and_kept_once_it_is_welcomed(first: Installation, tmp_path: Path) -> None:
    second = laid_down(first, tmp_path)
    assert second.is_trying
    assert not first.is_trying
    assert start(first.root, "run").startswith("2.0-aaaaaaaaaaaa run")
    assert start(first.root, "status") == "1.0 status", "only a run is a try"
    kept = second.confirm()
    assert kept is not None
    assert (kept.version, kept.sha256) == ("2.0", "a" * 64)
    assert second.confirm() is None, "told once"
    for _ in range(MAX_TRIES + 1):
        assert start(first.root, "run").startswith("2.0-")
    assert [path.name for path in (first.root / "versions").iterdir()] == ["2.0-aaaaaaaaaaaa"]


def test_one_that_is_not_welcomed_is_gone_back_from(first: Installation, tmp_path: Path) -> None:
    laid_down(first, tmp_path)
    begun = [start(first.root, "run").partition(" ")[0] for _ in range(MAX_TRIES + 2)]
    assert begun == ["2.0-aaaaaaaaaaaa"] * MAX_TRIES + ["1.0", "1.0"]
    failed = first.take_failed()
    assert failed is not None
    assert (failed.version, failed.sha256) == ("2.0", "a" * 64)
    assert first.take_failed() is None, "told once"
    assert [path.name for path in (first.root / "versions").iterdir()] == ["1.0"]


def test_another_one_gets_all_its_tries(first: Installation, tmp_path: Path) -> None:
    laid_down(first, tmp_path)
    start(first.root, "run")
    start(first.root, "run")
    third = laid_down(first, tmp_path, "3.0", "b")
    assert third.is_trying
    begun = [start(first.root, "run").partition(" ")[0] for _ in range(MAX_TRIES + 1)]
    assert begun == ["3.0-bbbbbbbbbbbb"] * MAX_TRIES + ["1.0"]


@pytest.mark.parametrize("tries", ["", "rubbish", "99"])
def test_a_count_that_cannot_be_read_or_is_spent_goes_back(first: Installation, tmp_path: Path, tries: str) -> None:
    laid_down(first, tmp_path)
    (first.root / "tries").write_text(tries)
    assert start(first.root, "run") == "1.0 run"


def test_one_whose_program_is_gone_is_not_tried(first: Installation, tmp_path: Path) -> None:
    second = laid_down(first, tmp_path)
    (second.here / "bin/sensor").unlink()
    assert start(first.root, "run") == "1.0 run"


def test_what_a_cut_left_half_unpacked_is_no_harm(first: Installation, tmp_path: Path) -> None:
    left = first.root / "versions" / ".2.0-aaaaaaaaaaaa"
    left.mkdir()
    (left / "half").write_text("x")
    second = laid_down(first, tmp_path)
    assert not (second.here / "half").exists()
    assert not left.exists()


def test_a_package_that_is_not_what_was_offered_is_not_laid_down(first: Installation, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="not what was offered"):
        first.lay_down(small_package(tmp_path, "2.0"), offered("2.1"))
    assert not (first.root / "trying").is_symlink()
