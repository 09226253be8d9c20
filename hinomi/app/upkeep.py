"""The lake's upkeep on a running server: the rules are applied when it is at rest."""

import time
from collections.abc import Callable

from hinomi.app.rounds import Rounds
from hinomi.operations.keeping import LakeKeeping
from hinomi.schema.principal import Principal, PrincipalKind, Role

SERVER = Principal.of("server", Role.ADMINISTRATOR, PrincipalKind.SYSTEM, "local")
ROUND_S = 600.0
REST_WITHIN_S = 3 * 3600.0  # a server that never rests does it all the same


class UpkeepRounds:
    """The thread that applies the rules every ten minutes. `is_busy`: a moment of rest is better."""

    def __init__(self, keeping: LakeKeeping, is_busy: Callable[[], bool]) -> None:
        self._keeping, self._is_busy = keeping, is_busy
        self._rounds = Rounds("lake-upkeep", self._round, ROUND_S)
        self._last = time.monotonic()

    def start(self) -> None:
        self._rounds.start()

    def close(self) -> None:
        self._rounds.close()

    def _round(self) -> None:
        if self._is_busy() and time.monotonic() - self._last <= REST_WITHIN_S:
            return
        self._last = time.monotonic()
        self._keeping.remove(SERVER, cancel=self._rounds.stopping)
