"""Proofs: content against its own `tests:`. In: content. Out: for each filter and model whether it does what it says.

A test record makes the whole trip: written as a source writes it, normalised, matched, correlated. No stand-ins.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from hinomi.detect.content import Content
from hinomi.detect.correlator import Correlator
from hinomi.detect.engine import Engine
from hinomi.detect.route import fits
from hinomi.normalise.normaliser import Normaliser
from hinomi.operations.canonical import NoEvent, filled, record
from hinomi.schema.activity import ActivityBatch
from hinomi.schema.content import Filter, LogSource, Model
from hinomi.schema.detection import Detection
from hinomi.schema.record import RecordBatch


@dataclass(frozen=True, slots=True)
class Proof:
    """One filter or model. `failures`: (test, why), such as ("fires 2", "no detection")."""

    kind: str  # "filter" | "model"
    id: str
    file: str
    tests: int
    failures: tuple[tuple[str, str], ...]

    @property
    def ok(self) -> bool:
        return not self.failures


@dataclass(frozen=True, slots=True)
class Report:
    proofs: tuple[Proof, ...]

    @property
    def ok(self) -> bool:
        return all(proof.ok for proof in self.proofs)

    @property
    def failed(self) -> tuple[Proof, ...]:
        return tuple(proof for proof in self.proofs if not proof.ok)


@dataclass(slots=True)
class _Test:
    """One record of one filter's tests, at its place in the batch of all."""

    filter: Filter
    name: str
    fires: bool
    problem: str = ""
    position: int = -1


def verify(content: Content) -> Report:
    """Run every test of every filter and model; order: filters, then models, as the content has them."""
    normaliser, engine = Normaliser(), Engine(content.filters)
    proofs = _filter_proofs(content.filters, normaliser, engine)
    proofs += [_model_proof(model, content, normaliser, engine) for model in content.models]
    return Report(tuple(proofs))


# ---- filters ----
def _filter_proofs(filters: Sequence[Filter], normaliser: Normaliser, engine: Engine) -> list[Proof]:
    """All test records in one batch: each verdict is looked up by the record's position."""
    tests = [test for one in filters for test in _tests_of(one)]
    records = RecordBatch(source="simulation", files=["tests"])
    for test, values in tests:
        _add(records, test, values)
    normalised = normaliser.normalise(records, received_ms=0)
    dead = {letter.offset: f"{letter.reason}: {letter.detail}" for letter in normalised.dead}
    met = {(one.position, one.filter_id) for batch in normalised.activities for one in engine.observe(batch)}
    failures: dict[str, list[tuple[str, str]]] = {}
    for test, _ in tests:
        why = test.problem or dead.get(test.position, "")
        fired = (test.position, test.filter.id) in met
        if not why and test.fires and not fired:
            why = _why_silent(test, normalised.activities)
        elif not why and fired and not test.fires:
            why = "a detection that must not be"
        if why:
            failures.setdefault(test.filter.id, []).append((test.name, why))
    return [
        Proof("filter", one.id, one.file, len(one.tests_fire) + len(one.tests_silent), tuple(failures.get(one.id, ())))
        for one in filters
    ]


def _tests_of(one: Filter) -> Iterable[tuple[_Test, dict[str, Any]]]:
    for number, values in enumerate(one.tests_fire, 1):
        yield _Test(one, f"fires {number}", fires=True), values
    for number, values in enumerate(one.tests_silent, 1):
        yield _Test(one, f"silent {number}", fires=False), values


def _add(records: RecordBatch, test: _Test, values: dict[str, Any]) -> None:
    position = len(records.records)
    try:
        raw = record(values, test.filter.logsource, number=position)
    except NoEvent as error:
        test.problem = str(error)
        return
    test.position = position
    _append(records, raw)


def _append(records: RecordBatch, raw: bytes) -> None:
    records.file_of.append(0)
    records.numbers.append(len(records.records))
    records.occurrences.append(0)
    records.records.append(raw)


def _why_silent(test: _Test, batches: Iterable[ActivityBatch]) -> str:
    """No detection: was the activity not even of the filter's log source?"""
    kinds = [batch.kind for batch in batches if test.position in batch.positions]
    if any(fits(test.filter.logsource, kind) for kind in kinds):
        return "no detection"
    seen = "; ".join(f"{','.join(sorted(kind.categories | kind.services))} ({kind.channel})" for kind in kinds)
    return f"no detection: the record is no activity of {_named(test.filter.logsource)}, it is {seen or 'nothing'}"


def _named(source: LogSource) -> str:
    return "/".join(part for part in (source.product, source.category, source.service) if part)


# ---- models ----
def _model_proof(model: Model, content: Content, normaliser: Normaliser, engine: Engine) -> Proof:
    cases = [(f"fires {number}", True, case) for number, case in enumerate(model.tests_fire, 1)]
    cases += [(f"silent {number}", False, case) for number, case in enumerate(model.tests_silent, 1)]
    failures = []
    for name, fires, case in cases:
        why = _model_failure(model, content, case, fires, normaliser, engine)
        if why:
            failures.append((name, why))
    return Proof("model", model.id, model.file, len(cases), tuple(failures))


def _model_failure(
    model: Model, content: Content, case: dict[str, Any], fires: bool, normaliser: Normaliser, engine: Engine
) -> str:
    """Why the case fails; empty when it does not."""
    try:
        records = _case_records(model, content, case)
    except NoEvent as error:
        return str(error)
    normalised = normaliser.normalise(records, received_ms=0)
    if normalised.dead:
        return f"{normalised.dead[0].reason}: {normalised.dead[0].detail}"
    found = [one for batch in normalised.activities for one in engine.observe(batch)]
    found.sort(key=lambda one: one.position)
    met = bool(Correlator([model]).observe(found))
    if met and not fires:
        return "the model is met and must not be"
    return _why_not_met(model, found) if fires and not met else ""


def _why_not_met(model: Model, found: Sequence[Detection]) -> str:
    used = {name for rule in model.rules for name in rule.filters}
    counts: dict[str, int] = {}
    for one in found:
        if one.filter_id in used:
            counts[one.filter_id] = counts.get(one.filter_id, 0) + 1
    return f"the model is not met; detections of its filters: {counts or 'none'}"


def _case_records(model: Model, content: Content, case: dict[str, Any]) -> RecordBatch:
    """The records of a case in the order of their time."""
    raws: list[tuple[timedelta, bytes]] = []
    for entry in case["records"]:
        values = {key: value for key, value in entry.items() if key not in ("at", "computer", "repeat")}
        source = _source_for(model, content, values)
        for n in range(entry["repeat"]):
            # a millisecond apart, so that the order is the order of the list
            offset = timedelta(seconds=entry["at"], milliseconds=len(raws) % 1000)
            one = {key: filled(value, n) for key, value in values.items()}
            computer = filled(entry["computer"], n)
            raws.append((offset, record(one, source, computer=computer, offset=offset, number=len(raws))))
    records = RecordBatch(source="simulation", files=["tests"])
    for _, raw in sorted(raws, key=lambda pair: pair[0]):
        _append(records, raw)
    return records


def _source_for(model: Model, content: Content, values: dict[str, Any]) -> LogSource | None:
    """A record without an EventID is the canonical event of the model's filters, when they all have the same."""
    if "EventID" in values:
        return None
    sources = {content.filter[name].logsource for rule in model.rules for name in rule.filters}
    if len(sources) == 1:
        return sources.pop()
    raise NoEvent("a record without EventID, and the filters of the model have several log sources")
