"""Rules that measure the window and compare: so many events, so many values, so large a sum. In: a rule, a window. Out: evidence.

What is measured must keep every bound of `condition`. Evidence is every detection of the window that ends at the last one
and has a value where values are measured.
"""

from collections.abc import Callable, Sequence

from hinomi.detect.predicate import number_of
from hinomi.detect.rule_type import Judge, raw_value, value_of
from hinomi.detect.window import Value, Window
from hinomi.schema.content import Bound, Rule
from hinomi.schema.detection import Detection

Measure = Callable[[Rule, Sequence[float]], float]
_COMPARISONS: dict[str, Callable[[float, float], bool]] = {
    "gt": lambda found, wanted: found > wanted,
    "gte": lambda found, wanted: found >= wanted,
    "lt": lambda found, wanted: found < wanted,
    "lte": lambda found, wanted: found <= wanted,
    "eq": lambda found, wanted: found == wanted,
    "neq": lambda found, wanted: found != wanted,
}
OPERATORS = tuple(_COMPARISONS)
LOWER = ("gt", "gte")  # what more of the same can only fulfil


def keeps(condition: Sequence[Bound], found: float) -> bool:
    """Does the number keep every bound?"""
    return all(_COMPARISONS[one.operator](found, one.number) for one in condition)


def has_other_than_lower(rule: Rule) -> bool:
    """Can more detections take the verdict back?"""
    return any(one.operator not in LOWER for one in rule.condition)


def always(_rule: Rule) -> bool:
    return True


def text_value(rule: Rule, detection: Detection) -> Value:
    """The values of all measured fields as one text; None where one is missing."""
    values = [value_of(detection, field) for field in rule.fields]
    return None if None in values else "\x1f".join(value or "" for value in values)


def number_value(rule: Rule, detection: Detection) -> Value:
    """The number in the measured field; None where there is none."""
    return number_of(raw_value(detection, rule.fields[0]))


def judge_of(measure: Measure) -> Judge:
    """The judge of a type that measures numbers: windows without any are not met."""

    def judge(rule: Rule, window: Window, last: int) -> tuple[Detection, ...]:
        places = [place for place in window.stretch(last, rule.window_s) if window.values[place] is not None]
        numbers = [value for place in places if isinstance(value := window.values[place], int | float)]
        if window.values[last] is None or not numbers or not keeps(rule.condition, measure(rule, numbers)):
            return ()
        return tuple(window.detections[place] for place in places)

    return judge
