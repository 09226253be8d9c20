"""Shipped and imported content: filters, rules and models as values. `detect/content.py` reads them from YAML."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

MAX_HIGHLIGHTS = 10  # the console shows at most ten per event


class Severity(StrEnum):
    CRITICAL = "critical"
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"
    INFO = "info"


@dataclass(frozen=True, slots=True)
class Text:
    """A text a person sees, in both languages."""

    en: str
    ja: str


@dataclass(frozen=True, slots=True)
class LogSource:
    product: str | None = None
    category: str | None = None
    service: str | None = None


@dataclass(frozen=True, slots=True)
class Filter:
    """A condition on one activity. `sigma` is the parsed rule (pySigma SigmaRule), opaque outside `detect`."""

    id: str  # the file's stem for shipped content, the rule's UUID for imported Sigma rules
    title: Text
    description: Text
    risk: Severity
    technique_class: str  # signature | indicator | behaviour | anomaly
    logsource: LogSource
    techniques: tuple[str, ...]  # T1003.002, dot form, upper case
    tactics: tuple[str, ...]  # TA0006
    highlights: tuple[str, ...]  # vocabulary fields, in order, at most 10
    references: tuple[str, ...]
    author: str
    origin: str  # "shipped" | "imported" | "custom"
    version: str  # content hash, 16 hex
    sigma: Any = field(compare=False, repr=False)
    file: str = ""
    enabled: bool = True  # False: known by name, for what it found before, and not looked for
    tests_fire: tuple[dict[str, Any], ...] = field(default=(), compare=False, repr=False)
    tests_silent: tuple[dict[str, Any], ...] = field(default=(), compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Rule:
    """How detections of one entity combine in a window. `type` names a file of `detect/rules/`."""

    id: str
    type: str  # single | count | sequence | stages | variety
    name: Text
    filters: tuple[str, ...]  # filter ids; for a sequence in order
    group_by: tuple[str, ...]  # vocabulary fields of the activity; () = the whole company
    window_s: int = 0
    threshold: int = 1
    distinct: str | None = None  # count distinct values of this field instead of detections
    stages: tuple[tuple[str, ...], ...] = ()  # filter ids of each stage, any of them; `filters` holds them all
    enabled: bool = True


@dataclass(frozen=True, slots=True)
class Model:
    """One or more rules and a severity. Met when any of its rules is met."""

    id: str
    name: Text
    description: Text
    severity: Severity
    rules: tuple[Rule, ...]
    products: tuple[str, ...]  # data sources it needs: windows_sysmon, windows_security, ...
    techniques: tuple[str, ...]
    suppress_s: int  # more of the same entity within this time joins the alert that stands
    version: str
    origin: str
    enabled: bool = True
    file: str = ""
    tests_fire: tuple[Any, ...] = field(default=(), compare=False, repr=False)
    tests_silent: tuple[Any, ...] = field(default=(), compare=False, repr=False)
