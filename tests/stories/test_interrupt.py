"""Ctrl-C in the middle of an import: one line, nothing left running, and the next import goes on."""

import os
import signal
import subprocess
from pathlib import Path

from tests.stories.conftest import HINOMI, run, run_json
from tests.stories.test_kill import FILES, RECORDS, recordings, written
from tests.waiting import until


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
