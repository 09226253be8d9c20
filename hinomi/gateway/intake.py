"""Batches of sensors on their way into the spool: looked at, joined with those of others, on disk, and only then acknowledged.

One thread takes whatever waits and lays it down as one entry of the spool: a thousand sensors cost one fsync, not a thousand.
Order within a sensor is the order of `put`.
"""

import logging
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

import orjson

from hinomi.errors import HinomiError, InputError, TooLarge
from hinomi.schema.record import EXCERPT_BYTES, DeadLetter, RecordBatch
from hinomi.wire.packing import pack, unpack

log = logging.getLogger(__name__)

MOST_UNPACKED_BYTES = 32 << 20  # of one batch of a sensor
MOST_RECORDS = 20_000  # of one batch of a sensor
MOST_RECORD_BYTES = 512 << 10
MOST_LETTERS = 20  # dead letters of one batch: enough to show, too few to fill a disk
_ROUND_BYTES = 8 << 20  # packed, of one entry
_ROUND_PARCELS = 512


@dataclass(slots=True)
class Parcel:
    """`done` is called in the intake's thread: None when it is on disk, else what went wrong."""

    guid: str
    packed: bytes
    done: Callable[[Exception | None], None]


@dataclass(slots=True)
class Opened:
    records: list[bytes]
    strangers: list[bytes]  # records that name another sensor, or none


class Intake:
    """`append` as in GatewayRooms. `on_strangers(guid, count)`: records of another's name came from this sensor."""

    def __init__(self, append: Callable[[bytes], int], on_strangers: Callable[[str, int], None]) -> None:
        self._append, self._on_strangers = append, on_strangers
        self._waiting: deque[Parcel] = deque()
        self._ready = threading.Condition()
        self._stop = False
        self.waiting_bytes = 0
        self.records = self.batches = self.rounds = 0
        self._thread = threading.Thread(target=self._run, name="gateway-intake")

    def start(self) -> None:
        self._thread.start()

    def close(self) -> None:
        """End after what waits."""
        with self._ready:
            self._stop = True
            self._ready.notify()
        if self._thread.is_alive():
            self._thread.join()

    def put(self, parcel: Parcel) -> None:
        with self._ready:
            self._waiting.append(parcel)
            self.waiting_bytes += len(parcel.packed)
            self._ready.notify()

    def _run(self) -> None:
        while True:
            with self._ready:
                while not self._waiting and not self._stop:
                    self._ready.wait()
                if not self._waiting:
                    return
                parcels = self._take()
            self._lay_down(parcels)
            with self._ready:
                self.waiting_bytes -= sum(len(parcel.packed) for parcel in parcels)

    def _take(self) -> list[Parcel]:
        taken: list[Parcel] = []
        size = 0
        while self._waiting and len(taken) < _ROUND_PARCELS and size < _ROUND_BYTES:
            taken.append(self._waiting.popleft())
            size += len(taken[-1].packed)
        return taken

    def _lay_down(self, parcels: list[Parcel]) -> None:
        joined = RecordBatch("sensor")
        kept: list[Parcel] = []
        for parcel in parcels:
            try:
                _join(joined, parcel.guid, self._opened(parcel))
                kept.append(parcel)
            except Exception as error:  # noqa: BLE001  (whatever a hostile batch brings about is its own)
                _tell(
                    parcel,
                    error if isinstance(error, HinomiError) else InputError(f"the batch cannot be read: {error}"),
                )
        trouble: Exception | None = None
        if joined.records or joined.dead:
            try:
                self._append(pack(joined))
            except Exception as error:  # noqa: BLE001  (told to each sensor, which sends it again)
                trouble = error
        if trouble is None:
            self.records += len(joined.records)
            self.batches += len(kept)
            self.rounds += 1
        for parcel in kept:
            _tell(parcel, trouble)

    def _opened(self, parcel: Parcel) -> Opened:
        batch = unpack(parcel.packed, MOST_UNPACKED_BYTES)
        if len(batch.records) > MOST_RECORDS:
            raise TooLarge(f"a batch of a sensor has at most {MOST_RECORDS} records")
        opened = checked(parcel.guid, batch.records)
        if opened.strangers:
            self._on_strangers(parcel.guid, len(opened.strangers))
        return opened


def checked(guid: str, records: list[bytes]) -> Opened:
    """Which records are this sensor's own: they say so at their beginning and, read as JSON, nothing else."""
    begins = b'{"hinomi_sensor":1,"sensor":"' + guid.encode() + b'",'
    opened = Opened([], [])
    for record in records:
        is_own = record.startswith(begins) and len(record) <= MOST_RECORD_BYTES and _names(record) == guid
        (opened.records if is_own else opened.strangers).append(record)
    return opened


def _names(record: bytes) -> object:
    """The sensor that the record names when it is read: a second key of the name would win over the first."""
    try:
        found = orjson.loads(record)
    except orjson.JSONDecodeError:
        return None
    return found.get("sensor") if isinstance(found, dict) else None


def _join(joined: RecordBatch, guid: str, opened: Opened) -> None:
    file = len(joined.files)
    count = len(opened.records)
    joined.files.append(f"sensor:{guid}")
    joined.records.extend(opened.records)
    joined.file_of.extend([file] * count)
    joined.numbers.extend([0] * count)
    joined.occurrences.extend([0] * count)
    for record in opened.strangers[:MOST_LETTERS]:
        detail = f"sensor {guid} sent a record that is not its own"
        joined.dead.append(DeadLetter("sensor", f"sensor:{guid}", None, "wrong_sender", detail, record[:EXCERPT_BYTES]))


def _tell(parcel: Parcel, trouble: Exception | None) -> None:
    try:
        parcel.done(trouble)
    except Exception:  # the loop may be gone; the others must be told
        log.exception("an acknowledgement could not be handed over")
