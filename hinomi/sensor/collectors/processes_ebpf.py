"""Processes by two small programs in the kernel (eBPF): every exec and every end, at the least cost. Needs the packaged object.

The object is built from hinomi/sensor/ebpf when the package is made, where a compiler is; without it the audit tells the same.
"""

import os
import time
from pathlib import Path
from threading import Event, Thread
from typing import Any

from hinomi.sensor.collectors import Emit
from hinomi.sensor.telemetry import bpf_events, proc
from hinomi.sensor.telemetry.bpf_events import End
from hinomi.sensor.telemetry.bpf_object import BpfObject
from hinomi.sensor.telemetry.exit_code import end_of
from hinomi.sensor.telemetry.processes import ProcessTable, the_table
from hinomi.wire.policy import SensorPolicy

OBJECT = Path(__file__).parents[1] / "ebpf" / "processes.bpf.o"
_PROGRAMS, _RING, _LOST = ("on_exec", "on_exit"), "events", "lost"
_INITIAL_NAMESPACE = "pid:[4026531836]"  # PROC_PID_INIT_INO: there the kernel's numbers of processes are ours
# Waking up for each event costs more than reading it: the kernel's side wakes us after a silence and before the ring is full, and
# we look by ourselves so often. After a silence what follows at once is waited for: a shell's children may still be looked at in /proc.
_LOOK_S, _SILENCE_S, _GATHER_S = 0.5, 0.05, 0.01
_LOSS_S = 10.0


class ProcessesEbpf:
    name = "processes_ebpf"
    kinds: tuple[str, ...] = ("process",)

    def __init__(self, path: Path = OBJECT, table: ProcessTable | None = None) -> None:
        self._path = path
        self._table = table or the_table()
        self._object: BpfObject | None = None
        self._thread: Thread | None = None
        self._stopping = Event()
        self._boot_ms, self._own = 0, os.getpid()
        self._seen = self._lost = 0
        self._told_s = time.monotonic()
        self._trouble: str | None = None

    def probe(self) -> str | None:
        if not self._path.is_file():
            return "this package was built without the compiler for it (clang)"
        if os.readlink("/proc/self/ns/pid") != _INITIAL_NAMESPACE:  # noqa: PTH115 - no path
            return "not in the machine's own pid namespace"
        try:
            BpfObject(self._path, _PROGRAMS, _RING).close()
        except OSError as error:
            return f"no eBPF here: {error}"
        return None

    def start(self, emit: Emit, policy: SensorPolicy) -> None:
        self._emit = emit
        self.apply(policy)
        self._boot_ms = proc.boot_ms()
        self._object = BpfObject(self._path, _PROGRAMS, _RING)
        self._table.learn()
        self._thread = Thread(target=self._listen, name="ebpf", daemon=True)
        self._thread.start()

    def apply(self, policy: SensorPolicy) -> None:
        self._table.follow(policy)

    def stop(self) -> None:
        self._stopping.set()
        if self._thread is not None:
            self._thread.join(5)
        if self._object is not None:
            self._object.close()
        self._object = self._thread = None

    def health(self) -> dict[str, Any]:
        return {"seen": self._seen, "lost": self._lost, "remembered": len(self._table), "trouble": self._trouble}

    def _listen(self) -> None:
        source = self._object
        assert source is not None  # noqa: S101 - until the thread has ended
        while not self._stopping.is_set():
            asked_s = time.monotonic()
            try:
                is_woken = source.ring.wait(_LOOK_S)
                found = source.ring.read()
                self._tell_losses(source)
            except OSError as error:
                self._trouble = str(error)
                return
            for content in found:
                self._consider(content)
            if is_woken and time.monotonic() - asked_s >= _SILENCE_S:
                time.sleep(_GATHER_S)

    def _consider(self, content: bytes) -> None:
        told = bpf_events.read(content, self._boot_ms)
        if told is None or told.pid == self._own:
            return
        if isinstance(told, End):
            process = self._table.ended(told.pid)
            if process is not None:
                data = process.as_actor()
                data.update(end_of(told.code), _time_ms=told.at_ms)
                self._emit("process_end", data)
            return
        self._seen += 1
        self._emit("process_start", self._table.started(told))

    def _tell_losses(self, source: BpfObject) -> None:
        if time.monotonic() - self._told_s < _LOSS_S:
            return
        self._told_s = time.monotonic()
        lost = source.number(_LOST) - self._lost
        if lost:
            self._lost += lost
            text = f"{lost} starts and ends of processes were lost"
            self._emit("sensor_loss", {"name": self.name, "lost": lost, "text": text})
