"""`hinomi search` over a lake of its own and through a running server: the same answers."""

import csv
import io
import json
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner, Result

from hinomi.app.folder import DataFolder
from hinomi.cli import main
from hinomi.schema.principal import Role
from tests.api.house import ATTACKED, running

ALL = ATTACKED + 5
QUERY = "objectCmd: hklm"
# words -> lines of standard output
ASKED = [
    ([QUERY, "--count"], 1),
    ([QUERY, "--json", "--limit", "3"], 3),
    (["*", "--columns", "endpointHostName,objectPid"], ALL),
    (["*", "--stack", "endpointHostName", "--limit", "5", "--json"], 5),
    (["*", "--stack", "endpointHostName,objectName", "--frequent"], ATTACKED + 1),
    (["*", "--facet", "endpointHostName"], 22),
    (["riskLevel: high", "--dataset", "detections"], ATTACKED),
    (["*", "--format", "csv", "--columns", "endpointHostName,objectCmd"], ALL + 1),
    (["*", "--format", "ndjson", "--from", "2026-01-15T04:00:00Z", "--to", "2026-01-16"], 5),
    (["*", "--count", "--from", "1h"], 1),
]


def run(data: Path, *words: str, language: str = "en") -> Result:
    env = {"HINOMI_LANG": language, "HINOMI_CONTENT": str(data.parent / "content")}
    return CliRunner().invoke(main, ["search", *words, "--data", str(data)], env=env)


def said(data: Path, *words: str, language: str = "en") -> str:
    done = run(data, *words, language=language)
    assert done.exit_code == 0, done.output
    return done.stdout


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, str]]:
    """A data folder that no server runs on any more, and what `ASKED` said while one did."""
    with running(tmp_path_factory.mktemp("searched")) as served:
        path = served.house.settings.data
        folder = DataFolder(path)
        folder.announce(served.url, served.key_value(Role.ADMINISTRATOR))
        through = {" ".join(words): said(path, *words) for words, _ in ASKED}
        folder.retract()
    return path, through


@pytest.mark.parametrize(("words", "lines"), ASKED, ids=[" ".join(words) for words, _ in ASKED])
def test_alone_and_through_a_server_it_says_the_same(
    data: tuple[Path, dict[str, str]], words: list[str], lines: int
) -> None:
    path, through = data
    alone = said(path, *words)
    assert len(alone.splitlines()) == lines
    assert alone == through[" ".join(words)]


def test_a_file_is_whole_or_not_there(data: tuple[Path, dict[str, str]], tmp_path: Path) -> None:
    path, _ = data
    output = tmp_path / "found.parquet"
    told = json.loads(said(path, "*", "--output", str(output), "--json"))
    assert told["rows"] == pq.read_table(output).num_rows == ALL
    assert [each.name for each in tmp_path.iterdir()] == ["found.parquet"]
    table = list(csv.DictReader(io.StringIO(said(path, QUERY, "--format", "csv").lstrip("\ufeff"))))
    assert len(table) == ATTACKED


def test_wrong_words_are_told_in_one_line(data: tuple[Path, dict[str, str]]) -> None:
    path, _ = data
    for words in (["objectCmdd: x"], ["*", "--facet", "colour"], ["*", "--from", "soon"]):
        done = run(path, *words)
        assert (done.exit_code, len(done.stderr.splitlines())) == (1, 1)
    for words in (["*", "--count", "--facet", "dpt"], ["*", "--output", "x.exe"], ["*", "--dataset", "phones"]):
        assert run(path, *words).exit_code == 2
    assert "どれか一つ" in run(path, "*", "--count", "--facet", "dpt", language="ja").stderr
