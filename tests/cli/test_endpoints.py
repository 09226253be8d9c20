import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from hinomi.app.opening import initialise, open_database
from hinomi.cli import main
from hinomi.inventory.inventory import Inventory
from hinomi.settings import Settings
from tests.make_endpoints import facts

A = "aaaaaaaa-0000-4000-8000-000000000001"


@pytest.fixture
def data(tmp_path: Path) -> Path:
    settings = Settings(data=tmp_path / "data")
    initialise(settings)
    database = open_database(settings)
    Inventory(database, lambda: 1.0).seen(A, at_ms=5, facts=facts("web-1"))
    database.close()
    return settings.data


def said(data: Path, *words: str, language: str = "en") -> str:
    done = CliRunner().invoke(main, ["endpoints", *words, "--data", str(data)], env={"HINOMI_LANG": language})
    assert done.exit_code == 0, done.output
    return done.output


def test_what_is_known_is_shown(data: Path) -> None:
    assert "web-1" in said(data, "list")
    assert json.loads(said(data, "list", "--json"))[0]["guid"] == A
    assert "192.0.2.10" in said(data, "show", "web-1")
    assert json.loads(said(data, "show", A, "--json"))["software"] == [{"name": "openssl", "version": "3.0.15"}]
    assert "No endpoints" in said(data, "list", "--search", "nobody")


def test_policies_are_read_from_a_file(data: Path, tmp_path: Path) -> None:
    file = tmp_path / "policy.json"
    file.write_text('{"rate_per_s": 99}')
    assert said(data, "policy", "--set", str(file), "--comment", "quieter") == "Version 1.\n"
    assert json.loads(said(data, "policy"))["effective"]["rate_per_s"] == 99
    file.write_text("{")
    done = CliRunner().invoke(main, ["endpoints", "policy", "--set", str(file), "--data", str(data)])
    assert done.exit_code == 1
    assert "policy.json" in done.output


def test_cutting_off_asks_first(data: Path) -> None:
    done = CliRunner().invoke(main, ["endpoints", "revoke", "web-1", "--data", str(data)], input="n\n")
    assert done.exit_code == 1
    assert "revoked" not in said(data, "list")
    assert "revoked" in said(data, "revoke", "web-1", "--yes")
    assert "失効" in said(data, "show", A, language="ja")
    said(data, "remove", A, "--yes")
    assert json.loads(said(data, "list", "--json")) == []
