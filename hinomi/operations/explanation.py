"""Why a filter met an activity, or why not: from the record as the lake keeps it to a tree of verdicts.

The record makes its trip again (normalise, then the condition part by part), so what is shown is what decides now. A
record may be read in more than one way (a command line also as a script): the reading that meets is shown, else the one
that the filter's log source fits.
"""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from hinomi.detect.evidence import Evidence
from hinomi.detect.explain import Verdict, explain
from hinomi.detect.predicate import text_of
from hinomi.errors import InputError
from hinomi.normalise.ancestry import TARGET
from hinomi.normalise.normaliser import Normaliser
from hinomi.operations.provenance import Provenance
from hinomi.operations.reason import reason_of
from hinomi.operations.wanted import wanted_text
from hinomi.schema.activity import LISTED, ActivityBatch
from hinomi.schema.content import Filter
from hinomi.schema.detection import Detection
from hinomi.schema.record import RecordBatch

MAX_FOUND = 1000  # characters of a value that are shown, round what was matched
MAX_PARTS = 200  # of one "all" or "any"; those that are met come before those that are not
_BEFORE = 200  # characters shown before the first that was matched
_MAX_MEMBERS = 20

_Reading = tuple[Verdict, ActivityBatch, int]


def explain_record(found: Filter, record: str, known: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """{"filter", "title", "met", "reason", "reading", "why"}; "why" is a tree of {kind, met, parts}.

    A predicate says field (and `vocabulary`, our name of it), operator, wanted, found with the `spans` that were matched,
    and `where` in the record (provenance.py). `known`: the activity as the lake holds it, for what only earlier records
    tell. Raises InputError for a record that cannot be read any more.
    """
    readings = _readings(record)
    for reading in readings:
        _complete(reading, known or {})
    verdicts: list[_Reading] = [
        (explain(found, reading, index), reading, index) for reading in readings for index in range(reading.length)
    ]
    if not verdicts:
        raise InputError("this record cannot be read")
    best, reading, index = max(verdicts, key=lambda one: (one[0].met, one[0].parts[0].met))
    reason = reason_of(best)
    return {
        "filter": found.id,
        "title": {"en": found.title.en, "ja": found.title.ja},
        "met": best.met,
        "reason": {"en": reason.en, "ja": reason.ja},
        "reading": "projected" if reading.projected else "record",
        "why": _shown(best, Provenance(reading, index, record)),
    }


def detection_in(found: Filter, record: str, known: Mapping[str, Any] | None = None) -> Detection | None:
    """The detection that the filter makes of the record, of the first reading that it meets; None when it meets none."""
    for reading in _readings(record):
        _complete(reading, known or {})
        for index in range(reading.length):
            if explain(found, reading, index).met:
                return Evidence(reading).detection(found, index)
    return None


def _readings(record: str) -> list[ActivityBatch]:
    return Normaliser().normalise(RecordBatch("explain", ["record"], [record.encode()], [0], [1], [0]), 0).activities


def _complete(reading: ActivityBatch, known: Mapping[str, Any]) -> None:
    """What only the stream knew: the creator's creator, from earlier process starts, and what stood on the block list."""
    if reading.projected:
        return
    ancestry = TARGET if "process_creation" in reading.kind.categories else ()
    for name in (*ancestry, *LISTED):
        if name not in reading.fields and known.get(name) is not None:
            reading.fields[name] = [known[name]] * reading.length


def _shown(verdict: Verdict, provenance: Provenance) -> dict[str, Any]:
    shown: dict[str, Any] = {"kind": verdict.kind, "met": verdict.met}
    if verdict.kind == "log source":
        shown |= {"wanted": _log_source(verdict.wanted), "found": _log_source(verdict.found)}
    elif verdict.kind == "demand":
        shown |= {"field": verdict.field, "wanted": verdict.wanted, "found": verdict.found}
    elif verdict.kind == "predicate":
        shown |= _predicate(verdict, provenance)
    if verdict.parts:
        kept = verdict.parts
        if len(kept) > MAX_PARTS:
            kept = tuple(sorted(kept, key=lambda part: not part.met)[:MAX_PARTS])
            shown["omitted"] = len(verdict.parts) - MAX_PARTS
        shown["parts"] = [_shown(part, provenance) for part in kept]
    return shown


def _predicate(verdict: Verdict, provenance: Provenance) -> dict[str, Any]:
    return {
        "field": verdict.field,
        "vocabulary": provenance.vocabulary(verdict),
        "operator": verdict.operator,
        "wanted": _plain(verdict.wanted),
        "wantedText": wanted_text(verdict.operator, verdict.wanted),
        "cased": verdict.cased,
        "where": provenance.place(verdict),
        **_value(verdict),
    }


def _value(verdict: Verdict) -> dict[str, Any]:
    """What was found, cut round what was matched: `from` is where the piece begins, `length` the whole's length."""
    found = _plain(verdict.found)
    if isinstance(found, list):
        return {"found": found[:_MAX_MEMBERS], "members": len(found)}
    members = {"members": verdict.members} if verdict.members else {}
    if not isinstance(found, str):
        return {"found": found, **members}
    first = verdict.spans[0][0] if verdict.spans else 0
    start = max(0, first - _BEFORE) if first > MAX_FOUND // 2 else 0
    piece = found[start : start + MAX_FOUND]
    spans = [[max(0, low - start), min(high - start, len(piece))] for low, high in verdict.spans]
    cut = {"from": start, "length": len(found)} if len(found) > len(piece) else {}
    return {"found": piece, "spans": [span for span in spans if span[0] < span[1]], **cut, **members}


def _log_source(source: Any) -> str:
    """The named parts of a log source or of a kind of activity, as people write them."""
    parts = asdict(source)
    named = [parts.get("product"), parts.get("category"), parts.get("service")]
    named += [*sorted(parts.get("categories", ())), *sorted(parts.get("services", ()))]
    return "/".join(str(part) for part in named if part)


def _plain(value: Any) -> Any:
    """As JSON can hold it."""
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, list | tuple):
        return [_plain(member) for member in value]
    return text_of(value)
