"""kill -9 of the server at random moments of an import: nothing is lost, nothing comes twice, the alerts are the same."""

import contextlib
import random
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests import make
from tests.stories.conftest import HINOMI, Server, run, run_json

KILLS = 10
FILES = 12
RECORDS = 600  # per file


def recordings(folder: Path) -> Path:
    """Ordinary telemetry of many machines with attacks strewn in, in several files."""
    folder.mkdir()
    for file in range(FILES):
        lines = [ordinary(file, number) for number in range(RECORDS)]
        lines[RECORDS // 3] = attack(file, "reg.exe save hklm\\sam C:\\Windows\\Temp\\s.hive")
        lines[RECORDS // 2] = attack(file, "mk.exe privilege::debug sekurlsa::logonpasswords exit")
        for number in range(40):
            lines[RECORDS // 2 + 10 + number] = failed_logon(file, number)
        (folder / f"part-{file:02}.jsonl").write_bytes(b"\n".join(lines) + b"\n")
    return folder


def moment(file: int, number: int) -> str:
    return f"2026-02-{1 + file:02}T{number // 60 % 24:02}:{number % 60:02}:00.000000Z"


def ordinary(file: int, number: int) -> bytes:
    return make.record(
        1,
        computer=f"PC-{file}",
        time=moment(file, number),
        record_id=number,
        Image=r"C:\Program Files\App\app.exe",
        CommandLine=f"app.exe --document {number}",
        ProcessGuid=f"{{{file:08x}-0000-0000-0000-{number:012x}}}",
        ProcessId=number,
        ParentImage=r"C:\Windows\explorer.exe",
        ParentCommandLine=r"C:\Windows\Explorer.EXE",
        ParentProcessGuid=f"{{{file:08x}-0000-0000-0001-000000000000}}",
        ParentProcessId=4,
        User=f"CORP\\user{file}",
    )


def attack(file: int, command: str) -> bytes:
    return make.record(
        1,
        computer=f"PC-{file}",
        time=moment(file, 300),
        record_id=100_000,
        Image=r"C:\Windows\System32\cmd.exe",
        CommandLine=f'cmd.exe /c echo "{command}"' if "reg.exe" in command else command,
        ProcessGuid=f"{{{file:08x}-0000-0000-0002-{len(command):012x}}}",
        ProcessId=9,
        ParentImage=r"C:\Windows\System32\cmd.exe",
        ParentCommandLine="cmd.exe",
        User=f"CORP\\user{file}",
    )


def failed_logon(file: int, number: int) -> bytes:
    return make.record(
        4625,
        computer="DC-1",
        time=f"2026-02-{1 + file:02}T12:00:{number:02}.000000Z",
        record_id=200_000 + number,
        TargetUserName=f"person{number}",
        TargetDomainName="CORP",
        SubjectUserName="-",
        Status="0xc000006d",
        SubStatus="0xc000006a",
        LogonType="3",
        IpAddress=f"10.0.0.{file + 1}",
        WorkstationName=f"PC-{file}",
    )


def outcome(data: Path) -> tuple[int, int, dict[str, Any], int]:
    """What an analyst finds: activities, detections, the alerts but for the moment they were raised, what was hidden."""
    lake = run_json("lake", "status", data=data)
    alerts = {
        row["fingerprint"]: (row["modelId"], row["score"], row["eventCount"], str(row["impactScope"]["entities"]))
        for row in run_json("alerts", "--limit", 10_000, data=data)
    }
    (exception,) = run_json("exceptions", "list", data=data)
    return lake["activities"], lake["detections"], alerts, exception["hits"]


@pytest.mark.slow  # about a minute
def test_ten_kills_during_an_import_change_nothing(tmp_path: Path) -> None:
    folder = recordings(tmp_path / "recordings")
    calm, rough = tmp_path / "calm", tmp_path / "rough"
    for data in (calm, rough):
        run("init", data=data)
        terms = ("--field", "endpointHostName", "--operator", "re", "--value", "^PC-[35]$")
        run("exceptions", "add", *terms, "--override", "--reason", "training room", data=data)
    run("import", folder, data=calm)
    chance = random.Random(20261122)
    for _ in range(KILLS):
        server = Server(rough)
        with importing(folder, rough, chance.randint(1, 90_000)):
            server.kill()
    server = Server(rough)
    run("import", folder, data=rough)
    assert server.stop() == 0
    undisturbed = outcome(calm)
    activities, _, alerts, hidden = undisturbed
    assert activities == FILES * RECORDS
    assert hidden >= 2
    assert len(alerts) >= FILES
    assert outcome(rough) == undisturbed


@contextlib.contextmanager
def importing(folder: Path, data: Path, size: int) -> "Iterator[subprocess.Popen[bytes]]":
    """`hinomi import` at work: entered when the spool has grown by so many bytes, waited for at the end."""
    words = [*HINOMI, "import", str(folder), "--json", "--data", str(data)]
    with subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as program:
        _wait_for_growth(data, size, program)
        yield program
        program.wait(timeout=300)


def _wait_for_growth(data: Path, size: int, program: "subprocess.Popen[bytes]") -> None:
    """Until the spool has grown by so many bytes, or the import is over: a moment set by work, not by a clock."""
    most = start = written(data / "spool")
    while most - start < size:
        most = max(most, written(data / "spool"))
        try:
            program.wait(timeout=0.002)
        except subprocess.TimeoutExpired:
            continue
        return


def written(spool: Path) -> int:
    """Bytes in the spool; segments may vanish while we look."""
    total = 0
    for path in spool.rglob("*"):
        with contextlib.suppress(FileNotFoundError):
            total += path.stat().st_size
    return total
