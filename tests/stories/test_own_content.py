"""A person's own filter and model: made, at work from the next import on, rolled back, and at work no longer."""

import json
import zipfile
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests import make
from tests.api.house import content_folder
from tests.stories.conftest import HINOMI, Server, run, run_json

FILTER = """title: Ledger tool run
logsource: {product: windows, category: process_creation}
detection:
  tool: {Image|endswith: '\\ledger.exe'}
  condition: tool
level: high
hinomi: {class: signature, highlights: [objectFilePath], ja: {title: 帳簿ツールの実行}}
tests:
  fires: [{Image: 'C:\\a\\ledger.exe'}]
  silent: [{Image: 'C:\\a\\other.exe'}]
"""
QUIET = FILTER.replace("'\\ledger.exe'", "'\\ledger2.exe'").replace("C:\\a\\ledger.exe", "C:\\a\\ledger2.exe")
MODEL = """name: Ledger tool used
severity: high
rules: [{id: run, name: The tool was run, type: single, filters: [custom_ledger_tool_run]}]
"""


def recorded(folder: Path, number: int) -> Path:
    """One start of the tool, on a machine of its own."""
    path = folder / f"recording{number}.jsonl"
    one = make.record(Image=r"C:\a\ledger.exe", CommandLine="ledger", ProcessId=number, computer=f"PC-{number}")
    path.write_bytes(one + b"\n")
    return path


def alerts(data: Path) -> list[str]:
    """Machines that the model raised an alert for."""
    rows: list[dict[str, Any]] = run_json("alerts", "--limit", 100, data=data)
    mine = [row for row in rows if row["modelId"] == "custom_ledger_tool_used"]
    return sorted(
        entity["name"] for row in mine for entity in row["impactScope"]["entities"] if entity["type"] == "host"
    )


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Texts to hand in, beside a small shipped content: every command and server of these stories reads that."""
    monkeypatch.setenv("HINOMI_CONTENT", str(content_folder(tmp_path / "content")))
    for name, text in (("filter.yml", FILTER), ("quiet.yml", QUIET), ("model.yml", MODEL)):
        (tmp_path / name).write_text(text)
    return tmp_path


def test_own_content_works_from_the_next_import_until_it_is_rolled_back(data: Path, files: Path) -> None:
    server = Server(data)
    try:
        key = run("token", "create", "--role", "senior-analyst", "--name", "story", data=data).stdout.split()[-1]
        with httpx.Client(base_url=server.url, headers={"Authorization": f"Bearer {key}"}, trust_env=False) as client:
            api = "/console/api/content"
            quiet = client.post(f"{api}/filters", json={"text": FILTER, "comment": "x"}).json()
            assert (quiet["id"], quiet["proof"]["state"]) == ("custom_ledger_tool_run", "green")
            path = f"{api}/filters/{quiet['id']}"
            assert client.put(path, json={"text": QUIET}, headers={"If-Match": "1"}).json()["version"] == 2
            assert client.post(f"{api}/models", json={"text": MODEL}).status_code == 201

            run("import", recorded(files, 1), data=data)
            assert alerts(data) == []
            client.post(f"{path}/rollback", json={"version": 1})
            run("import", recorded(files, 2), data=data)
            assert alerts(data) == ["PC-2"]
            client.post(f"{path}/rollback", json={"version": 2})
            run("import", recorded(files, 3), data=data)
            assert alerts(data) == ["PC-2"]

            shown = client.get("/console/api/models/custom_ledger_tool_used").json()
            assert shown["funnel"] == {"filterHits": 1, "ruleHits": 1, "alerts": 1}
    finally:
        server.stop()


@pytest.mark.parametrize("is_served", [True, False], ids=["served", "folder"])
def test_the_command_line_manages_content(data: Path, files: Path, is_served: bool) -> None:
    server = Server(data) if is_served else None
    try:
        added = run_json("content", "add", "filter", "--file", files / "filter.yml", "--comment", "mine", data=data)
        assert (added["kind"], added["id"], added["enabled"], added["version"]) == (
            "filter",
            "custom_ledger_tool_run",
            True,
            1,
        )
        run("content", "add", "model", "--file", files / "model.yml", data=data)
        off = run_json("content", "disable", "custom_ledger_tool_used", data=data)
        assert off["enabled"] is False
        assert run_json("content", "enable", "custom_ledger_tool_used", data=data)["enabled"] is True
        run("import", recorded(files, 1), data=data)
        assert alerts(data) == ["PC-1"]

        edited = run_json("content", "edit", added["id"], "--file", files / "quiet.yml", data=data)
        assert edited["version"] == 2
        assert run_json("content", "show", added["id"], data=data)["text"] == QUIET
        assert run_json("content", "rollback", added["id"], 1, "--comment", "back", data=data)["version"] == 3
        lines = run("content", "versions", added["id"], "--json", data=data).stdout.splitlines()
        versions = [json.loads(line) for line in lines]
        assert [(one["version"], one["comment"], one["current"]) for one in versions] == [
            (3, "back", True),
            (2, "", False),
            (1, "mine", False),
        ]
        listed = run("content", "list", "--json", data=data).stdout.splitlines()
        assert [row["id"] for row in map(json.loads, listed) if row["origin"] == "custom"] == [
            "custom_ledger_tool_used",
            "custom_ledger_tool_run",
        ]
        zipped = files / "out.zip"
        run("content", "export", "--to", zipped, data=data)
        with zipfile.ZipFile(zipped) as archive:
            assert archive.read("filters/custom_ledger_tool_run.yml").decode() == FILTER
        again = run_json("content", "import", "zip", zipped, data=data)
        assert {item["state"] for item in again["items"]} == {"same"}
        refused = run("content", "show", "nothing_of_it", data=data, check=False)
        assert (refused.returncode, "neither filter nor model" in refused.stderr) == (1, True)
    finally:
        if server:
            server.stop()


def test_imported_sigma_rules_work_at_once_in_a_running_server(data: Path, files: Path) -> None:
    rules = files / "rules"
    rules.mkdir()
    (rules / "rule.yml").write_text(FILTER.partition("hinomi:")[0] + "id: 11111111-2222-3333-4444-555555555555\n")
    server = Server(data)
    try:
        run("content", "import", "sigma", rules, data=data)
        shown = run_json("content", "show", "11111111-2222-3333-4444-555555555555", data=data)
        assert (shown["origin"], shown["enabled"]) == ("sigma", True)
        report = run_json("import", recorded(files, 1), data=data)
        assert report["detections"] >= 1
    finally:
        server.stop()


def test_help_is_in_both_languages() -> None:
    import os
    import subprocess

    words = ["show", "enable", "disable", "add", "edit", "versions", "rollback", "export"]
    for language, said in (("en", "filter"), ("ja", "フィルタ")):
        line = [*HINOMI, "content", "--help"]
        environment = os.environ | {"HINOMI_LANG": language}
        told = subprocess.run(line, capture_output=True, text=True, env=environment, check=True).stdout
        assert said in told
        assert [word for word in words if word not in told] == []
