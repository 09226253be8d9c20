"""Backed up in the middle of an import, restored elsewhere: what was acknowledged before is there once, and it goes on."""

from pathlib import Path

import pytest

from tests.stories.conftest import Server, run, run_json
from tests.stories.test_kill import FILES, RECORDS, importing, outcome, recordings
from tests.waiting import until


@pytest.mark.slow  # about a minute
def test_a_back_up_during_an_import_holds_everything_acknowledged_before(tmp_path: Path) -> None:
    folder = recordings(tmp_path / "recordings")
    data, restored = tmp_path / "data", tmp_path / "restored"
    run("init", data=data)
    run("exceptions", "add", "--field", "endpointHostName", "--operator", "re", "--value", "^PC-[35]$",
        "--override", "--reason", "training room", data=data)  # fmt: skip
    first = tmp_path / "first"
    first.mkdir()
    for path in sorted(folder.iterdir())[:4]:
        (first / path.name).write_bytes(path.read_bytes())

    server = Server(data)
    run("import", first, data=data)
    with importing(folder, data, 40_000) as program:
        told = run_json("lake", "backup", tmp_path / "backup", data=data)
        assert told["files"] > 50
        assert program.wait(timeout=120) == 0
    undisturbed = outcome(data)
    assert undisturbed[0] == FILES * RECORDS  # the back-up harmed nothing
    assert server.stop() == 0

    run("restore", tmp_path / "backup", data=restored)
    again = Server(restored)
    until(lambda: _waiting(restored) == 0, "the restored spool is drained")
    kept = run_json("lake", "status", data=restored)["activities"]
    assert 4 * RECORDS <= kept <= FILES * RECORDS
    run("import", folder, data=restored)
    # what it had is known, what it lacked is new: nothing twice, the same alerts, exceptions counted once
    assert outcome(restored) == undisturbed
    assert again.stop() == 0
    assert run_json("lake", "verify", data=restored) == {"damaged": []}


def _waiting(data: Path) -> int:
    from hinomi.app.local_server import LocalServer
    from hinomi.settings import Settings

    return int(LocalServer.needed(Settings(data=data)).get("/console/api/status")["spool"]["waiting"])
