"""The watch over listed senders on a running server: a round every half minute."""

import logging
import threading
from collections.abc import Callable

from hinomi.errors import HinomiError

log = logging.getLogger(__name__)

PAUSE_S = 30.0  # a letter lies in a mailbox for so long at most, plus the round itself


class MailRounds:
    """The thread that sweeps. `sweep` ends soon after `is_stopping` says so."""

    def __init__(self, sweep: Callable[[], int], pause_s: float = PAUSE_S) -> None:
        self._sweep, self._pause_s = sweep, pause_s
        self._stop = threading.Event()
        self._runner = threading.Thread(target=self._run, name="mail-rounds")

    def start(self) -> None:
        self._runner.start()

    def is_stopping(self) -> bool:
        return self._stop.is_set()

    def close(self) -> None:
        self._stop.set()
        if self._runner.ident is not None:
            self._runner.join()

    def _run(self) -> None:
        while not self._stop.is_set():
            try:
                self._sweep()
            except HinomiError as error:
                log.warning("mailboxes are looked through later: %s", error)
            except Exception:  # the rounds must go on, and what they stumble over must be seen
                log.exception("the watch over mailboxes stumbled and is tried again")
            self._stop.wait(self._pause_s)
