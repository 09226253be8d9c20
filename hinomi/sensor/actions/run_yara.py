"""run_yara: rules given by the asker, over files or over the memory of processes. Nothing is changed."""

import time
from collections.abc import Iterator, Mapping
from typing import Any

from hinomi.sensor import running_process, scan_places
from hinomi.sensor.action import ActionFailed, EndpointAction, Work
from hinomi.sensor.running_process import RunningProcess
from hinomi.sensor.scan_tally import Tally
from hinomi.sensor.scanner import Scanner

MAX_S = 3300.0
MAX_FILES, MAX_PROCESSES = 1_000_000, 5000


def run(work: Work, parameters: Mapping[str, Any]) -> Mapping[str, Any]:
    tally, until = Tally(), time.monotonic() + MAX_S
    is_process = parameters.get("target") == "process"
    with Scanner(str(parameters["rules"])) as scanner:
        look = _processes if is_process else _files
        is_complete = all(_goes_on(work, tally, until) for _ in look(parameters, scanner, tally))
    return {
        "complete": is_complete,
        "crashes": scanner.restarts,
        **tally.summary("processes" if is_process else "files"),
    }


def _goes_on(work: Work, tally: Tally, until: float) -> bool:
    if work.is_cancelled():
        raise ActionFailed("cancelled", "It was cancelled.", "取り消されました。")
    work.progress(f"{tally.looked_at} looked at, {tally.matched} matches")
    return time.monotonic() < until and tally.looked_at < MAX_FILES


def _files(parameters: Mapping[str, Any], scanner: Scanner, tally: Tally) -> Iterator[None]:
    for path, follow in scan_places.given([str(parameters["path"])]):
        tally.add({"path": path}, scanner.file(path, follow))
        yield


def _processes(parameters: Mapping[str, Any], scanner: Scanner, tally: Tally) -> Iterator[None]:
    """Its start time is read before and after: what was found belongs to that process, or is not told."""
    for process in _wanted(parameters):
        scanned = scanner.process(process.pid)
        again = running_process.read(process.pid)
        if again is not None and again.started_ms == process.started_ms:
            about = {"path": process.path, "pid": process.pid, "started_ms": process.started_ms, "name": process.name}
            tally.add(about, scanned)
        yield


def _wanted(parameters: Mapping[str, Any]) -> Iterator[RunningProcess]:
    """By name or the file they run; with neither, all. Never the sensor: the rules themselves are in its memory."""
    name, path = parameters.get("name"), parameters.get("path")
    for pid in running_process.pids()[:MAX_PROCESSES]:
        process = running_process.read(pid)
        if process is None or process.is_kernel or process.is_dead or running_process.is_own(process):
            continue
        if (not name or process.name == str(name)[:15]) and (not path or process.path == path):
            yield process


ACTION = EndpointAction("run_yara", run)
