"""What the lake costs: ingest, disk, memory, questions; beside SQLite on the same rows. Ratios within one run.

    python benchmarks/bench_lake.py [--activities 200000] [--batch 20000] [--sqlite 40000] [--rounds 7] [--folder DIR]

Telemetry is generated (benchmarks/telemetry.py), the record in full included. SQLite: WAL, synchronous=FULL, the same
columns, seven indexes, FTS5 on the command lines. CPU is of both processes, merges in the background included.
"""

import argparse
import json
import os
import random
import shutil
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

sys.path[:0] = [str(Path(__file__).resolve().parents[1]), str(Path(__file__).resolve().parent)]

from telemetry import DAY_MS, START_MS, Telemetry  # noqa: E402

from hinomi.lake.lake import Lake  # noqa: E402
from hinomi.schema.activity import FIELDS, ActivityBatch, FieldType  # noqa: E402

Entries = list[tuple[int, list[ActivityBatch]]]
SQLITE_INDEXES = (
    ("eventTime",), ("endpointHostName", "eventTime"), ("processHashId",), ("objectFileHashSha256",), ("dst",),
    ("hostName",), ("uuid",),
)  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--activities", type=int, default=200_000)
    parser.add_argument("--batch", type=int, default=20_000, help="activities of one write")
    parser.add_argument("--sqlite", type=int, default=40_000, help="activities for the comparison; 0 leaves it out")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--folder", type=Path, help="where to make the lake (default: a temporary folder)")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=options.folder) as folder:
        report = run(Path(folder), options)
    print(json.dumps(report))


def run(folder: Path, options: argparse.Namespace) -> dict[str, Any]:
    start = time.perf_counter()
    lake = Lake.start(folder / "lake")
    report: dict[str, Any] = {"start_s": round(time.perf_counter() - start, 2)}
    report["rss_idle_mb"] = lake.status().owner_rss_bytes >> 20
    show("start to ready", f"{report['start_s']} s")
    show("owner's memory, empty and idle", f"{report['rss_idle_mb']} MB")
    telemetry = Telemetry(options.activities)
    report |= ingest(lake, telemetry, options.activities, options.batch)
    report |= questions(lake, options)
    lake.close()
    if options.sqlite:
        report |= beside_sqlite(folder, options, report)
    return report


# ---- writing ----------------------------------------------------------------------------------------------------------
def ingest(lake: Lake, telemetry: Telemetry, total: int, size: int) -> dict[str, Any]:
    """As the pipeline does it: ask what is known, write what is not. Generating is not counted."""
    pid = lake.status().owner_pid or 0
    wall = mine = asking = 0.0
    owner = cpu_of(pid)
    for entries in groups(telemetry.batches(total), size):
        uuids = [uuid for _, batches in entries for batch in batches for uuid in batch.fields["uuid"]]
        times = [moment for _, batches in entries for batch in batches for moment in batch.fields["eventTime"]]
        chosen = [(sequence, batch, None) for sequence, batches in entries for batch in batches]
        started, cpu = time.perf_counter(), time.process_time()
        assert lake.known(uuids, times) == {}
        asking += time.perf_counter() - started
        lake.write_activities(chosen)
        wall += time.perf_counter() - started
        mine += time.process_time() - cpu
    owner = cpu_of(pid) - owner
    peak = memory_of(pid, "VmHWM")
    status = lake.status()
    show(f"ingest, batches of {size}", f"{total / wall:,.0f} activities/s with fsync")
    show(
        "CPU of an activity",
        f"{mine / total * 1e6:.1f} us here + {owner / total * 1e6:.1f} us in the owner (merges included)",
    )
    show("asking what is known", f"{asking / total * 1e6:.1f} us an activity (clock)")
    lake.optimise()
    merged = lake.status()
    show("disk, as written / merged", f"{status.bytes_on_disk / total:.0f} / {merged.bytes_on_disk / total:.0f} bytes an activity, "
         f"{merged.ratio:.1f} times smaller than its columns")  # fmt: skip
    show("owner's memory, peak / after", f"{peak >> 20} / {memory_of(pid, 'VmRSS') >> 20} MB")
    return {
        "activities": total,
        "rate": round(total / wall),
        "cpu_us": round((mine + owner) / total * 1e6, 1),
        "bytes_per_activity": round(merged.bytes_on_disk / total),
        "rss_peak_mb": peak >> 20,
    }


def groups(entries: Iterator[tuple[int, list[ActivityBatch]]], size: int) -> Iterator[Entries]:
    waiting: Entries = []
    count = 0
    for entry in entries:
        waiting.append(entry)
        count += sum(batch.length for batch in entry[1])
        if count >= size:
            yield waiting
            waiting, count = [], 0
    if waiting:
        yield waiting


# ---- asking -----------------------------------------------------------------------------------------------------------
def questions(lake: Lake, options: argparse.Namespace) -> dict[str, Any]:
    newest = lake.search("1", {}, limit=1)[0]
    end = newest["eventTime"] + 1
    day, hour = {"from_ms": end - DAY_MS, "to_ms": end}, {"from_ms": end - 3_600_000, "to_ms": end}
    everything = {"from_ms": START_MS, "to_ms": end}
    saved = "match(`objectCmd`, {p0:String})", {"p0": "(?i)reg.*save.*hklm"}
    host = "`endpointHostName` = {p0:String}", {"p0": "PC-0003"}
    processes = lake.search(
        "eventId = 1 AND eventSubId = 2", {}, columns=["endpointGuid", "objectProcessHashId"], limit=200
    )
    chance = random.Random(3)

    def a_process() -> tuple[str, int]:
        row = chance.choice(processes)
        return row["endpointGuid"], row["objectProcessHashId"]

    asked: dict[str, Callable[[], object]] = {
        "newest 100 of the last hour": lambda: lake.search("1", {}, limit=100, **hour),
        "newest 50 of everything": lambda: lake.search("1", {}, limit=50),
        "one host, a day, newest 1,000, all columns": lambda: lake.search(*host, limit=1000, **day),
        "reg save hklm, everything": lambda: lake.count(*saved, **everything),
        "one activity by uuid and time": lambda: lake.activity(newest["uuid"], newest["eventTime"]),
        "one activity by uuid alone": lambda: lake.activity(newest["uuid"]),
        "process chain": lambda: lake.process_chain(*a_process()),
        "what a process did": lambda: lake.process_events(*a_process()),
        "hourly histogram of everything": lambda: lake.histogram("1", {}, bucket_ms=3_600_000, **everything),
        "rare process names": lambda: lake.facet("1", {}, "processName", limit=1000, **everything),
    }
    pid = lake.status().owner_pid or 0
    return {"ms": {name: ask(name, question, options.rounds, pid) for name, question in asked.items()}}


def ask(name: str, question: Callable[[], object], rounds: int, pid: int) -> float:
    """Median of the clock; beside it the CPU of both processes, which a busy machine does not blur."""
    question()
    taken = []
    used = cpu_of(pid) + time.process_time()
    for _ in range(rounds):
        started = time.perf_counter()
        question()
        taken.append((time.perf_counter() - started) * 1000)
    middle = statistics.median(taken)
    used = (cpu_of(pid) + time.process_time() - used) / rounds * 1000
    show(name, f"{middle:.0f} ms, CPU {used:.0f} ms")
    return round(middle, 1)


# ---- SQLite -----------------------------------------------------------------------------------------------------------
def beside_sqlite(folder: Path, options: argparse.Namespace, report: dict[str, Any]) -> dict[str, Any]:
    total = options.sqlite
    path = folder / "beside.db"
    connection = sqlite3.connect(path)
    prepare_sqlite(connection)
    wall = cpu = 0.0
    for entries in groups(Telemetry(total).batches(total), options.batch):
        batches = [batch for _, found in entries for batch in found]
        started, used = time.perf_counter(), time.process_time()
        with connection:
            for batch in batches:
                write_sqlite(connection, batch)
        wall += time.perf_counter() - started
        cpu += time.process_time() - used
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    size = path.stat().st_size / total
    show(
        "SQLite, the same",
        f"{total / wall:,.0f} activities/s, {cpu / total * 1e6:.0f} us CPU, {size:,.0f} bytes an activity",
    )
    ratios = {"ingest_ratio": report["rate"] / (total / wall), "disk_ratio": size / report["bytes_per_activity"]}
    show(
        "lake beside SQLite", f"{ratios['ingest_ratio']:.1f} times its ingest, {ratios['disk_ratio']:.1f} times smaller"
    )
    return {name: round(ratio, 2) for name, ratio in ratios.items()}


def prepare_sqlite(connection: sqlite3.Connection) -> None:
    connection.executescript("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;")
    connection.execute(f"CREATE TABLE activities ({', '.join(FIELDS)})")
    for number, columns in enumerate(SQLITE_INDEXES):
        connection.execute(f"CREATE INDEX i{number} ON activities ({', '.join(columns)})")
    connection.execute("CREATE VIRTUAL TABLE commands USING fts5 (processCmd, objectCmd)")


def write_sqlite(connection: sqlite3.Connection, batch: ActivityBatch) -> None:
    lists = {name for name, kind in FIELDS.items() if kind is FieldType.TEXTS}
    columns = {
        name: [json.dumps(value) for value in column] if name in lists else column
        for name, column in batch.fields.items()
    }
    marks = ", ".join("?" * len(columns))
    connection.executemany(
        f"INSERT INTO activities ({', '.join(columns)}) VALUES ({marks})", zip(*columns.values(), strict=True)
    )
    empty = [None] * batch.length
    commands = zip(columns.get("processCmd", empty), columns.get("objectCmd", empty), strict=True)
    connection.executemany("INSERT INTO commands VALUES (?, ?)", commands)


# ---- the machine ------------------------------------------------------------------------------------------------------
def cpu_of(pid: int) -> float:
    """Seconds of CPU that a process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def memory_of(pid: int, name: str) -> int:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith(f"{name}:"))


def show(name: str, value: str) -> None:
    print(f"{name:45} {value}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    if shutil.disk_usage(tempfile.gettempdir()).free < 5 << 30:
        sys.exit("not enough room for a benchmark")
    main()
