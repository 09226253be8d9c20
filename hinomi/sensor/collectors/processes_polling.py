"""Processes by looking through /proc every second: the last resort. What starts and ends between two looks is never seen."""

from typing import Any

from hinomi.sensor.collectors import Emit
from hinomi.sensor.telemetry import proc
from hinomi.sensor.telemetry.proc_exec import exec_of
from hinomi.sensor.telemetry.processes import ProcessTable, the_table
from hinomi.sensor.telemetry.rounds import Rounds
from hinomi.wire.policy import SensorPolicy

_LOOK_S = 1.0


class ProcessesPolling:
    name = "processes_polling"
    kinds: tuple[str, ...] = ("process",)

    def __init__(self, table: ProcessTable | None = None) -> None:
        self._table = table or the_table()
        self._known: dict[int, int] = {}  # pid -> start
        self._rounds = Rounds("processes", self._look, _LOOK_S)
        self._seen = 0

    def probe(self) -> str | None:
        try:
            proc.processes()
        except OSError as error:
            return f"/proc cannot be read: {error}"
        return None

    def start(self, emit: Emit, policy: SensorPolicy) -> None:
        self._emit = emit
        self.apply(policy)
        self._table.learn()
        self._known = dict(_running())
        self._rounds.start()

    def apply(self, policy: SensorPolicy) -> None:
        self._table.follow(policy)

    def stop(self) -> None:
        self._rounds.stop()

    def health(self) -> dict[str, Any]:
        note = "processes that live for less than a second are mostly missed"
        return {"seen": self._seen, "lost": 0, "trouble": self._rounds.trouble, "note": note}

    def _look(self) -> None:
        now = dict(_running())
        before, self._known = self._known, now
        for pid, start in before.items():
            if now.get(pid) != start and (process := self._table.ended(pid)) is not None:
                self._emit("process_end", process.as_actor())
        for pid, start in now.items():
            seen = exec_of(pid) if before.get(pid) != start else None
            if seen is not None:
                self._seen += 1
                self._emit("process_start", self._table.started(seen))


def _running() -> list[tuple[int, int]]:
    found = ((pid, proc.stat(pid)) for pid in proc.processes())
    return [(pid, stat.start_ms) for pid, stat in found if stat is not None and not stat.is_kernel]
