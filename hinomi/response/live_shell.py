"""One remote shell that has not ended: the sensor on one side, the people who look at it on the other, the recording between.

Whatever comes is recorded first and shown then. Only who asked for it types; with `watch` only while a second person looks on.
The sensor gets credit for what the typing person has really been shown: a flood waits on the endpoint, not here.
"""

import base64
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from hinomi.errors import HinomiError
from hinomi.response.action import Words
from hinomi.response.recording import Recording, RecordingFull
from hinomi.response.shell_words import ONLY_LOOKS_ON, WAITS_FOR_ENDPOINT, WAITS_FOR_WATCHER, words_of
from hinomi.wire.message import Shell

SCROLLBACK_BYTES = 64 << 10  # shown to who comes later
MAX_OUTSTANDING = 512 << 10  # printed and not yet seen: twice what the sensor was given credit for
MAX_TYPED = 16 << 10  # in one piece

Send = Callable[[Shell], None]  # HinomiError when the sensor is not there; must not wait for it


@dataclass(eq=False, slots=True)
class Viewer:
    """`deliver` takes one event and must not block; bytes that count come back through `LiveShell.shown`."""

    who: str
    deliver: Callable[[dict[str, Any]], None]
    is_driver: bool = False
    columns: int = 80
    rows: int = 24


@dataclass(frozen=True, slots=True)
class Terms:
    """What was agreed when it was asked for."""

    session: str
    task_id: str
    endpoint: str
    endpoint_name: str
    asked_by: str
    idle_s: int
    max_s: int
    watch: bool


@dataclass(slots=True)
class Counts:
    input_bytes: int = 0
    output_bytes: int = 0
    outstanding: int = 0
    sent: int = 0


@dataclass(slots=True)
class LiveShell:
    """Thread-safe. `on_start`, `on_end`: told once each, without the lock."""

    terms: Terms
    file: Path
    clock: Callable[[], float]
    send: Send
    on_start: Callable[["LiveShell"], None]
    on_end: Callable[["LiveShell"], None]
    state: str = "waiting"
    reason: str = ""
    ended_by: str = ""
    sha256: str = ""
    began_s: float = 0.0
    counts: Counts = field(default_factory=Counts)
    viewers: list[Viewer] = field(default_factory=list)
    _is_ready: bool = False
    _touched_s: float = 0.0
    _recording: Recording | None = None
    _scrollback: bytearray = field(default_factory=bytearray)
    _lock: threading.RLock = field(default_factory=threading.RLock)

    # ---- people -----------------------------------------------------------------------------------------------------
    def attach(self, viewer: Viewer) -> None:
        """A second connection of the typing person takes over from the first."""
        with self._lock:
            if viewer.is_driver:
                for other in [one for one in self.viewers if one.is_driver]:
                    self._drop(other, "replaced")
            self.viewers.append(viewer)
            if self._scrollback:
                viewer.deliver(_output(bytes(self._scrollback)))
            if viewer.is_driver and self.counts.outstanding:
                self._credit(self.counts.outstanding)
            if self.state == "ended":
                viewer.deliver(_end(self.reason))
                return
            self._mark(f"{viewer.who} looks on" if not viewer.is_driver else f"{viewer.who} is at the keyboard")
            self._tell_all()
        self._start_if_due()

    def detach(self, viewer: Viewer) -> None:
        with self._lock:
            if viewer in self.viewers:
                self.viewers.remove(viewer)
                self._mark(f"{viewer.who} left")
                self._tell_all()
        self._finish()

    def shown(self, viewer: Viewer, size: int) -> None:
        """So many printed bytes have reached this viewer."""
        with self._lock:
            if viewer.is_driver and viewer in self.viewers and size:
                self._credit(min(size, self.counts.outstanding))
        self._finish()

    def type(self, viewer: Viewer, data: bytes) -> bool:
        """Whether it counted."""
        with self._lock:
            if self.why_not(viewer) is not None or not 0 < len(data) <= MAX_TYPED:
                return False
            counts = self._record("i", data)
            if counts:
                self.counts.input_bytes += len(data)
                self._touched_s = self.clock()
                self._say("input", data=data)
        self._finish()
        return counts

    def resize(self, viewer: Viewer, columns: int, rows: int) -> None:
        if not (2 <= columns <= 1000 and 2 <= rows <= 500):
            return
        with self._lock:
            if viewer.is_driver and viewer in self.viewers:
                viewer.columns, viewer.rows = columns, rows
                if self.state == "open" and self._recording is not None:
                    self._guarded(lambda: self._resized(columns, rows))
                    self._say("resize", columns=columns, rows=rows)
        self._finish()

    def why_not(self, viewer: Viewer) -> Words | None:
        """Why this person's keys do not count now; None when they do."""
        if not viewer.is_driver or viewer not in self.viewers:
            return ONLY_LOOKS_ON
        if self.state != "open":
            return WAITS_FOR_ENDPOINT
        if self.terms.watch and not self.watchers:
            return WAITS_FOR_WATCHER
        return None

    @property
    def watchers(self) -> list[str]:
        """Other people who look on now."""
        return sorted({one.who for one in self.viewers if one.who != self.terms.asked_by})

    # ---- the sensor -------------------------------------------------------------------------------------------------
    def ready(self) -> None:
        """The command is on the endpoint."""
        with self._lock:
            self._is_ready = True
            self._tell_all()
        self._start_if_due()

    def printed(self, data: bytes) -> None:
        with self._lock:
            if self.state != "open" or not data:
                return
            self.counts.outstanding += len(data)
            if self.counts.outstanding > MAX_OUTSTANDING:
                self._close("flooded")
            elif self._record("o", data):
                self.counts.output_bytes += len(data)
                self._scrollback += data
                del self._scrollback[:-SCROLLBACK_BYTES]
                event = _output(data)
                for viewer in self.viewers:
                    viewer.deliver(event)
        self._finish()

    # ---- the end ----------------------------------------------------------------------------------------------------
    def end(self, reason: str, by: str = "") -> None:
        """From whichever side; the first reason counts. The sensor is told, whether it knows or not."""
        with self._lock:
            self._close(reason, by)
        self._finish()

    def look_at_clock(self) -> None:
        """The sensor keeps the times too; this is for one that does not."""
        with self._lock:
            now = self.clock()
            if self.state == "open":
                if now - self._touched_s >= self.terms.idle_s + _LEEWAY_S:
                    self._close("idle")
                elif now - self.began_s >= self.terms.max_s + _LEEWAY_S:
                    self._close("limit")
        self._finish()

    # ---- within -----------------------------------------------------------------------------------------------------
    def _start_if_due(self) -> None:
        with self._lock:
            driver = next((one for one in self.viewers if one.is_driver), None)
            if self.state != "waiting" or not self._is_ready or driver is None:
                driver = None
        if driver is not None:
            self._start(driver)
        self._finish()

    def _start(self, driver: Viewer) -> None:
        with self._lock:
            if self.state != "waiting":
                return
            self.began_s = self._touched_s = self.clock()
            columns, rows = driver.columns, driver.rows
            try:
                title = f"{self.terms.endpoint_name} / task {self.terms.task_id} / {self.terms.asked_by}"
                self._recording = Recording(self.file, self.began_s, columns, rows, title)
            except (OSError, RecordingFull):
                self._close("recording_failed")
            else:
                self.state = "open"
                self._say("open", columns=columns, rows=rows)
                self._tell_all()
            began = self.state == "open"
        if began:
            self.on_start(self)

    def _record(self, kind: str, data: bytes) -> bool:
        recording = self._recording
        return recording is not None and self._guarded(lambda: recording.add(kind, data, self.clock()))

    def _resized(self, columns: int, rows: int) -> None:
        if self._recording is not None:
            self._recording.resize(columns, rows, self.clock())

    def _mark(self, text: str) -> None:
        recording = self._recording
        if recording is not None and self.state == "open":
            self._guarded(lambda: recording.mark(text, self.clock()))

    def _guarded(self, write: Callable[[], None]) -> bool:
        try:
            write()
        except RecordingFull:
            self._close("recording_full")
        except OSError:
            self._close("recording_failed")
        else:
            return True
        return False

    def _close(self, reason: str, by: str = "") -> None:
        """With the lock. What is told of the end outside comes from `_finish`."""
        if self.state == "ended":
            return
        self.state, self.reason, self.ended_by = "ended", reason[:32] or "ended", by
        self._say("end", note=self.reason)
        for viewer in self.viewers:
            viewer.deliver(_end(self.reason))

    def _finish(self) -> None:
        with self._lock:
            if self.state != "ended" or self.sha256:
                return
            self.sha256 = "-"
            if self._recording is not None:
                try:
                    self.sha256 = self._recording.close()
                except OSError:
                    self.reason = "recording_failed"
        self.on_end(self)

    def _credit(self, size: int) -> None:
        self.counts.outstanding -= size
        self._say("more", credit=size)

    def _say(self, what: str, **more: Any) -> None:
        self.counts.sent += 1
        try:
            self.send(Shell(self.terms.session, what, number=self.counts.sent, **more))
        except (HinomiError, OSError):
            self._close("channel_lost")

    def _drop(self, viewer: Viewer, reason: str) -> None:
        self.viewers.remove(viewer)
        viewer.deliver({"type": "left", "reason": reason})

    def _tell_all(self) -> None:
        for viewer in self.viewers:
            viewer.deliver(self.as_state(viewer))

    def as_state(self, viewer: Viewer) -> dict[str, Any]:
        why = self.why_not(viewer)
        shown = "ready" if self.state == "waiting" and self._is_ready else self.state
        return {
            "type": "state",
            "state": shown,
            "driver": self.terms.asked_by,
            "watchers": self.watchers,
            "mayType": why is None,
            "why": None if why is None else {"en": why.en, "ja": why.ja},
            "idleS": self.terms.idle_s,
            "maxS": self.terms.max_s,
        }


_LEEWAY_S = 5.0


def _output(data: bytes) -> dict[str, Any]:
    return {"type": "output", "data": base64.b64encode(data).decode(), "bytes": len(data)}


def _end(reason: str) -> dict[str, Any]:
    text = words_of(reason)
    return {"type": "end", "reason": reason, "text": {"en": text.en, "ja": text.ja}}
