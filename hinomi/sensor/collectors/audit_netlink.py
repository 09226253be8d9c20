"""The kernel's audit over netlink, in pure Python: every exec with its whole command line, connections, kernel modules.

Where no audit daemon runs the sensor takes its place (unicast); where one does, it listens beside it (multicast) and leaves
the daemon's settings alone. A thread that does nothing but read keeps the kernel from ever waiting; a second one thinks.
"""

import time
from collections import deque
from collections.abc import Sequence
from contextlib import suppress
from threading import Event, RLock, Thread
from typing import Any

from hinomi.sensor.collectors import Emit
from hinomi.sensor.telemetry import audit_events, audit_rules, audit_seat
from hinomi.sensor.telemetry.audit_events import EventAssembler
from hinomi.sensor.telemetry.audit_link import Condition, Rule, split
from hinomi.sensor.telemetry.audit_meaning import meaning
from hinomi.sensor.telemetry.audit_seat import AuditSeat
from hinomi.sensor.telemetry.process_ends import ProcessEnds
from hinomi.sensor.telemetry.processes import ProcessTable, the_table
from hinomi.wire.policy import SensorPolicy

_QUEUE = 400_000  # messages read and not yet thought about
_GATHER_S = 0.03  # pause between two reads: messages come in handfuls, and the socket holds a burst
_CHECK_S = 60.0  # how often the rules are looked at
_LOSS_S = 10.0  # how often losses are told


class AuditNetlink:
    """`only`: further conditions on every rule, for tests that must not hear the whole machine."""

    name = "audit_netlink"
    kinds: tuple[str, ...] = ("process", "network", "module")

    def __init__(self, only: Sequence[Condition] = (), table: ProcessTable | None = None) -> None:
        self._only = tuple(only)
        self._table = table or the_table()
        self._seat: AuditSeat | None = None
        self.rules: list[Rule] = []
        self._queue: deque[bytes] = deque()
        self._waiting, self._stopping, self._look = Event(), Event(), Event()
        self._ruling = RLock()  # the guard must not put back what is being taken away
        self._threads: list[Thread] = []
        self._ends: ProcessEnds | None = None
        self._policy = SensorPolicy()
        self._seen = self._overrun = self._dropped = self._kernel_lost = self._told_lost = 0
        self._assembler = EventAssembler()
        self._trouble: str | None = None
        self._own_key = f'key="{audit_rules.own_key()}"'.encode()

    # ---- the Collector ----
    def probe(self) -> str | None:
        try:
            audit_rules.rules(self.kinds, alone=False)
        except OSError as error:
            return str(error)
        return audit_seat.refusal()

    def start(self, emit: Emit, policy: SensorPolicy) -> None:
        self._emit, self._policy = emit, policy
        self._table.follow(policy)
        self._table.learn()
        self._ends = ProcessEnds(self._ended)
        self._seat = AuditSeat()
        try:
            self._seat.sit_down()
            self._put_rules(self._wanted_rules())
            self._seat.control.change(enabled=1)
        except OSError:
            self.stop()
            raise
        for work in (self._read, self._think, self._guard):
            thread = Thread(target=work, name=f"audit {work.__name__.strip('_')}", daemon=True)
            self._threads.append(thread)
            thread.start()

    def apply(self, policy: SensorPolicy) -> None:
        self._policy = policy
        self._table.follow(policy)
        with self._ruling:
            old, new = self.rules, self._wanted_rules()
            self._put_rules(new)  # first the new ones, so that nothing slips through between
            self._take_rules([rule for rule in old if rule not in new])

    def stop(self) -> None:
        self._stopping.set()
        self._look.set()
        self._waiting.set()
        if self._seat is not None:
            with self._ruling:
                self._take_rules(self.rules)
                self._seat.leave()
        for thread in self._threads:
            thread.join(5)
        self._threads.clear()
        if self._seat is not None:
            self._seat.close()
            self._seat = None
        if self._ends is not None:
            self._ends.close()
            self._ends = None

    def health(self) -> dict[str, Any]:
        return {
            "seen": self._seen,
            "lost": self._lost(),
            "kernel_lost": self._kernel_lost,
            "overruns": self._overrun,
            "dropped": self._dropped,
            "torn": self._assembler.torn,
            "waiting": len(self._queue),
            "alone": self._seat is not None and self._seat.alone,
            "remembered": len(self._table),
            "trouble": self._trouble,
        }

    # ---- the rules ----
    def _wanted_rules(self) -> list[Rule]:
        watch = tuple(kind for kind in self.kinds if self._policy.watches(kind))
        return audit_rules.rules(watch, alone=self._the_seat().alone, only=self._only)

    def _the_seat(self) -> AuditSeat:
        assert self._seat is not None  # noqa: S101 - between start and stop
        return self._seat

    def _put_rules(self, rules: list[Rule]) -> None:
        control = self._the_seat().control
        there = control.rules()  # the kernel takes a rule that goes first again and again
        for rule in rules:
            if rule.identity not in there:
                with suppress(FileExistsError):
                    control.add(rule)
        self.rules = rules

    def _take_rules(self, rules: list[Rule]) -> None:
        control = self._the_seat().control
        for rule in rules:
            with suppress(OSError):
                control.remove(rule.identity)

    # ---- the reader ----
    def _read(self) -> None:
        link, queue = self._the_seat().reading, self._queue
        while not self._stopping.is_set():
            try:
                got = link.receive_all()
            except OSError as error:
                self._trouble = f"the audit socket failed: {error}"
                return
            self._overrun = link.overruns
            if got:
                room = _QUEUE - len(queue)
                self._dropped += max(0, len(got) - room)
                queue.extend(got[: max(0, room)])
                self._waiting.set()
                time.sleep(_GATHER_S)

    # ---- the thinker ----
    def _think(self) -> None:
        while True:
            self._waiting.wait()
            self._waiting.clear()
            while self._queue:
                self._consider(self._queue.popleft())
            if self._stopping.is_set():
                return

    def _consider(self, datagram: bytes) -> None:
        kind, text = split(datagram)
        if kind == audit_events.CONFIG_CHANGE and b"remove_rule" in text and self._own_key in text:
            self._look.set()
        event = self._assembler.add(kind, text)
        said = meaning(event, self._table, self._policy.watch) if event is not None else None
        if said is None:
            return
        self._seen += 1
        self._emit(*said)
        if said[0] == "process_start" and self._ends is not None:
            self._ends.watch(said[1]["pid"])

    def _ended(self, pid: int) -> None:
        process = self._table.ended(pid)
        if process is not None and not self._stopping.is_set():
            self._emit("process_end", process.as_actor())

    # ---- the guard ----
    def _guard(self) -> None:
        """Tells losses, and whether somebody took the rules away."""
        checked = time.monotonic()
        while not self._stopping.is_set():
            asked = self._look.wait(_LOSS_S)
            if self._stopping.is_set():
                return
            self._look.clear()
            try:
                self._tell_losses()
                if asked or time.monotonic() - checked >= _CHECK_S:
                    checked = time.monotonic()
                    self._check_rules()
            except OSError as error:
                self._trouble = f"the kernel's audit does not answer: {error}"

    def _lost(self) -> int:
        return self._kernel_lost + self._overrun + self._dropped + self._assembler.torn

    def _tell_losses(self) -> None:
        seat = self._the_seat()
        self._kernel_lost = max(0, seat.control.status().lost - seat.lost_before)
        lost = self._lost() - self._told_lost
        if lost > 0:
            self._told_lost += lost
            text = f"{lost} audit messages were lost"
            self._emit("sensor_loss", {"name": self.name, "lost": lost, "text": text, "kernel": self._kernel_lost})

    def _check_rules(self) -> None:
        with self._ruling:
            if not self._stopping.is_set():
                self._mend_rules()

    def _mend_rules(self) -> None:
        seat = self._the_seat()
        status, there = seat.control.status(), seat.control.rules()
        gone = [rule for rule in self.rules if rule.identity not in there]
        if gone:
            self._put_rules(self.rules)
            self._tamper("audit_rules", f"{len(gone)} audit rules of the sensor were removed", len(gone))
        if not status.enabled:
            seat.control.change(enabled=1)
            self._tamper("audit_disabled", "the kernel's audit was switched off", 1)
        if seat.alone and not status.pid:
            seat.reading.take_over_again()
            self._tamper("audit_daemon", "the sensor was removed as the audit daemon", 1)

    def _tamper(self, name: str, text: str, count: int) -> None:
        self._emit("sensor_tamper", {"name": name, "text": text, "count": count})
