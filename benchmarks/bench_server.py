"""The running server: memory when idle, and the first page of 5,000 alerts, on a real socket.

    python benchmarks/bench_server.py [--alerts 5000] [--rounds 30]

The alerts come from telemetry of as many machines, imported through the server. Requests are compared with the cheapest
route of the same server, so that the figure is the page and not the machine.
"""

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import httpx
import orjson

HINOMI = [sys.executable, "-m", "hinomi"]


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--alerts", type=int, default=5000)
    parser.add_argument("--rounds", type=int, default=30)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        data = Path(scratch) / "data"
        subprocess.run([*HINOMI, "init", "--data", str(data)], check=True, stdout=subprocess.DEVNULL)
        server = subprocess.Popen(
            [*HINOMI, "serve", "--data", str(data), "--port", "0"], stdout=subprocess.PIPE, text=True
        )
        try:
            measure(server, data, chosen.alerts, chosen.rounds)
        finally:
            server.terminate()
            server.wait()


def measure(server: "subprocess.Popen[str]", data: Path, alerts: int, rounds: int) -> None:
    assert server.stdout is not None
    url = server.stdout.readline().split()[3]
    print(f"idle memory of server and lake: {resident_mb(server.pid):.0f} MB")
    recording = data.parent / "recording.jsonl"
    recording.write_bytes(b"\n".join(attack(number) for number in range(alerts)))
    subprocess.run([*HINOMI, "import", str(recording), "--data", str(data)], check=True)
    token = subprocess.run(
        [*HINOMI, "token", "create", "--role", "administrator", "--name", "bench", "--data", str(data)],
        check=True,
        capture_output=True,
        text=True,
    ).stdout.strip()
    with httpx.Client(base_url=url, headers={"Authorization": f"Bearer {token}"}, trust_env=False) as client:
        cheapest = timed(client, "/v3.0/healthcheck/connectivity", rounds)
        for path in ("/console/api/workbench/alerts?created=all&orderBy=score%20desc", "/v3.0/workbench/alerts"):
            page = timed(client, path, rounds)
            total = client.get(path).json()["totalCount"]
            print(
                f"{path.split('?')[0]}: first page of {total}: p50 {page * 1000:.0f} ms, {page / cheapest:.1f} x {'connectivity'}"
            )
    print(f"memory afterwards: {resident_mb(server.pid):.0f} MB")


def attack(number: int) -> bytes:
    """A mimikatz command on a machine of its own."""
    system = {
        "Provider": {"#attributes": {"Name": "Microsoft-Windows-Sysmon"}},
        "EventID": 1,
        "TimeCreated": {"#attributes": {"SystemTime": f"2026-03-{1 + number % 28:02}T03:00:00.{number % 1000:03}Z"}},
        "EventRecordID": number,
        "Channel": "Microsoft-Windows-Sysmon/Operational",
        "Computer": f"PC-{number}",
    }
    values = {
        "Image": r"C:\Users\Public\mk.exe",
        "CommandLine": 'mk.exe "privilege::debug" "sekurlsa::logonpasswords" exit',
        "ParentImage": r"C:\Windows\System32\cmd.exe",
        "User": rf"CORP\user{number}",
    }
    return orjson.dumps({"Event": {"System": system, "EventData": values}})


def timed(client: httpx.Client, path: str, rounds: int) -> float:
    """Median seconds of a GET."""
    taken = []
    for _ in range(rounds):
        start = time.perf_counter()
        client.get(path).raise_for_status()
        taken.append(time.perf_counter() - start)
    return statistics.median(taken)


def resident_mb(pid: int) -> float:
    """Resident memory of the process and its children."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    total = 0.0
    for each in (pid, *map(int, children)):
        status = Path(f"/proc/{each}/status").read_text()
        total += int(next(line for line in status.splitlines() if line.startswith("VmRSS")).split()[1]) / 1024
    return total


if __name__ == "__main__":
    main()
