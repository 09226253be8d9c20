"""From a recording to a closed alert, through the doors a person uses."""

import json
from pathlib import Path
from typing import Any

import httpx
import pytest

from hinomi.operations.simulation import read_simulations, record_batch
from hinomi.settings import shipped_content
from tests.stories.conftest import Server, run, run_json

END_MS = 1_790_000_000_000
DEMO = "Demo - Credential Dumping via Registry"


@pytest.fixture
def recording(tmp_path: Path) -> Path:
    """The shipped simulations as a file of JSON lines, at a fixed moment."""
    path = tmp_path / "recording.jsonl"
    batches = [record_batch(one, END_MS) for one in read_simulations(shipped_content() / "simulations")]
    path.write_bytes(b"\n".join(record for batch in batches for record in batch.records) + b"\n")
    return path


def alerts_of(data: Path) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = run_json("alerts", "--limit", 1000, data=data)
    return found


def shape(rows: list[dict[str, Any]]) -> set[tuple[str, str, int, int]]:
    """What must be the same whichever way the recording came in."""
    return {(row["fingerprint"], row["modelId"], row["score"], row["eventCount"]) for row in rows}


def test_a_recording_becomes_alerts_highest_score_first(recording: Path, data: Path) -> None:
    report = run_json("import", recording, data=data)
    lines = len(recording.read_bytes().splitlines())
    assert (report["read"], report["kept"], report["duplicates"], report["dead_letters"]) == (lines, lines, 0, {})
    rows = alerts_of(data)
    assert len(rows) == report["alerts"] >= 5
    assert [row["score"] for row in rows] == sorted((row["score"] for row in rows), reverse=True)
    demo = next(row for row in rows if row["model"]["en"] == DEMO)
    assert demo["id"].startswith("WB-1-")
    assert len(demo["id"].rsplit("-", 1)[1]) == 5
    assert (demo["score"], demo["severity"], demo["status"]) == (66, "high", "Open")
    assert demo["impactScope"]["counts"] == {"host": 1, "account": 1} | dict.fromkeys(
        ("emailAddress", "container", "cloudIdentity"), 0
    )


def test_an_alert_tells_why_it_was_raised(recording: Path, data: Path) -> None:
    run("import", recording, data=data)
    demo = next(row for row in alerts_of(data) if row["model"]["en"] == DEMO)
    told = run_json("explain", demo["id"], data=data)
    assert (told["alert"], told["rules"][0]["met"]) == (demo["id"], True)
    (tree,) = told["explanations"]
    assert (tree["filter"], tree["met"]) == ("demo_credential_dumping_registry_hive", True)
    screen = run("explain", demo["id"], data=data).stdout
    assert "Event.EventData.CommandLine [" in screen
    assert "wanted:" not in screen  # the parts of a log source that fits are of no interest
    wrong = run("explain", data=data, check=False)
    assert (wrong.returncode, "--filter" in wrong.stderr) == (1, True)


def test_a_second_import_adds_nothing(recording: Path, data: Path) -> None:
    first = run_json("import", recording, data=data)
    before = alerts_of(data)
    second = run_json("import", recording, data=data)
    assert (second["kept"], second["duplicates"], second["alerts"]) == (0, first["kept"], 0)
    assert alerts_of(data) == before


def test_with_a_server_running_it_goes_through_the_server(recording: Path, data: Path, tmp_path: Path) -> None:
    alone = tmp_path / "alone"
    run("init", data=alone)
    run("import", recording, data=alone)
    server = Server(data)
    report = run_json("import", recording, data=data)
    assert server.stop() == 0
    assert report["kept"] == report["read"]
    assert shape(alerts_of(data)) == shape(alerts_of(alone))


def test_every_activity_is_found_also_where_no_filter_matched(recording: Path, data: Path) -> None:
    run("import", recording, data=data)
    found = run(
        "search", 'objectFilePath: "C:\\Windows\\System32\\notepad.exe"', "--json", data=data
    ).stdout.splitlines()
    assert len(found) >= 1
    assert json.loads(found[0])["endpointHostName"] == "PC-SUZUKI"


def test_an_alert_is_closed_over_the_public_api(recording: Path, data: Path) -> None:
    run("import", recording, data=data)
    token = run("token", "create", "--role", "analyst", "--name", "t", data=data).stdout.strip()
    server = Server(data)
    try:
        with httpx.Client(base_url=server.url, headers={"Authorization": f"Bearer {token}"}, trust_env=False) as client:
            listed = client.get("/v3.0/workbench/alerts").json()
            path = f"/v3.0/workbench/alerts/{listed['items'][0]['id']}"
            etag = client.get(path).headers["etag"]
            closing = {"status": "Closed", "investigationResult": "Benign True Positive"}
            assert client.patch(path, json=closing, headers={"If-Match": etag}).status_code == 204
            again = client.patch(path, json={"status": "Open"}, headers={"If-Match": etag})
            closed = client.get(path).json()
    finally:
        assert server.stop() == 0
    assert (again.status_code, again.json()["error"]["code"]) == (412, "ConditionNotMet")
    assert (closed["status"], closed["investigationResult"]) == ("Closed", "Benign True Positive")
    assert closed["investigationStatus"] == "Benign True Positive"


def test_detect_needs_neither_server_nor_data_folder(recording: Path) -> None:
    lines = [json.loads(line) for line in run("detect", recording, "--json").stdout.splitlines()]
    assert {"rule_id", "rule_title", "level", "techniques", "file", "record", "time"} == set(lines[0])
    demo = next(line for line in lines if line["rule_id"] == "demo_credential_dumping_registry_hive")
    assert demo["file"].endswith("recording.jsonl")
    text = recording.read_text().splitlines()[demo["record"] - 1]
    assert "hklm\\\\sam" in text
