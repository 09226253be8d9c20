"""A real collection of this machine, bounded to a folder of the test; nothing outside is written."""

import hashlib
import os
import shutil
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest
import pyzipper

from hinomi.sensor.evidence import collection
from hinomi.sensor.evidence.budget import Budget
from hinomi.sensor.evidence.collection import Options, collect, make_password

PASSWORD = "for-the-test"


@pytest.fixture
def odd(tmp_path: Path) -> Iterator[dict[str, Any]]:
    """A program that runs from a temporary folder and is deleted, and a script with a deceptive name."""
    folder = Path("/tmp") / f"hinomi-kit-{os.getpid()}"
    folder.mkdir()
    program = folder / "sleeper"
    shutil.copy(shutil.which("sleep") or "/bin/sleep", program)
    sha256 = hashlib.sha256(program.read_bytes()).hexdigest()
    running = subprocess.Popen([str(program), "120"])
    program.unlink()
    (folder / "invoice.pdf.sh").write_text("#!/bin/sh\necho harmless\n")
    (folder / "invoice.pdf.sh").chmod(0o755)
    yield {"folder": str(folder), "program": str(program), "sha256": sha256, "pid": running.pid}
    running.kill()
    running.wait()
    shutil.rmtree(folder)


def opened(path: Path) -> dict[str, bytes]:
    with pyzipper.AESZipFile(path) as archive:
        archive.setpassword(PASSWORD.encode())
        return {name: archive.read(name) for name in archive.namelist()}


def rows(data: bytes) -> list[dict[str, Any]]:
    return [orjson.loads(line) for line in data.splitlines()]


def test_this_machine_is_collected(tmp_path: Path, odd: dict[str, Any]) -> None:
    told: list[tuple[str, float]] = []
    path = tmp_path / "kit.zip"
    budget = Budget(120, lambda note, done: told.append((note, done)))
    summary = collect(path, PASSWORD, budget, Options(org="7", places=(odd["folder"],)))
    found = opened(path)
    assert summary["complete"] is True, summary
    assert summary["sha256"] == hashlib.sha256(path.read_bytes()).hexdigest()
    host = orjson.loads(found["system.json"])
    assert host["host"] == os.uname().nodename
    assert host["kernel"] == os.uname().release
    mine = [row for row in rows(found["processes.jsonl"]) if row["pid"] == odd["pid"]]
    assert [(row["flags"], row["sha256"]) for row in mine] == [(["deleted", "temporary"], odd["sha256"])]
    assert {row["name"] for row in rows(found["users.jsonl"])} >= {"root"}
    suspicious = {row["path"]: row for row in rows(found["suspicious.jsonl"])}
    assert {"running_deleted", "runs_from_temporary"} <= set(suspicious[odd["program"]]["reasons"])
    assert "deceptive_name" in suspicious[f"{odd['folder']}/invoice.pdf.sh"]["reasons"]
    scores = [row["score"] for row in rows(found["suspicious.jsonl"])]
    assert scores == sorted(scores, reverse=True)
    assert hashlib.sha256(found[f"files/{odd['sha256']}"]).hexdigest() == odd["sha256"], "taken though it is deleted"
    sums = dict(reversed(line.split("  ")) for line in found["manifest.sha256"].decode().splitlines())
    assert sums == {name: hashlib.sha256(data).hexdigest() for name, data in found.items() if name != "manifest.sha256"}
    assert told[-1] == ("done", 1.0)
    assert [done for _, done in told] == sorted(done for _, done in told)


def test_a_collection_without_time_says_so_and_can_be_read(tmp_path: Path) -> None:
    summary = collect(tmp_path / "kit.zip", PASSWORD, Budget(0), Options(places=("/etc",)))
    assert summary["complete"] is False
    assert "time" in {part["note"] for part in summary["parts"]}
    assert orjson.loads(opened(tmp_path / "kit.zip")["system.json"])["host"]


def test_a_part_that_fails_costs_no_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> Iterator[dict[str, Any]]:
        yield {"name": "first"}
        raise ValueError("hostile")

    monkeypatch.setattr(collection.system, "users", broken)
    summary = collect(tmp_path / "kit.zip", PASSWORD, Budget(60), Options(places=()))
    notes = {part["name"]: part["note"] for part in summary["parts"]}
    assert notes["users"] == "error: ValueError: hostile"
    assert notes["autoruns"] == ""


def test_passwords_differ_and_are_long() -> None:
    assert len({make_password() for _ in range(50)}) == 50
    assert len(make_password()) == 20


def test_nothing_but_the_standard_library_is_imported() -> None:
    folder = Path(collection.__file__).parent
    told = subprocess.run(
        [
            sys.executable,
            "-I",
            "-S",
            "-c",
            "import sys; sys.path.insert(0, sys.argv[1]); import evidence.collection",
            str(folder.parent),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    assert told.stderr == ""
    assert stat.S_ISDIR(folder.stat().st_mode)
