"""What the lake costs: ingest, disk, memory, questions; beside SQLite and Parquet on the same batches. Ratios within one run.

    python benchmarks/bench_lake.py [--activities 5000000] [--batch 20000] [--sqlite 300000] [--rounds 9] [--folder DIR]

Telemetry is generated (benchmarks/telemetry.py), the record in full included; to generate it is not counted. SQLite and
Parquet are given a sample of the same batches, for SQLite grows slower as it grows (which flatters it here). CPU is of both
processes, merges in the background included.
"""

import argparse
import itertools
import json
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.lake_peers import Parquet, Sqlite
from benchmarks.lake_questions import WHILE_WRITING, Asked, Asking, ask, p95, questions, windowed
from benchmarks.machine import cpu_of, memory_bandwidth, memory_of
from benchmarks.telemetry import Telemetry
from hinomi.app.memory import settle
from hinomi.lake.columns import Chosen
from hinomi.lake.lake import Lake
from hinomi.schema.activity import FIELDS, FieldType

PARQUET_EVERY = 10  # batches
KEPT_BACK = 6  # batches that are written while somebody searches
TEXTS = [name for name, kind in FIELDS.items() if kind is FieldType.TEXT and name != "uuid"]


@dataclass(slots=True)
class Meter:
    """Clock and CPU of what was written in one way."""

    rows: int = 0
    wall: float = 0.0
    cpu: float = 0.0

    def count(self, write: Callable[[list[Chosen]], object], chosen: list[Chosen]) -> None:
        started, used = time.perf_counter(), time.process_time()
        write(chosen)
        self.wall += time.perf_counter() - started
        self.cpu += time.process_time() - used
        self.rows += rows_of(chosen)

    @property
    def rate(self) -> float:
        return self.rows / self.wall

    @property
    def cpu_us(self) -> float:
        return self.cpu / self.rows * 1e6


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--activities", type=int, default=5_000_000)
    parser.add_argument("--batch", type=int, default=20_000, help="activities of one write")
    parser.add_argument("--sqlite", type=int, default=300_000, help="activities for SQLite")
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--folder", type=Path, help="where to make the lake (default: a temporary folder)")
    options = parser.parse_args()
    free = shutil.disk_usage(options.folder or tempfile.gettempdir()).free
    if free < (5 << 30) + 600 * options.activities:
        raise SystemExit("not enough room for this benchmark")
    with tempfile.TemporaryDirectory(dir=options.folder) as folder:
        print(json.dumps(Bench(Path(folder), options).run()))


class Bench:
    """One run; `report` grows with it."""

    def __init__(self, folder: Path, options: argparse.Namespace) -> None:
        self._options, self._folder = options, folder
        settle()  # as a server does
        started = time.perf_counter()
        self._lake = Lake.start(folder / "lake")
        self._pid = self._lake.status().owner_pid or 0
        self._report: dict[str, Any] = {}
        self._tell("start to ready", f"{time.perf_counter() - started:.1f} s")
        self._tell("owner's memory, empty and idle", f"{memory_of(self._pid, 'VmRSS') >> 20} MB")
        self._text_bytes = dict.fromkeys(TEXTS, 0)
        self._text_rows = 0

    def run(self) -> dict[str, Any]:
        total = self._options.activities
        batches = groups(Telemetry(total).batches(total), self._options.batch)
        count = -(-total // self._options.batch)
        kept_back = min(KEPT_BACK, count // 4)
        self._ingest(itertools.islice(batches, count - kept_back), max(1, count // 11))
        status = self._lake.status()
        self._tell(
            "disk, as written, side tables included",
            f"{status.bytes_on_disk / status.activities:.0f} bytes an activity",
        )
        self._beside(status.bytes_on_disk / status.activities)
        self._questions()
        self._grown()
        self._while_writing(list(batches))
        peak, now = memory_of(self._pid, "VmHWM") >> 20, memory_of(self._pid, "VmRSS") >> 20
        self._tell("owner's memory, peak / after", f"{peak} / {now} MB", peak)
        self._lake.close()
        return self._report

    # ---- writing ------------------------------------------------------------------------------------------------------
    def _ingest(self, batches: Iterator[list[Chosen]], window: int) -> None:
        """As the pipeline does it: ask what is known, write what is not. The first `window` batches are the time asked for."""
        self._whole, self._parquet, self._sqlite = Meter(), Meter(), Meter()
        self._peers = Sqlite(self._folder / "beside.db"), Parquet(self._folder / "parquet")
        owner = cpu_of(self._pid)
        for number, chosen in enumerate(batches, 1):
            self._write(number, chosen)
            if number == window:
                self._end_ms = max(moment for _, batch, _ in chosen for moment in batch.fields["eventTime"])
                used = cpu_of(self._pid)
                self._alone = self._ask_all(windowed(self._lake, self._end_ms))
                owner += cpu_of(self._pid) - used
        cpu = self._whole.cpu_us + (cpu_of(self._pid) - owner) / self._whole.rows * 1e6
        self._tell(
            f"ingest, batches of {self._options.batch}, with fsync",
            f"{self._whole.rate:,.0f} activities/s",
            self._whole.rate,
        )
        self._tell("CPU of an activity", f"{cpu:.1f} us, of them {self._whole.cpu_us:.1f} here, merges included", cpu)

    def _write(self, number: int, chosen: list[Chosen]) -> None:
        self._whole.count(self._into_lake, chosen)
        if self._sqlite.rows < self._options.sqlite:
            self._sqlite.count(self._peers[0].write, chosen)
        if number % PARQUET_EVERY == 1:
            self._parquet.count(self._peers[1].write, chosen)
            self._measure(chosen)

    def _into_lake(self, chosen: list[Chosen]) -> None:
        uuids = [uuid for _, batch, _ in chosen for uuid in batch.fields["uuid"]]
        times = [moment for _, batch, _ in chosen for moment in batch.fields["eventTime"]]
        assert self._lake.known(uuids, times) == {}
        self._lake.write_activities(chosen)

    def _measure(self, chosen: list[Chosen]) -> None:
        """Bytes of text in each field, of a sample."""
        self._text_rows += rows_of(chosen)
        for _, batch, _ in chosen:
            for name in TEXTS:
                self._text_bytes[name] += sum(len(one) for one in batch.fields.get(name, ()) if one)

    def _beside(self, bytes_each: float) -> None:
        sqlite, parquet = self._peers
        of_sqlite, of_parquet = sqlite.close() / self._sqlite.rows, parquet.close() / self._parquet.rows
        for name, meter, size in (("SQLite", self._sqlite, of_sqlite), ("Parquet", self._parquet, of_parquet)):
            self._tell(
                f"{name}, a sample of {meter.rows:,}",
                f"{meter.rate:,.0f} activities/s, {meter.cpu_us:.0f} us CPU, {size:,.0f} bytes an activity",
            )
        cpu = self._report["CPU of an activity"]
        for name, meter, wish in (("SQLite", self._sqlite, "4, aim 8"), ("Parquet", self._parquet, "0.4")):
            ratio = self._whole.rate / meter.rate
            self._tell(
                f"ingest beside {name} (wanted {wish})",
                f"{ratio:.2f} times; per CPU second {meter.cpu_us / cpu:.2f}",
                ratio,
            )
        self._tell("disk of that SQLite file (wanted 1/20)", f"1/{of_sqlite / bytes_each:.1f}", bytes_each / of_sqlite)

    # ---- asking -------------------------------------------------------------------------------------------------------
    def _ask_all(self, asked: dict[str, Callable[[int], object]]) -> dict[str, Asked]:
        return {name: ask(question, self._options.rounds, self._pid) for name, question in asked.items()}

    def _questions(self) -> None:
        rows, bandwidth = self._lake.status().activities, memory_bandwidth()
        self._tell("memory bandwidth (one thread copies)", f"{bandwidth / 1e9:.1f} GB/s", bandwidth)
        command_bytes = rows * sum(self._text_bytes[name] for name in ("processCmd", "objectCmd")) / self._text_rows
        every_byte = rows * sum(self._text_bytes.values()) / self._text_rows
        texts = {
            "*reg*save*hklm*, everything": command_bytes,
            "*reg*save*hklm* in every text field, everything": every_byte,
        }
        for name, took in self._ask_all(questions(self._lake)).items():
            share = texts[name] / (took.clock / 1000) / bandwidth if name in texts else None
            more = f"; {texts[name] / 1e9:.2f} GB of text at {share:.0%} of memory bandwidth" if share else ""
            self._tell(name, f"{took.clock:.0f} ms, CPU {took.cpu:.0f} ms{more}", took.clock)

    def _grown(self) -> None:
        """The first tenth of the time, with ten times as much beside it."""
        for name, after in self._ask_all(windowed(self._lake, self._end_ms)).items():
            first = self._alone[name]
            change, change_cpu = after.clock / first.clock - 1, after.cpu / first.cpu - 1
            text = f"{first.clock:.0f} -> {after.clock:.0f} ms ({change:+.0%}), CPU {first.cpu:.0f} -> {after.cpu:.0f} ms ({change_cpu:+.0%})"
            self._tell(f"10 times the data outside: {name}", text, change)

    def _while_writing(self, kept_back: list[list[Chosen]]) -> None:
        every = questions(self._lake)
        chosen = [every[name] for name in WHILE_WRITING]
        idle = Asking(chosen)
        for turn in range(3 * self._options.rounds):
            for question in chosen:
                idle.once(question, turn)
        with Asking(chosen) as busy:
            for batch in kept_back:
                self._into_lake(batch)
        calm, stormy = p95(idle.taken), p95(busy.taken)
        self._tell(
            "searches while ingest runs, p95 (wanted 3 times at most)",
            f"{calm:.0f} -> {stormy:.0f} ms, {stormy / calm:.1f} times; {len(busy.taken)} asked, {busy.refused} refused",
            stormy / calm,
        )

    def _tell(self, name: str, value: str, number: float | None = None) -> None:
        self._report[name] = value if number is None else round(number, 3)
        print(f"{name:58} {value}", file=sys.stderr, flush=True)


def rows_of(chosen: list[Chosen]) -> int:
    return sum(batch.length for _, batch, _ in chosen)


def groups(entries: Iterator[tuple[int, list[Any]]], size: int) -> Iterator[list[Chosen]]:
    waiting: list[Chosen] = []
    for sequence, batches in entries:
        waiting += [(sequence, batch, None) for batch in batches]
        if rows_of(waiting) >= size:
            yield waiting
            waiting = []
    if waiting:
        yield waiting


if __name__ == "__main__":
    main()
