"""The binding of the Windows event log, against a stand-in for wevtapi.dll: what is asked of it, and that every handle is closed."""

import ctypes
from typing import Any

import pytest

from hinomi.sensor.telemetry.event_log import Batch, ChannelMissingError, MarkStaleError
from hinomi.sensor.telemetry.wevtapi import HostEventLog

CHANNEL = "Security"


class StandIn:
    """wevtapi.dll and kernel32.dll: channels hold events, handles are numbers, bookmarks the number of an event."""

    def __init__(self, *events: str) -> None:
        self.wevtapi = self.kernel32 = self
        self.events = list(events)
        self.error = 0
        self.handles: dict[int, Any] = {}
        self.subscribed: list[tuple[str, int]] = []
        self.rendered: list[int] = []  # flags, each time

    def last_error(self) -> int:
        return self.error

    def _fails(self, error: int) -> int:
        self.error = error
        return 0

    def _handle(self, what: Any) -> int:
        number = 100 + len(self.subscribed) * 1000 + len(self.handles) + sum(self.handles)
        self.handles[number] = what
        return number

    def CreateEventW(self, *_: Any) -> int:  # noqa: N802
        return 7

    def EvtCreateBookmark(self, text: str | None) -> int:  # noqa: N802
        if text and not text.startswith("mark"):
            return self._fails(13)
        return self._handle(["bookmark", int(text[4:]) if text else 0])

    def EvtSubscribe(  # noqa: N802
        self, _session: Any, _signal: Any, channel: str, query: str, after: Any, _c: Any, _b: Any, flags: int
    ) -> int:
        self.subscribed.append((query, flags))
        if channel != CHANNEL:
            return self._fails(15007)
        start = self.handles[after][1] if after else 0
        if start > len(self.events):
            return self._fails(1168)
        return self._handle(["subscription", start])

    def EvtNext(self, handle: int, most: int, events: Any, *rest: Any) -> int:  # noqa: N802
        subscription, returned = self.handles[handle], rest[-1]._obj
        found = range(subscription[1], min(subscription[1] + most, len(self.events)))
        if not found:
            return self._fails(259)
        for index, number in enumerate(found):
            events[index] = self._handle(["event", number])
        subscription[1], returned.value = found.stop, len(found)
        return 1

    def EvtRender(self, _context: Any, handle: int, flags: int, size: int, buffer: Any, used: Any, _count: Any) -> int:  # noqa: N802
        _kind, number = self.handles[getattr(handle, "value", handle)]
        self.rendered.append(flags)
        text = f"mark{number}" if flags == 2 else self.events[number]
        if text == "unreadable":
            return self._fails(15029)
        written = f"{text}\0".encode("utf-16-le")
        used._obj.value = len(written)
        if len(written) > size:
            return self._fails(122)
        buffer[: len(written)] = written
        return 1

    def EvtUpdateBookmark(self, bookmark: int, event: int) -> int:  # noqa: N802
        self.handles[bookmark][1] = self.handles[event][1] + 1
        return 1

    def EvtClose(self, handle: int) -> int:  # noqa: N802
        del self.handles[handle]  # KeyError: closed twice, or never opened
        return 1


def test_events_come_in_order_and_every_handle_is_closed() -> None:
    library = StandIn("<a/>", "<b>\u706b</b>", "<c/>")
    reader = HostEventLog(library).open(CHANNEL, "")
    assert reader.read(2) == Batch(("<a/>", "<b>\u706b</b>"), "mark2")
    assert library.rendered == [1, 1, 2]  # each event, and one mark for both
    assert reader.read(2) == Batch(("<c/>",), "mark3")
    assert reader.read(2) is None
    reader.close()
    assert library.handles == {}


def test_it_goes_on_after_the_mark_and_asks_for_a_gap_to_be_told() -> None:
    library = StandIn("<a/>", "<b/>")
    reader = HostEventLog(library).open(CHANNEL, "mark1")
    assert reader.read(9) == Batch(("<b/>",), "mark2")
    assert library.subscribed == [("*", 0x10003)]  # EvtSubscribeStartAfterBookmark | EvtSubscribeStrict


def test_a_first_start_takes_the_last_day() -> None:
    library = StandIn()
    HostEventLog(library).open(CHANNEL, "")
    ((query, flags),) = library.subscribed
    assert "timediff(@SystemTime) <= 86400000" in query
    assert flags == 2  # EvtSubscribeStartAtOldestRecord


def test_an_event_larger_than_the_buffer_is_rendered_whole() -> None:
    long = f"<a>{'x' * 100_000}</a>"
    assert HostEventLog(StandIn(long)).open(CHANNEL, "").read(1) == Batch((long,), "mark1")


def test_one_that_cannot_be_rendered_takes_no_other_with_it() -> None:
    found = HostEventLog(StandIn("<a/>", "unreadable", "<c/>")).open(CHANNEL, "").read(9)
    assert found is not None
    assert [each[:12] for each in found.events] == ["<a/>", "not rendered", "<c/>"]
    assert found.mark == "mark3"


@pytest.mark.parametrize(
    ("channel", "mark", "error"),
    [("Other", "", ChannelMissingError), (CHANNEL, "mark9", MarkStaleError), (CHANNEL, "x", MarkStaleError)],
)
def test_what_cannot_be_opened_says_why_and_leaves_no_handle(channel: str, mark: str, error: type[Exception]) -> None:
    library = StandIn("<a/>")
    with pytest.raises(error):
        HostEventLog(library).open(channel, mark)
    assert library.handles == {}


@pytest.mark.skipif(hasattr(ctypes, "WinDLL"), reason="this is Windows")
def test_elsewhere_there_is_no_such_log_and_the_reason_is_told() -> None:
    assert HostEventLog().missing() == "no Windows event log on this host: wevtapi.dll is part of Windows"
