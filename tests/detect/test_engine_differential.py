"""The engine against the slow reference evaluator: on generated rules and rows, and on real recordings."""

from collections.abc import Iterable
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from hinomi.detect.engine import Engine
from hinomi.detect.log_source import fits
from hinomi.detect.sigma_content import load_sigma
from hinomi.ingest.protocols.file import read_paths
from hinomi.normalise.normaliser import Normaliser
from hinomi.schema.activity import ActivityBatch
from hinomi.schema.content import Filter
from tests.detect import making, reference

# Few letters, so that rules and rows meet; some that fold, escape or separate.
LETTERS = 'abAB\\*?1 .-/\u017fsS\u03c3\u03c2\u03a3K\u212a\u0130i\n"é'
TEXTS = st.text(LETTERS, max_size=8)
NAMES = st.sampled_from(["A", "B", "Field C", "objectCmd"])
SCALARS = st.one_of(TEXTS, st.integers(-2, 3), st.booleans(), st.sampled_from(["1", "0x1", "true", "10.0.0.1", "1.0"]))
VALUES = st.one_of(st.none(), SCALARS, st.lists(SCALARS, max_size=3))
ROWS = st.dictionaries(st.sampled_from(["A", "B", "FieldC", "objectCmd"]), VALUES, max_size=4)

REGEXES = st.sampled_from(
    [
        "a+b",
        "^a.*b$",
        "a|b",
        "(ab|ba)1",
        "[a-b]{2}",
        "(?i)AB",
        "\\\\a",
        "ab*?1?",
        "s(?i:K)",
        "\\w-\\d",
        "^$",
        "a b",
        "[^a]s",
    ]
)
TEXT_MODIFIERS = st.sampled_from(
    ["", "|contains", "|startswith", "|endswith", "|cased", "|contains|cased", "|endswith|cased", "|windash|contains"]
)


def _field_values() -> st.SearchStrategy[tuple[str, Any]]:
    scalars = st.one_of(TEXTS, st.integers(-2, 3), st.booleans(), st.none())
    return st.one_of(
        st.tuples(NAMES, st.one_of(scalars, st.lists(scalars, min_size=1, max_size=3))),
        st.tuples(st.tuples(NAMES, TEXT_MODIFIERS).map("".join), st.lists(TEXTS, min_size=1, max_size=3)),
        st.tuples(NAMES.map("{}|contains|all".format), st.lists(TEXTS, min_size=1, max_size=3)),
        st.tuples(st.tuples(NAMES, st.sampled_from(["|re", "|re|i", "|re|s", "|re|m"])).map("".join), REGEXES),
        st.tuples(st.tuples(NAMES, st.sampled_from(["|lt", "|lte", "|gt", "|gte"])).map("".join), st.integers(-2, 3)),
        st.tuples(NAMES.map("{}|exists".format), st.booleans()),
        st.tuples(NAMES.map("{}|cidr".format), st.sampled_from(["10.0.0.0/8", "::/0"])),
        st.tuples(NAMES.map("{}|fieldref".format), st.sampled_from(["A", "B"])),
        st.tuples(NAMES.map("{}|neq".format), TEXTS),
    )


SELECTIONS = st.one_of(
    st.lists(_field_values(), min_size=1, max_size=3).map(dict),
    st.lists(_field_values(), min_size=1, max_size=3).map(lambda pairs: [dict([pair]) for pair in pairs]),
    st.lists(st.text('abAB1 .*?\\"é', min_size=1, max_size=5), min_size=1, max_size=3),
)
CONDITIONS = st.sampled_from(
    [
        "x and y",
        "x or y",
        "not x",
        "x and not y",
        "1 of them",
        "all of them",
        "not 1 of z*",
        "(x or y) and not (x and y)",
    ]
)
DETECTIONS = st.builds(
    lambda x, y, condition: {"x": x, "y": y, "z1": x, "z2": y, "condition": condition},
    SELECTIONS,
    SELECTIONS,
    CONDITIONS,
)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
@given(st.lists(DETECTIONS, min_size=1, max_size=4), st.lists(ROWS, min_size=1, max_size=6))
def test_generated_rules_and_rows(detections: list[dict[str, Any]], rows: list[dict[str, Any]]) -> None:
    filters = []
    for number, detection in enumerate(detections):
        try:
            filters.append(making.sigma_filter(detection, name=str(number)))
        except AssertionError:  # Sigma does not allow everything that can be generated
            assume(False)
    batch = making.batch(*rows)
    engine = Engine(filters)
    expected = _expected(filters, batch)
    assert _found(engine, batch) == expected
    assert _found(engine, batch) == expected, "what is remembered changes nothing"


def _found(engine: Engine, batch: ActivityBatch) -> list[tuple[int, str]]:
    return [(one.position, one.filter_id) for one in engine.observe(batch)]


def _expected(filters: Iterable[Filter], batch: ActivityBatch) -> list[tuple[int, str]]:
    rows = [reference.row_of(batch, index) for index in range(batch.length)]
    fitting = [(one.id, reference.trees(one.sigma.rule)) for one in filters if reference.applies(one.sigma.rule, batch)]
    return [
        (batch.positions[index], name)
        for index, row in enumerate(rows)
        for name, trees in fitting
        if reference.meets(trees, row)
    ]


@pytest.fixture(scope="module")
def community_rules(shared_data: Path) -> tuple[Filter, ...]:
    sigma = shared_data / "sigma"
    filters, errors = load_sigma(
        [sigma / "rules" / "windows", sigma / "rules-emerging-threats", sigma / "rules-threat-hunting" / "windows"]
    )
    assert not errors
    return filters


@pytest.mark.shared_data
def test_recordings(community_rules: tuple[Filter, ...], shared_data: Path) -> None:
    """Every fortieth recording, at most forty activities of a kind each."""
    _compare(community_rules, sorted((shared_data / "windows").rglob("*.evtx.gz"))[::40], rows=40)


@pytest.mark.shared_data
@pytest.mark.slow  # about 90 s; with all rows, some 300 s, when the engine is changed
def test_all_recordings(community_rules: tuple[Filter, ...], shared_data: Path) -> None:
    """Every recording, at most twenty activities of a kind in each five thousand records."""
    _compare(community_rules, sorted((shared_data / "windows").rglob("*.evtx.gz")), rows=20)


def _compare(filters: tuple[Filter, ...], paths: list[Path], rows: int) -> None:
    engine, normaliser = Engine(filters), Normaliser()
    trees = {one.id: reference.trees(one.sigma.rule) for one in filters}
    compared = detections = 0
    for records in read_paths(paths):
        for batch in normaliser.normalise(records, 0).activities:
            fitting = [one for one in filters if fits(one.logsource, batch.kind)]
            found: dict[int, set[str]] = {}
            for index, number in engine._route(batch.kind).meet(batch):  # rows: a projection may read a record twice
                found.setdefault(index, set()).add(filters[number].id)
            for index in islice(range(batch.length), rows):
                row = reference.row_of(batch, index)
                expected = {one.id for one in fitting if reference.meets(trees[one.id], row)}
                assert found.get(index, set()) == expected, (batch.kind, row)
                compared += 1
                detections += len(expected)
    assert compared > 100
    assert detections > 20
