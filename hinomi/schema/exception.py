"""An exception: detections that a person has declared expected, for a stated reason and often for a stated time."""

from dataclasses import dataclass
from enum import StrEnum


class ExceptionOperator(StrEnum):
    """How the field is compared; text ignores case, `re` minds it (RE2), a list is met when any member is."""

    EQUALS = "equals"
    CONTAINS = "contains"
    STARTSWITH = "startswith"
    ENDSWITH = "endswith"
    RE = "re"
    CIDR = "cidr"


@dataclass(frozen=True, slots=True)
class ExceptionTerms:
    """What is hidden. `filter_id` None: of any filter. `endpoints`: GUIDs or names with * and ?; () = everywhere."""

    field: str  # of the vocabulary
    operator: ExceptionOperator
    value: str
    filter_id: str | None = None
    endpoints: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DetectionException:
    """One exception as it is kept. Moments are milliseconds since 1970 UTC; `hits` are detections it hid."""

    id: str
    terms: ExceptionTerms
    reason: str
    created_by: str
    created_ms: int
    expires_ms: int | None = None
    enabled: bool = True
    hits: int = 0
    last_hit_ms: int | None = None

    def is_active(self, now_ms: int) -> bool:
        return self.enabled and (self.expires_ms is None or now_ms < self.expires_ms)
