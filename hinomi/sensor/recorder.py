"""Activities become records on disk: `emit` takes them from any collector, one thread lays them in the spool.

    collectors --emit(kind, data)--> queue (bounded) --> sieve --> sequence number --> batch --> spool (fsync)

A sequence number is given when the record goes to disk, so a crash leaves no gap. What there was no room for is told as
`sensor_loss`, with how many and why.
"""

import logging
import threading
import time
from collections import Counter, deque
from collections.abc import Callable, Mapping
from typing import Any

from hinomi.sensor.record import pack_records, write_record
from hinomi.sensor.sieve import ALWAYS, Sieve
from hinomi.sensor.spool import Dropped, SensorSpool
from hinomi.wire.policy import SensorPolicy

log = logging.getLogger(__name__)

MOST_QUEUED = 20_000  # about 20 MB at the worst; at 5,000 a second four seconds of a stalled disk
TELL_LOSS_S = 10.0
RETRY_S = 1.0  # after trouble with the disk
SILENCE_S = 0.05  # what comes after a silence waits for others only so long
_WHY = {
    "rate": "more came than the policy's rate allows",
    "memory": "the disk took them too slowly",
    "spool": "the spool reached its size, the oldest had to go",
}
_OURS = ("_time_ms", "_on_disk")  # between collector and recorder, not sent
_Waiting = tuple[int, str, Mapping[str, Any]]  # time, kind, data


class Recorder:
    """`host`: () -> (host name, addresses) of this moment. `wake` is called when there is something to send."""

    def __init__(
        self,
        sensor: str,
        epoch: str,
        spool: SensorSpool,
        policy: SensorPolicy,
        host: Callable[[], tuple[str, tuple[str, ...]]],
        wake: Callable[[], None],
    ) -> None:
        self._sensor, self._epoch, self._spool, self._policy = sensor, epoch, spool, policy
        self._host, self._wake = host, wake
        self._sieve = Sieve(policy)
        self._queue: deque[_Waiting] = deque()
        self._overflow: Counter[str] = Counter()
        self._dropped: list[Dropped] = []
        self._lost = 0
        self._told_s = time.monotonic()
        self._laid_s = 0.0
        self._ready = threading.Event()
        self._full = threading.Event()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="recorder", daemon=True)

    @property
    def lost(self) -> int:
        """Activities that were not kept since the start."""
        return self._lost + sum(self._overflow.values())

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Lay down what waits, and end."""
        self._stop.set()
        self._ready.set()
        self._full.set()
        if self._thread.is_alive():
            self._thread.join(10)

    def apply(self, policy: SensorPolicy) -> None:
        self._policy = policy
        self._sieve.apply(policy)
        self._spool.set_limit(policy.spool_mb << 20)

    def emit(self, kind: str, data: Mapping[str, Any]) -> None:
        """From any thread; never blocks, never raises. `_time_ms` in the data: when it happened, else now.

        `_on_disk` in the data is called, in the recorder's thread, when it and all before it lie in the spool.
        """
        if len(self._queue) >= MOST_QUEUED and kind not in ALWAYS:
            self._overflow[kind] += 1
            return
        self._queue.append((int(time.time() * 1000), kind, data))
        if not self._ready.is_set():
            self._ready.set()
        if len(self._queue) >= self._policy.batch_records:
            self._full.set()

    def _run(self) -> None:
        while not self._stop.is_set():
            self._ready.wait(TELL_LOSS_S)
            if not self._stop.is_set() and self._queue:
                self._full.wait(
                    patience_s(self._policy.batch_ms, time.monotonic() - self._laid_s)
                )  # others may join this batch
            self._ready.clear()
            self._full.clear()
            try:
                self._lay_down()
            except Exception:  # the thread must go on, and what it stumbles over must be seen
                log.exception("what was watched could not be laid down")
        try:
            self._lay_down()
        except OSError:
            log.exception("what was watched last could not be laid down")

    def _lay_down(self) -> None:
        self._tell_losses()
        while self._queue:
            waiting = [self._queue.popleft() for _ in range(min(len(self._queue), self._policy.batch_records))]
            now_s = time.monotonic()
            kept = [each for each in waiting if self._sieve.passes(each[1], each[2], now_s)]
            if kept:
                self._append(kept)
            for _, _, data in waiting:
                if "_on_disk" in data:
                    data["_on_disk"]()

    def _append(self, kept: list[_Waiting]) -> None:
        host, ips = self._host()
        self._laid_s = time.monotonic()
        first = self._spool.sequence + 1
        records = [
            write_record(self._sensor, self._epoch, first + index, _moment(each), host, ips, each[1], _plain(each[2]))
            for index, each in enumerate(kept)
        ]
        packed = pack_records(self._sensor, records)
        while True:
            try:
                dropped = self._spool.append(packed, len(records))
                break
            except OSError as error:
                log.warning("the spool cannot be written: %s", error.strerror)
                if self._stop.wait(RETRY_S):
                    raise
        if dropped is not None:
            self._dropped.append(dropped)
            self._told_s = 0.0  # told with the next batch
        self._wake()

    def _tell_losses(self) -> None:
        if time.monotonic() - self._told_s < TELL_LOSS_S:
            return
        self._told_s = time.monotonic()
        for reason, counted in (("rate", self._sieve.take_lost()), ("memory", self._take_overflow())):
            if counted:
                lost = sum(counted.values())
                self._lost += lost
                self._tell(reason, lost, _WHY[reason], {"kinds": counted})
        dropped, self._dropped = self._dropped, []
        if dropped:
            count = sum(each.records for each in dropped)
            self._lost += count
            told = {"first_sequence": dropped[0].first, "last_sequence": dropped[-1].last}
            self._tell("spool", count, _WHY["spool"], told)

    def _take_overflow(self) -> dict[str, int]:
        counted, self._overflow = dict(self._overflow), Counter()
        return counted

    def _tell(self, reason: str, lost: int, why: str, more: Mapping[str, Any]) -> None:
        data = {"name": reason, "lost": lost, "text": f"{lost} activities were lost: {why}", **more}
        self._queue.append((int(time.time() * 1000), "sensor_loss", data))


def patience_s(batch_ms: int, since_s: float) -> float:
    """How long a batch waits for others, `since_s` after the last: one in `batch_ms`, and almost at once after longer than that."""
    longest_s = batch_ms / 1000
    return min(longest_s, max(SILENCE_S, longest_s - since_s))


def _moment(waiting: _Waiting) -> int:
    told = waiting[2].get("_time_ms")
    return told if type(told) is int and told > 0 else waiting[0]


def _plain(data: Mapping[str, Any]) -> Mapping[str, Any]:
    plain = dict(data)  # a copy and two looks cost less than looking at each name
    for name in _OURS:
        plain.pop(name, None)
    return plain
