"""Sigma in this house beside Sigma over SQL: the same rules, the same lines, decoding included, per CPU second.

    make setup-bench                                     once: the others' packages, in .venv-bench
    python benchmarks/bench_peers.py [--data ../shared/data] [--lines 1500] [--peers .venv-bench/bin/python]

Rules: all of the Sigma community for Windows. Lines: Windows recordings as JSON, one record a line, shuffled; our engine
has seen other lines of the same recordings, and none of these. What the others find we must find; what we find beyond
that is told by class (peers/sql_peers.py says how a class is found out).
"""

import argparse
import gc
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Sequence
from itertools import chain
from pathlib import Path
from typing import Any

import orjson

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from hinomi.detect.engine import Engine
from hinomi.detect.log_source import fits
from hinomi.detect.sigma_content import load_sigma
from hinomi.ingest.protocols.file import read_paths
from hinomi.normalise.normaliser import Normaliser
from hinomi.schema.record import RecordBatch

ROOT = Path(__file__).resolve().parents[1]
PEER = Path(__file__).resolve().parent / "peers" / "sql_peers.py"
PEERS = ("zargunlite", "sqlite")
BATCH = 5000  # records, as the pipeline takes them
TELEMETRY = 20_000  # records of the simulated company
TURN = 100  # lines in a row

Pair = tuple[str, int]  # id of a rule, number of a line


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", type=Path, default=ROOT.parent / "shared" / "data")
    parser.add_argument("--lines", type=int, default=1500, help="that the others get; we get all")
    parser.add_argument("--peers", type=Path, default=ROOT / ".venv-bench" / "bin" / "python")
    given = parser.parse_args()
    if not given.peers.exists():
        print(f"the others' packages are not set up ({given.peers} is missing): make setup-bench")
        return
    folders = [given.data / "sigma" / name for name in ("rules/windows", "rules-emerging-threats")]
    folders.append(given.data / "sigma" / "rules-threat-hunting" / "windows")
    seen, fresh = lines_of(given.data / "windows")
    ours = Ours(folders, seen, fresh)
    print(
        f"ours       {len(fresh):>6} lines {ours.rate:>10,.0f} a CPU second; {len(ours.pairs)} detections; "
        f"decoding and evaluating alone {ours.rate_alone:,.0f}"
    )
    with tempfile.TemporaryDirectory() as scratch:
        compare(Path(scratch), given.peers, folders, fresh, given.lines, ours)


def lines_of(folder: Path) -> tuple[list[bytes], list[bytes]]:
    """Records of the recordings, each one line of JSON, by turns to warm up with and fresh, in the order they were written.

    Some twenty thousand of a simulated company's telemetry, and every record of the short attack recordings.
    """
    telemetry = records_of(read_paths([folder / "mordor"]), TELEMETRY)
    attacks = records_of(read_paths(sorted(folder.rglob("*.evtx.gz"))), sys.maxsize)
    lines = [b" ".join(record.split(b"\n")) for record in dict.fromkeys((*telemetry, *attacks))]
    turns = [lines[start : start + TURN] for start in range(0, len(lines), TURN)]
    return list(chain.from_iterable(turns[::2])), list(chain.from_iterable(turns[1::2]))


def records_of(batches: Iterable[RecordBatch], limit: int) -> list[bytes]:
    found: list[bytes] = []
    for batch in batches:
        found += batch.records
        if len(found) >= limit:
            break
    return found[:limit]


class Ours:
    """What we find in fresh lines, and how fast: decoding, normalising, evaluating; and without the normalising."""

    def __init__(self, folders: Sequence[Path], seen: list[bytes], fresh: list[bytes]) -> None:
        self.filters, self.problems = load_sigma(folders)
        self._engine, self._normaliser = Engine(self.filters), Normaliser()
        gc.freeze()
        gc.disable()  # as the pipeline does
        self._observed(seen)
        self._observed(seen)
        start = time.process_time()
        normalised = [self._normaliser.normalise(batch, 0).activities for batch in batches_of(fresh)]
        between = time.process_time()
        found = [self._engine.observe_all(activities) for activities in normalised]
        end = time.process_time()
        for line in fresh:
            orjson.loads(line)
        self.rate = len(fresh) / (end - start)
        self.rate_alone = len(fresh) / (time.process_time() - between)
        gc.enable()
        self.pairs = {(one.filter_id, one.position + BATCH * turn) for turn, some in enumerate(found) for one in some}

    def _observed(self, lines: list[bytes]) -> None:
        for batch in batches_of(lines):
            self._engine.observe_all(self._normaliser.normalise(batch, 0).activities)

    def reads_otherwise(self, rule: str, line: bytes) -> bool:
        """Is the line, as we read it, of another log source than the rule's?"""
        (batch,) = batches_of([line])
        kinds = [one.kind for one in self._normaliser.normalise(batch, 0).activities]
        return not any(fits(one.logsource, kind) for one in self.filters if one.id == rule for kind in kinds)


def batches_of(lines: list[bytes]) -> list[RecordBatch]:
    cuts = [lines[start : start + BATCH] for start in range(0, len(lines), BATCH)]
    return [
        RecordBatch("file", ["lines.jsonl"], some, [0] * len(some), list(range(len(some))), [0] * len(some))
        for some in cuts
    ]


def compare(scratch: Path, python: Path, folders: Sequence[Path], fresh: list[bytes], count: int, ours: Ours) -> None:
    """`count`: so many of the fresh lines, evenly spread, do the others get."""
    rules, sample = scratch / "rules.json", scratch / "lines.jsonl"
    step = max(1, len(fresh) // count)
    lines = fresh[::step]
    sample.write_bytes(b"\n".join(lines))
    run(python, "convert", rules, *folders)
    common = {(rule, line // step) for rule, line in ours.pairs if line % step == 0}
    everything: set[Pair] = set()
    for peer in PEERS:
        told = json.loads(run(python, "run", peer, rules, sample))
        found = {(rule, line) for rule, line in told["found"]}
        everything |= found
        rate = len(lines) / told["cpu_s"]
        print(
            f"{peer:<10} {len(lines):>6} lines {rate:>10,.0f} a CPU second; {len(found)} detections; "
            f"ours is {ours.rate / rate:.0f} times as fast, {ours.rate_alone / rate:.0f} times without normalising"
        )
    missing = everything - common
    otherwise = {pair for pair in missing if ours.reads_otherwise(pair[0], lines[pair[1]])}
    print(f"theirs that we do not find: {len(missing - otherwise)}")
    for rule, line in sorted(missing - otherwise)[:20]:
        print(f"    {rule} in line {line}")
    print(f"    and {len(otherwise)} where the record is none of the rule's log source (a key made is none deleted)")
    extra = scratch / "pairs.json"
    extra.write_text(json.dumps(sorted(common - everything)))
    print(f"ours in these lines: {len(common)}, of which beyond the others {len(common - everything)}:")
    for name, pairs in json.loads(run(python, "explain", rules, sample, extra)).items():
        print(f"    {len(pairs):>6} {name}; such as {pairs[0][0]}")


def run(python: Path, *given: Any) -> str:
    command = [str(python), str(PEER), *map(str, given)]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


if __name__ == "__main__":
    main()
