"""A disk that runs full: nothing more is acknowledged, the server says so and stays whole, and goes on when there is room."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from urllib import error, request

import pytest

from tests.small_disk import small_disk
from tests.stories.conftest import Server, run, run_json
from tests.stories.test_kill import FILES, RECORDS, importing, recordings
from tests.waiting import until

MIB = 1 << 20
FLOOR_MB = 24


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    with small_disk(tmp_path / "disk", 96) as mounted:
        yield mounted


def fill(folder: Path, leave: int) -> Path:
    """A file that leaves so many bytes free."""
    ballast = folder / "ballast"
    with ballast.open("wb") as file:
        while (free := shutil.disk_usage(folder).free) > leave:
            file.write(b"\0" * min(MIB, free - leave))
            file.flush()
    return ballast


def readiness(server: Server) -> tuple[int, str]:
    try:
        with request.urlopen(f"{server.url}/readyz", timeout=30) as answer:
            return answer.status, answer.read().decode()
    except error.HTTPError as refused:
        with refused:
            return refused.code, refused.read().decode()


@pytest.mark.slow  # about half a minute
def test_a_full_disk_stops_the_intake_and_damages_nothing(
    disk: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HINOMI_DISK_FLOOR_MB", str(FLOOR_MB))
    files = sorted(recordings(tmp_path / "recordings").iterdir())
    data = disk / "data"
    run("init", data=data)
    server = Server(data)
    run("import", files[0], data=data)
    assert readiness(server)[0] == 200

    # under the floor: refused, told, and what was there is still found
    ballast = fill(disk, FLOOR_MB * MIB - MIB)
    refused = run("import", files[1], data=data, check=False)
    assert refused.returncode == 1
    assert "free" in refused.stderr
    code, told = readiness(server)
    assert code == 503
    assert "InsufficientStorage" in told
    assert run_json("lake", "status", data=data)["activities"] == RECORDS

    # room again: it goes on by itself
    ballast.unlink()
    assert readiness(server)[0] == 200
    run("import", files[1], data=data)

    # another program takes the very last byte in the middle of an import
    with importing(tmp_path / "recordings", data, 40_000):
        ballast = fill(disk, 0)
        until(lambda: readiness(server)[0] == 503, "the server says that it is full")
        ballast.unlink()  # refused, or it came through; what it was told was acknowledged
    run("import", tmp_path / "recordings", data=data)
    assert run_json("lake", "status", data=data)["activities"] == FILES * RECORDS
    assert run_json("lake", "verify", data=data) == {"damaged": []}
    assert server.stop() == 0
