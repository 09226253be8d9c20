"""verify, --changed, --mutate and lint as a person runs them: what is printed, and the exit code."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from hinomi.cli import main
from tests.api.house import content_folder


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.delenv("HINOMI_LANG", raising=False)
    monkeypatch.setenv("LANG", "C.UTF-8")
    return content_folder(tmp_path / "content")


def run(*words: object) -> Result:
    return CliRunner().invoke(main, ["content", *map(str, words)])


def break_proof(folder: Path) -> None:
    path = folder / "filters" / "windows" / "whoami_run.yml"
    path.write_text(path.read_text().replace("whoami.exe', CommandLine", "reg.exe', CommandLine"))


def test_verify_tells_what_is_red(folder: Path) -> None:
    green = run("verify", folder)
    assert (green.exit_code, green.stdout) == (0, "2 filters, 1 models, 6 proofs, 0 problems\n")
    break_proof(folder)
    red = run("verify", folder)
    assert red.exit_code == 1
    assert red.stdout.startswith("filters/windows/whoami_run.yml: fires 1: no detection\n")
    told = json.loads(run("verify", folder, "--json").stdout)
    assert told["problems"] == ["filters/windows/whoami_run.yml: fires 1: no detection"]


def test_verify_only_what_changed(folder: Path) -> None:
    run("verify", folder, "--changed")
    again = run("verify", folder, "--changed")
    assert (again.exit_code, again.stdout) == (0, "2 filters, 1 models, 0 proofs, 0 problems (3 unchanged)\n")
    break_proof(folder)
    assert run("verify", folder, "--changed").exit_code == 1
    assert json.loads(run("verify", folder, "--changed", "--json").stdout)["unchanged"] == 2


def test_the_mutation_check_lists_what_nobody_notices(folder: Path) -> None:
    told = run("verify", folder, "--mutate", "--at-least", 100)
    assert told.exit_code == 1
    assert (
        "filters/windows/sam_hive_saved.yml:11: a value taken out of a list: CommandLine contains 'hklm\\\\sam'"
        in told.stdout
    )
    assert "noticed of all breaks" in told.stdout
    found = json.loads(run("verify", folder, "--mutate", "--json").stdout)
    assert found["all"] == sum(kind["all"] for kind in found["kinds"].values())
    assert found["all"] - found["noticed"] == len(found["unnoticed"])
    assert run("verify", folder, "--mutate", "--at-least", 10).exit_code == 0


def test_lint_names_file_line_rule_and_advice(folder: Path) -> None:
    assert run("lint", folder).exit_code == 0
    path = folder / "filters" / "windows" / "whoami_run.yml"
    path.write_text(path.read_text().replace("Image|endswith", "Imag|endswith"))
    told = run("lint", folder)
    assert told.exit_code == 1
    assert "filters/windows/whoami_run.yml:11: unknown-field: no source gives a field 'Imag'" in told.stdout
    (advice,) = json.loads(run("lint", folder, "--json").stdout)["advice"]
    assert advice | {"rule": "unknown-field", "line": 11} == advice
    assert advice["message"]["ja"] != advice["message"]["en"]


def test_both_speak_japanese(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HINOMI_LANG", "ja")
    assert "証明 6、問題 0" in run("verify", folder).stdout
    assert "指摘 0" in run("lint", folder).stdout
    assert "全体のうち気づいた割合" in run("verify", folder, "--mutate").stdout
