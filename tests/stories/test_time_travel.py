"""Back in time from the command line, without a server and with one, and broken off by hand."""

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from hinomi.app.content import open_book
from hinomi.app.time_travelling import request, time_travel
from hinomi.errors import InputError
from hinomi.operations.simulation import read_simulations, record_batch
from hinomi.settings import read_settings, shipped_content
from tests.stories.conftest import HINOMI, Server, run

END_MS = 1_790_000_000_000
FILTER = "demo_credential_dumping_registry_hive"


@pytest.fixture
def full(data: Path, tmp_path: Path) -> Path:
    """A data folder with the alerts of the shipped simulations."""
    path = tmp_path / "recording.jsonl"
    batches = [record_batch(one, END_MS) for one in read_simulations(shipped_content() / "simulations")]
    path.write_bytes(b"\n".join(record for batch in batches for record in batch.records) + b"\n")
    run("import", path, data=data)
    return data


def lines(*words: object, data: Path) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """The alerts and the summary of `hinomi detect --lake --json`."""
    found = [json.loads(line) for line in run("detect", "--lake", *words, "--json", data=data).stdout.splitlines()]
    return found[:-1], found[-1]


def test_the_lake_gives_the_alerts_of_then_and_those_of_another_text(full: Path, tmp_path: Path) -> None:
    items, summary = lines("--from", "2026-09-01", "--to", "now", data=full)
    raised = {row["fingerprint"] for row in json.loads(run("alerts", "--limit", 1000, "--json", data=full).stdout)}
    assert {item["fingerprint"] for item in items} == raised
    assert summary["counts"] == {"onlyThen": 0, "onlyNow": 0, "both": len(raised)}
    (text,) = (shipped_content() / "filters").rglob(f"{FILTER}.yml")
    narrow = tmp_path / f"{FILTER}.yml"
    narrow.write_text(text.read_text().replace("hklm", "hkxx"))
    server = Server(full)
    try:
        lost, told = lines("--filter", narrow, data=full)
        stored, _ = lines("--filter", f"{FILTER}@0", data=full)
    finally:
        assert server.stop() == 0
    assert told["counts"]["onlyThen"] >= 1
    assert {"draft", "filterChanged"} <= {reason["code"] for item in lost for reason in item["reasons"]}
    assert {item["group"] for item in stored} == {"both"}


def test_people_read_it_in_their_language(full: Path) -> None:
    line = [*HINOMI, "detect", "--lake", "--models", "nobody", "--data", str(full)]
    refused = subprocess.run(line, capture_output=True, text=True, timeout=300, check=False)
    assert (refused.returncode, "there is no model 'nobody'" in refused.stderr) == (1, True)
    line = [*HINOMI, "detect", "--lake", "--data", str(full)]
    told = subprocess.run(
        line, capture_output=True, text=True, timeout=300, check=True, env=os.environ | {"HINOMI_LANG": "ja"}
    )
    assert "当時も今も同じ: " in told.stdout
    assert "件を検知モデル" in told.stderr


def test_broken_off_by_hand_it_leaves_the_folder_free(full: Path) -> None:
    settings = read_settings({"data": full})

    def interrupt(_done: int, _total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        time_travel(settings, {}, interrupt)
    seen: list[tuple[int, int]] = []
    assert time_travel(settings, {}, lambda done, total: seen.append((done, total)))["counts"]["onlyThen"] == 0
    assert seen[-1][0] == seen[-1][1] > 0
    open_book(settings).database.close()


def test_what_is_meant_by_a_word(tmp_path: Path) -> None:
    path = tmp_path / "mine.yml"
    path.write_text("title: x\n")
    sent = request(None, None, ["a_model", "b@3"], [str(path), f"{path}@2"])
    assert sent["models"] == ["a_model"]
    assert sent["versions"] == [
        {"kind": "model", "id": "b", "version": 3},
        {"kind": "filter", "id": str(path)[:-4].rsplit("/", 1)[1], "version": 2},
    ]
    assert sent["texts"] == [{"kind": "filter", "id": "mine", "text": "title: x\n"}]
    with pytest.raises(InputError, match="ID@VERSION"):
        request(None, None, [], ["no_such_file"])
