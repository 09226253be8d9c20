"""Exceptions as persons keep them: add, change, remove, with the refusal of those that blind a proof. All of it audited."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from hinomi.access.audit import Audit
from hinomi.database import Database
from hinomi.detect.content import Content
from hinomi.detect.exception_store import ExceptionStore, new_id
from hinomi.detect.exceptions import TermsError, checked
from hinomi.errors import Refused
from hinomi.lake.lake import Lake
from hinomi.operations.exception_bill import MAX_DAYS, Bill, bill, blinded_proofs
from hinomi.schema.exception import DetectionException, ExceptionTerms
from hinomi.schema.principal import Principal

MAX_REASON = 500
LATEST_MS = 253_402_300_800_000  # the year 10000: later moments cannot be written down


@dataclass(frozen=True, slots=True)
class Change:
    """What to change; None leaves it. `expires`: (milliseconds or None for never,)."""

    enabled: bool | None = None
    expires: tuple[int | None] | None = None
    reason: str | None = None


class ExceptionBook:
    """`content` gives the content in effect, `clock` seconds since 1970 UTC. Thread-safe."""

    def __init__(
        self, database: Database, audit: Audit, content: Callable[[], Content], clock: Callable[[], float]
    ) -> None:
        self.store = ExceptionStore(database)
        self._database, self._audit, self._content, self._clock = database, audit, content, clock

    def all(self) -> list[DetectionException]:
        """Newest first."""
        return self.store.all()[::-1]

    def get(self, id_: str) -> DetectionException:
        return self.store.get(id_)

    def bill(self, terms: ExceptionTerms, days: int, lake: Lake) -> Bill:
        """What it would have hidden in the last days (at most 90), and which proofs it would blind."""
        return bill(self._known(terms), max(1, min(days, MAX_DAYS)), self._content(), lake, self._now_ms())

    def add(
        self,
        by: Principal,
        terms: ExceptionTerms,
        *,
        reason: str,
        expires_ms: int | None = None,
        override: bool = False,
    ) -> DetectionException:
        """From the next batch on it hides. Refused (BlindsProofs, with the proofs) when it blinds one, unless `override`."""
        self._known(terms)
        made = DetectionException(new_id(), terms, _reason(reason), by.name, self._now_ms(), self._future(expires_ms))
        blinded = blinded_proofs(terms, self._content())
        if blinded and not override:
            raise _blinds([{"kind": one.kind, "id": one.id, "test": one.test} for one in blinded])
        with self._database.begin() as connection:
            self.store.add(connection, made)
            details = _details(made) | {"blindedProofs": len(blinded), "override": bool(blinded)}
            self._audit.add(connection, by, "add exception", made.id, details)
        return made

    def change(self, by: Principal, id_: str, change: Change) -> DetectionException:
        """Switch on or off, move the expiry, mend the reason. What it hides stays: for that, make another."""
        old = self.store.get(id_)
        new = old
        if change.enabled is not None:
            new = replace(new, enabled=change.enabled)
        if change.expires is not None:
            new = replace(new, expires_ms=self._future(change.expires[0]))
        if change.reason is not None:
            new = replace(new, reason=_reason(change.reason))
        with self._database.begin() as connection:
            self.store.change(connection, new)
            self._audit.add(connection, by, "change exception", id_, {"before": _state(old), "after": _state(new)})
        return self.store.get(id_)

    def remove(self, by: Principal, id_: str) -> None:
        """Gone, with its counts; the audit log keeps what it was."""
        old = self.store.get(id_)
        with self._database.begin() as connection:
            self.store.remove(connection, id_)
            self._audit.add(connection, by, "remove exception", id_, _details(old) | {"hits": old.hits})

    def is_expired(self, one: DetectionException) -> bool:
        return one.expires_ms is not None and one.expires_ms <= self._now_ms()

    def _known(self, terms: ExceptionTerms) -> ExceptionTerms:
        if terms.filter_id is not None and terms.filter_id not in self._content().filter:
            raise TermsError(
                f"there is no filter {terms.filter_id[:80]!r}", f"フィルタ {terms.filter_id[:80]!r} がありません"
            )
        return checked(terms)

    def _future(self, expires_ms: int | None) -> int | None:
        if expires_ms is not None and not self._now_ms() < expires_ms < LATEST_MS:
            raise TermsError("the expiry is not in the future", "有効期限が未来ではありません")
        return expires_ms

    def _now_ms(self) -> int:
        return int(self._clock() * 1000)


def _reason(text: str) -> str:
    text = text.strip()
    if not text or len(text) > MAX_REASON:
        raise TermsError(f"the reason needs 1 to {MAX_REASON} characters", f"理由は 1 〜 {MAX_REASON} 文字です")
    return text


def _blinds(proofs: list[dict[str, str]]) -> Refused:
    shown = ", ".join(f"{one['kind']} {one['id']} ({one['test']})" for one in proofs[:5])
    en = f"the exception would blind {len(proofs)} proofs: {shown}"
    ja = f"この例外は {len(proofs)} 件の証明を無効にします: {shown}"
    return Refused(en, "BlindsProofs", text={"en": en, "ja": ja}, blindedProofs=proofs[:MAX_SHOWN])


MAX_SHOWN = 200  # proofs named in a refusal; the message has their number


def _details(one: DetectionException) -> dict[str, Any]:
    """For the audit log, which keeps small values whole."""
    terms = one.terms
    return {
        "field": terms.field,
        "operator": str(terms.operator),
        "value": terms.value,
        "filter": terms.filter_id,
        "endpoints": list(terms.endpoints[:SHOWN_ENDPOINTS]),
        "endpointCount": len(terms.endpoints),
    } | _state(one)


SHOWN_ENDPOINTS = 5


def _state(one: DetectionException) -> dict[str, Any]:
    return {"reason": one.reason, "expiresMs": one.expires_ms, "enabled": one.enabled}
