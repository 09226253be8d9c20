"""The lake: every activity and detection, on disk, found again. The room's one face; all methods are thread-safe.

The files belong to an owner process (`owner.py`) that `start` spawns; this class asks it in ClickHouse SQL. What is
written is on disk when the method returns. Errors: InputError (the question), DiskFull, Unavailable (the owner is gone:
ask `known` what arrived and go on), TooMany.
"""

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from hinomi.errors import DiskFull, InputError
from hinomi.lake import activities, day_files, detections, partitions, processes, records, tables
from hinomi.lake.activities import Keyset, Window
from hinomi.lake.arrivals import Arrival, arrived
from hinomi.lake.breakdown import Breakdown
from hinomi.lake.columns import Chosen
from hinomi.lake.condition import LakeStatus, find_damage, read_status
from hinomi.lake.connection import Connection, OwnedConnection
from hinomi.lake.known_of import Known, known_of
from hinomi.lake.observed import Observed, Seen
from hinomi.lake.partitions import Progress
from hinomi.lake.processes import Creator, Identity, ProcessChain
from hinomi.lake.records import RecordPage
from hinomi.lake.remote import ClusterConnection, GuestConnection
from hinomi.lake.retention import Removal, SourceDay
from hinomi.lake.snapshot import Snapshot
from hinomi.lake.tally import tally
from hinomi.schema.detection import Detection

FLOOR_BYTES = 256 << 20


def _unseen(_done: int, _all: int) -> None:
    """Nobody looks how far it is."""


class Lake:
    def __init__(self, connection: Connection, floor_bytes: int) -> None:
        self._connection, self._floor_bytes = connection, floor_bytes
        self.observed = Observed(connection)
        self.breakdown = Breakdown(connection)

    @classmethod
    def start(cls, folder: Path | str, *, memory_mb: int = 1024, floor_bytes: int = FLOOR_BYTES) -> "Lake":
        """Spawn the owner of `folder` (made when missing) and see to the tables.

        Under `floor_bytes` of free disk nothing is written any more. Raises Unavailable when another process has it.
        """
        return cls(OwnedConnection(Path(folder), memory_mb), floor_bytes)

    @classmethod
    def join(cls, folder: Path | str, *, memory_mb: int = 1024, floor_bytes: int = FLOOR_BYTES) -> "Lake":
        """Ask the owner that a server on this machine has started; closing it leaves that owner as it was."""
        return cls(GuestConnection(Path(folder), memory_mb), floor_bytes)

    @classmethod
    def at(cls, url: str, *, memory_mb: int = 1024) -> "Lake":
        """A ClickHouse server or cluster that has the tables. InputError for a URL that is none; Unavailable."""
        return cls(ClusterConnection(url, memory_mb), 0)

    def close(self) -> None:
        """End the owner in order."""
        self._connection.close()

    def cancel(self, ticket: str) -> None:
        """End the questions that are asked under the ticket (`lake.ticket.ticketed`)."""
        self._connection.cancel(ticket)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    # ---- activities -------------------------------------------------------------------------------------------------
    def known(self, uuids: Sequence[str], times_ms: Sequence[int]) -> dict[str, int]:
        """uuid -> spoolSeq of those activities that the lake holds; `times_ms` are their event times, in step."""
        return activities.known(self._connection, uuids, times_ms)

    def write_activities(self, chosen: Sequence[Chosen]) -> int:
        """Write (spool sequence, batch, rows to keep or None for all); the number of rows. DiskFull under the floor."""
        self._require_room()
        return activities.write(self._connection, chosen)

    def activity(self, uuid: str, time_ms: int | None = None) -> dict[str, Any] | None:
        """The fields of one activity, absent ones left out. Much cheaper with its event time."""
        return activities.read_one(self._connection, uuid, time_ms)

    def raw(self, uuid: str, time_ms: int | None = None) -> str | None:
        """The record itself, as it was read."""
        found = activities.read_one(self._connection, uuid, time_ms)
        return None if found is None else str(found.get("rawDataStr", ""))

    def records(
        self,
        where: str,
        parameters: Mapping[str, Any],
        *,
        from_ms: int | None = None,
        to_ms: int | None = None,
    ) -> Iterator[RecordPage]:
        """The records as they were read, in the order in which they came in; one page is held at a time."""
        return records.pages(self._connection, where, parameters, Window(from_ms, to_ms))

    def search(
        self,
        where: str,
        parameters: Mapping[str, Any],
        *,
        from_ms: int | None = None,
        to_ms: int | None = None,
        columns: Sequence[str] | None = None,
        limit: int = 100,
        before: Keyset | None = None,
    ) -> list[dict[str, Any]]:
        """Activities, newest first by (eventTime, uuid), absent fields left out; `before` is the last row of a page."""
        return activities.search(self._connection, where, parameters, Window(from_ms, to_ms), columns, limit, before)

    def count(
        self, where: str, parameters: Mapping[str, Any], *, from_ms: int | None = None, to_ms: int | None = None
    ) -> int:
        return activities.count(self._connection, where, parameters, Window(from_ms, to_ms))

    def histogram(
        self,
        where: str,
        parameters: Mapping[str, Any],
        *,
        bucket_ms: int,
        from_ms: int | None = None,
        to_ms: int | None = None,
    ) -> list[tuple[int, int]]:
        """(start of the bucket in ms, activities), oldest first, empty buckets left out."""
        return activities.histogram(self._connection, where, parameters, Window(from_ms, to_ms), bucket_ms)

    def facet(
        self,
        where: str,
        parameters: Mapping[str, Any],
        field: str,
        *,
        from_ms: int | None = None,
        to_ms: int | None = None,
        limit: int = 50,
    ) -> list[tuple[Any, int]]:
        """Values of one field with their counts, most frequent first."""
        return activities.facet(self._connection, where, parameters, Window(from_ms, to_ms), field, limit)

    # ---- detections -------------------------------------------------------------------------------------------------
    def known_detections(self, ids: Sequence[str], times_ms: Sequence[int]) -> set[str]:
        """Those ids that the lake holds; `times_ms` are their event times, in step."""
        return detections.known(self._connection, ids, times_ms)

    def write_detections(self, found: Sequence[Detection]) -> int:
        """Write those whose id the lake does not hold; their number. DiskFull under the floor."""
        self._require_room()
        return detections.write(self._connection, found)

    def detections(
        self,
        where: str,
        parameters: Mapping[str, Any],
        *,
        from_ms: int | None = None,
        to_ms: int | None = None,
        limit: int = 100,
        before: Keyset | None = None,
    ) -> list[dict[str, Any]]:
        """Rows of detections.COLUMNS, newest first by (eventTime, id)."""
        return detections.search(self._connection, where, parameters, Window(from_ms, to_ms), limit, before)

    def count_detections(
        self, where: str, parameters: Mapping[str, Any], *, from_ms: int | None = None, to_ms: int | None = None
    ) -> int:
        return detections.count(self._connection, where, parameters, Window(from_ms, to_ms))

    def detection_histogram(
        self,
        where: str,
        parameters: Mapping[str, Any],
        *,
        bucket_ms: int,
        from_ms: int | None = None,
        to_ms: int | None = None,
    ) -> list[dict[str, int]]:
        """{t, info, low, medium, high, critical} for each bucket, oldest first, empty buckets left out."""
        return detections.histogram(self._connection, where, parameters, Window(from_ms, to_ms), bucket_ms)

    def detection_facet(
        self,
        where: str,
        parameters: Mapping[str, Any],
        name: str,
        *,
        from_ms: int | None = None,
        to_ms: int | None = None,
        limit: int = 100,
    ) -> list[tuple[str, int]]:
        """Values with counts, most frequent first. `name`: risk, tactic, technique, family (a technique with its subs), filter, endpoint."""
        return detections.facet(self._connection, where, parameters, Window(from_ms, to_ms), name, limit)

    # ---- processes --------------------------------------------------------------------------------------------------
    def creators(self, identities: Sequence[Identity]) -> dict[Identity, Creator]:
        """(endpointGuid, hashId) -> creator's (file path, command line, pid, hashId, user, domain), where known."""
        return processes.creators(self._connection, identities)

    def process_chain(
        self,
        endpoint_guid: str,
        hash_id: int | None = None,
        pid: int | None = None,
        at_ms: int = processes.FAR_MS,
        *,
        child_limit: int = 100,
    ) -> ProcessChain:
        """The process, its ancestors to the root, its children. By hash id, else the pid's latest start up to `at_ms`."""
        return processes.chain(self._connection, endpoint_guid, hash_id, pid, at_ms, child_limit)

    def process_events(
        self,
        endpoint_guid: str,
        hash_id: int | None = None,
        limit: int = 100,
        *,
        pid: int | None = None,
        at_ms: int | None = None,
    ) -> list[dict[str, Any]]:
        """What a process did, oldest first, without the records themselves."""
        return processes.events(self._connection, endpoint_guid, hash_id, pid, at_ms, limit)

    # ---- what arrived -----------------------------------------------------------------------------------------------
    def arrived(
        self,
        table: str,
        where: str,
        parameters: Mapping[str, Any],
        *,
        from_ms: int,
        to_ms: int,
        limit: int,
        after: Arrival | None = None,
    ) -> list[Arrival]:
        """Activities or detections by the time they were written here (end not included), the first written first.

        `after` is the last of the page before.
        """
        return arrived(self._connection, table, where, parameters, from_ms, to_ms, limit, after)

    def tally(
        self,
        table: str,
        where: str,
        parameters: Mapping[str, Any],
        *,
        from_ms: int | None = None,
        to_ms: int | None = None,
    ) -> tuple[int, int]:
        """(results, endpoints) among activities or detections, by the time of the events."""
        return tally(self._connection, table, where, parameters, Window(from_ms, to_ms))

    # ---- observed values (the rest is asked of `observed`) ------------------------------------------------------------
    def known_of(self, seen: Seen, hosts: Sequence[str] = ()) -> Known:
        """What activities tell of the value itself (hashes, signers, names ...); narrowed to these endpoints, if any."""
        return known_of(self._connection, seen, list(hosts))

    # ---- upkeep -----------------------------------------------------------------------------------------------------
    def status(self) -> LakeStatus:
        return read_status(self._connection)

    def verify(self) -> list[str]:
        """Every damaged part as "table/part: what is wrong"; reads the whole lake against its checksums."""
        return find_damage(self._connection)

    def held(self) -> tuple[list[SourceDay], list[tuple[str, str, int, int]]]:
        """What each source has of each day; (table, month, rows, bytes) of the side tables. For `retention.plan`."""
        return partitions.source_days(self._connection), partitions.months(self._connection)

    def remove(self, removal: Removal, cancel: threading.Event | None = None) -> None:
        """Take away what the plan says. Cancelled, what was begun is still brought to its end in the background."""
        partitions.remove(self._connection, removal, cancel or threading.Event())

    def merge(self, today: date, on_progress: Progress = _unseen, cancel: threading.Event | None = None) -> int:
        """Bring each past day into one part; how many days that were."""
        return partitions.merge(self._connection, today, on_progress, cancel or threading.Event())

    def days(self) -> dict[str, dict[date, int]]:
        """table -> day of arrival -> rows, of what can be exported."""
        return day_files.days(self._connection)

    def export_day(self, table: str, day: date, path: Path, on_rows: Callable[[int], None]) -> int:
        """One table of one day as a Parquet file; rows written."""
        return day_files.write_file(self._connection, table, day, path, on_rows)

    def import_day(self, table: str, path: Path, on_rows: Callable[[int], None]) -> tuple[int, int]:
        """What the lake lacks of such a file: (rows written, rows in the file). InputError, DiskFull under the floor."""
        if table not in day_files.TABLES:
            raise InputError(f"{table[:80]!r} is no table of the lake that is exported")
        self._require_room()
        return day_files.read_file(self._connection, table, path, on_rows)

    def snapshot(self, name: str) -> Snapshot:
        """The lake as it is now, for a back-up; close it when its files are copied. InputError on a cluster."""
        return Snapshot(self._connection, name)

    def optimise(self) -> None:
        """Merge the parts of every table now; the lake stays usable meanwhile."""
        for table in tables.NAMES:
            self._connection.command(f"OPTIMIZE TABLE {table} FINAL")

    def _require_room(self) -> None:
        free = self._connection.free_bytes
        if free is not None and free < self._floor_bytes:
            raise DiskFull(f"{free >> 20} MiB free on the lake's disk; {self._floor_bytes >> 20} are the floor")
