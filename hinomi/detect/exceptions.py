"""Exceptions at work. In: detections and the exceptions of this moment. Out: those that are kept, those that are hidden.

Hidden detections are counted, never lost: their activities stay in the lake, and the bill of an exception finds them.
Pure: which exceptions are active at what time is the caller's to say.
"""

import ipaddress
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

import re2  # type: ignore[import-untyped]

from hinomi.detect.predicate import ANY_CHARACTER, ANY_TEXT, Operator, Predicate, Test, compiled, test_of
from hinomi.errors import InputError
from hinomi.schema.activity import FIELDS
from hinomi.schema.detection import Detection
from hinomi.schema.exception import DetectionException, ExceptionOperator, ExceptionTerms

MAX_VALUE = 1024  # characters: a longer path or command line is met by contains or startswith
MAX_ENDPOINTS = 100
MAX_ENDPOINT = 255
# The record itself does not travel with a detection.
FIELDS_OF_EXCEPTIONS = tuple(name for name in FIELDS if name != "rawDataStr")

Matcher = Callable[[Detection], bool]


class TermsError(InputError):
    """Terms that no exception can have, in both languages."""

    def __init__(self, en: str, ja: str) -> None:
        super().__init__(en)
        self.details = {"text": {"en": en, "ja": ja}}


@dataclass(slots=True)
class Split:
    """`hits`: exception id -> detections it hid; one that several exceptions meet counts for each of them."""

    kept: list[Detection] = field(default_factory=list)
    hidden: list[Detection] = field(default_factory=list)
    hits: Counter[str] = field(default_factory=Counter)


class Exceptions:
    def __init__(self, active: Iterable[DetectionException]) -> None:
        """`active`: all of them hide; whether one is expired or switched off is asked before."""
        self._everywhere: list[tuple[str, Matcher]] = []
        self._by_filter: dict[str, list[tuple[str, Matcher]]] = {}
        for one in active:
            place = self._by_filter.setdefault(one.terms.filter_id, []) if one.terms.filter_id else self._everywhere
            place.append((one.id, matcher(one.terms)))

    def split(self, detections: Sequence[Detection]) -> Split:
        """Each detection is kept or hidden, in its order."""
        if not self._everywhere and not self._by_filter:
            return Split(kept=list(detections))
        found = Split()
        for detection in detections:
            met = [id_ for id_, meets in self._of(detection.filter_id) if meets(detection)]
            found.hits.update(met)
            (found.hidden if met else found.kept).append(detection)
        return found

    def _of(self, filter_id: str) -> list[tuple[str, Matcher]]:
        return self._everywhere + self._by_filter.get(filter_id, [])


def matcher(terms: ExceptionTerms) -> Matcher:
    """Does a detection meet the terms? Raises TermsError for terms that `checked` would refuse."""
    test = _value_test(checked(terms))
    name, filter_id, covers = terms.field, terms.filter_id, _scope(terms.endpoints)

    def meets(detection: Detection) -> bool:
        if filter_id is not None and detection.filter_id != filter_id:
            return False
        return test(detection.activity.get(name)) and covers(detection)

    return meets


def checked(terms: ExceptionTerms) -> ExceptionTerms:
    """The terms themselves; TermsError that says what is wrong and what would be right."""
    if terms.field not in FIELDS_OF_EXCEPTIONS:
        raise TermsError(f"unknown field {terms.field[:80]!r}", f"不明なフィールドです: {terms.field[:80]!r}")
    if not terms.value or len(terms.value) > MAX_VALUE:
        raise TermsError(f"the value needs 1 to {MAX_VALUE} characters", f"値は 1 〜 {MAX_VALUE} 文字です")
    if len(terms.endpoints) > MAX_ENDPOINTS or not all(0 < len(one) <= MAX_ENDPOINT for one in terms.endpoints):
        raise TermsError(
            f"the scope names at most {MAX_ENDPOINTS} endpoints of 1 to {MAX_ENDPOINT} characters",
            f"範囲に書けるエンドポイントは {MAX_ENDPOINTS} 件まで、それぞれ 1 〜 {MAX_ENDPOINT} 文字です",
        )
    if terms.operator is ExceptionOperator.RE:
        _check_pattern(terms.value)
    if terms.operator is ExceptionOperator.CIDR:
        _check_network(terms.value)
    return terms


def _check_pattern(pattern: str) -> None:
    try:
        compiled(pattern)
    except (re2.error, UnicodeEncodeError) as error:
        reason = error.args[0].decode(errors="replace") if isinstance(error.args[0], bytes) else str(error)
        raise TermsError(
            f"not a pattern that RE2 knows (no look-around, no back-references): {reason}",
            f"RE2 の正規表現ではありません (先読み・後方参照は使えません): {reason}",
        ) from None


def _check_network(text: str) -> None:
    try:
        ipaddress.ip_network(text, strict=False)
    except ValueError:
        raise TermsError(
            f"{text[:80]!r} is no network such as 10.0.0.0/8 or 2001:db8::/32",
            f"{text[:80]!r} は 10.0.0.0/8 や 2001:db8::/32 のようなネットワークではありません",
        ) from None


_OPERATORS = {
    ExceptionOperator.EQUALS: Operator.EQUALS,
    ExceptionOperator.CONTAINS: Operator.CONTAINS,
    ExceptionOperator.STARTSWITH: Operator.STARTSWITH,
    ExceptionOperator.ENDSWITH: Operator.ENDSWITH,
    ExceptionOperator.RE: Operator.REGEX,
    ExceptionOperator.CIDR: Operator.CIDR,
}


def _value_test(terms: ExceptionTerms) -> Test:
    """The same comparisons as those of filters: one condition language."""
    wanted = (terms.value, "") if terms.operator is ExceptionOperator.RE else terms.value
    return test_of(Predicate(terms.field, _OPERATORS[terms.operator], wanted))


# ---- scope ----
def _scope(endpoints: Sequence[str]) -> Matcher:
    if not endpoints:
        return lambda _: True
    guids = frozenset(one.lower() for one in endpoints)
    tests = [test_of(Predicate("endpointHostName", Operator.GLOB, _glob(one))) for one in endpoints]

    def covers(detection: Detection) -> bool:
        if detection.endpoint_guid.lower() in guids:
            return True
        return any(test(detection.endpoint_name) for test in tests)

    return covers


def _glob(text: str) -> tuple[str | int, ...]:
    """'PC-*' -> ('PC-', ANY_TEXT)."""
    parts: list[str | int] = []
    for letter in text:
        special = {"*": ANY_TEXT, "?": ANY_CHARACTER}.get(letter)
        if special is not None:
            parts.append(special)
        elif parts and isinstance(parts[-1], str):
            parts[-1] += letter
        else:
            parts.append(letter)
    return tuple(parts)
