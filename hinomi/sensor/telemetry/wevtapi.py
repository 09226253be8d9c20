"""The event log of this Windows host, through wevtapi.dll by ctypes: pull subscriptions with bookmarks.

Written from the documentation of the Windows Event Log API (EvtSubscribe, EvtNext, EvtRender, EvtCreateBookmark). It has NOT
been run on Windows: its tests drive it against a stand-in for the library.
"""

import ctypes
from collections.abc import Callable
from typing import Any

from hinomi.sensor.telemetry.event_log import Batch, ChannelMissingError, MarkStaleError

# winevt.h
_FROM_OLDEST, _AFTER_BOOKMARK, _STRICT = 2, 3, 0x10000  # EVT_SUBSCRIBE_FLAGS
_XML, _BOOKMARK = 1, 2  # EVT_RENDER_FLAGS
# winerror.h
_ACCESS_DENIED, _NO_MORE, _BUFFER, _TIMEOUT, _INVALID_OPERATION = 5, 259, 122, 1460, 4317
_NO_CHANNEL, _STALE, _NOT_FOUND = 15007, 15011, 1168
_LONGEST_BYTES = 8 << 20
_A_DAY = "*[System[TimeCreated[timediff(@SystemTime) <= 86400000]]]"

Handle = ctypes.c_void_p


class Libraries:
    """wevtapi and kernel32, with the error of the last call. OSError where there are none."""

    def __init__(self) -> None:
        load: Callable[..., Any] | None = getattr(ctypes, "WinDLL", None)
        if load is None:
            raise OSError("wevtapi.dll is part of Windows")
        self.wevtapi, self.kernel32 = load("wevtapi", use_last_error=True), load("kernel32", use_last_error=True)
        self.last_error: Callable[[], int] = ctypes.get_last_error  # type: ignore[attr-defined]
        _declare(self)


def _declare(libraries: Libraries) -> None:
    """Argument and result types: a handle is as wide as a pointer."""
    word, text, number = ctypes.c_ulong, ctypes.c_wchar_p, ctypes.POINTER(ctypes.c_ulong)
    evt, kernel = libraries.wevtapi, libraries.kernel32
    for function, result, arguments in (
        (evt.EvtSubscribe, Handle, (Handle, Handle, text, text, Handle, Handle, Handle, word)),
        (evt.EvtNext, ctypes.c_int, (Handle, word, ctypes.POINTER(Handle), word, word, number)),
        (evt.EvtRender, ctypes.c_int, (Handle, Handle, word, word, Handle, number, number)),
        (evt.EvtCreateBookmark, Handle, (text,)),
        (evt.EvtUpdateBookmark, ctypes.c_int, (Handle, Handle)),
        (evt.EvtClose, ctypes.c_int, (Handle,)),
        (kernel.CreateEventW, Handle, (Handle, ctypes.c_int, ctypes.c_int, text)),
        (kernel.SetEvent, ctypes.c_int, (Handle,)),
        (kernel.ResetEvent, ctypes.c_int, (Handle,)),
        (kernel.WaitForSingleObject, word, (Handle, word)),
    ):
        function.restype, function.argtypes = result, arguments


class HostEventLog:
    """`libraries`: those of this host when None is given."""

    def __init__(self, libraries: Any = None) -> None:
        self._libraries = libraries
        self._signal: Any = None

    def missing(self) -> str | None:
        try:
            self._load()
        except OSError as error:
            return f"no Windows event log on this host: {error}"
        return None

    def _load(self) -> Any:
        if self._libraries is None:
            self._libraries = Libraries()
        if self._signal is None:
            self._signal = self._libraries.kernel32.CreateEventW(None, 1, 1, None)
        return self._libraries

    def open(self, channel: str, mark: str) -> "Subscription":
        libraries = self._load()
        api = libraries.wevtapi
        bookmark = api.EvtCreateBookmark(mark or None)
        if not bookmark:
            raise MarkStaleError(f"the mark cannot be read (error {libraries.last_error()})")
        where, query = (_AFTER_BOOKMARK | _STRICT, "*") if mark else (_FROM_OLDEST, _A_DAY)
        after = bookmark if mark else None
        handle = api.EvtSubscribe(None, self._signal, channel, query, after, None, None, where)
        if handle:
            return Subscription(libraries, handle, bookmark)
        error = libraries.last_error()
        api.EvtClose(bookmark)
        if error in (_STALE, _NOT_FOUND):
            raise MarkStaleError(f"the event of the mark is gone (error {error})")
        raise ChannelMissingError(_WHY.get(error, f"the log refuses it (error {error})"))

    def wait(self, seconds: float) -> None:
        kernel = self._load().kernel32
        kernel.WaitForSingleObject(self._signal, int(seconds * 1000))
        kernel.ResetEvent(self._signal)

    def wake(self) -> None:
        self._load().kernel32.SetEvent(self._signal)


_WHY = {
    _NO_CHANNEL: "the host has no such channel",
    _ACCESS_DENIED: "the sensor may not read it (it needs SYSTEM, or a member of Event Log Readers)",
}


class Subscription:
    """Events of one channel; the bookmark follows what was read."""

    def __init__(self, libraries: Any, handle: Any, bookmark: Any) -> None:
        self._libraries, self._api = libraries, libraries.wevtapi
        self._handle, self._bookmark = handle, bookmark

    def read(self, most: int) -> Batch | None:
        handles, returned = (Handle * most)(), ctypes.c_ulong(0)
        if not self._api.EvtNext(self._handle, most, handles, 0, 0, ctypes.byref(returned)):
            error = self._libraries.last_error()
            if error in (_NO_MORE, _TIMEOUT, _INVALID_OPERATION):
                return None
            raise OSError(error, f"the event log cannot be read (error {error})")
        events = [handles[index] for index in range(returned.value)]
        try:
            texts = tuple(self._rendered(event) for event in events)
            self._api.EvtUpdateBookmark(self._bookmark, events[-1])
            return Batch(texts, self._text(self._bookmark, _BOOKMARK))
        finally:
            for event in events:
                self._api.EvtClose(event)

    def _rendered(self, event: Any) -> str:
        """An event that cannot be rendered comes as the text of the error: the server keeps it as a dead letter."""
        try:
            return self._text(event, _XML)
        except OSError as error:
            return f"not rendered: {error}"

    def _text(self, handle: Any, flags: int) -> str:
        used, count = ctypes.c_ulong(0), ctypes.c_ulong(0)
        size = 16 << 10
        while size <= _LONGEST_BYTES:
            buffer = ctypes.create_string_buffer(size)
            if self._api.EvtRender(None, handle, flags, size, buffer, ctypes.byref(used), ctypes.byref(count)):
                return buffer.raw[: used.value].decode("utf-16-le", "replace").rstrip("\0")
            error = self._libraries.last_error()
            if error != _BUFFER:
                raise OSError(error, f"EvtRender failed (error {error})")
            size = max(size * 2, used.value)
        raise OSError(_BUFFER, "the event is too large")

    def close(self) -> None:
        self._api.EvtClose(self._handle)
        self._api.EvtClose(self._bookmark)
