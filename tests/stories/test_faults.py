"""kill -9 of the lake's owner, of the server, of both, at random moments of ingest and merges: every record once."""

import contextlib
import os
import random
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from hinomi.lake.lake import Lake
from tests.stories.ingest_until_killed import RECORDS

ROUNDS = 30


class Ingest:
    """The program of ingest_until_killed.py; `next` waits for its next line."""

    def __init__(self, folder: Path, first: int) -> None:
        command = [sys.executable, "-m", "tests.stories.ingest_until_killed", str(folder), str(first)]
        self.process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=Path(__file__).parents[2]
        )
        self._late = threading.Timer(120, self.process.kill)
        self._late.start()
        self.owner = int(self.next("owner"))

    def next(self, word: str) -> str:
        assert self.process.stdout is not None
        line = self.process.stdout.readline().split()
        assert line[:1] == [word], (line, self._trouble())
        return line[1] if len(line) > 1 else ""

    def acknowledged(self, batches: int) -> int:
        """Wait for so many more; the number of the last."""
        return max(int(self.next("acknowledged")) for _ in range(batches))

    def end(self) -> list[int]:
        """Dead and gone; what it acknowledged in its last moments."""
        self.process.kill()
        out, _ = self.process.communicate(timeout=60)
        self._late.cancel()
        return [int(line.split()[1]) for line in out.splitlines() if line.endswith(tuple("0123456789"))]

    def _trouble(self) -> str:
        self.process.kill()
        return self.process.communicate(timeout=60)[1][-2000:]


def kill(pid: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)


def owner_of(folder: Path) -> int:
    """Who has the lake now: the owner may have been brought back meanwhile."""
    return int((folder / "lake" / "owner.lock").read_text().split()[0])


KILLS: dict[str, Callable[[Ingest, Path], None]] = {
    "owner": lambda _ingest, folder: kill(owner_of(folder)),
    "server": lambda ingest, _folder: kill(ingest.process.pid),
    "both": lambda ingest, folder: (kill(owner_of(folder)), kill(ingest.process.pid))[0],
}


@pytest.mark.slow  # a minute and a half alone; what it waits for is many starts of the lake
@pytest.mark.timeout(1800)
def test_thirty_kills_of_owner_server_and_both_lose_and_double_nothing(tmp_path: Path) -> None:
    chance = random.Random(20261123)
    last, killed = -1, dict.fromkeys(KILLS, 0)
    ingest: Ingest | None = None
    for _ in range(ROUNDS):
        if ingest is None:
            ingest = Ingest(tmp_path, last + 1)
        last = ingest.acknowledged(chance.randint(1, 12))
        what = chance.choice(list(KILLS))
        KILLS[what](ingest, tmp_path)
        killed[what] += 1
        if what != "owner":
            last = max([last, *ingest.end()])
            ingest = None
    if ingest is not None:
        last = max([last, *ingest.end()])
    assert min(killed.values()) >= 5
    rest = Ingest(tmp_path, -1)
    rest.next("drained")
    assert rest.process.wait(timeout=60) == 0
    rest.end()
    check(tmp_path / "lake", last + 1)


def check(folder: Path, batches: int) -> None:
    """Every acknowledged record is there; one that was not acknowledged may be; none is twice, nothing is damaged."""
    with Lake.start(folder) as lake:
        counted = lake._connection.ask(
            "SELECT count(), uniqExact(id), uniqExact(recordNumber), countIf(recordNumber < {end:Int64}), "
            "(SELECT uniqExact(id) FROM processes) FROM (SELECT id, winEventRecordId AS recordNumber FROM activities)",
            {"end": batches * RECORDS},
            form="TabSeparated",
        )
        rows, ids, numbers, acknowledged, starts = map(int, counted.split())
        assert acknowledged == batches * RECORDS
        assert rows == ids == numbers == starts
        assert rows <= (batches + 1) * RECORDS
        assert lake.verify() == []
