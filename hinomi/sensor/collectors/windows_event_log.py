"""The Windows event log: every event of the channels that detection reads, rendered as XML, and none lost over a restart.

    channel --read, at most BATCH--> emit --> spool (fsync) --> its mark is kept --> the next batch

The mark of a channel moves when the events before it lie in the spool: what a crash cuts off is read again (up to one batch of a
channel then comes twice; the server keeps it once). A slow disk makes the reader wait; the log keeps what is not read, until it runs over.
"""

import logging
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from hinomi.sensor import state_file
from hinomi.sensor.collectors import Emit
from hinomi.sensor.telemetry.event_log import (
    CHANNELS,
    Batch,
    ChannelMissingError,
    ChannelReader,
    EventLog,
    MarkStaleError,
)
from hinomi.wire.policy import KINDS, SensorPolicy

log = logging.getLogger(__name__)

BATCH = 200
LONGEST_XML = 200_000  # bytes; a record of the sensor has at most 256 KiB
CUT_AT = 2_000  # characters kept of one that is longer
ROUND_S = 5.0
STOPS_WITHIN_S = 1.0
AGAIN_S = 600.0  # before a channel that was missing is tried again


class WindowsEventLog:
    """`marks`: the file where the marks are kept."""

    name = "windows_event_log"
    kinds: tuple[str, ...] = KINDS

    def __init__(self, source: EventLog, marks: Path, channels: Sequence[str] = CHANNELS) -> None:
        self._log, self._marks_path, self._channels = source, marks, tuple(channels)
        self._readers: dict[str, ChannelReader] = {}
        self._missing: dict[str, str] = {}
        self._marks: dict[str, str] = {}
        self._seen: Counter[str] = Counter()
        self._cut = self._gaps = 0
        self._tried_s = 0.0
        self._trouble: str | None = None
        self._stop = threading.Event()
        self._on_disk = threading.Event()
        self._thread: threading.Thread | None = None

    def probe(self) -> str | None:
        if (why := self._log.missing()) is not None:
            return why
        reasons = []
        for channel in self._channels:
            try:
                self._log.open(channel, "").close()
            except (ChannelMissingError, MarkStaleError) as error:
                reasons.append(f"{channel}: {error}")
            else:
                return None
        return f"no channel can be read: {'; '.join(reasons)}"

    def start(self, emit: Emit, policy: SensorPolicy) -> None:
        del policy  # the log is read whole: what the policy leaves out of a channel is not known before it is read
        self._emit = emit
        kept = state_file.read(self._marks_path) or {}
        self._marks = {name: mark for name, mark in kept.items() if isinstance(mark, str)}
        self._thread = threading.Thread(target=self._run, name="event-log", daemon=True)
        self._thread.start()

    def apply(self, policy: SensorPolicy) -> None:
        """Nothing of it is set in the system."""

    def stop(self) -> None:
        self._stop.set()
        self._log.wake()
        if self._thread is not None:
            self._thread.join(10)
        self._thread = None

    def health(self) -> dict[str, Any]:
        note = "; ".join(f"{name}: {why}" for name, why in sorted(self._missing.items()))
        return {
            "seen": sum(self._seen.values()),
            "lost": 0,
            "channels": len(self._readers),
            "cut": self._cut,
            "gaps": self._gaps,
            "note": f"not read: {note}" if note else "",
            "trouble": self._trouble,
        }

    # ---- its thread -------------------------------------------------------------------------------------------------
    def _run(self) -> None:
        try:
            while not self._stop.is_set():
                self._open_missing()
                had_any = [self._read(channel) for channel in list(self._readers)]
                if not any(had_any):
                    self._log.wait(ROUND_S)
        except Exception as error:  # said in the health; the watch ends it and tells people
            log.exception("the event log cannot be read any more")
            self._trouble = f"{type(error).__name__}: {error}"
        finally:
            for reader in self._readers.values():
                reader.close()

    def _open_missing(self) -> None:
        """Channels that are not open; those that were missing are tried again once in a while."""
        if self._tried_s and time.monotonic() - self._tried_s < AGAIN_S:
            return
        self._tried_s = time.monotonic()
        for channel in self._channels:
            if channel not in self._readers:
                self._open(channel)

    def _open(self, channel: str) -> None:
        try:
            self._readers[channel] = self._opened(channel)
            self._missing.pop(channel, None)
        except (ChannelMissingError, MarkStaleError) as error:
            self._missing[channel] = str(error)

    def _opened(self, channel: str) -> ChannelReader:
        try:
            return self._log.open(channel, self._marks.get(channel, ""))
        except MarkStaleError as error:
            self._gaps += 1
            text = f"the log {channel} was cleared, or ran over events that were not read yet: {error}"
            self._emit("sensor_tamper", {"name": "event_log_gap", "text": text, "channel": channel})
            return self._log.open(channel, "")

    def _read(self, channel: str) -> bool:
        """One batch, until it lies in the spool; whether there was one."""
        try:
            batch = self._readers[channel].read(BATCH)
        except OSError as error:
            self._missing[channel] = str(error)
            self._readers.pop(channel).close()
            return False
        if batch is not None and self._is_laid_down(channel, batch):
            self._marks[channel] = batch.mark
            state_file.write(self._marks_path, self._marks)
        return batch is not None

    def _is_laid_down(self, channel: str, batch: Batch) -> bool:
        self._on_disk.clear()
        for xml in batch.events[:-1]:
            self._tell(channel, xml)
        self._tell(channel, batch.events[-1], self._on_disk.set)
        while not self._on_disk.wait(STOPS_WITHIN_S):
            if self._stop.is_set():
                return False
        return True

    def _tell(self, channel: str, xml: str, on_disk: Callable[[], None] | None = None) -> None:
        size = len(xml.encode("utf-8", "replace"))
        data: dict[str, Any] = {"channel": channel, "xml": xml}
        if size > LONGEST_XML:
            self._cut += 1
            data = {"channel": channel, "xml": xml[:CUT_AT], "cut_bytes": size}
        self._seen[channel] += 1
        self._emit("windows_event", data | {"_on_disk": on_disk} if on_disk else data)
