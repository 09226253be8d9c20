"""Shipped and imported content: filters, rules and models as values. `detect/content.py` reads them from YAML."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, NamedTuple, TypeAlias

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
    is_alone: bool = True  # False: its detections only feed correlations, and are none by themselves
    carries: tuple[str, ...] = ()  # fields under Sigma's names that correlations want of its detections


CHAINED = "model:"  # before the id of a model whose matches are detections to other rules


class Bound(NamedTuple):
    """What a rule measures must be so: ("gte", 5)."""

    operator: str  # gt gte lt lte eq neq
    number: float


Expression: TypeAlias = str | tuple[str, tuple["Expression", ...]]
"""Filter ids joined: "a", ("and", (...)), ("or", (...)), ("not", (one,))."""


@dataclass(frozen=True, slots=True)
class Rule:
    """How detections of one entity combine in a window. `type` names a file of `detect/rules/`."""

    id: str
    type: str
    name: Text
    filters: tuple[str, ...]  # filter ids; for a sequence in order
    group_by: tuple[str, ...]  # vocabulary fields of the activity; () = the whole company
    window_s: int = 0
    threshold: int = 1
    distinct: str | None = None  # count distinct values of this field instead of detections
    stages: tuple[tuple[str, ...], ...] = ()  # filter ids of each stage, any of them; `filters` holds them all
    enabled: bool = True
    condition: tuple[Bound, ...] = ()  # of what the type measures; all must hold
    fields: tuple[str, ...] = ()  # whose values are measured
    percentile: float = 50.0
    expression: Expression | None = None  # temporal: which filters must, may and must not be seen
    aliases: tuple[tuple[str, str, str], ...] = ()  # (name in group_by, filter id, the field it means there)
    models: tuple[str, ...] = ()  # models whose matches count like detections, under the filter id CHAINED + id
    order: tuple[str, ...] = ()  # filters and models where their order matters; () = `filters`


@dataclass(frozen=True, slots=True)
class Model:
    """One or more rules and a severity. Met when any of its rules is met.

    A Sigma correlation is a model of one rule whose id is the correlation's.
    """

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
    is_alone: bool = True  # False: it only feeds other correlations, and raises no alert
    file: str = ""
    tests_fire: tuple[Any, ...] = field(default=(), compare=False, repr=False)
    tests_silent: tuple[Any, ...] = field(default=(), compare=False, repr=False)
