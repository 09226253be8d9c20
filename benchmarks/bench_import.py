"""EVTX end to end against the bare parse: read, normalise, detect with the shipped content, lake, alerts.

    python benchmarks/bench_import.py [--shared ../shared] [--rounds 3] [--profile]

Both sides work on the same files (EVTX of the shared recordings, unpacked once beforehand). The house is open and has
seen the built-in recordings, as a server has; each round imports into a data folder of its own. Figures are medians.
"""

import argparse
import cProfile
import gzip
import pstats
import resource
import shutil
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

import evtx

from hinomi.app.house import House
from hinomi.app.importing import HouseDoor, import_batches
from hinomi.app.opening import initialise
from hinomi.app.simulations import load_simulations
from hinomi.ingest.apart import Reading
from hinomi.settings import read_settings

# attacks: short and dense, four detections in ten records; ordinary: what hosts record all day
SETS = {"attacks": ("windows", "sigma/regression_data"), "ordinary": ("benign",)}


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--shared", type=Path, default=Path(__file__).resolve().parents[2] / "shared")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--profile", action="store_true")
    parser.add_argument("--only", choices=[*SETS], help="this set alone")
    chosen = parser.parse_args()
    for name in [chosen.only] if chosen.only else SETS:
        with tempfile.TemporaryDirectory() as scratch:
            files = unpack(chosen.shared / "data", name, Path(scratch) / "evtx")
            rounds = [(bare(files), whole(files, Path(scratch) / "data", chosen.profile)) for _ in range(chosen.rounds)]
        print(f"-- {name}")
        show(rounds)


def unpack(shared: Path, name: str, target: Path) -> list[Path]:
    """The EVTX recordings of a set, unpacked."""
    target.mkdir()
    paths = [path for folder in SETS[name] for path in sorted((shared / folder).rglob("*.evtx*"))]
    for number, path in enumerate(paths):
        data = path.read_bytes()
        (target / f"{number:04}.evtx").write_bytes(gzip.decompress(data) if path.suffix == ".gz" else data)
    if not any(target.iterdir()):
        raise SystemExit(f"no recordings below {shared}")
    return sorted(target.iterdir())


def cpu_of(pid: int | None) -> float:
    """CPU seconds of another process so far."""
    if pid is None:
        return 0.0
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / 100


def own_cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def children_cpu() -> float:
    """CPU seconds of the child processes that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def bare(files: list[Path]) -> dict[str, Any]:
    cpu, wall, records = own_cpu(), time.perf_counter(), 0
    for path in files:
        for _ in evtx.PyEvtxParser(str(path), number_of_threads=1).records_json():
            records += 1
    return {"records": records, "cpu": own_cpu() - cpu, "wall": time.perf_counter() - wall}


def whole(files: list[Path], data: Path, profile: bool) -> dict[str, Any]:
    shutil.rmtree(data, ignore_errors=True)
    settings = read_settings({"data": data})
    initialise(settings)
    with Reading(files) as reading, House(settings) as house:  # as `hinomi import` does
        house.start()
        load_simulations(house)
        owner = house.lake.status().owner_pid
        cpu, owner_cpu, wall = own_cpu(), cpu_of(owner), time.perf_counter()
        profiler = cProfile.Profile()
        if profile:
            profiler.enable()
        children = children_cpu()
        report = import_batches(HouseDoor(house), reading.batches(), lambda *_: None)
        if profile:
            profiler.disable()
            pstats.Stats(profiler).sort_stats("cumulative").print_stats(35)
        return {
            "records": report["read"],
            "cpu": own_cpu() - cpu,
            "owner": cpu_of(owner) - owner_cpu,
            "reader": children_cpu() - children,
            "wall": time.perf_counter() - wall,
            "report": report,
        }


def show(rounds: list[tuple[dict[str, Any], dict[str, Any]]]) -> None:
    def median(values: list[float]) -> float:
        return statistics.median(values)

    first = rounds[0][1]
    print(f"{first['records']} records; {first['report']['detections']} detections, {first['report']['alerts']} alerts")
    parse = median([b["records"] / b["wall"] for b, _ in rounds])
    end_wall = median([w["records"] / w["wall"] for _, w in rounds])
    end_cpu = median([w["records"] / (w["cpu"] + w["reader"] + w["owner"]) for _, w in rounds])
    owner = median([w["owner"] / w["records"] * 1e6 for _, w in rounds])
    reader = median([w["reader"] / w["records"] * 1e6 for _, w in rounds])
    own = median([w["cpu"] / w["records"] * 1e6 for _, w in rounds])
    print(f"bare parse              {parse:>10,.0f} records/s")
    print(f"end to end, wall        {end_wall:>10,.0f} records/s   ratio {end_wall / parse:.3f}")
    print(f"end to end, CPU         {end_cpu:>10,.0f} records/CPU s ratio {end_cpu / parse:.3f}")
    print(f"microseconds of CPU per record: {own:.1f} here, {reader:.1f} in the reader, {owner:.1f} in the lake")


if __name__ == "__main__":
    main()
