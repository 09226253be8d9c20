"""dump_process_memory: the readable regions of one process, by its identity, in an AES zip. The process goes on.

The zip holds `memory.bin` (region after region) and `regions.json`: for each its address range, rights, file, and where
it begins in memory.bin. A page that cannot be read (device memory, unmapped meanwhile) is left out and counted.
"""

import json
import os
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from hinomi.sensor import process_memory, running_process, sealed_zip
from hinomi.sensor.action import ActionFailed, EndpointAction, Work
from hinomi.sensor.process_memory import Region
from hinomi.sensor.running_process import Hashes

MAX_BYTES = 2 << 30
STEP = 1 << 20


def run(work: Work, parameters: Mapping[str, Any]) -> Mapping[str, Any]:
    pid, limit = int(parameters["pid"]), int(parameters.get("max_bytes") or MAX_BYTES)
    hashes = Hashes()
    with running_process.hold(pid) as held:
        if held is None:
            raise ActionFailed("not_found", "There is no such process (any more).", "該当するプロセスはありません。")
        if why := running_process.why_protected(held.process):  # the sensor's own memory holds its key
            raise ActionFailed("refused", f"Its memory is not read: {why[0]}.", f"メモリを取得できません: {why[1]}。")
        if not running_process.fits(parameters, hashes)(held.process):
            raise ActionFailed(
                "changed",
                "The number belongs to another process by now: the start times differ.",
                "PID は別のプロセスに再利用されています (開始時刻が異なります)。",
            )
        about = running_process.described(held.process, hashes)
        descriptor, listed = _open(pid)
        try:
            if not held.is_alive():
                raise ActionFailed("not_found", "The process ended.", "プロセスは終了しました。")
            return {**about, **_copy(work, descriptor, listed, limit)}
        finally:
            os.close(descriptor)


def _open(pid: int) -> tuple[int, list[Region]]:
    try:
        return process_memory.open_memory(pid), process_memory.regions(pid)
    except PermissionError:
        raise ActionFailed(
            "not_permitted", "The kernel does not let it be read.", "カーネルが読み取りを許可していません。"
        ) from None
    except OSError:
        raise ActionFailed("not_found", "The process ended.", "プロセスは終了しました。") from None


def _copy(work: Work, descriptor: int, listed: list[Region], limit: int) -> dict[str, Any]:
    written: list[dict[str, Any]] = []
    state = {"unreadable": 0, "truncated": False}
    expected = min(limit, sum(each.end - each.start for each in listed))
    with sealed_zip.outgoing(work, expected) as box:
        with box.add("memory.bin") as out:
            source = _Chunks(_chunks(descriptor, listed, limit, written, state))
            copied = sealed_zip.copy(source.read, out.write, 1 << 62, lambda: sealed_zip.stop_when_cancelled(work))
        with box.add("regions.json") as out:
            out.write(json.dumps(written).encode())
        sent = box.send(work, f"{work.command_id}.zip")
    return {
        "sha1": copied.sha1,
        "sha256": copied.sha256,
        "size_bytes": copied.size_bytes,
        "regions": len(written),
        **state,
        **sent,
    }


class _Chunks:
    """An iterator as something to read from."""

    def __init__(self, chunks: Iterator[bytes]) -> None:
        self._chunks = chunks
        self.read: Callable[[int], bytes] = lambda _most: next(self._chunks, b"")


def _chunks(
    descriptor: int, listed: list[Region], limit: int, written: list[dict[str, Any]], state: dict[str, Any]
) -> Iterator[bytes]:
    done = 0
    for region in listed:
        entry = {
            "start": hex(region.start),
            "end": hex(region.end),
            "rights": region.rights,
            "file": region.file,
            "at": done,
        }
        written.append(entry)
        for start in range(region.start, region.end, STEP):
            wanted = min(STEP, region.end - start)
            length = min(wanted, limit - done)
            state["truncated"] = length < wanted
            if length <= 0:
                return
            data = process_memory.read(descriptor, start, length)
            state["unreadable"] += length - len(data)
            if data:
                done += len(data)
                yield data
            if len(data) < length:
                break  # what follows in memory.bin would not be where regions.json says


def after_crash(work: Work, _parameters: Mapping[str, Any]) -> None:
    sealed_zip.sweep(work)


ACTION = EndpointAction("dump_process_memory", run, after_crash=after_crash)
