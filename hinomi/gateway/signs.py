"""Signs of tampering that the server itself sees: they become activities of the endpoint, beside what its sensor tells."""

import logging
import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping
from typing import Any

import orjson

from hinomi.errors import HinomiError
from hinomi.schema.record import RecordBatch
from hinomi.wire.packing import pack

log = logging.getLogger(__name__)

TOLD_EVERY_MS = 60_000  # of one sensor and sign
MOST_KNOWN = 10_000
_TEXTS = {  # sign, or what it begins with
    "cloned": "two machines go by the identity of this sensor",
    "records_of_another": "the sensor sent records in the name of another",
    "other_device": "the sensor greeted in the name of another",
    "command_refused": "the sensor refused a command that it was sent",
    "policy_old": "the sensor goes on with an older policy than the one it was sent",
    "policy_refused": "the sensor refused the policy that it was sent",
}


class TamperSigns:
    """Thread-safe."""

    def __init__(self, append: Callable[[bytes], int], now_ms: Callable[[], int]) -> None:
        self._append, self._now_ms = append, now_ms
        self._lock = threading.Lock()
        self._told: OrderedDict[tuple[str, str], int] = OrderedDict()

    def tell(self, guid: str, sign: str, address: str, details: Mapping[str, Any] | None = None) -> bool:
        """Lay a sign in the spool, at most once a minute for each; whether it was. Never raises: who tells has other work."""
        now_ms = self._now_ms()
        with self._lock:
            before = self._told.get((guid, sign))
            if before is not None and now_ms - before < TOLD_EVERY_MS:
                return False
            self._told[guid, sign] = now_ms
            self._told.move_to_end((guid, sign))
            while len(self._told) > MOST_KNOWN:
                self._told.popitem(last=False)
        record = {
            "hinomi_sensor": 1,
            "sensor": guid,
            "epoch": "server",
            "sequence": now_ms,
            "time": now_ms,
            "host": "",
            "ips": [],
            "kind": "sensor_tamper",
            "data": {"name": sign, "text": _text(sign), "seen_by": "server", "address": address, **(details or {})},
        }
        try:
            self._append(pack(RecordBatch("sensor", [guid], [orjson.dumps(record)], [0], [0], [0])))
        except HinomiError as error:
            log.warning("a sign of tampering (%s of %s) could not be kept: %s", sign, guid, error)
            return False
        return True


def _text(sign: str) -> str:
    return next((text for name, text in _TEXTS.items() if sign.startswith(name)), sign)
