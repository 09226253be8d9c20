"""Proofs: content against its own `tests:`. In: content. Out: for each filter and model whether it does what it says.

A test record makes the whole trip: written as a source writes it, normalised, matched, correlated (trial.py). One filter
is proved in a millisecond or two, so whoever is about to enable it may ask.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from hinomi.detect.content import Content
from hinomi.detect.correlator import Correlator
from hinomi.detect.engine import Engine
from hinomi.detect.log_source import fits
from hinomi.normalise.normaliser import Normaliser
from hinomi.operations.trial import ModelTrial, Trial, filter_trials, model_trials
from hinomi.schema.activity import ActivityBatch
from hinomi.schema.content import Filter, LogSource, Model, Text


class State(StrEnum):
    GREEN = "green"  # every test holds
    RED = "red"  # one does not: this content cannot be enabled
    UNPROVEN = "unproven"  # there are no tests


@dataclass(frozen=True, slots=True)
class Failure:
    test: str  # "fires 2"
    why: Text


@dataclass(frozen=True, slots=True)
class Proof:
    """One filter or model, and those of its tests that do not hold."""

    kind: str  # "filter" | "model"
    id: str
    file: str
    tests: int
    failures: tuple[Failure, ...] = ()

    @property
    def state(self) -> State:
        if self.failures:
            return State.RED
        return State.GREEN if self.tests else State.UNPROVEN

    def as_json(self) -> dict[str, Any]:
        """{state, failures: [{test, why: {en, ja}}]}, as the console's routes give it."""
        failures = [{"test": one.test, "why": {"en": one.why.en, "ja": one.why.ja}} for one in self.failures]
        return {"state": str(self.state), "failures": failures}


@dataclass(frozen=True, slots=True)
class Report:
    proofs: tuple[Proof, ...]

    @property
    def ok(self) -> bool:
        return not self.failed

    @property
    def failed(self) -> tuple[Proof, ...]:
        return tuple(proof for proof in self.proofs if proof.state is State.RED)


def verify(content: Content) -> Report:
    """Run every test of every filter and model; order: filters, then models, as the content has them."""
    proofs = [prove_filter(one) for one in content.filters]
    return Report((*proofs, *(prove_model(model, content) for model in content.models)))


# ---- filters ----
def prove_filter(found: Filter) -> Proof:
    """Does the filter do what its tests say? Without tests it is unproven."""
    made = filter_trials(found, _NORMALISER)
    engine = Engine([found])
    met = {one.position for batch in made.batches for one in engine.observe(batch)}
    failures = []
    for trial in made.trials:
        why = trial.problem or _filter_failure(trial, found, trial.position in met, made.batches)
        failures += [Failure(trial.name, why)] if why else []
    return Proof("filter", found.id, found.file, len(made.trials), tuple(failures))


_NORMALISER = Normaliser()  # holds no state that changes a result


def _filter_failure(trial: Trial, found: Filter, fired: bool, batches: Iterable[ActivityBatch]) -> Text | None:
    if trial.fires and not fired:
        return _why_silent(trial, found, batches)
    if fired and not trial.fires:
        return Text("a detection that must not be", "あってはならない検知が出ました")
    return None


def _why_silent(trial: Trial, found: Filter, batches: Iterable[ActivityBatch]) -> Text:
    """No detection: was the activity not even of the filter's log source?"""
    kinds = [batch.kind for batch in batches if trial.position in batch.positions]
    if any(fits(found.logsource, kind) for kind in kinds):
        return Text("no detection", "検知が出ません")
    wanted = _named(found.logsource)
    seen = "; ".join(f"{','.join(sorted(kind.categories | kind.services))} ({kind.channel})" for kind in kinds)
    return Text(
        f"no detection: the record is no activity of {wanted}, it is {seen or 'nothing'}",
        f"検知が出ません: レコードは {wanted} のアクティビティではなく、{seen or '何でもない'} です",
    )


def _named(source: LogSource) -> str:
    return "/".join(part for part in (source.product, source.category, source.service) if part)


# ---- models ----
def prove_model(model: Model, content: Content) -> Proof:
    """Does the model do what its tests say, with the filters of `content`? A filter that is not there is a failure."""
    tests = len(model.tests_fire) + len(model.tests_silent)
    missing = dict.fromkeys(name for rule in model.rules for name in rule.filters if name not in content.filter)
    if missing:
        names = ", ".join(missing)
        why = Text(f"there is no filter {names}", f"フィルタ {names} がありません")
        return Proof("model", model.id, model.file, tests, (Failure("filters", why),))
    failures = []
    trials = model_trials(model, content, _NORMALISER)
    for trial in trials:
        why_not = trial.problem or _model_failure(model, trial)
        failures += [Failure(trial.name, why_not)] if why_not else []
    return Proof("model", model.id, model.file, len(trials), tuple(failures))


def _model_failure(model: Model, trial: ModelTrial) -> Text | None:
    met = is_met(model, trial)
    if met and not trial.fires:
        return Text("the model is met and must not be", "検知モデルが成立しましたが、成立してはなりません")
    return _why_not_met(model, trial) if trial.fires and not met else None


def is_met(model: Model, trial: ModelTrial) -> bool:
    """Do the detections of the case meet the model? One that is switched off is judged as if it were on."""
    correlator = Correlator([replace(model, enabled=True)])
    return bool(correlator.observe(trial.detections) or correlator.finish())


def _why_not_met(model: Model, trial: ModelTrial) -> Text:
    used = {name for rule in model.rules for name in rule.filters}
    counts = Counter(one.filter_id for one in trial.detections if one.filter_id in used)
    seen = ", ".join(f"{name} {count}" for name, count in counts.items())
    return Text(
        f"the model is not met; detections of its filters: {seen or 'none'}",
        f"検知モデルが成立しません。フィルタの検知: {seen or 'なし'}",
    )
