"""What a rule type is: what it reads of detections, and when those it remembers are evidence.

Every type looks back: it says whether the window that ends at one detection meets the rule. So what is met is told by the
detections alone; in which order they came, and how the stream was cut, changes nothing.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from hinomi.detect.window import Value, Window
from hinomi.schema.content import Rule
from hinomi.schema.detection import Detection

# (rule, window, place of the last detection that counts) -> the evidence in the order of time; () when the rule is not met
Judge = Callable[[Rule, Window, int], tuple[Detection, ...]]


def _nothing(_rule: Rule, _detection: Detection) -> Value:
    return None


def filter_of(_rule: Rule, detection: Detection) -> Value:
    """For types that ask which filters were seen."""
    return detection.filter_id


def _never(_rule: Rule) -> bool:
    return False


@dataclass(frozen=True, slots=True)
class RuleType:
    """`name` is the `type:` of models. A type that keeps no window judges one holding the newest detection alone.

    `reads`: what it measures of a detection, kept beside it in the window. `waits`: True for a rule whose verdict a
    detection that comes late can take back (an upper bound, a `not`): it is judged when no more can come in time.
    """

    name: str
    keeps_window: bool
    judge: Judge
    reads: Callable[[Rule, Detection], Value] = _nothing
    waits: Callable[[Rule], bool] = _never


def value_of(detection: Detection, field: str) -> str | None:
    """A field's value as a key: lower-case text, members of a list joined; None when the activity has none."""
    value: Any = raw_value(detection, field)
    if isinstance(value, list | tuple):
        value = ",".join(str(member) for member in value) or None
    return None if value is None else str(value).lower()


def raw_value(detection: Detection, field: str) -> Any:
    """A field under Sigma's name, if the filter carries it, or under ours."""
    found = detection.values.get(field)
    if found is None:
        found = detection.activity.get(field)
    return detection.activity.get(_HOST) if found is None and field.lower() in _HOST_NAMES else found


# Names that rules give the host, which every source has under another.
_HOST = "endpointHostName"
_HOST_NAMES = frozenset({"computername", "computer", "hostname", "host", "host.name"})


def key_of(rule: Rule, detection: Detection) -> tuple[str, ...] | None:
    """The entity: values of the rule's group_by; None when the detection lacks one of them."""
    key = []
    for name in rule.group_by:
        value = value_of(detection, meant(rule, detection, name))
        if value is None:
            return None
        key.append(value)
    return tuple(key)


def meant(rule: Rule, detection: Detection, name: str) -> str:
    """The field that a name of group_by means for this detection."""
    for alias, filter_id, field in rule.aliases:
        if alias == name and filter_id == detection.filter_id:
            return field
    return name
