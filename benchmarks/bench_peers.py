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
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from hinomi.detect.engine import Engine
from hinomi.detect.sigma_content import load_sigma
from hinomi.ingest.protocols.file import read_paths
from hinomi.normalise.normaliser import Normaliser
from hinomi.schema.record import RecordBatch

ROOT = Path(__file__).resolve().parents[1]
PEER = Path(__file__).resolve().parent / "peers" / "sql_peers.py"
PEERS = ("zargunlite", "sqlite")
BATCH = 5000  # records, as the pipeline takes them

Pair = tuple[str, int]  # id of a rule, number of a line


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", type=Path, default=ROOT.parent / "shared" / "data")
    parser.add_argument("--lines", type=int, default=1500, help="that the others get; ours are about ten thousand")
    parser.add_argument("--peers", type=Path, default=ROOT / ".venv-bench" / "bin" / "python")
    given = parser.parse_args()
    if not given.peers.exists():
        print(f"the others' packages are not set up ({given.peers} is missing): make setup-bench")
        return
    folders = [given.data / "sigma" / name for name in ("rules/windows", "rules-emerging-threats")]
    folders.append(given.data / "sigma" / "rules-threat-hunting" / "windows")
    seen, fresh = lines_of(given.data / "windows")
    ours, rate = observed(folders, seen, fresh)
    print(f"ours       {len(fresh):>6} lines {rate:>10,.0f} a CPU second; {len(ours)} detections")
    with tempfile.TemporaryDirectory() as scratch:
        compare(Path(scratch), given.peers, folders, fresh[: given.lines], ours, rate)


def lines_of(folder: Path) -> tuple[list[bytes], list[bytes]]:
    """Every record of the EVTX recordings as one line of JSON, shuffled: one half to warm up with, the other fresh."""
    found = [record for batch in read_paths(sorted(folder.rglob("*.evtx.gz"))) for record in batch.records]
    lines = [b" ".join(record.split(b"\n")) for record in dict.fromkeys(found)]
    random.Random(1).shuffle(lines)
    half = len(lines) // 2
    return lines[:half], lines[half:]


def observed(folders: Sequence[Path], seen: list[bytes], fresh: list[bytes]) -> tuple[set[Pair], float]:
    """Our detections in the fresh lines, and how many lines a CPU second: decoding, normalising, evaluating."""
    filters, errors = load_sigma(folders)
    assert not errors
    engine, normaliser = Engine(filters), Normaliser()
    gc.freeze()
    pairs: set[Pair] = set()
    used = 0.0
    for lines, counts in ((seen, False), (fresh, True)):
        batches = batches_of(lines)
        gc.disable()  # as the pipeline does
        start = time.process_time()
        found = [engine.observe_all(normaliser.normalise(batch, 0).activities) for batch in batches]
        used = time.process_time() - start
        gc.enable()
        if counts:
            pairs = {(one.filter_id, one.position + BATCH * turn) for turn, some in enumerate(found) for one in some}
    return pairs, len(fresh) / used


def batches_of(lines: list[bytes]) -> list[RecordBatch]:
    cuts = [lines[start : start + BATCH] for start in range(0, len(lines), BATCH)]
    return [
        RecordBatch("file", ["lines.jsonl"], some, [0] * len(some), list(range(len(some))), [0] * len(some))
        for some in cuts
    ]


def compare(
    scratch: Path, python: Path, folders: Sequence[Path], lines: list[bytes], ours: set[Pair], rate: float
) -> None:
    rules, sample = scratch / "rules.json", scratch / "lines.jsonl"
    sample.write_bytes(b"\n".join(lines))
    run(python, "convert", rules, *folders)
    common = {pair for pair in ours if pair[1] < len(lines)}
    everything: set[Pair] = set()
    for peer in PEERS:
        told = json.loads(run(python, "run", peer, rules, sample))
        found = {(rule, line) for rule, line in told["found"]}
        everything |= found
        theirs = len(lines) / told["cpu_s"]
        print(
            f"{peer:<10} {len(lines):>6} lines {theirs:>10,.0f} a CPU second; {len(found)} detections, "
            f"{len(found - common)} of them not ours; ours is {rate / theirs:.0f} times as fast"
        )
        for rule, line in sorted(found - common)[:20]:
            print(f"    not ours: {rule} in line {line}")
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
