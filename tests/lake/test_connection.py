"""The owner may die at any moment: it comes back, what was acknowledged is there, and nothing is there twice."""

import os
import random
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from hinomi.errors import InputError, Unavailable
from hinomi.lake.connection import RESTARTS
from hinomi.lake.lake import Lake
from tests.lake import making

BASE_MS = 1_760_000_000_000


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Lake]:
    """A lake of this test alone, for it will be killed."""
    with Lake.start(tmp_path / "lake") as started:
        yield started


def kill_owner(lake: Lake) -> None:
    owner = lake._connection._owner
    assert owner is not None
    owner.kill()
    owner.wait()


def _runs(pid: int) -> bool:
    """False for a process that is gone, or dead and not yet buried by its parent."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_a_killed_owner_comes_back_with_all_that_was_written(own: Lake) -> None:
    rows = [making.activity(BASE_MS + number) for number in range(100)]
    own.write_activities([(1, making.batch(*rows), None)])
    kill_owner(own)
    assert own.count("1", {}) == 100
    own.write_activities([(2, making.batch(making.activity(BASE_MS)), None)])
    assert own.count("1", {}) == 101


def test_an_owner_that_keeps_dying_is_given_up(own: Lake) -> None:
    for _ in range(RESTARTS):
        kill_owner(own)
        own._connection._live()
    kill_owner(own)
    with pytest.raises(Unavailable, match="keeps dying"):
        own.count("1", {})


def test_what_was_written_is_there_after_the_next_start(tmp_path: Path) -> None:
    row = making.activity(BASE_MS, objectCmd="火の見")
    with Lake.start(tmp_path) as lake:
        lake.write_activities([(5, making.batch(row), None)])
    with Lake.start(tmp_path) as lake:
        assert lake.activity(row["uuid"]) == row
        assert lake.known([row["uuid"]], [BASE_MS]) == {row["uuid"]: 5}
    with pytest.raises(Unavailable, match="closed"):
        lake.count("1", {})


def test_a_second_lake_on_the_same_folder_is_refused(lake: Lake) -> None:
    with pytest.raises(Unavailable, match="another Hinomi process"):
        Lake.start(lake._connection.folder)
    assert lake.count("1", {}) >= 0


def test_the_owner_ends_with_its_parent_and_reads_no_strangers_configuration(tmp_path: Path) -> None:
    (tmp_path / "config.xml").write_text(
        "<clickhouse><max_server_memory_usage>1</max_server_memory_usage></clickhouse>"
    )
    program = (
        "import sys; from hinomi.lake.lake import Lake; lake = Lake.start(sys.argv[1]); "
        "print(lake.status().owner_pid, flush=True); sys.stdin.read()"
    )
    command = [sys.executable, "-c", program, str(tmp_path / "lake")]
    with subprocess.Popen(command, cwd=tmp_path, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as parent:
        assert parent.stdout is not None
        owner = int(parent.stdout.readline())
        parent.kill()
        parent.wait()  # killed is not yet dead: until then it has every right to its lake
        # at once: the next waits for the one that is ending
        with Lake.start(tmp_path / "lake") as lake:
            assert lake.count("1", {}) == 0
            assert lake.status().owner_pid != owner
    assert not _runs(owner)


def test_a_failing_question_leaves_the_owner_alive(lake: Lake) -> None:
    lake.write_activities([(1, making.batch(making.activity(BASE_MS)), None)])
    pid = lake.status().owner_pid
    with pytest.raises(InputError):
        lake.search("throwIf(1)", {})
    with pytest.raises(InputError):
        lake.count("arraySum(range(toUInt64({p0:Int64}))) > 0", {"p0": 1 << 40})
    assert lake.status().owner_pid == pid


@pytest.mark.slow  # 25 s
def test_killed_in_mid_write_again_and_again_every_row_is_there_once(own: Lake) -> None:
    """As the pipeline does it: take an entry, ask what of it is known, write the rest, and again until it went well."""
    chance = random.Random(1)
    entries = {
        seq: [
            making.process_start(
                BASE_MS + seq * 997_000 + number, seq * 10_000 + number, None, objectCmd=f"cmd {number}"
            )
            for number in range(3000)
        ]
        for seq in range(1, 31)
    }
    kills = 0
    for seq, rows in entries.items():
        while True:
            killer = threading.Timer(chance.uniform(0.0, 0.12), _kill_if_alive, [own.status().owner_pid])
            if kills < 12 and chance.random() < 0.6:
                killer.start()
                kills += 1
            try:
                known = own.known([row["uuid"] for row in rows], [row["eventTime"] for row in rows])
                assert set(known.values()) <= {seq}
                missing = [index for index, row in enumerate(rows) if row["uuid"] not in known]
                own.write_activities([(seq, making.batch(*rows), missing)])
            except Unavailable:
                continue
            finally:
                killer.cancel()
            break
    assert kills > 5
    total = sum(len(rows) for rows in entries.values())
    # hold the columns against each other: rows, distinct rows, distinct starts in the side table
    answer = own._connection.ask(
        "SELECT (SELECT count() FROM activities), (SELECT uniqExact(id) FROM activities), "
        "(SELECT count() FROM processes), (SELECT uniqExact(id) FROM processes)",
        form="TabSeparated",
    )
    assert answer.decode().split() == [str(total)] * 4


def _kill_if_alive(pid: int | None) -> None:
    if pid is not None and _runs(pid):
        os.kill(pid, signal.SIGKILL)
