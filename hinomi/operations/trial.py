"""The `tests:` of content as activities. In: a filter or a model. Out: what its test records become on the real trip.

A test record is written as its source writes it (canonical.py) and normalised; nothing stands in for a room. A value
`{each: [a, b]}` in a filter's test stands for as many records, one for each member; a record `each: [{...}, {...}]` in a
model's case for as many cases.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import islice
from typing import Any

from hinomi.detect.content import Content
from hinomi.detect.engine import Engine
from hinomi.normalise.normaliser import Normaliser
from hinomi.operations.canonical import NoEvent, filled, record
from hinomi.schema.activity import ActivityBatch
from hinomi.schema.content import Filter, LogSource, Model, Text
from hinomi.schema.detection import Detection
from hinomi.schema.record import DeadLetter, RecordBatch

# A person's text may ask for ten thousand times ten thousand records: more than this is a failure, not an hour.
MAX_RECORDS = 20_000
MAX_CASES = 1000  # that one case of a model may stand for
MAX_ALL_RECORDS = 100_000  # of all cases of a model


@dataclass(slots=True)
class Trial:
    """One test of a filter. `position`: of its record in the batch; None when `problem` says why there is none."""

    name: str  # fires 2, silent 1; of several values: fires 2.3
    fires: bool
    position: int | None = None
    problem: Text | None = None


@dataclass(slots=True)
class FilterTrials:
    """All tests of one filter. `batches`: the activities their records became, in every reading."""

    trials: list[Trial] = field(default_factory=list)
    batches: list[ActivityBatch] = field(default_factory=list)


@dataclass(slots=True)
class ModelTrial:
    """One case of a model: what its filters detect in it, in the order of the records."""

    name: str
    fires: bool
    detections: list[Detection] = field(default_factory=list)
    problem: Text | None = None


# ---- filters ----
def filter_trials(found: Filter, normaliser: Normaliser) -> FilterTrials:
    """The tests of the filter, those that fire first, as they stand in its file."""
    made, records = FilterTrials(), _empty()
    for trial, values in _tests_of(found):
        made.trials.append(trial)
        if trial.problem is None:
            _add(trial, values, found.logsource, records)
        if len(made.trials) >= MAX_RECORDS:
            made.trials.append(Trial(trial.name, trial.fires, problem=_TOO_MANY))
            break
    normalised = normaliser.normalise(records, received_ms=0)
    made.batches = normalised.activities
    dead = {letter.offset: letter for letter in normalised.dead}
    for trial in made.trials:
        if trial.position in dead:
            trial.problem = _unread(dead[trial.position])
    return made


_TOO_MANY = Text(f"more than {MAX_RECORDS} test records", f"テストレコードが {MAX_RECORDS} 件を超えています")


def _tests_of(found: Filter) -> Iterator[tuple[Trial, dict[str, Any]]]:
    for word, fires, tests in (("fires", True, found.tests_fire), ("silent", False, found.tests_silent)):
        for number, values in enumerate(tests, 1):
            try:
                several = list(variants(values))
            except ValueError as error:
                problem = Text(str(error), "each には空でないリストが要り、複数あるときは同じ長さにします")
                yield Trial(f"{word} {number}", fires, problem=problem), {}
                continue
            for count, one in enumerate(several, 1):
                yield Trial(f"{word} {number}.{count}" if len(several) > 1 else f"{word} {number}", fires), one


def variants(values: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The records that one test stands for. Raises ValueError for an `each` that is no list or not as long as the others."""
    varied = {name: value["each"] for name, value in values.items() if isinstance(value, dict) and [*value] == ["each"]}
    if not varied:
        yield values
        return
    lengths = {len(members) if isinstance(members, list) else 0 for members in varied.values()}
    if len(lengths) > 1 or 0 in lengths:
        raise ValueError("each needs a list that is not empty; several of them must be equally long")
    for index in range(lengths.pop()):
        yield values | {name: members[index] for name, members in varied.items()}


def _add(trial: Trial, values: dict[str, Any], source: LogSource, records: RecordBatch) -> None:
    position = len(records.records)
    try:
        raw = record(values, source, number=position)
    except (NoEvent, TypeError, ValueError, OverflowError) as error:
        trial.problem = _no_record(error)
        return
    trial.position = position
    _append(records, raw)


def _no_record(error: Exception) -> Text:
    """Anything may stand in a person's test: values that no record can hold are told, not raised."""
    if isinstance(error, NoEvent):
        return error.text
    return Text(f"no record can be made of it: {error}", f"レコードを作れません: {error}")


def _unread(letter: DeadLetter) -> Text:
    return Text(f"{letter.reason}: {letter.detail}", f"読めないレコード ({letter.reason}): {letter.detail}")


def _empty() -> RecordBatch:
    return RecordBatch(source="simulation", files=["tests"])


def _append(records: RecordBatch, raw: bytes) -> None:
    records.file_of.append(0)
    records.numbers.append(len(records.records))
    records.occurrences.append(0)
    records.records.append(raw)


# ---- models ----
def model_trials(model: Model, content: Content, normaliser: Normaliser) -> list[ModelTrial]:
    """The cases of the model, those that fire first."""
    names = dict.fromkeys(name for rule in model.rules for name in rule.filters)
    engine = Engine([content.filter[name] for name in names])
    return [_model_trial(trial, case, model, content, normaliser, engine) for trial, case in _cases_of(model)]


def _cases_of(model: Model) -> Iterator[tuple[ModelTrial, dict[str, Any]]]:
    records = 0
    for word, fires, tests in (("fires", True, model.tests_fire), ("silent", False, model.tests_silent)):
        for number, case in enumerate(tests, 1):
            several = list(islice(case_variants(case), MAX_CASES))
            for count, one in enumerate(several, 1):
                trial = ModelTrial(f"{word} {number}.{count}" if len(several) > 1 else f"{word} {number}", fires)
                records += sum(entry["repeat"] for entry in one["records"])
                if records > MAX_ALL_RECORDS:
                    trial.problem = _TOO_MANY
                    yield trial, {"records": []}
                    return
                yield trial, one


def case_variants(case: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The cases that one stands for. A record's `each` that is no list of mappings is left: it makes no record."""
    for index, entry in enumerate(case["records"]):
        members = entry.get("each")
        if isinstance(members, list) and members and all(isinstance(one, dict) for one in members):
            rest = {key: value for key, value in entry.items() if key != "each"}
            for one in members:
                records = [*case["records"][:index], rest | one, *case["records"][index + 1 :]]
                yield from case_variants({"records": records})
            return
    yield case


def _model_trial(
    trial: ModelTrial, case: dict[str, Any], model: Model, content: Content, normaliser: Normaliser, engine: Engine
) -> ModelTrial:
    try:
        records = _case_records(model, content, case)
    except (NoEvent, TypeError, ValueError, OverflowError) as error:
        trial.problem = _no_record(error)
        return trial
    normalised = normaliser.normalise(records, received_ms=0)
    if normalised.dead:
        trial.problem = trial.problem or _unread(normalised.dead[0])
    trial.detections = engine.observe_all(normalised.activities)
    return trial


def _case_records(model: Model, content: Content, case: dict[str, Any]) -> RecordBatch:
    """The records of a case in the order of their time."""
    if sum(entry["repeat"] for entry in case["records"]) > MAX_RECORDS:
        raise NoEvent(_TOO_MANY.en, _TOO_MANY.ja)
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
    records = _empty()
    for _, raw in sorted(raws, key=lambda pair: pair[0]):
        _append(records, raw)
    return records


def _source_for(model: Model, content: Content, values: dict[str, Any]) -> LogSource | None:
    """A record without an EventID (on Linux: a Kind) is the canonical event of the model's filters, when they all have the same."""
    if "EventID" in values or "Kind" in values:
        return None
    sources = {content.filter[name].logsource for rule in model.rules for name in rule.filters}
    if len(sources) == 1:
        return sources.pop()
    raise NoEvent(
        "a record without EventID, and the filters of the model have several log sources",
        "EventID のないレコードがあり、検知モデルのフィルタのログソースが一つに定まりません",
    )
