"""The trips of a hunter at the command line, with a real server: a watched query and what comes late; a report; a technique."""

import time
from pathlib import Path
from typing import Any

import pytest

from tests import make
from tests.api.house import content_folder
from tests.stories.conftest import Server, run, run_json

HIVE = r"reg save hklm\sam C:\t\s.hiv"
PATIENCE_S = 60
REPORT = """The actor (T1003.002, T1059) talks to 45.33.32[.]156 and hxxps://evil[.]bad-zone[.]ru/x, never to 10.0.0.5.
Version 10.0.19041.1. SHA1: DA39A3EE5E6B4B0D3255BFEF95601890AFD80708, seen by example.com."""


def recorded(folder: Path, number: int, time_: str) -> Path:
    """A hive saved, and a connection, on a machine of its own."""
    path = folder / f"recording{number}.jsonl"
    host = {"computer": f"PC-{number}", "time": time_}
    beacon = {"DestinationIp": "45.33.32.156", "DestinationPort": 443, "SourceIp": "10.0.0.9", "Initiated": "true"}
    rows = [
        make.record(Image=r"C:\Windows\System32\reg.exe", CommandLine=HIVE, ProcessId=number, **host),
        make.record(3, Image=r"C:\t\b.exe", record_id=2, **host, **beacon),
    ]
    path.write_bytes(b"\n".join(rows) + b"\n")
    return path


def check_points(data: Path, results: int) -> list[dict[str, Any]]:
    """The open ones, once they hold so many results in all."""
    end = time.monotonic() + PATIENCE_S
    while True:
        found: list[dict[str, Any]] = run_json("hunt", "checks", data=data)
        if sum(one["count"] for one in found) >= results or time.monotonic() > end:
            return found


@pytest.mark.slow  # 60 s
def test_hunting(data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HINOMI_CONTENT", str(content_folder(tmp_path / "content")))
    server = Server(data)
    try:
        run("import", recorded(tmp_path, 1, "2026-01-15T03:00:00.000000Z"), data=data)
        saved = run_json("hunt", "save", "Hives", "objectCmd: *save*hklm*", "--technique", "T1003.002", data=data)
        watched = run_json("hunt", "watch", "hives", "--every", 600, data=data)
        assert watched["watch"]["isActive"]
        (point,) = check_points(data, 1)
        assert (point["queryId"], point["count"]) == (saved["id"], 1)
        assert run_json("hunt", "done", point["id"], "--note", "a test", data=data)["state"] == "done"

        # years older than what was looked at before, and new all the same
        run("import", recorded(tmp_path, 2, "2020-02-02T03:00:00.000000Z"), data=data)
        run("hunt", "watch", "Hives", "--every", 600, data=data)
        (late,) = check_points(data, 1)
        assert late["sample"][0]["endpointHostName"] == "PC-2"
        assert "Hives" in run("hunt", "list", data=data).stdout

        (tmp_path / "report.txt").write_text(REPORT)
        found = run_json("hunt", "run", "--report", tmp_path / "report.txt", data=data)
        hits = {one["value"]: (one["count"], one["endpoints"]) for one in found["indicators"] if one["count"]}
        assert hits == {"45.33.32.156": (2, 2)}
        parts = {one["id"]: one["count"] for one in found["parts"]}
        assert parts["sam_hive_saved"] == parts[saved["id"]] == 2

        one = run_json("hunt", "run", "--technique", "T1003", "--from", "2026-01-01", data=data)
        assert {part["id"]: part["count"] for part in one["parts"]} == {"sam_hive_saved": 1, saved["id"]: 1}
        told = run("hunt", "run", "--query", "hives", data=data).stdout
        assert "2 endpoints" in told

        entity = run_json("entity", "address", "45.33.32.156", data=data)
        assert (entity["endpoints"]["count"], entity["isInternal"]) == (2, False)
        assert ("process", "b.exe") in {(one["kind"], one["value"]) for one in entity["neighbours"]}
    finally:
        assert server.stop() == 0
    alone = run_json("entity", "address", "45.33.32.156", data=data)
    assert alone["lastSeen"] == entity["lastSeen"]
    refused = run("hunt", "list", data=data, check=False)
    assert refused.returncode == 1
    assert "no server runs" in refused.stderr
