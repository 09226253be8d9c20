"""How fast records of EVTX files are read and normalised, against the bare parse of the `evtx` library.

    python benchmarks/bench_normalise.py [FOLDER] [--repeat N]

Prints CPU microseconds per record (best of N, one thread) and each step's ratio to the bare parse. Packed files are
unpacked first: gzip is no part of what is measured.
"""

import argparse
import gc
import io
import tempfile
import time
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

import orjson
from evtx import PyEvtxParser

from hinomi.ingest.protocols.file import read_paths
from hinomi.normalise.normaliser import Normaliser
from hinomi.schema.record import RecordBatch

DEFAULT = Path(__file__).resolve().parents[2] / "shared" / "data" / "windows"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path, default=DEFAULT)
    parser.add_argument("--repeat", type=int, default=5)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        paths = _unpacked(arguments.folder, Path(folder))
        _measure(paths, arguments.repeat)


def _unpacked(folder: Path, into: Path) -> list[Path]:
    found = []
    for number, path in enumerate(sorted(folder.rglob("*.evtx*"))):
        content = path.read_bytes()
        target = into / f"{number:05d}.evtx"
        target.write_bytes(zlib.decompressobj(31).decompress(content) if path.suffix == ".gz" else content)
        found.append(target)
    return found


def _measure(paths: list[Path], repeat: int) -> None:
    contents = [path.read_bytes() for path in paths]
    batches = list(read_paths(paths))
    records = sum(len(batch.records) for batch in batches)
    if not records:
        raise SystemExit("no EVTX records there")
    steps: list[tuple[str, Callable[[], object]]] = [
        ("bare parse (evtx, one thread)", lambda: [_parse(content) for content in contents]),
        ("read into batches", lambda: _drain(read_paths(paths))),
        ("decode JSON alone (orjson)", lambda: [list(map(orjson.loads, batch.records)) for batch in batches]),
        ("normalise, decoding included", lambda: _normalise(batches)),
    ]
    print(f"{records:,} records in {len(batches)} batches, {sum(map(len, contents)) >> 20} MB of EVTX")
    bare = 0.0
    for name, step in steps:
        seconds = min(_timed(step) for _ in range(repeat))
        bare = bare or seconds
        print(f"{name:<32} {seconds / records * 1e6:8.2f} us/record  {seconds / bare:6.2f} x bare parse")


def _parse(content: bytes) -> int:
    return sum(1 for _ in PyEvtxParser(io.BytesIO(content), 1).records_json())


def _drain(batches: Iterator[RecordBatch]) -> int:
    return sum(len(batch.records) for batch in batches)


def _normalise(batches: list[RecordBatch]) -> int:
    normaliser = Normaliser()
    return sum(len(normaliser.normalise(batch, 1).activities) for batch in batches)


def _timed(step: Callable[[], object]) -> float:
    gc.collect()
    gc.disable()
    started = time.process_time()
    step()
    seconds = time.process_time() - started
    gc.enable()
    return seconds


if __name__ == "__main__":
    main()
