"""Simulations, patterns and the kit from the command line, against a server of its own."""

import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.stories.conftest import Server, run, run_json

DEMO = "Demo - Credential Dumping via Registry"
RULE = 'rule demo { strings: $a = "hinomi-test.hive" condition: $a }'


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("cli") / "data"
    run("init", data=folder)
    server = Server(folder)
    yield folder
    assert server.stop() == 0


@pytest.mark.slow  # 15: a server with the whole content
def test_a_replayed_scenario_is_an_alert(data: Path, tmp_path: Path) -> None:
    assert {row["id"] for row in run_json("simulate", "list")} >= {"t1003_demo", "ordinary_day"}
    told = run_json("simulate", "replay", "--scenario", 2, data=data)
    assert told["records"] == 4
    for _ in range(300):
        names = [row["model"]["en"] for row in run_json("alerts", data=data)]
        if DEMO in names:
            break
    assert names.count(DEMO) == 1


@pytest.mark.slow  # 15
def test_what_is_built_opens_with_what_is_printed(data: Path, tmp_path: Path) -> None:
    made = run_json("simulate", "build", "--out", tmp_path, data=data)
    with zipfile.ZipFile(made["path"]) as archive:
        assert b"reg.exe save" in archive.read("T1003_Demo_Script.sh", pwd=made["password"].encode())
    kit = run_json("kit", "build", "linux", "--out", tmp_path, data=data)
    assert Path(kit["path"]).name == "hinomi-kit-linux.sh"
    assert run("kit", "build", "windows", "--out", tmp_path, data=data).stdout.count("Windows") == 1


@pytest.mark.slow  # 15
def test_patterns_come_and_go(data: Path, tmp_path: Path) -> None:
    (tmp_path / "a.yar").write_text(RULE)
    made = run_json("patterns", "add", "--yara", tmp_path / "a.yar", data=data)
    assert [row["id"] for row in run_json("patterns", "list", data=data)["items"]] == [made["id"]]
    (tmp_path / "b.yar").write_text("rule a {\n condition: $b }")
    wrong = run("patterns", "add", "--yara", tmp_path / "b.yar", data=data, check=False)
    assert "line 2: unknown pattern" in wrong.stderr
    run("patterns", "remove", made["id"], data=data)
    assert run_json("patterns", "list", data=data)["version"] == 2


def test_without_a_server_it_says_how_to_start_one(tmp_path: Path) -> None:
    run("init", data=tmp_path / "data")
    told = run("simulate", "replay", data=tmp_path / "data", check=False)
    assert told.returncode == 1
    assert "hinomi serve" in told.stderr
