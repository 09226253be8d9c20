"""The room of hunting as one: saved queries, watch list, check points, the day's checks, and the thread that watches."""

import logging
import threading
from collections.abc import Callable

from hinomi.access.audit import Audit
from hinomi.database import Database
from hinomi.hunt.checkpoint import CheckPoints
from hinomi.hunt.saved_query import Ask, SavedQueries
from hinomi.hunt.today import Today
from hinomi.hunt.watch_list import WatchList
from hinomi.lake.lake import Lake

log = logging.getLogger(__name__)

LOOK_S = 10.0  # so often the watch list is looked at; a watch is due by the minute


class HuntDesk:
    """`clock`: seconds since 1970 UTC. `is_busy`: does the stream have work? Then what is due waits, a minute at most."""

    def __init__(
        self,
        database: Database,
        audit: Audit,
        lake: Lake,
        clock: Callable[[], float],
        ask: Ask,
        is_busy: Callable[[], bool] = lambda: False,
    ) -> None:
        self.queries = SavedQueries(database, audit, clock, ask)
        self.watches = WatchList(database, audit, lake, self.queries, clock)
        self.checkpoints = CheckPoints(database, audit, clock)
        self.today = Today(database, audit, self.queries, clock)
        self._is_busy = is_busy
        self._stop, self._wake = threading.Event(), threading.Event()
        self._runner: threading.Thread | None = None

    def start(self) -> None:
        self._runner = threading.Thread(target=self._run, name="watch-list")
        self._runner.start()

    def rouse(self) -> None:
        """Something may be due now."""
        self._wake.set()

    def close(self) -> None:
        self._stop.set()
        self._wake.set()
        if self._runner is not None:
            self._runner.join()
            self._runner = None

    def _run(self) -> None:
        waited = 0.0
        while not self._stop.is_set():
            roused = self._wake.wait(LOOK_S)
            self._wake.clear()
            waited += LOOK_S
            if self._stop.is_set() or (self._is_busy() and not roused and waited < 60):
                continue
            waited = 0.0
            try:
                self.watches.work(self._stop.is_set)
            except Exception:  # the thread must go on, and what it stumbles over must be seen
                log.exception("the watch list stumbled")
