"""`hinomi database move`: what it tells, what it refuses, and that the way back is open."""

import json
import time
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from hinomi.access.audit import Audit
from hinomi.app.folder import DataFolder
from hinomi.app.opening import initialise, open_database
from hinomi.cli import main
from hinomi.settings import Settings
from tests.make_database import IS_POSTGRESQL, needs_postgresql, server

pytestmark = pytest.mark.skipif(IS_POSTGRESQL, reason="names both kinds itself: runs once")


@pytest.fixture
def data(tmp_path: Path) -> Path:
    initialise(Settings(data=tmp_path / "data"))
    return tmp_path / "data"


def hinomi(*words: object, language: str = "en", url: str = "") -> Result:
    return CliRunner().invoke(
        main, [str(word) for word in words], env={"HINOMI_LANG": language, "HINOMI_DATABASE_URL": url}
    )


def whole_log(data: Path, url: str = "") -> list[str]:
    database = open_database(Settings(data=data, database_url=url))
    try:
        audit = Audit(database, time.time)
        assert audit.verify().is_whole
        return [entry.action for entry in audit.search().items]
    finally:
        database.close()


@needs_postgresql
def test_there_and_back_again(data: Path, tmp_path: Path) -> None:
    url = server().database(tmp_path / "moved")
    there = hinomi("database", "move", "--to", url, "--data", data)
    assert there.exit_code == 0, there.output
    assert f"HINOMI_DATABASE_URL={url}" in there.output
    assert "database.move" in whole_log(data, url)
    assert "database.move" not in whole_log(data)  # the source is as it was

    refused = hinomi("database", "move", "--to", data / "hinomi.db", "--data", data, url=url)
    assert refused.exit_code == 1
    assert "not empty" in refused.output
    for path in data.glob("hinomi.db*"):
        path.rename(tmp_path / path.name)
    back = hinomi("database", "move", "--to", data / "hinomi.db", "--data", data, "--json", url=url)
    told = json.loads(back.output)
    assert (told["setting"], told["target"]) == ("", str(data / "hinomi.db"))
    assert told["rows"] == sum(one["rows"] for one in told["tables"])
    assert whole_log(data).count("database.move") == 2


def test_while_a_server_runs_nothing_is_moved(data: Path, tmp_path: Path) -> None:
    with DataFolder(data).hold():
        refused = hinomi("database", "move", "--to", tmp_path / "other.db", "--data", data)
    assert refused.exit_code == 1
    assert "stop the server first" in refused.output
    assert not list(tmp_path.glob("other.db*"))


def test_a_password_is_not_shown(data: Path) -> None:
    refused = hinomi("database", "move", "--to", "postgresql://a:secret@127.0.0.1:1/b", "--data", data)
    assert refused.exit_code == 1
    assert "does not serve us" in refused.output
    assert "secret" not in refused.output


def test_what_is_no_database_is_refused_and_no_file_is_left(data: Path, tmp_path: Path) -> None:
    assert hinomi("database", "move", "--to", "mysql://a/b", "--data", data).exit_code == 1
    assert hinomi("database", "move", "--to", "://", "--data", data).exit_code == 1
    itself = hinomi("database", "move", "--to", data / "hinomi.db", "--data", data)
    assert "not empty" in itself.output
    file = tmp_path / "from.db"
    refused = hinomi("database", "move", "--to", tmp_path / "new.db", "--data", data, url=f"sqlite:///{file}")
    assert "nothing to move" in refused.output
    assert not list(tmp_path.glob("new.db*"))


def test_it_speaks_japanese(data: Path, tmp_path: Path) -> None:
    moved = hinomi("database", "move", "--to", tmp_path / "other.db", "--data", data, language="ja")
    assert moved.exit_code == 0, moved.output
    assert f"HINOMI_DATABASE_URL=sqlite:///{tmp_path}/other.db を設定してください" in moved.output
