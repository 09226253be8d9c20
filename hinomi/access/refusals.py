"""Who asked for what their role may not do: a stolen key that is tried out leaves its trace in the audit log."""

import logging
import threading
from collections import OrderedDict
from collections.abc import Callable

from hinomi.access.audit import Audit
from hinomi.database import Database
from hinomi.errors import HinomiError
from hinomi.schema.principal import Permission, Principal

log = logging.getLogger(__name__)

TOLD_EVERY_S = 60.0  # of one name and permission: nobody fills the log by asking
MOST_KNOWN = 10_000


class Refusals:
    """Thread-safe. `clock`: seconds since 1970 UTC."""

    def __init__(self, database: Database, audit: Audit, clock: Callable[[], float]) -> None:
        self._database, self._audit, self._clock = database, audit, clock
        self._lock = threading.Lock()
        self._told: OrderedDict[tuple[str, Permission], float] = OrderedDict()

    def tell(self, principal: Principal, permission: Permission, asked: str) -> None:
        """Never raises: who is refused is refused, whether or not it could be written down."""
        if not self._is_due((principal.name, permission)):
            return
        try:
            with self._database.begin() as connection:
                details = {"permission": str(permission)}
                self._audit.add(connection, principal, "access", asked, details, outcome="failure")
        except HinomiError as error:
            log.warning("a refusal of %s could not be written down: %s", principal.name, error)

    def _is_due(self, who: tuple[str, Permission]) -> bool:
        now_s = self._clock()
        with self._lock:
            before = self._told.get(who)
            if before is not None and 0 <= now_s - before < TOLD_EVERY_S:
                return False
            self._told[who] = now_s
            self._told.move_to_end(who)
            while len(self._told) > MOST_KNOWN:
                self._told.popitem(last=False)
        return True
