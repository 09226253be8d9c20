"""The owner process by itself: its lock, its journal, its surroundings."""

import os
import subprocess
import sys

import pytest

from hinomi.errors import InputError
from hinomi.lake.lake import Lake
from hinomi.lake.owner import EXIT_TAKEN, JOURNAL, LOCK


def test_a_second_owner_is_refused(lake: Lake) -> None:
    folder = lake._connection.folder
    command = [sys.executable, "-m", "hinomi.lake.owner", "--path", str(folder)]
    second = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    assert second.returncode == EXIT_TAKEN
    assert "another owner process" in second.stderr
    assert (folder / LOCK).read_text().split() == [str(lake.status().owner_pid), str(os.getpid())]


def test_the_journal_names_errors(lake: Lake) -> None:
    with pytest.raises(InputError):
        lake.search("no_such_thing", {})
    assert "no_such_thing" in (lake._connection.folder / JOURNAL).read_text()


def test_only_the_owner_loads_the_engine() -> None:
    """Its import takes 200 MB and starts threads, after which no process may fork."""
    program = "import sys, hinomi.lake.lake; sys.exit('chdb' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


def test_nobody_else_can_read_the_lake(lake: Lake) -> None:
    assert lake._connection.folder.stat().st_mode & 0o077 == 0


def test_the_memory_limit_reaches_the_engine(lake: Lake) -> None:
    answer = lake._connection.ask("SELECT getServerSetting('max_server_memory_usage')", form="TabSeparated")
    assert int(answer) == 900 << 20
