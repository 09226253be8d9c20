"""What a collector said, kept for a test."""

from collections.abc import Collection
from threading import Event
from typing import Any

Said = tuple[str, dict[str, Any]]


class Heard:
    """What was emitted; `wait` until it is enough. What the processes `strangers` did is not heard."""

    def __init__(self, strangers: Collection[int] = ()) -> None:
        self.strangers = strangers
        self.said: list[Said] = []
        self._more = Event()

    def emit(self, kind: str, data: Any) -> None:
        if data.get("pid") not in self.strangers:
            self.said.append((kind, dict(data)))
            self._more.set()

    def of(self, kind: str) -> list[dict[str, Any]]:
        return [data for one, data in list(self.said) if one == kind]

    def wait(self, kind: str, count: int, seconds: float = 60) -> list[dict[str, Any]]:
        while len(self.of(kind)) < count:
            self._more.clear()
            if len(self.of(kind)) < count and not self._more.wait(seconds):
                break
        return self.of(kind)
