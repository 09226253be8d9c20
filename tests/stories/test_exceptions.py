"""An exception from the command line: bill, refusal, add, hide, list, remove; beside a server and without one."""

from pathlib import Path

from tests import make
from tests.stories.conftest import Server, run, run_json

TERMS = ("--field", "endpointHostName", "--operator", "equals", "--value", "KIOSK-9", "--filter", "whoami_run_nowhere")
HERE = ("--field", "endpointHostName", "--operator", "startswith", "--value", "KIOSK-")


def recording(folder: Path, host: str) -> Path:
    path = folder / f"{host}.jsonl"
    command = r'cmd.exe /c echo "reg.exe save hklm\sam C:\demo\demo.hive"'
    image = r"C:\Windows\System32\cmd.exe"
    record = make.record(1, computer=host, Image=image, ParentImage=image, CommandLine=command, User=r"CORP\sato")
    path.write_bytes(record + b"\n")
    return path


def test_without_a_server(data: Path, tmp_path: Path) -> None:
    first = run_json("import", recording(tmp_path, "KIOSK-1"), data=data)
    assert (first["hidden"], first["alerts"] > 0) == (0, True)
    bill = run_json("exceptions", "bill", *HERE, data=data)
    assert (bill["detections"], bill["alerts"]) == (first["detections"], first["alerts"])
    assert "KIOSK-1" in run("exceptions", "bill", *HERE, data=data).stdout
    made = run_json("exceptions", "add", *HERE, "--reason", "exhibits", "--expires", "2099-01-01", data=data)
    again = run_json("import", recording(tmp_path, "KIOSK-2"), data=data)
    assert (again["hidden"], again["detections"], again["alerts"]) == (first["detections"], 0, 0)
    (row,) = run_json("exceptions", "list", data=data)
    assert (row["id"], row["hits"], row["reason"]) == (made["id"], again["hidden"], "exhibits")
    assert "exhibits" in run("exceptions", "list", data=data).stdout
    run("exceptions", "remove", made["id"], data=data)
    assert run_json("exceptions", "list", data=data) == []
    assert run_json("import", recording(tmp_path, "KIOSK-3"), data=data)["alerts"] == first["alerts"]


def test_beside_a_server(data: Path, server: Server, tmp_path: Path) -> None:
    assert server.is_running
    refused = run("exceptions", "add", *TERMS, "--reason", "none", data=data, check=False)
    assert (refused.returncode, "no filter" in refused.stderr) == (1, True)
    blinding = ("--field", "endpointHostName", "--value", "PC-1")
    blind = run("exceptions", "add", *blinding, "--reason", "loud", data=data, check=False)
    assert (blind.returncode, "would blind" in blind.stderr) == (1, True)
    made = run_json("exceptions", "add", *blinding, "--reason", "loud", "--override", data=data)
    report = run_json("import", recording(tmp_path, "PC-1"), data=data)
    assert (report["alerts"], report["hidden"] > 0) == (0, True)
    assert run_json("exceptions", "list", data=data)[0]["hits"] == report["hidden"]
    run("exceptions", "remove", made["id"], data=data)
    missing = run("exceptions", "remove", made["id"], data=data, check=False)
    assert (missing.returncode, "no exception" in missing.stderr) == (1, True)
