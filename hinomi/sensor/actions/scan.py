"""scan: the pattern set that this sensor holds, over files. Nothing is moved or deleted.

What kind looks where is in scan_places. Bounded in files and time; what was not looked at is counted, and `complete` says so.
"""

import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from hinomi.sensor import pattern_folder, scan_places
from hinomi.sensor.action import ActionFailed, EndpointAction, Work
from hinomi.sensor.scan_places import Place
from hinomi.sensor.scan_tally import Tally
from hinomi.sensor.scanner import Scanner
from hinomi.wire.pattern_set import PatternSet

MAX_FILES = 5_000_000
MAX_S = 5.5 * 3600


def run(work: Work, parameters: Mapping[str, Any]) -> Mapping[str, Any]:
    patterns, kind = _patterns(work, parameters), str(parameters.get("kind") or "quick")
    tally = Tally()
    with Scanner(patterns.yara, patterns.hashes) as scanner:
        is_complete = _look(work, scanner, tally, _places(kind, parameters), time.monotonic() + MAX_S)
    return {
        "kind": kind,
        "pattern_version": patterns.version,
        "complete": is_complete,
        "crashes": scanner.restarts,
        **tally.summary("files"),
    }


def _patterns(work: Work, parameters: Mapping[str, Any]) -> PatternSet:
    held, wanted = pattern_folder.load(work.folder), parameters.get("pattern_version")
    if held is None:
        raise ActionFailed(
            "no_patterns", "This sensor has no pattern set yet.", "センサーはまだパターンセットを受信していません。"
        )
    if wanted is not None and int(wanted) != held.version:
        raise ActionFailed(
            "changed",
            f"This sensor holds version {held.version} of the pattern set, not {wanted}.",
            f"センサーのパターンセットは版 {held.version} で、指定の版 {wanted} ではありません。",
        )
    return held


def _places(kind: str, parameters: Mapping[str, Any]) -> Iterator[Place]:
    if kind == "paths":
        return scan_places.given([str(each) for each in parameters.get("paths") or []])
    if kind not in ("quick", "full"):
        raise ActionFailed("unsupported", f"Unknown kind: {kind}.", f"不明な種類です: {kind}。")
    return scan_places.quick() if kind == "quick" else scan_places.full()


def _look(work: Work, scanner: Scanner, tally: Tally, places: Iterator[Place], until: float) -> bool:
    """False when time or the number of files ended it."""
    own = f"{work.folder.resolve()}/"
    for count, (path, follow) in enumerate(places):
        if count >= MAX_FILES or time.monotonic() >= until:
            return False
        if work.is_cancelled():
            raise ActionFailed("cancelled", "It was cancelled.", "取り消されました。")
        if not path.startswith(own):
            tally.add({"path": shown(path, follow)}, scanner.file(path, follow))
        work.progress(f"{tally.looked_at} files, {tally.matched} matches: {path[:200]}")
    return True


def shown(path: str, follow: bool) -> str:
    """Of a link of the kernel: where it leads."""
    try:
        return str(Path(path).readlink()) if follow else path
    except OSError:
        return path


ACTION = EndpointAction("scan", run)
