"""Every break is one small change, with its place."""

from collections import Counter
from dataclasses import replace

from hinomi.detect.document import parse_documents
from hinomi.detect.sigma_rule import read_sigma
from hinomi.detect.written import place_of, written
from hinomi.operations.mutant import KINDS, Kind, filter_mutants, model_mutants
from hinomi.schema.content import Bound
from tests.detect.test_correlator import model, rule

TEXT = """title: a
logsource: {product: windows}
detection:
  tool:
    - Image|endswith:
        - \\a.exe
        - \\b.exe
    - OriginalFileName: A
  words:
    CommandLine|contains|all: [x, y]
    User: taro
  known:
    Image: c
  other:
    Image: d
  condition: tool and words and not (known or other)
"""


def test_every_break_of_a_filter() -> None:
    (document,), _ = parse_documents(TEXT, "a.yml")
    found, _ = read_sigma(document)
    assert found is not None
    breaks = list(filter_mutants(written(found.sigma.rule)))
    assert Counter(one.kind for one in breaks) == {
        Kind.VALUE_DROPPED: 4,
        Kind.VALUE_NEVER: 4,
        Kind.LINE_DROPPED: 2,
        Kind.LINE_NEGATED: 6,
        Kind.MAP_DROPPED: 2,
        Kind.SELECTION_DROPPED: 2,
        Kind.EXCLUSION_DROPPED: 3,
        Kind.ALL_WEAKENED: 2,
    }
    told = {(one.kind, one.shown): place_of(document, one.path).line for one in breaks}
    assert told[Kind.VALUE_DROPPED, "Image endswith '\\\\b.exe'"] == 7
    assert told[Kind.LINE_DROPPED, "User"] == 11
    assert told[Kind.ALL_WEAKENED, "CommandLine"] == 10
    assert told[Kind.EXCLUSION_DROPPED, "known"] == 16
    assert told[Kind.EXCLUSION_DROPPED, "not (known or other)"] == 16
    assert told[Kind.ALL_WEAKENED, "(tool and words and not (known or other))"] == 16


def test_every_break_of_a_model() -> None:
    many = rule("count", "a", "b", id="many", window_s=600, threshold=5, distinct="src", group_by=("dst", "src"))
    chain = rule("sequence", "a", "b", id="chain", window_s=60)
    breaks = list(model_mutants(model(many, chain)))
    assert Counter(one.kind for one in breaks) == {
        Kind.RULE_DROPPED: 2,
        Kind.FILTER_DROPPED: 4,
        Kind.GROUP_DROPPED: 2,
        Kind.WINDOW_HALVED: 2,
        Kind.THRESHOLD_UP: 1,
        Kind.THRESHOLD_DOWN: 1,
        Kind.DISTINCT_DROPPED: 1,
        Kind.ORDER_REVERSED: 1,
    }
    broken = {one.kind: one.broken.rules for one in breaks if one.path[:2] == ("rules", 0)}
    assert broken[Kind.WINDOW_HALVED] == (replace(many, window_s=300), chain)
    assert broken[Kind.THRESHOLD_DOWN] == (replace(many, threshold=4), chain)
    assert broken[Kind.DISTINCT_DROPPED] == (replace(many, distinct=None), chain)
    assert list(model_mutants(model(rule("single", "a")))) == []


def test_breaks_of_stages_and_of_what_is_measured() -> None:
    told = rule("stages", "a", "b", "c", window_s=60, stages=(("a", "b"), ("c",)))
    reversed_ = [one.broken.rules[0] for one in model_mutants(model(told)) if one.kind is Kind.ORDER_REVERSED]
    assert [one.stages for one in reversed_] == [(("c",), ("a", "b"))]
    measured = rule("event_count", "a", window_s=60, condition=(Bound("gte", 5), Bound("lt", 9)))
    broken = [one for one in model_mutants(model(measured)) if one.kind is Kind.THRESHOLD_UP]
    assert [one.broken.rules[0].condition for one in broken] == [
        (Bound("gte", 6), Bound("lt", 9)),
        (Bound("gte", 5), Bound("lt", 10)),
    ]
    ordered = rule("temporal_ordered", "a", "b", window_s=60)
    (one,) = [one.broken.rules[0] for one in model_mutants(model(ordered)) if one.kind is Kind.ORDER_REVERSED]
    assert one.filters == ("b", "a")


def test_every_kind_is_told_in_both_languages() -> None:
    assert set(KINDS) == set(Kind)
    assert all(text.en and text.ja and text.en != text.ja for text in KINDS.values())
