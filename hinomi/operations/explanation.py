"""Why a filter met an activity, or why not: from the record as the lake keeps it to a tree of verdicts.

The record makes its trip again (normalise, then the condition part by part), so what is shown is what decides now. A
record may be read in more than one way (a command line also as a script): the reading that meets is shown, else the one
that the filter's log source fits.
"""

from dataclasses import asdict
from typing import Any

from hinomi.detect.explain import Verdict, explain
from hinomi.detect.predicate import text_of
from hinomi.errors import InputError
from hinomi.normalise.normaliser import Normaliser
from hinomi.schema.content import Filter
from hinomi.schema.record import RecordBatch


def explain_record(found: Filter, record: str) -> dict[str, Any]:
    """{"filter", "met", "why"}; "why" is a tree of {kind, met, parts} and, for a predicate, field, operator, wanted, found.

    Raises InputError for a record that cannot be read any more.
    """
    batch = RecordBatch("explain", ["record"], [record.encode()], [0], [1], [0])
    readings = Normaliser().normalise(batch, 0).activities
    verdicts = [explain(found, reading, index) for reading in readings for index in range(reading.length)]
    if not verdicts:
        raise InputError("this record cannot be read")
    best = max(verdicts, key=lambda verdict: (verdict.met, verdict.parts[0].met))
    return {"filter": found.id, "met": best.met, "why": _shown(best)}


def _shown(verdict: Verdict) -> dict[str, Any]:
    shown: dict[str, Any] = {"kind": verdict.kind, "met": verdict.met}
    if verdict.kind == "log source":
        shown |= {"wanted": _log_source(verdict.wanted), "found": _log_source(verdict.found)}
    elif verdict.kind == "predicate":
        shown |= {
            "field": verdict.field,
            "operator": verdict.operator,
            "wanted": _plain(verdict.wanted),
            "found": _plain(verdict.found),
            "cased": verdict.cased,
        }
    if verdict.parts:
        shown["parts"] = [_shown(part) for part in verdict.parts]
    return shown


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
