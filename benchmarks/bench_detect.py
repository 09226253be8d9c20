"""What detection costs per activity, beside decoding the same records. Ratios within one run; CPU time, not the clock's.

    python benchmarks/bench_detect.py [--data ../shared/data] [--limit 20000] [--rounds 3] [--full]

Rows: shipped content; all Windows rules of the Sigma community. Columns: first pass (routes are made, values are new) and
warm pass (values have been seen). `--full`: every text unique, never seen before, by a warm engine; four times the rules;
reading the rules and the start of an engine, first and from the cache.
"""

import argparse
import gc
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import orjson

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from hinomi.detect.compile_cache import CompileCache
from hinomi.detect.condition import And, Node, Not, Or
from hinomi.detect.content import load_content
from hinomi.detect.engine import Engine
from hinomi.detect.predicate import Operator, Predicate
from hinomi.detect.sigma_content import load_sigma
from hinomi.ingest.protocols.file import read_paths
from hinomi.normalise.normaliser import Normaliser
from hinomi.schema.activity import ActivityBatch
from hinomi.schema.content import Filter
from hinomi.schema.record import RecordBatch

TEXTS = (Operator.EQUALS, Operator.CONTAINS, Operator.STARTSWITH, Operator.ENDSWITH)
ROOT = Path(__file__).resolve().parents[1]


def cpu_s(work: Callable[[], object]) -> float:
    start = time.process_time()
    work()
    return time.process_time() - start


def read(folder: Path, limit: int) -> list[RecordBatch]:
    """Records of the largest recordings first (repetitive telemetry), then of all others, up to the limit."""
    batches: list[RecordBatch] = []
    count = 0
    for batch in read_paths([folder / "mordor", *sorted(folder.rglob("*.evtx.gz"))]):
        batches.append(batch)
        count += len(batch.records)
        if count >= limit:
            break
    return batches


def unique(batches: Sequence[ActivityBatch], mark: str) -> list[ActivityBatch]:
    """The same activities with a text of their own in every long value: nothing that is remembered helps."""
    made = []
    for number, batch in enumerate(batches):
        done: dict[int, list[object]] = {}
        for columns in (batch.fields, batch.native):
            for column in columns.values():
                if id(column) not in done:
                    done[id(column)] = [
                        f"{value} {mark}{number}-{row}" if isinstance(value, str) and len(value) > 20 else value
                        for row, value in enumerate(column)
                    ]
        fields = {name: done[id(column)] for name, column in batch.fields.items()}
        native = {name: done[id(column)] for name, column in batch.native.items()}
        made.append(ActivityBatch(batch.kind, batch.length, fields, native, batch.positions, batch.projected))
    return made


def decode(raw: Sequence[bytes]) -> None:
    for one in raw:
        orjson.loads(one)


def mutated(filters: Sequence[Filter], turn: int) -> list[Filter]:
    """Rules of the same form that look for other texts."""

    def other(node: Node) -> Node:
        if isinstance(node, And | Or):
            return type(node)(tuple(other(part) for part in node.parts))
        if isinstance(node, Not):
            return Not(other(node.part))
        if isinstance(node, Predicate) and isinstance(node.value, str) and node.value and node.operator in TEXTS:
            middle = len(node.value) // 2
            return replace(node, value=f"{node.value[:middle]}q{turn}{node.value[middle:]}")
        return node

    return [
        replace(one, id=f"{one.id}-{turn}", sigma=replace(one.sigma, condition=other(one.sigma.condition)))
        for one in filters
    ]


def observe(engine: Engine, batches: Sequence[ActivityBatch]) -> float:
    """Microseconds of CPU an activity."""

    def work() -> None:
        for batch in batches:
            engine.observe(batch)

    return cpu_s(work) / sum(batch.length for batch in batches) * 1e6


def measure(
    name: str, engine: Engine, filters: Sequence[Filter], batches: list[ActivityBatch], decode_us: float, rounds: int
) -> float:
    first = observe(engine, batches)
    observe(engine, batches)  # witnesses that proved common have been replaced by now; what is new is learned
    warm = min(observe(engine, batches) for _ in range(rounds))
    print(
        f"{name:<44} {len(filters):6} filters  first {first:7.2f} us  warm {warm:6.2f} us"
        f"  {warm / decode_us:5.2f} of decoding"
    )
    return warm


def starts(folders: Sequence[Path]) -> tuple[Filter, ...]:
    """The community's rules; prints how long reading them and starting an engine takes, without and with the cache."""
    with tempfile.TemporaryDirectory() as scratch:
        cache = CompileCache(Path(scratch))
        for name in ("first", "cached"):
            read = cpu_s(lambda: load_sigma(folders, cache=cache))
            community, _ = load_sigma(folders, cache=cache)
            start = cpu_s(lambda: Engine(community))  # noqa: B023  (called at once)
            print(
                f"{name}: reading {len(community)} community rules {read:.2f} s, starting the engine {start:.2f} s CPU"
            )
    return community


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", type=Path, default=ROOT.parent / "shared" / "data")
    parser.add_argument("--limit", type=int, default=20_000)
    parser.add_argument("--rounds", type=int, default=7, help="of which the best counts: others use the machine too")
    parser.add_argument("--full", action="store_true")
    given = parser.parse_args()

    records = read(given.data / "windows", given.limit)
    raw = [record for batch in records for record in batch.records]
    gc.disable()
    decode_us = min(cpu_s(lambda: decode(raw)) for _ in range(given.rounds)) / len(raw) * 1e6
    normaliser = Normaliser()
    batches = [one for batch in records for one in normaliser.normalise(batch, 0).activities]
    count = sum(batch.length for batch in batches)
    print(f"{len(raw)} records, {count} activities in {len(batches)} batches; decoding {decode_us:.2f} us a record")

    content, _ = load_content(ROOT / "content")
    measure("shipped content", Engine(content.filters), content.filters, batches, decode_us, given.rounds)
    sigma = given.data / "sigma"
    folders = [
        sigma / "rules" / "windows",
        sigma / "rules-emerging-threats",
        sigma / "rules-threat-hunting" / "windows",
    ]
    community = starts(folders)
    engine = Engine(community)
    warm = measure("community rules", engine, community, batches, decode_us, given.rounds)
    if given.full:
        clones = [*community, *(one for turn in range(3) for one in mutated(community, turn))]
        fourfold = measure("four times the rules", Engine(clones), clones, batches, decode_us, given.rounds)
        new = [observe(engine, unique(batches, mark)) for mark in "abc"]
        print(f"every text unique and new: {new[-1]:.2f} us, {new[-1] / decode_us:.2f} of decoding")
        print(
            f"four times the rules keep {warm / fourfold:.2f} of the speed, unique texts {warm / new[-1]:.2f}; "
            f"decoding included {(warm + decode_us) / (fourfold + decode_us):.2f} and "
            f"{(warm + decode_us) / (new[-1] + decode_us):.2f}"
        )
    print(f"peak RSS {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024} MB")


if __name__ == "__main__":
    main()
