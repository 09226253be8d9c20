"""What an exception would cost, before it is saved. In: terms, the content, the lake. Out: what it would have hidden.

Looked at are the detections made in the last days (when they were made, not when their activities happened: an imported
recording counts). Alerts are counted by correlating them twice, with and without what would be hidden. A proof is blinded
when its test would no longer show.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from hinomi.detect.content import Content
from hinomi.detect.correlator import Correlator
from hinomi.detect.engine import Engine
from hinomi.detect.exceptions import Matcher, matcher
from hinomi.lake.lake import Lake
from hinomi.normalise.normaliser import Normaliser
from hinomi.operations.trial import filter_trials, model_trials
from hinomi.schema.content import Filter, Model, Severity
from hinomi.schema.detection import Detection
from hinomi.schema.exception import ExceptionTerms

DAY_MS = 86_400_000
MAX_DAYS = 90
MAX_DETECTIONS = 200_000  # looked at, newest first; above that the bill says that it is a part
PAGE = 5000
SAMPLES = 20


@dataclass(frozen=True, slots=True)
class BlindedProof:
    """A test that would show nothing any more: `test` as in the file, fires 2."""

    kind: str  # filter | model
    id: str
    test: str


@dataclass(slots=True)
class Bill:
    """`samples`: rows of the lake's detections, newest first. `is_partial`: there were more than could be looked at."""

    days: int
    detections: int = 0
    alerts: int = 0
    by_filter: Counter[str] = field(default_factory=Counter)
    samples: list[dict[str, Any]] = field(default_factory=list)
    blinded: list[BlindedProof] = field(default_factory=list)
    is_partial: bool = False


def bill(terms: ExceptionTerms, days: int, content: Content, lake: Lake, now_ms: int) -> Bill:
    """The bill over the last `days`. Raises TermsError for terms that cannot be; reads, and changes nothing."""
    meets = matcher(terms)
    made = Bill(days, blinded=blinded_proofs(terms, content))
    since_ms = now_ms - days * DAY_MS
    looked = 0
    for row in _rows(lake, [terms.filter_id] if terms.filter_id else None, since_ms):
        looked += 1
        if meets(_detection(row, None)):
            made.detections += 1
            made.by_filter[row["filterId"]] += 1
            if len(made.samples) < SAMPLES:
                made.samples.append(row)
    made.is_partial = looked >= MAX_DETECTIONS
    made.alerts = _lost_alerts(meets, _users(content, made.by_filter), lake, since_ms)
    return made


# ---- the lake's detections ----
def _rows(lake: Lake, filter_ids: Sequence[str] | None, since_ms: int) -> Iterator[dict[str, Any]]:
    """Detections made since then, newest first, a page at a time and at most MAX_DETECTIONS."""
    where, parameters = "detectedTime >= {since:Int64}", {"since": since_ms}
    if filter_ids is not None:
        where += " AND has({filters:Array(String)}, filterId)"
        parameters |= {"filters": list(filter_ids)}  # type: ignore[dict-item]
    before, seen = None, 0
    while seen < MAX_DETECTIONS:
        rows = lake.detections(where, parameters, limit=PAGE, before=before)
        yield from rows
        seen += len(rows)
        if len(rows) < PAGE:
            return
        before = (rows[-1]["eventTime"], rows[-1]["id"])


def _detection(row: dict[str, Any], fields: frozenset[str] | None) -> Detection:
    """The row as it was when it was written; with `fields`, only these of its activity are kept."""
    activity = row["activity"]
    if fields is not None:
        activity = {name: value for name, value in activity.items() if name in fields}
    return Detection(
        id=row["id"],
        filter_id=row["filterId"],
        filter_version=row.get("filterVersion", ""),
        risk=Severity(row["risk"]),
        techniques=(),
        tactics=(),
        uuid=row["uuid"],
        event_time_ms=row["eventTime"],
        endpoint_guid=row.get("endpointGuid", ""),
        endpoint_name=row.get("endpointHostName", ""),
        highlights=(),
        activity=activity,
    )


# ---- alerts ----
def _users(content: Content, filters: Iterable[str]) -> list[Model]:
    """The models that are on and use one of the filters."""
    touched = set(filters)
    return [
        model
        for model in content.models
        if model.enabled and any(touched.intersection(rule.filters) for rule in model.rules)
    ]


def _lost_alerts(meets: Matcher, models: list[Model], lake: Lake, since_ms: int) -> int:
    """How many alerts fewer the models would have raised over the same detections."""
    if not models:
        return 0
    names = sorted({name for model in models for rule in model.rules for name in rule.filters})
    fields = frozenset(
        name for model in models for rule in model.rules for name in (*rule.group_by, rule.distinct or "")
    )
    pairs = []
    for row in _rows(lake, names, since_ms):
        whole = _detection(row, None)
        pairs.append((_detection(row, fields), meets(whole)))
    pairs.reverse()  # in the order of their events, as windows want them
    with_all = _raised(models, (one for one, _ in pairs))
    return max(0, with_all - _raised(models, (one for one, is_hidden in pairs if not is_hidden)))


def _raised(models: list[Model], detections: Iterable[Detection]) -> int:
    correlator = Correlator(models)
    return sum(match.is_new for match in (*correlator.observe(list(detections)), *correlator.finish()))


# ---- proofs ----
def blinded_proofs(terms: ExceptionTerms, content: Content) -> list[BlindedProof]:
    """The tests that fire now and would show nothing with the exception, of the filters and the models."""
    meets, normaliser = matcher(terms), Normaliser()
    filters = [one for one in content.filters if terms.filter_id in (None, one.id)]
    touched = {one.id: _blinded_tests(one, meets, normaliser) for one in filters}
    found = [BlindedProof("filter", id_, test) for id_, tests in touched.items() for test in tests]
    # a case of a model holds other records than the tests of its filters: it is asked by itself
    for model in content.models:
        if any(terms.filter_id in (None, name) for rule in model.rules for name in rule.filters):
            found += _blinded_cases(model, content, meets, normaliser)
    return found


def _blinded_tests(found: Filter, meets: Matcher, normaliser: Normaliser) -> list[str]:
    made, engine = filter_trials(replace(found, tests_silent=()), normaliser), Engine([found])
    detections = engine.observe_all(made.batches)
    hidden = {one.position for one in detections if meets(one)}
    return [trial.name for trial in made.trials if trial.position in hidden]


def _blinded_cases(model: Model, content: Content, meets: Matcher, normaliser: Normaliser) -> list[BlindedProof]:
    found = []
    judged = [replace(model, enabled=True)]
    for trial in model_trials(replace(model, tests_silent=()), content, normaliser):
        left = [one for one in trial.detections if not meets(one)]
        is_blinded = (
            len(left) < len(trial.detections) and _raised(judged, trial.detections) and not _raised(judged, left)
        )
        if is_blinded:
            found.append(BlindedProof("model", model.id, trial.name))
    return found
