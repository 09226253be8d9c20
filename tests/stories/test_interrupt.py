"""Ctrl-C in the middle of a long word: one line, code 130, nothing half done is left, and the next one does it all."""

import os
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from tests.stories.conftest import HINOMI, run, run_json
from tests.stories.test_kill import FILES, RECORDS, recordings, written
from tests.waiting import until


@pytest.fixture(autouse=True, scope="module")
def ctrl_c() -> Iterator[None]:
    """Who started the tests may ignore Ctrl-C (a shell does for what runs in its background), and programs inherit that."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def test_an_interrupted_import_says_so_and_is_finished_by_the_next(data: Path, tmp_path: Path) -> None:
    folder = recordings(tmp_path / "recordings")
    words = [*HINOMI, "import", str(folder), "--data", str(data)]
    # a group of its own, as a terminal gives it: Ctrl-C goes to every process of it
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, process_group=0) as program:
        until(lambda: written(data / "spool") > 10_000, "the import is at work")
        os.killpg(program.pid, signal.SIGINT)
        _, told = program.communicate(timeout=120)
    assert program.returncode == 130, told
    assert "Traceback" not in told
    assert told.splitlines()[-1] == "Interrupted."
    run("import", folder, data=data)
    assert run_json("lake", "status", data=data)["activities"] == FILES * RECORDS


def interrupt(*words: object, data: Path) -> None:
    """Ctrl-C as soon as it says how far it is."""
    line = [*HINOMI, *map(str, words), "--data", str(data)]
    with subprocess.Popen(line, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, process_group=0) as program:
        assert program.stderr is not None
        told = program.stderr.readline()
        assert " of " in told, told + program.stderr.read()
        os.killpg(program.pid, signal.SIGINT)
        out, said = program.communicate(timeout=120)
    assert (program.returncode, out) == (130, ""), said
    assert said.splitlines()[-1] == "Interrupted.", said
    assert "Traceback" not in said


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with the recordings in it."""
    data = tmp_path_factory.mktemp("full") / "data"
    run("init", data=data)
    run("import", recordings(data.parent / "recordings"), data=data)
    return data


@pytest.mark.slow  # the lake is filled first
@pytest.mark.parametrize("form", ["csv", "ndjson"])
def test_an_interrupted_search_leaves_no_file(full: Path, tmp_path: Path, form: str) -> None:
    file = tmp_path / f"found.{form}"
    interrupt("search", "*", "--output", file, data=full)
    assert list(tmp_path.iterdir()) == []
    run("search", "*", "--output", file, data=full)
    assert len(file.read_bytes().splitlines()) == FILES * RECORDS + (form == "csv")


@pytest.mark.slow
def test_an_interrupted_export_leaves_whole_days_alone(full: Path, tmp_path: Path) -> None:
    folder = tmp_path / "days"
    interrupt("lake", "export", folder, data=full)
    for path in folder.rglob("*"):
        assert path.is_dir() or path.name == "manifest.json" or pq.read_table(path).num_rows > 0
    assert list(folder.rglob("*.part")) == []


@pytest.mark.slow
def test_an_interrupted_import_of_days_is_finished_by_the_next(full: Path, tmp_path: Path) -> None:
    folder, other = tmp_path / "days", tmp_path / "other"
    run("lake", "export", folder, data=full)
    run("init", data=other)
    interrupt("lake", "import", folder, data=other)
    run("lake", "import", folder, data=other)
    assert run_json("lake", "status", data=other)["activities"] == FILES * RECORDS


@pytest.mark.slow
def test_an_interrupted_move_of_the_database_leaves_an_empty_one(full: Path, tmp_path: Path) -> None:
    interrupt("database", "move", "--to", tmp_path / "other.db", data=full)
    assert list(tmp_path.iterdir()) == []
