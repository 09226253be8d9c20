import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from hinomi.app.opening import initialise, open_database
from hinomi.cli import main
from hinomi.inventory.inventory import Inventory
from hinomi.settings import Settings
from tests.make_endpoints import facts


@pytest.fixture
def data(tmp_path: Path) -> Path:
    settings = Settings(data=tmp_path / "data")
    initialise(settings)
    database = open_database(settings)
    Inventory(database, lambda: 1.0).seen("aaaaaaaa-0000-4000-8000-000000000001", at_ms=5, facts=facts("web-1"))
    database.close()
    return settings.data


def run(data: Path, *words: str, language: str = "en", typed: str = "") -> Result:
    said = ["response", *words, "--data", str(data)]
    return CliRunner().invoke(main, said, env={"HINOMI_LANG": language}, input=typed)


def said(data: Path, *words: str, language: str = "en") -> str:
    done = run(data, *words, language=language)
    assert done.exit_code == 0, done.output
    return done.output


def test_a_task_is_asked_for_shown_and_cancelled_in_both_languages(data: Path) -> None:
    assert "No tasks" in said(data, "list")
    row = json.loads(said(data, "ask", "collect_file", "web-1", "path=/tmp/x", "--yes", "--json"))
    assert (row["id"], row["state"], row["parameters"]) == ("00000001", "queued", {"path": "/tmp/x"})
    assert "待機中" in said(data, "list", language="ja")
    assert "queued" in said(data, "show", row["id"])
    assert run(data, "wait", row["id"], "--seconds", "0").exit_code == 3
    assert "cancelled" in said(data, "cancel", row["id"])
    assert run(data, "wait", row["id"], "--seconds", "0").exit_code == 1
    assert json.loads(said(data, "list", "--state", "queued", "--json")) == []


def test_asking_asks_again_and_wrong_words_are_told(data: Path) -> None:
    assert run(data, "ask", "isolate_endpoint", "web-1", typed="n\n").exit_code == 1
    assert json.loads(said(data, "list", "--json")) == []
    unknown = run(data, "ask", "explode", "web-1", "--yes")
    assert (unknown.exit_code, "isolate_endpoint" in unknown.output) == (1, True)
    assert run(data, "ask", "scan", "web-1", "kind", "--yes").exit_code == 2
    assert run(data, "ask", "scan", "web-1", "--parameters", "[]", "--yes").exit_code == 2


def test_values_are_blocked_exported_and_let_go(data: Path) -> None:
    row = json.loads(said(data, "block", "domain", "Bad.Example", "--days", "3", "--json"))
    assert (row["state"], row["undo"]) == ("executed", "unblock_object")
    assert "bad.example" in said(data, "blocked")
    assert "0.0.0.0 bad.example" in said(data, "blocked", "--format", "hosts")
    told = said(data, "blocked", "Bad.Example")
    assert "linux: 0 of 1 refuse it" in told
    assert "1: " in told
    assert "export rpz: not enforced" in told
    assert "適用待ち" in said(data, "blocked", "bad.example", language="ja")
    assert run(data, "blocked", "good.example").exit_code == 1
    assert run(data, "block", "domain", "*.example").exit_code == 1
    said(data, "unblock", "domain", "bad.example")
    assert "空です" in said(data, "blocked", language="ja")


def test_scripts_are_saved_replaced_shown_and_removed(data: Path, tmp_path: Path) -> None:
    file = tmp_path / "who.sh"
    for text in ("id\n", "whoami\n"):
        file.write_text(text)
        said(data, "scripts", "save", str(file), "--description", "who am I")
    assert said(data, "scripts", "show", "who.sh") == "whoami\n"
    (row,) = json.loads(said(data, "scripts", "list", "--json"))
    assert (row["name"], row["kind"], row["signed"]) == ("who.sh", "bash", True)
    task = json.loads(said(data, "ask", "run_script", "web-1", "name=who.sh", 'arguments=["a b"]', "--yes", "--json"))
    assert (task["parameters"]["text"], task["parameters"]["arguments"]) == ("whoami\n", ["a b"])
    said(data, "scripts", "remove", "who.sh", "--yes")
    assert "No scripts" in said(data, "scripts", "list")
