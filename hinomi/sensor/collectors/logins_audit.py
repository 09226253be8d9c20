"""Logins, failures and ends of sessions as PAM tells them to the kernel's audit: with process and session, whoever cleans logs.

Its socket hears of nothing else (a filter in the kernel), so it costs the same beside whatever watches processes.
"""

import glob
from contextlib import suppress
from pathlib import Path
from threading import Event, Thread
from typing import Any

from hinomi.sensor.collectors import Emit
from hinomi.sensor.telemetry import audit_seat, logins
from hinomi.sensor.telemetry.audit_events import EventAssembler
from hinomi.sensor.telemetry.audit_link import split
from hinomi.sensor.telemetry.audit_seat import AuditSeat
from hinomi.sensor.telemetry.processes import ProcessTable, the_table
from hinomi.sensor.telemetry.rounds import Rounds
from hinomi.wire.policy import SensorPolicy

_CHECK_S = 30.0
_PLACES = (
    "/lib/*/libpam.so.0",
    "/usr/lib/*/libpam.so.0",
    "/lib64/libpam.so.0",
    "/usr/lib64/libpam.so.0",
    "/usr/lib/libpam.so.0",
)


class LoginsAudit:
    name = "logins_audit"
    kinds: tuple[str, ...] = ("login",)

    def __init__(self, table: ProcessTable | None = None) -> None:
        self._table = table or the_table()
        self._seat: AuditSeat | None = None
        self._stopping = Event()
        self._thread: Thread | None = None
        self._guard: Rounds | None = None
        self._seen = self._overruns = 0
        self._trouble: str | None = None

    def probe(self) -> str | None:
        if not any(b"libaudit.so" in Path(path).read_bytes() for place in _PLACES for path in glob.glob(place)):  # noqa: PTH207
            return "the PAM of this host does not tell the audit"
        return audit_seat.refusal()

    def start(self, emit: Emit, policy: SensorPolicy) -> None:
        del policy  # what it leaves out is left out behind us
        self._emit = emit
        self._seat = AuditSeat(logins.AUDIT_TYPES)
        try:
            self._seat.sit_down()
            self._seat.control.change(enabled=1)
        except OSError:
            self.stop()
            raise
        self._thread = Thread(target=self._read, name="logins", daemon=True)
        self._thread.start()
        self._guard = Rounds("logins guard", self._check, _CHECK_S)
        self._guard.start()

    def apply(self, policy: SensorPolicy) -> None:
        """Nothing of it is set in the system."""

    def stop(self) -> None:
        self._stopping.set()
        if self._guard is not None:
            self._guard.stop()
        if self._seat is not None:
            self._seat.leave()
        if self._thread is not None:
            self._thread.join(5)
        if self._seat is not None:
            self._seat.close()
        self._seat = self._thread = self._guard = None

    def health(self) -> dict[str, Any]:
        trouble = self._trouble or (self._guard.trouble if self._guard is not None else None)
        return {"seen": self._seen, "lost": self._overruns, "trouble": trouble}

    def _read(self) -> None:
        assert self._seat is not None  # noqa: S101 - until the thread has ended
        link, assembler = self._seat.reading, EventAssembler()
        while not self._stopping.is_set():
            try:
                found = link.receive_all()
            except OSError as error:
                self._trouble = f"the audit socket failed: {error}"
                return
            self._overruns = link.overruns
            for datagram in found:
                self._consider(assembler, datagram)

    def _consider(self, assembler: EventAssembler, datagram: bytes) -> None:
        kind, text = split(datagram)
        event = assembler.add(kind, text) if kind in logins.AUDIT_TYPES else None
        found = logins.of_audit(kind, event.messages[0][1]) if event is not None else None
        if event is None or found is None:
            return
        pid, (name, data) = found
        actor = self._table.of(pid, event.time_ms)
        told = actor.as_actor() if actor is not None else ({"pid": pid} if pid else {})
        self._seen += 1
        self._emit(name, told | data | {"_time_ms": event.time_ms})

    def _check(self) -> None:
        """Another may have left the audit to itself since: a collector that a policy ended, a daemon that was stopped."""
        seat = self._seat
        if seat is None:
            return
        status = seat.control.status()
        if not status.pid:
            with suppress(OSError):
                seat.reading.take_over_again()
                seat.alone = True
        if not status.enabled:
            seat.control.change(enabled=1)
