"""A house moves from its file into a PostgreSQL: the same alerts, the same people, and work goes on."""

import signal
import subprocess
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.make_database import needs_postgresql
from tests.make_database import server as postgresql
from tests.stories.conftest import HINOMI, Server, run, run_json
from tests.stories.test_kill import recordings

pytestmark = [pytest.mark.slow, needs_postgresql]


def shown(url: str, password: str) -> list[dict[str, Any]]:
    """What a person sees who logs in."""
    with httpx.Client(base_url=url) as client:
        answer = client.post("/console/api/login", json={"user": "ayumi", "password": password})
        assert answer.status_code == 200, answer.text
        alerts = client.get("/console/api/workbench/alerts", params={"top": 200})
        assert alerts.status_code == 200, alerts.text
        return sorted(alerts.json()["items"], key=lambda row: str(row["id"]))


def test_the_house_moves(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder, data = recordings(tmp_path / "recordings"), tmp_path / "data"
    run("init", data=data)
    password = run_json("user", "create", "--name", "ayumi", "--role", "analyst", data=data)["password"]
    server = Server(data)
    run("import", folder, data=data)
    before = shown(server.url, password)
    assert len(before) > 10
    url = postgresql().database(tmp_path / "hinomi")

    refused = run("database", "move", "--to", url, data=data, check=False)
    assert refused.returncode == 1
    assert "stop the server first" in refused.stderr
    assert server.stop() == 0

    with subprocess.Popen(
        [*HINOMI, "database", "move", "--to", url, "--data", str(data)], stderr=subprocess.PIPE, text=True
    ) as program:
        assert program.stderr is not None
        program.stderr.readline()  # at work
        program.send_signal(signal.SIGKILL)
    moved = run_json("database", "move", "--to", url, data=data)  # the target is still empty
    assert moved["rows"] > 1000

    monkeypatch.setenv("HINOMI_DATABASE_URL", moved["setting"])
    for path in data.glob("hinomi.db*"):
        path.unlink()
    again = Server(data)
    assert shown(again.url, password) == before
    # numbers go on, and what comes again is known
    run("import", folder, data=data)
    assert [(row["id"], row["score"]) for row in shown(again.url, password)] == [
        (row["id"], row["score"]) for row in before
    ]
    assert again.stop() == 0
    assert not list(data.glob("hinomi.db*"))
