"""Processes by the kernel's connector and /proc, where the audit is not to be had.

The connector tells of every exec, but only its number: of a process that is gone before /proc could be read nothing else is known.
"""

import os
import time
from threading import Event, Thread
from typing import Any

from hinomi.sensor.collectors import Emit
from hinomi.sensor.telemetry.exit_code import end_of
from hinomi.sensor.telemetry.proc_connector import ProcConnector, ProcessEvent
from hinomi.sensor.telemetry.proc_exec import exec_of
from hinomi.sensor.telemetry.processes import ProcessTable, the_table
from hinomi.wire.policy import SensorPolicy

_TELL_S = 10.0


class ProcessesConnector:
    name = "processes_connector"
    kinds: tuple[str, ...] = ("process",)

    def __init__(self, table: ProcessTable | None = None) -> None:
        self._table = table or the_table()
        self._connector: ProcConnector | None = None
        self._thread: Thread | None = None
        self._stopping = Event()
        self._seen = self._missed = self._told = 0
        self._told_s = time.monotonic()
        self._trouble: str | None = None

    def probe(self) -> str | None:
        try:
            ProcConnector().close()
        except TimeoutError:
            return "the kernel's process connector does not answer: not in the machine's own namespaces"
        except OSError as error:
            return f"no process connector in this kernel: {error}"
        return None

    def start(self, emit: Emit, policy: SensorPolicy) -> None:
        self._emit = emit
        self.apply(policy)
        self._connector = ProcConnector()
        self._table.learn()
        self._thread = Thread(target=self._listen, name="process connector", daemon=True)
        self._thread.start()

    def apply(self, policy: SensorPolicy) -> None:
        self._table.follow(policy)

    def stop(self) -> None:
        self._stopping.set()
        if self._thread is not None:
            self._thread.join(5)
        if self._connector is not None:
            self._connector.close()
        self._connector = self._thread = None

    def health(self) -> dict[str, Any]:
        overruns = self._connector.overruns if self._connector is not None else 0
        return {
            "seen": self._seen,
            "lost": self._missed + overruns,
            "missed": self._missed,
            "overruns": overruns,
            "trouble": self._trouble,
            "note": "short-lived processes may be missed: only the audit tells what they were",
        }

    def _listen(self) -> None:
        connector = self._connector
        assert connector is not None  # noqa: S101 - until the thread has ended
        while not self._stopping.is_set():
            try:
                found = connector.receive()
            except OSError as error:
                self._trouble = f"the process connector failed: {error}"
                return
            for event in found:
                self._consider(event)
            self._tell_missed(connector.overruns)

    def _consider(self, event: ProcessEvent) -> None:
        if event.pid == os.getpid():
            return
        if event.code is not None:
            process = self._table.ended(event.pid)
            if process is not None:
                self._emit("process_end", process.as_actor() | end_of(event.code))
            return
        seen = exec_of(event.pid, int(time.time() * 1000))
        if seen is None:
            self._missed += 1
            return
        self._seen += 1
        self._emit("process_start", self._table.started(seen))

    def _tell_missed(self, overruns: int) -> None:
        lost = self._missed + overruns - self._told
        if lost and time.monotonic() - self._told_s >= _TELL_S:
            self._told, self._told_s = self._told + lost, time.monotonic()
            text = f"{lost} processes were gone before they could be looked at"
            self._emit("sensor_loss", {"name": self.name, "lost": lost, "text": text})
