"""A whole Hinomi on a PostgreSQL: killed in an import and started again, it raises the alerts that it raises on a file."""

from pathlib import Path

import httpx
import psycopg
import pytest

from tests.make_database import Server as Postgresql
from tests.make_database import needs_postgresql, server
from tests.stories.conftest import Server, run, run_json
from tests.stories.test_kill import importing, recordings

pytestmark = [pytest.mark.slow, needs_postgresql]


def alerts_of(data: Path) -> dict[str, tuple[str, int, int]]:
    found = run_json("alerts", "--limit", 10_000, data=data)
    return {row["fingerprint"]: (row["modelId"], row["score"], row["eventCount"]) for row in found}


def test_a_kill_changes_nothing_on_postgresql(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = recordings(tmp_path / "recordings")
    file, other = tmp_path / "file", tmp_path / "other"
    run("init", data=file)
    run("import", folder, data=file)
    url = server().database(tmp_path / "hinomi")
    monkeypatch.setenv("HINOMI_DATABASE_URL", url)
    run("init", data=other)
    assert not list(other.glob("*.db*"))
    killed = Server(other)
    with importing(folder, other, 40_000):
        killed.kill()
    again = Server(other)
    run("import", folder, data=other)
    assert again.stop() == 0
    on_server = alerts_of(other)
    with psycopg.connect(url) as connection:
        assert connection.execute("SELECT count(*) FROM alerts").fetchone() == (len(on_server),)
    monkeypatch.delenv("HINOMI_DATABASE_URL")
    assert on_server == alerts_of(file)
    assert len(on_server) > 10


def test_a_database_server_that_goes_away_is_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    own, data, folder = Postgresql(server().programs), tmp_path / "data", recordings(tmp_path / "recordings")
    try:
        monkeypatch.setenv("HINOMI_DATABASE_URL", own.database(data))
        run("init", data=data)
        hinomi = Server(data)
        own.stop()
        assert "does not serve us" in httpx.get(f"{hinomi.url}/readyz").json()["reasons"][0]
        refused = run("import", folder, data=data, check=False)
        assert refused.returncode == 1
        assert "does not serve us" in refused.stderr
        own.start()
        assert httpx.get(f"{hinomi.url}/readyz").status_code == 200
        assert "7,200" in run("import", folder, data=data).stdout
        assert hinomi.stop() == 0
        assert len(alerts_of(data)) > 10
    finally:
        own.remove()
