"""Which characters of a value met a predicate. In: a predicate and a value it is met by. Out: spans, for a person's eye.

A span is (start, end) in characters of the value's text. Nothing is decided here: `predicate` has decided already.
"""

from typing import Any

import re2  # type: ignore[import-untyped]

from hinomi.detect.predicate import Operator, Predicate, compiled, text_of

Span = tuple[int, int]

_PARTS = frozenset({Operator.EQUALS, Operator.CONTAINS, Operator.STARTSWITH, Operator.ENDSWITH})


def spans_of(predicate: Predicate, value: Any) -> tuple[Span, ...]:
    """Where in `text_of(value)` (a scalar) the predicate found what it wanted; the whole text where parts mean nothing."""
    text = text_of(value)
    if predicate.operator in _PARTS:
        found = _of_text(predicate, text)
    elif predicate.operator is Operator.GLOB:
        found = _of_glob(predicate, text)
    elif predicate.operator is Operator.REGEX:
        found = _of_regex(predicate.value, text)
    else:
        found = ((0, len(text)),)
    return tuple(span for span in found if span[0] < span[1])


def spans_of_field(how: str, text: str, other: str) -> tuple[Span, ...]:
    """The same for a predicate that compares two fields: where `text` holds `other`."""
    return spans_of(Predicate(None, Operator(how), other), text) if other else ()


def _of_text(predicate: Predicate, text: str) -> tuple[Span, ...]:
    wanted = predicate.value if predicate.cased else predicate.value.lower()
    folded, places = (text, None) if predicate.cased else _folded(text)
    match predicate.operator:
        case Operator.EQUALS:
            return ((0, len(text)),)
        case Operator.STARTSWITH:
            start = 0
        case Operator.ENDSWITH:
            start = len(folded) - len(wanted)
        case _:
            start = folded.find(wanted)
    if start < 0:
        return ()
    span = (start, start + len(wanted))
    return (span if places is None else (places[span[0]], places[span[1]]),)


def _folded(text: str) -> tuple[str, list[int] | None]:
    """Lower case, and the place in the text of each of its characters; None where they are the same."""
    lower = text.lower()
    if len(lower) == len(text):
        return lower, None
    places = [place for place, letter in enumerate(text) for _ in letter.lower()]
    return lower, [*places, len(text)]


def _of_glob(predicate: Predicate, text: str) -> tuple[Span, ...]:
    """Each literal piece of the pattern where it stands."""
    folded, places = (text, None) if predicate.cased else _folded(text)
    pieces = [part if predicate.cased or isinstance(part, int) else part.lower() for part in predicate.value]
    pattern = "".join(_WILD[piece] if isinstance(piece, int) else f"({re2.escape(piece)})" for piece in pieces)
    literals = sum(isinstance(piece, str) for piece in pieces)
    found = compiled(f"(?s){pattern}", keeps_groups=True).fullmatch(folded.encode("utf-8", "replace"))
    spans = _characters(folded, [found.span(number + 1) for number in range(literals)]) if found else ()
    return spans if places is None else tuple((places[start], places[end]) for start, end in spans)


_WILD = {0: ".*?", 1: "."}


def _of_regex(wanted: tuple[str, str], text: str) -> tuple[Span, ...]:
    pattern, flags = wanted
    found = compiled(f"(?{flags}){pattern}" if flags else pattern).search(text.encode("utf-8", "replace"))
    return _characters(text, [found.span()]) if found else ()


def _characters(text: str, spans: list[tuple[int, int]]) -> tuple[Span, ...]:
    """Spans in bytes as spans in characters; RE2 counts bytes."""
    data = text.encode("utf-8", "replace")
    return tuple(
        (len(data[:start].decode(errors="ignore")), len(data[:end].decode(errors="ignore"))) for start, end in spans
    )
