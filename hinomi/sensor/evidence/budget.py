"""How long a collection may take, whom it tells how far it is, and whether somebody wants it to end."""

from __future__ import annotations

import time
from typing import Callable

Progress = Callable[[str, float], None]  # (what is looked at now, 0..1)


class OutOfTime(Exception):
    """The time is over, or somebody asked to stop: what was found so far is kept."""


class Budget:
    def __init__(
        self,
        seconds: float,
        progress: Progress = lambda _note, _done: None,
        is_cancelled: Callable[[], bool] = lambda: False,
    ) -> None:
        self._progress, self._is_cancelled = progress, is_cancelled
        self._started = time.monotonic()
        self._end = self._started + seconds
        self._calls = 0

    def tell(self, note: str, done: float) -> None:
        self._progress(note, done)

    def check(self) -> None:
        """OutOfTime when it is over. Cheap: for inner loops."""
        self._calls += 1
        if time.monotonic() >= self._end or (self._calls % 64 == 0 and self._is_cancelled()):
            raise OutOfTime

    @property
    def is_over(self) -> bool:
        return time.monotonic() >= self._end or self._is_cancelled()

    @property
    def elapsed_s(self) -> float:
        return time.monotonic() - self._started
