"""The mutation check: break content in small ways, one at a time, and see whether its tests notice.

In: content. Out: every break with its verdict, and the score by kind. Filters are not compiled again for each break: their
values are asked once about the normalised test activities (detect/answers.py), a break is then put together from bits.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain

from hinomi.detect.answers import Answers
from hinomi.detect.content import Content
from hinomi.detect.log_source import fits
from hinomi.detect.written import Path, Written, written
from hinomi.normalise.normaliser import Normaliser
from hinomi.operations.mutant import FilterMutant, Kind, filter_mutants, model_mutants
from hinomi.operations.proofs import is_met
from hinomi.operations.trial import FilterTrials, filter_trials, model_trials
from hinomi.operations.verification import spread
from hinomi.schema.content import Filter, Model


@dataclass(frozen=True, slots=True)
class Finding:
    """One break of one filter or model. `path`: where it stands in the file, for a filter below `detection`."""

    content: str  # filter | model
    id: str
    file: str
    path: Path
    kind: Kind
    shown: str
    noticed: bool


@dataclass(frozen=True, slots=True)
class Score:
    """`by_kind`: kind -> (noticed, all)."""

    noticed: int
    all: int
    by_kind: Mapping[Kind, tuple[int, int]]

    @property
    def share(self) -> float:
        """0 to 1; 1 when there is nothing to break."""
        return self.noticed / self.all if self.all else 1.0


def mutate(content: Content, on_done: Callable[[int, int], None] | None = None) -> Iterator[Finding]:
    """Every break of every filter and model, in the order of the content. `on_done`: (items done, items to do)."""
    items: list[Filter | Model] = [*content.filters, *content.models]
    return chain.from_iterable(spread(mutate_one, items, content, on_done))


def mutate_one(one: Filter | Model, content: Content) -> list[Finding]:
    return mutate_filter(one) if isinstance(one, Filter) else mutate_model(one, content)


def score(findings: Iterable[Finding]) -> Score:
    every: Counter[Kind] = Counter()
    noticed: Counter[Kind] = Counter()
    for one in findings:
        every[one.kind] += 1
        noticed[one.kind] += one.noticed
    return Score(noticed.total(), every.total(), {kind: (noticed[kind], every[kind]) for kind in Kind if every[kind]})


_NORMALISER = Normaliser()  # holds no state that changes a result


# ---- filters ----
def mutate_filter(found: Filter) -> list[Finding]:
    """The breaks of one filter."""
    bench = _Bench(found)
    return [
        Finding("filter", found.id, found.file, one.path, one.kind, one.shown, bench.notices(one))
        for one in filter_mutants(bench.written)
    ]


class _Bench:
    """One filter with its tests laid out: what each part of it meets, and what ought to be met."""

    def __init__(self, found: Filter) -> None:
        made = filter_trials(found, _NORMALISER)
        batches = [batch for batch in made.batches if fits(found.logsource, batch.kind)]
        self.written: Written = written(found.sigma.rule)
        self._answers = Answers(batches)
        self._selections = {name: self._answers.bits(part, {}) for name, part in self.written.selections.items()}
        positions = [position for batch in batches for position in batch.positions]
        self._tests = _tests(made, positions)
        self._usual = self._answers.bits(self.written.condition, self._selections)

    def notices(self, mutant: FilterMutant) -> bool:
        """Does a test come out otherwise than it should?"""
        if mutant.selection is None:
            bits = self._answers.bits(mutant.broken, self._selections)
        else:
            broken = {mutant.selection: self._answers.bits(mutant.broken, {})}
            bits = self._answers.bits(self.written.condition, self._selections | broken)
        return bits != self._usual and any(bool(bits & rows) is not fires for rows, fires in self._tests)


def _tests(made: FilterTrials, positions: list[int]) -> list[tuple[int, bool]]:
    """(rows of the test's record in all its readings, must it fire) of the tests whose record could be read."""
    rows: Counter[int] = Counter()
    for row, position in enumerate(positions):
        rows[position] += 1 << row
    return [(rows[one.position], one.fires) for one in made.trials if one.position is not None and not one.problem]


# ---- models ----
def mutate_model(model: Model, content: Content) -> list[Finding]:
    """The breaks of one model, over what its filters detect in its cases."""
    trials = [one for one in model_trials(model, content, _NORMALISER) if not one.problem]
    return [
        Finding(
            "model",
            model.id,
            model.file,
            one.path,
            one.kind,
            one.shown,
            any(is_met(one.broken, trial) is not trial.fires for trial in trials),
        )
        for one in model_mutants(model)
    ]
