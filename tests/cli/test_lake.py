"""`hinomi lake ...` on a folder that no server holds."""

import json
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from hinomi.app.exporting import export_days
from hinomi.app.manifest import Manifest
from hinomi.app.opening import initialise, open_access
from hinomi.cli import main
from hinomi.lake.lake import Lake
from hinomi.settings import Settings
from tests.lake import making

BASE_MS = 1_760_000_000_000


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Two days in the lake: a hundred activities each."""
    initialise(Settings(data=tmp_path))
    with Lake.start(tmp_path / "lake") as lake:
        for day in (date(2025, 10, 9), date(2025, 10, 10)):
            making.write_on(lake, day, *[making.activity(BASE_MS + n, recordSource="a") for n in range(100)])
    return tmp_path


def hinomi(*words: object, keep: str = "") -> Result:
    return CliRunner().invoke(main, [str(word) for word in words], env={"HINOMI_LAKE_KEEP": keep})


def test_compact_says_what_would_go_then_removes_it(data: Path) -> None:
    dry = hinomi("lake", "compact", "--dry-run", "--data", data, keep="*: 30d")
    assert dry.exit_code == 0, dry.output
    assert "20251009" in dry.output
    assert "would go: 200 rows" in dry.output
    done = hinomi("lake", "compact", "--json", "--data", data, keep="*: 30d")
    assert [one["partition"] for one in json.loads(done.output)["removed"]] == ["20251009", "20251010"]
    status = hinomi("lake", "status", "--json", "--data", data)
    assert json.loads(status.output)["activities"] == 0
    assert open_access(Settings(data=data)).audit.search(text="lake.remove").total == 2


def test_a_rule_that_is_none_is_named(data: Path) -> None:
    refused = hinomi("lake", "compact", "--data", data, keep="*: 30")
    assert refused.exit_code == 1
    assert "90d" in refused.output


def test_verify_names_a_damaged_part_and_ends_with_1(data: Path) -> None:
    assert hinomi("lake", "verify", "--data", data).output == "nothing is damaged\n"
    part = max(data.glob("lake/store/store/*/*/20251009_*/data.bin"), key=lambda path: path.stat().st_size)
    with part.open("r+b") as file:
        file.truncate(part.stat().st_size // 2)
    found = hinomi("lake", "verify", "--json", "--data", data)
    assert found.exit_code == 1
    (line,) = json.loads(found.output)["damaged"]
    assert line.startswith("activities/")
    assert "20251009" in line
    rest = hinomi("lake", "status", "--json", "--data", data)
    assert json.loads(rest.output)["activities"] == 100


def test_days_go_out_and_come_back_once(data: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("export") / "days"
    told = json.loads(hinomi("lake", "export", folder, "--from", "2025-10-10", "--data", data, "--json").output)
    assert (told["days"], told["rows"]) == (1, 100)
    assert sorted(path.name for path in folder.rglob("*.*")) == ["2025-10-10.parquet", "manifest.json"]
    # the day goes by a rule, is brought back, and stays although the rule still stands
    assert hinomi("lake", "compact", "--data", data, keep="*: 30d").exit_code == 0
    for written in (100, 0):
        back = hinomi("lake", "import", folder, "--data", data, "--json")
        assert json.loads(back.output)["written"] == written
    assert hinomi("lake", "compact", "--data", data, keep="*: 30d").exit_code == 0
    assert json.loads(hinomi("lake", "status", "--json", "--data", data).output)["activities"] == 100
    audit = open_access(Settings(data=data)).audit
    assert [audit.search(text=action).total for action in ("lake.export", "lake.import")] == [1, 2]


def test_an_interrupted_export_keeps_whole_days_and_says_so(
    data: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("export") / "days"

    def interrupt(done: int, _all: int) -> None:
        if done > 100:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        export_days(Settings(data=data), folder, None, None, interrupt)
    manifest = Manifest.read(folder)
    assert (list(manifest.files), manifest.facts["complete"]) == (["activities/2025-10-09.parquet"], False)
    assert [path.name for path in (folder / "activities").iterdir()] == ["2025-10-09.parquet"]


def test_a_damaged_export_is_refused_before_anything_is_written(
    data: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("export") / "days"
    hinomi("lake", "export", folder, "--data", data)
    last = max(folder.rglob("*.parquet"))
    last.write_bytes(last.read_bytes()[:-1] + b"!")
    refused = hinomi("lake", "import", folder, "--data", data)
    assert refused.exit_code == 1
    assert last.name in refused.output
    assert hinomi("lake", "export", folder, "--data", data).exit_code == 1  # not into a folder that has something
    assert hinomi("lake", "export", folder / "x", "--from", "yesterday", "--data", data).exit_code == 1
