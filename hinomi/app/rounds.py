"""A thread of a running server that does the same again and again, with a pause between."""

import logging
import threading
from collections.abc import Callable

from hinomi.errors import HinomiError

log = logging.getLogger(__name__)


class Rounds:
    """`act`: one round; it ends soon after `stopping` is set. What it stumbles over is logged, and the next round comes all the same."""

    def __init__(self, name: str, act: Callable[[], object], pause_s: float) -> None:
        self._name, self._act, self._pause_s = name, act, pause_s
        self.stopping = threading.Event()
        self._runner = threading.Thread(target=self._run, name=name)

    def start(self) -> None:
        self._runner.start()

    def close(self) -> None:
        self.stopping.set()
        if self._runner.ident is not None:
            self._runner.join()

    def _run(self) -> None:
        while not self.stopping.is_set():
            try:
                self._act()
            except HinomiError as error:
                log.warning("%s: tried again later: %s", self._name, error)
            except Exception:  # the rounds must go on, and what they stumble over must be seen
                log.exception("%s: stumbled, tried again later", self._name)
            self.stopping.wait(self._pause_s)
