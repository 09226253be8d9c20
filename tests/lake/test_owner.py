"""The owner process by itself: its lock, its journal, its surroundings."""

import subprocess
import sys
from pathlib import Path

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
    assert int((folder / LOCK).read_text()) == lake.status().owner_pid


def test_the_journal_names_errors(lake: Lake) -> None:
    with pytest.raises(InputError):
        lake.search("no_such_thing", {})
    assert "no_such_thing" in (lake._connection.folder / JOURNAL).read_text()


def test_nobody_else_can_read_the_lake(lake: Lake) -> None:
    assert lake._connection.folder.stat().st_mode & 0o077 == 0


def test_a_strangers_configuration_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "config.xml").write_text(
        "<clickhouse><max_server_memory_usage>1</max_server_memory_usage></clickhouse>"
    )
    program = (
        "import sys; from hinomi.lake.lake import Lake; lake = Lake.start(sys.argv[1]); print(lake.count('1', {}))"
    )
    command = [sys.executable, "-c", program, str(tmp_path / "lake")]
    ended = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)
    assert ended.stdout == "0\n"


def test_the_memory_limit_reaches_the_engine(tmp_path: Path) -> None:
    with Lake.start(tmp_path, memory_mb=600) as lake:
        answer = lake._connection.ask("SELECT getServerSetting('max_server_memory_usage')", form="TabSeparated")
    assert int(answer) == 600 << 20
