"""Where in the record the value stands that a filter looked at. In: an activity, its record, a verdict. Out: a place.

Honest where the value is not in the record as it is: made of another value, read out of a command line, or known from
another record.
"""

from typing import Any

from hinomi.detect.explain import Verdict
from hinomi.detect.predicate import text_of
from hinomi.normalise.record_path import Leaf, leaves_of, named, saying, says, text_at
from hinomi.normalise.whence import How, whence
from hinomi.schema.activity import ActivityBatch


class Provenance:
    """One activity and its record; the record is taken apart once."""

    def __init__(self, batch: ActivityBatch, index: int, raw: str) -> None:
        self._batch, self._index = batch, index
        self._leaves = leaves_of(raw)
        self._by_list = {id(column): name for name, column in reversed(batch.fields.items())}

    def vocabulary(self, verdict: Verdict) -> str | None:
        """Our name of the field, where we have one."""
        if verdict.column is None:
            return None
        if verdict.column in self._batch.fields:
            return verdict.column
        return self._by_list.get(id(self._batch.native[verdict.column]))

    def place(self, verdict: Verdict) -> dict[str, Any]:
        """{"how", "path", "from", "spans"}: `spans` in the text at `path`, `from` the record's names it was made of.

        how: recorded, converted, projected, ancestry, listed; keyword; absent (the activity has no such field); equal (the same
        text stands in the record under another name); unknown.
        """
        if verdict.field is None:
            leaf = saying(self._leaves, text_of(verdict.found)) if verdict.met else None
            return _place("keyword", leaf, (), verdict)
        if verdict.column is None or verdict.found is None:
            return _place("absent", None, (), verdict)
        came = whence(self._batch, self._index, verdict.column)
        if came.how in (How.ANCESTRY, How.LISTED):
            return _place(str(came.how), None, (), verdict)
        return self._found(verdict, came.how, (verdict.column, *came.names) if not came.names else came.names)

    def _found(self, verdict: Verdict, how: How, names: tuple[str, ...]) -> dict[str, Any]:
        text = text_of(verdict.found) if not isinstance(verdict.found, list | tuple) else ""
        candidates = named(self._leaves, names)
        same = next((leaf for leaf in candidates if text and says(leaf, text)), None)
        if same is not None:
            return _place(str(How.RECORDED if how is How.CONVERTED else how), same, names, verdict)
        if candidates:
            return _place(str(How.CONVERTED if how is How.RECORDED else how), candidates[0], names, verdict)
        equal = saying(self._leaves, text)
        return _place("equal" if equal else "unknown", equal, (), verdict)


def _place(how: str, leaf: Leaf | None, names: tuple[str, ...], verdict: Verdict) -> dict[str, Any]:
    place: dict[str, Any] = {"how": how, "path": leaf.path or None if leaf else None, "from": list(names)}
    if leaf is not None and verdict.spans:
        place["spans"] = _spans_in(text_at(leaf), verdict)
    return place


def _spans_in(text: str, verdict: Verdict) -> list[list[int]]:
    """The matched characters in the record's own text, where it holds them."""
    found = text_of(verdict.found)
    if text == found:
        return [list(span) for span in verdict.spans]
    spans = []
    folded = text.lower() if len(text.lower()) == len(text) else text
    for start, end in verdict.spans:
        at = folded.find(found[start:end].lower())
        if at >= 0:
            spans.append([at, at + end - start])
    return spans
