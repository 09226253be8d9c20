"""An unchanged client of the public API against our server. It lives in an environment of its own (`make setup-clients`),
for it asks for older libraries than ours."""

import json
import subprocess
from pathlib import Path

import pytest

from tests import make
from tests.stories.conftest import Server, run

ROOT = Path(__file__).resolve().parents[2]
PYTHON = ROOT / ".venv-clients/bin/python"


@pytest.mark.skipif(not PYTHON.exists(), reason="no .venv-clients: make setup-clients")
def test_a_script_of_the_public_api_works_unchanged(tmp_path: Path) -> None:
    data = tmp_path / "data"
    run("init", data=data)
    lines = [
        make.record(
            computer=f"PC-{number}",
            Image=r"C:\Windows\System32\cmd.exe",
            CommandLine=r'cmd.exe /c echo "reg.exe save hklm\sam C:\demo\demo.hive"',
            ParentImage=r"C:\Windows\System32\cmd.exe",
            User=r"CORP\sato",
        )
        for number in range(12)
    ]
    (tmp_path / "recording.jsonl").write_bytes(b"\n".join(lines))
    server = Server(data)
    try:
        run("import", tmp_path / "recording.jsonl", data=data)
        token = run("token", "create", "--role", "senior-analyst", "--name", "script", data=data).stdout.strip()
        trip = subprocess.run(
            [PYTHON, ROOT / "tests/clients/pytmv1_trip.py", server.url, token],
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
    finally:
        server.stop()
    assert trip.returncode == 0, trip.stderr
    seen = json.loads(trip.stdout)
    assert seen["connectivity"] == "available"
    assert seen["total"] == len(seen["consumed"]) == len(set(seen["consumed"])) >= 12
    assert {score for _, score, severity in seen["alerts"] if severity == "high"} == {66}
    assert set(seen["high"]) <= set(seen["consumed"])
    assert seen["stale"] == ["ERROR", 412]
    assert seen["status"] == "In Progress"
    assert (seen["notes"], seen["notes left"]) == (["looked twice"], 0)
    assert "Demo - Possible Credential Dumping via Registry Hive" in seen["oats"]
    assert len(seen["activities"]) == seen["count"] == 12
    assert seen["missing"] == ["ERROR", 404]
