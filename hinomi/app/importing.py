"""Recordings into a data folder: read here, laid in the spool, and followed until every entry is closed.

With a server on the folder the batches go to its door over HTTP; without one this process opens the house itself.
"""

import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, Protocol

import httpx

from hinomi.app.folder import DataFolder
from hinomi.app.house import House
from hinomi.errors import HinomiError, Unavailable
from hinomi.ingest.apart import Packed, Reading
from hinomi.settings import Settings

# file, bytes done, bytes in all, records so far
Progress = Callable[[str, int, int, int], None]

WAITING_ENTRIES = 8  # so many may lie in the spool before the reader pauses: bounds the spool, not the result


class Door(Protocol):
    """Where batches go in: a running server, or this very process."""

    def append(self, payload: bytes) -> int:
        """Sequence number of the entry of a packed batch, once it is on disk."""

    def progress(self, sequence: int) -> dict[str, Any]:
        """`done`, `waiting`, `trouble` and `total` as in House.progress."""

    def follow(self, sequence: int) -> dict[str, Any]:
        """Wait a moment for the entry to be closed, then tell the progress."""


class ServerDoor:
    """The door of a running server on the same machine, opened with its local token."""

    def __init__(self, server: dict[str, Any]) -> None:
        self._client = httpx.Client(
            base_url=server["url"], headers={"Authorization": f"Bearer {server['token']}"}, timeout=120, trust_env=False
        )

    def append(self, payload: bytes) -> int:
        reply = self._ask("POST", "/ingest/v1/records", content=payload)
        return int(reply["sequence"])

    def progress(self, sequence: int) -> dict[str, Any]:
        return self._ask("GET", "/ingest/v1/progress", params={"sequence": sequence})

    def follow(self, sequence: int) -> dict[str, Any]:
        time.sleep(0.05)
        return self.progress(sequence)

    def _ask(self, method: str, path: str, **more: Any) -> dict[str, Any]:
        try:
            reply = self._client.request(method, path, **more)
        except httpx.HTTPError as error:
            raise Unavailable(f"the server went away: {error}; what it acknowledged is safe, import again") from None
        body = reply.json()
        if reply.is_error:
            raise HinomiError(f"the server refused: {body['error']['message']}")
        return dict(body)


class HouseDoor:
    """The house opened in this process; its pipeline steps between the reads."""

    def __init__(self, house: House) -> None:
        self._house = house

    def append(self, payload: bytes) -> int:
        return self._house.append_packed(payload)

    def progress(self, sequence: int) -> dict[str, Any]:
        return self._house.progress(sequence)

    def follow(self, sequence: int) -> dict[str, Any]:
        self._house.pipeline.wait_closed(sequence, 0.2)
        return self.progress(sequence)


def import_paths(settings: Settings, paths: Sequence[Path], progress: Progress) -> dict[str, Any]:
    """Import files and folders; returns read, kept, duplicates, dead_letters (by reason), detections, alerts, seconds."""
    folder = DataFolder(settings.data)
    folder.require()
    server = folder.server()
    with Reading(paths) as reading:
        if server is not None:
            return _import(ServerDoor(server), reading, progress)
        with House(settings) as house:
            house.pipeline.drain()  # what an interrupted run left is not counted as this import's
            house.start(for_sensors=False)  # another Hinomi of this machine may have their door
            return _import(HouseDoor(house), reading, progress)


def _import(door: Door, reading: Reading, progress: Progress) -> dict[str, Any]:
    place: tuple[str, int, int] = ("", 0, 0)

    def on_file(path: str, done: int, total: int) -> None:
        nonlocal place
        place = (Path(path).name, done, total)

    batches = reading.batches(on_file)
    return import_batches(door, batches, lambda note, records: progress(note or place[0], *place[1:], records))


def import_batches(door: Door, batches: Iterable[Packed], progress: Callable[[str, int], None]) -> dict[str, Any]:
    """Hand the batches in one after the other and wait for the last to be closed; the report of `import_paths`.

    `progress` is told (trouble of the house or "", records handed in so far).
    """
    started = time.monotonic()
    before = door.progress(0)["total"]
    records, last = 0, 0
    for batch in batches:
        last = door.append(batch.payload)
        records += batch.records
        progress("", records)
        while door.progress(last)["waiting"] > WAITING_ENTRIES:
            door.follow(last - WAITING_ENTRIES)
    state = door.progress(last)
    while not state["done"]:
        progress(state["trouble"] or "", records)
        state = door.follow(last)
    return _report(before, state["total"], time.monotonic() - started)


def _report(before: dict[str, Any], after: dict[str, Any], seconds: float) -> dict[str, Any]:
    names = ("read", "kept", "duplicates", "detections", "hidden", "alerts")
    counted = {name: after[name] - before[name] for name in names}
    dead = {reason: count - before["dead"].get(reason, 0) for reason, count in after["dead"].items()}
    return {
        **counted,
        "dead_letters": {reason: count for reason, count in dead.items() if count},
        "seconds": round(seconds, 3),
    }
