"""The lake's upkeep on a running server: the rules are applied when it is at rest."""

import logging
import threading
import time
from collections.abc import Callable

from hinomi.errors import HinomiError
from hinomi.operations.keeping import LakeKeeping
from hinomi.schema.principal import Principal, PrincipalKind, Role

log = logging.getLogger(__name__)

SERVER = Principal.of("server", Role.ADMINISTRATOR, PrincipalKind.SYSTEM, "local")
ROUND_S = 600.0
REST_WITHIN_S = 3 * 3600.0  # a server that never rests does it all the same


class UpkeepRounds:
    """The thread that applies the rules every ten minutes. `is_busy`: a moment of rest is better."""

    def __init__(self, keeping: LakeKeeping, is_busy: Callable[[], bool]) -> None:
        self._keeping, self._is_busy = keeping, is_busy
        self._stop = threading.Event()
        self._runner = threading.Thread(target=self._run, name="lake-upkeep")
        self._last = time.monotonic()

    def start(self) -> None:
        self._runner.start()

    def close(self) -> None:
        self._stop.set()
        if self._runner.ident is not None:
            self._runner.join()

    def _run(self) -> None:
        while not self._stop.is_set():
            if not self._is_busy() or time.monotonic() - self._last > REST_WITHIN_S:
                self._round()
            self._stop.wait(ROUND_S)

    def _round(self) -> None:
        self._last = time.monotonic()
        try:
            self._keeping.remove(SERVER, cancel=self._stop)
        except HinomiError as error:
            log.warning("the lake's upkeep is tried again later: %s", error)
        except Exception:
            log.exception("the lake's upkeep stumbled and is tried again later")
