"""Something that is done again and again in a thread of its own, until it is stopped."""

import logging
from collections.abc import Callable
from threading import Event, Thread

log = logging.getLogger(__name__)


class Rounds:
    """`work()` at once and every `seconds`. What it raises is kept in `trouble`, and the next round comes all the same."""

    def __init__(self, name: str, work: Callable[[], None], seconds: float) -> None:
        self._work, self._seconds = work, seconds
        self._stopping = Event()
        self._thread = Thread(target=self._run, name=name, daemon=True)
        self.trouble: str | None = None

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join(5)

    def _run(self) -> None:
        while True:
            try:
                self._work()
                self.trouble = None
            except Exception as error:  # one bad round must not end the watch
                if self.trouble is None:
                    log.exception("a round of %s failed", self._thread.name)
                self.trouble = f"{type(error).__name__}: {error}"
            if self._stopping.wait(self._seconds):
                return
