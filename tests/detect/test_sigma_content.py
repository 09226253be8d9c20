"""Folders of Sigma: correlations become models, filters are added to rules, and each reference that leads nowhere is told."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from hinomi.detect.content import Content
from hinomi.detect.correlator import Correlator
from hinomi.detect.engine import Engine
from hinomi.detect.sigma_content import load_rules, load_sigma
from hinomi.errors import ContentError
from hinomi.schema.content import Severity, Text
from hinomi.schema.detection import ModelMatch
from tests.detect import making

FAILED, LOGON = "11111111-1111-4111-8111-111111111111", "22222222-2222-4222-8222-222222222222"
MANY = "33333333-3333-4333-8333-333333333333"


def rule(id_: str, name: str, **detection: Any) -> dict[str, Any]:
    return {
        "title": name,
        "id": id_,
        "name": name,
        "logsource": {"product": "windows"},
        "detection": {"sel": detection, "condition": "sel"},
        "level": "low",
        "tags": ["attack.t1110"],
    }


def correlation(title: str, section: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"title": title, "correlation": {"timespan": "5m", **section}, **more}


BASE = [rule(FAILED, "failed", Kind="fail"), rule(LOGON, "logon", Kind="logon")]
MANY_FAILED = correlation(
    "Many failed logons",
    {"type": "event_count", "rules": ["failed"], "group-by": ["ComputerName", "User"], "condition": {"gte": 3}},
    id=MANY,
    name="many_failed",
    level="high",
    tags=["attack.t1110.001"],
)


def load(folder: Path, *documents: dict[str, Any], **more: Any) -> tuple[Content, list[ContentError]]:
    (folder / "all.yml").write_text(yaml.safe_dump_all(documents, sort_keys=False, allow_unicode=True))
    return load_rules([folder], **more)


def sound(folder: Path, *documents: dict[str, Any], **more: Any) -> Content:
    content, errors = load(folder, *documents, **more)
    assert [str(error) for error in errors] == []
    return content


def matches(content: Content, *rows: dict[str, Any]) -> list[ModelMatch]:
    """What rows a second apart come to."""
    batch = making.batch(*rows)
    correlator = Correlator(content.models)
    return [*correlator.observe(Engine(content.filters).observe(batch)), *correlator.finish()]


def row(kind: str, user: str = "taro", **more: Any) -> dict[str, Any]:
    return {"Kind": kind, "User": user, **more}


# ---- correlations as models ----
def test_a_correlation_is_a_model_of_its_own(tmp_path: Path) -> None:
    content = sound(tmp_path, *BASE, MANY_FAILED)
    (model,) = content.models
    assert (model.id, model.name, model.severity) == (
        MANY,
        Text("Many failed logons", "Many failed logons"),
        Severity.HIGH,
    )
    assert model.techniques == ("T1110.001", "T1110")
    assert (model.origin, model.suppress_s, model.file) == ("imported", 300, "all.yml")
    assert content.filter[FAILED].is_alone is False, "generate is false by default"
    assert content.filter[LOGON].is_alone is True
    assert matches(content, row("fail"), row("fail"), row("fail", "jiro")) == []
    (match,) = matches(content, row("fail"), row("fail"), row("logon"), row("fail"))
    assert match.entity_key == ("pc-1", "taro")
    assert len(match.detections) == 3
    assert match.event_time_ms == match.detections[-1].event_time_ms


def test_documents_may_stand_in_files_of_their_own(tmp_path: Path) -> None:
    for number, document in enumerate([MANY_FAILED, *BASE]):
        (tmp_path / f"{number}.yml").write_text(yaml.safe_dump(document))
    content, errors = load_rules([tmp_path])
    assert errors == []
    assert len(content.models) == 1
    assert {one.id for one in content.filters} == {FAILED, LOGON}
    assert [one.id for one in load_sigma([tmp_path])[0]] == [FAILED, LOGON]


def test_generate_keeps_the_rules_detections(tmp_path: Path) -> None:
    generating = correlation("x", {**MANY_FAILED["correlation"], "generate": True}, id=MANY)
    assert sound(tmp_path, *BASE, generating).filter[FAILED].is_alone
    other = correlation("y", MANY_FAILED["correlation"], id=LOGON.replace("2", "4"))
    assert sound(tmp_path, *BASE, generating, other).filter[FAILED].is_alone, "one that generates is enough"


@pytest.mark.parametrize(
    ("section", "rows", "met"),
    [
        ({"type": "event_count", "condition": {"gt": 1, "lte": 2}}, [row("fail")] * 2, True),
        ({"type": "event_count", "condition": {"eq": 3}}, [row("fail")] * 2, False),
        ({"type": "event_count", "condition": {"neq": 1}}, [row("fail")] * 1, False),
        ({"type": "value_count", "condition": {"field": "User", "gte": 2}}, [row("fail"), row("fail", "jiro")], True),
        ({"type": "value_count", "condition": {"field": "User", "gte": 2}}, [row("fail"), row("fail", "TARO")], False),
        (
            {"type": "value_count", "condition": {"field": ["User", "Host"], "gte": 2}},
            [row("fail", Host="a"), row("fail", Host="b")],
            True,
        ),
        ({"type": "value_sum", "condition": {"field": "Size", "gte": 10}}, [row("fail", Size="6"), row("fail", Size=4)], True),
        ({"type": "value_sum", "condition": {"field": "Size", "gt": 10}}, [row("fail", Size=6), row("fail", Size=4)], False),
        ({"type": "value_avg", "condition": {"field": "Size", "gte": 5}}, [row("fail", Size=6), row("fail", Size=4)], True),
        ({"type": "value_avg", "condition": {"field": "Size", "lt": 4}}, [row("fail", Size="none")], False),
        (
            {"type": "value_percentile", "condition": {"field": "Size", "gte": 90, "percentile": 90}},
            [row("fail", Size=size) for size in range(10, 101, 10)],
            True,
        ),
        (
            {"type": "value_percentile", "condition": {"field": "Size", "gt": 95, "percentile": 90}},
            [row("fail", Size=size) for size in range(10, 101, 10)],
            False,
        ),
        ({"type": "value_median", "condition": {"field": "Size", "eq": 7}}, [row("fail", Size=s) for s in (1, 7, 100)], True),
    ],
)  # fmt: skip
def test_measures(tmp_path: Path, section: dict[str, Any], rows: list[dict[str, Any]], met: bool) -> None:
    content = sound(tmp_path, *BASE, correlation("x", {"rules": ["failed"], **section}))
    distinct_rows = [{**one, "Number": number} for number, one in enumerate(rows)]
    assert bool(matches(content, *distinct_rows)) is met


@pytest.mark.parametrize(
    ("section", "kinds", "met"),
    [
        ({"type": "temporal"}, ["logon", "fail"], True),
        ({"type": "temporal"}, ["fail", "fail"], False),
        ({"type": "temporal", "condition": {"gte": 1}}, ["fail"], True),
        ({"type": "temporal", "condition": "failed and logon"}, ["logon", "fail"], True),
        ({"type": "temporal", "condition": "failed or logon"}, ["logon"], True),
        ({"type": "temporal", "condition": "logon and not failed"}, ["logon"], True),
        ({"type": "temporal", "condition": "logon and not failed"}, ["fail", "logon"], False),
        ({"type": "temporal_ordered"}, ["fail", "logon"], True),
        ({"type": "temporal_ordered"}, ["logon", "fail"], False),
        ({"type": "temporal_ordered", "condition": {"gte": 1}}, ["logon"], True),
        ({"type": "temporal_ordered", "condition": "failed and logon"}, ["logon", "fail"], False),
        ({"type": "temporal_ordered", "condition": "failed and logon"}, ["logon", "fail", "logon"], True),
    ],
)
def test_temporal(tmp_path: Path, section: dict[str, Any], kinds: list[str], met: bool) -> None:
    content = sound(tmp_path, *BASE, correlation("x", {"rules": ["failed", LOGON.upper()], **section}))
    assert bool(matches(content, *[row(kind, n=str(n)) for n, kind in enumerate(kinds)])) is met


def test_an_expression_may_stand_without_rules(tmp_path: Path) -> None:
    section = {"type": "temporal", "condition": "failed and logon"}
    content = sound(tmp_path, *BASE, correlation("x", section))
    assert content.models[0].rules[0].filters == (FAILED, LOGON)


def test_aliases_join_fields_of_different_names(tmp_path: Path) -> None:
    aliases = {"who": {"failed": "User", "logon": "Account"}}
    section = {"type": "temporal", "rules": ["failed", "logon"], "group-by": ["who"], "aliases": aliases}
    content = sound(tmp_path, *BASE, correlation("x", section))
    (match,) = matches(content, row("fail"), {"Kind": "logon", "Account": "jiro"}, {"Kind": "logon", "Account": "Taro"})
    assert match.entity_key == ("taro",)
    assert len(match.detections) == 2


def test_correlations_over_correlations(tmp_path: Path) -> None:
    """The example of the specification: many failed logons, then a logon of the same account."""
    outer = correlation(
        "Brute force",
        {"type": "temporal_ordered", "rules": ["many_failed", "logon"], "group-by": ["User"], "timespan": "1h"},
        id=LOGON.replace("2", "5"),
        level="critical",
    )
    content = sound(tmp_path, outer, MANY_FAILED, *BASE)
    by_id = content.model
    assert not by_id[MANY].is_alone
    assert by_id[outer["id"]].techniques == ("T1110",)
    assert matches(content, row("fail"), row("fail"), row("logon")) == []
    rows = [row("logon", n="0"), *(row("fail", n=str(n)) for n in range(3)), row("logon", "jiro"), row("logon", n="9")]
    (match,) = matches(content, *rows)
    assert match.model_id == outer["id"]
    assert [one.filter_id for one in match.detections] == [FAILED, FAILED, FAILED, LOGON]


# ---- what is wrong ----
SECTION = {"type": "event_count", "rules": ["failed"], "condition": {"gte": 3}}
WRONG: list[tuple[dict[str, Any], str]] = [
    ({"type": "event_cuont"}, "unknown type 'event_cuont'; nearest: 'event_count'"),
    ({"rules": ["faild"]}, "unknown rule 'faild'; nearest: 'failed': no rule here has this id or name"),
    ({"rules": []}, "rules is missing"),
    ({"timespan": "5x"}, "'5x' is no timespan"),
    ({"timespan": "0m"}, "'0m' is no timespan"),
    ({"condition": {"gtee": 3}}, "unknown key 'gtee'; nearest: 'gte'"),
    ({"condition": {"gte": "3"}}, "gte needs a number"),
    ({"condition": {"field": "User"}}, "the condition compares nothing"),
    ({"condition": {"gte": 5000}}, "never met: a window keeps 1024"),
    ({"condition": None}, "needs a condition such as"),
    ({"condition": "failed"}, "needs a condition such as"),
    ({"type": "value_count"}, "needs a field in its condition"),
    ({"type": "value_avg", "condition": {"field": ["A", "B"], "gte": 1}}, "measures one field"),
    ({"type": "value_percentile", "condition": {"field": "A", "gte": 1}}, "needs a percentile from 0 to 100"),
    ({"type": "temporal", "condition": "failed and"}, "a name is missing before the end"),
    ({"type": "temporal", "condition": "(failed"}, "a bracket is not closed"),
    ({"type": "temporal", "condition": "failed and logon"}, "names 'logon', which is not under rules"),
    ({"type": "temporal", "rules": ["failed", "logon"], "condition": "logon"}, "'failed' is not in the condition"),
    ({"aliases": {"who": {"logon": "User"}}}, "the alias is for 'logon', which is not under rules"),
    ({"group_by": ["User"]}, "unknown key 'group_by'; nearest: 'group-by'"),
    ({"generate": "maybe"}, "generate"),
]


@pytest.mark.parametrize(("change", "message"), WRONG, ids=[message for _, message in WRONG])
def test_a_wrong_correlation_says_what_and_where(tmp_path: Path, change: dict[str, Any], message: str) -> None:
    document = {"title": "x", "id": MANY, "correlation": {"timespan": "5m", **SECTION, **change}}
    (tmp_path / "x.yml").write_text(yaml.safe_dump(document, sort_keys=False))
    (tmp_path / "y.yml").write_text(yaml.safe_dump_all(BASE))
    content, errors = load_rules([tmp_path])
    assert content.models == ()
    assert len(content.filters) == 2, "the rest is loaded"
    assert any(message in str(error) for error in errors), [str(error) for error in errors]
    assert all(error.at.line for error in errors)


def test_circular_correlations_are_told_and_the_rest_is_loaded(tmp_path: Path) -> None:
    over = [
        correlation(
            name, {"type": "temporal", "rules": [below]}, id=MANY.replace("3", "6")[:-1] + str(number), name=name
        )
        for number, (name, below) in enumerate([("a", "b"), ("b", "c"), ("c", "a"), ("d", "a"), ("e", "e")])
    ]
    content, errors = load(tmp_path, *BASE, *over, MANY_FAILED)
    assert [one.id for one in content.models] == [MANY]
    told = [error.message for error in errors]
    assert any("go in a circle" in one and one.count("->") == 3 for one in told)
    assert any("rests on the correlation" in one for one in told)
    assert all(error.at.line for error in errors)


def test_ids_and_names_that_are_taken(tmp_path: Path) -> None:
    twin = rule(FAILED.upper(), "other", Kind="x")
    namesake = rule(MANY, "failed", Kind="y")
    content, errors = load(tmp_path, *BASE, twin, namesake)
    assert [one.id for one in content.filters] == [FAILED, LOGON, MANY]
    assert [error.message for error in errors] == [
        f"the id {FAILED} is taken by all.yml:2: give this rule an id of its own",
        "the name 'failed' is taken by all.yml:3: refer to this rule by its id, or give it another name",
    ]
    assert [error.at.line for error in errors] == [28, 42]


def test_a_reference_to_a_broken_rule_says_so(tmp_path: Path) -> None:
    broken = {**BASE[0], "detection": {"sel": {"Kind|odd": "x"}, "condition": "sel"}}
    _, errors = load(tmp_path, broken, MANY_FAILED)
    assert any("the rule 'failed' is broken itself: all.yml:1" in str(error) for error in errors)


# ---- Sigma filters ----
def added(rules: Any, condition: str = "not sel", **logsource: str) -> dict[str, Any]:
    part = {"rules": rules, "sel": {"User|startswith": "adm_"}, "condition": condition}
    return {"title": "f", "logsource": logsource or {"product": "windows"}, "filter": part}


@pytest.mark.parametrize(
    ("document", "users"),
    [
        (added([FAILED]), ["taro"]),
        (added("failed"), ["taro"]),
        (added("any"), ["taro"]),
        (added([]), ["taro"]),
        (added([LOGON]), ["taro", "adm_x"]),
        (added([FAILED], "sel"), ["adm_x"]),
        (added([FAILED], "not 1 of sel*"), ["taro"]),
        (added([FAILED], "not 1 of them"), ["taro"]),
        (added("any", category="process_creation"), ["taro", "adm_x"]),
    ],
)
def test_filters_are_added_to_rules(tmp_path: Path, document: dict[str, Any], users: list[str]) -> None:
    content = sound(tmp_path, *BASE, document)
    batch = making.batch(row("fail"), row("fail", "adm_x"))
    found = [one for one in Engine(content.filters).observe(batch) if one.filter_id == FAILED]
    assert [["taro", "adm_x"][one.position] for one in found] == users


def test_a_filter_makes_another_version_and_reaches_known_filters(tmp_path: Path) -> None:
    plain = sound(tmp_path, *BASE)
    content = sound(tmp_path, added([FAILED]), known=plain.filters)
    (changed,) = content.filters
    assert changed.id == FAILED
    assert changed.version != plain.filter[FAILED].version


@pytest.mark.parametrize(
    ("document", "message"),
    [
        (added(["nobody"]), "unknown rule 'nobody'"),
        (added([FAILED], product="linux"), "its log source is not that of the rule"),
        ({**added([FAILED]), "filter": {"rules": [FAILED], "sel": {"A": "x"}}}, "filter.condition is missing"),
        ({**added([FAILED]), "filter": {"sel": {"A": "x"}, "condition": "sel"}}, "filter.rules is missing"),
        ({**added([FAILED]), "filter": [1]}, "filter is no mapping"),
        ({**added([FAILED]), "logsource": None}, "logsource is missing"),
        (added([FAILED], "not other"), "the condition names 'other', which is no selection"),
        (
            {**added([FAILED]), "filter": {"rules": [], "sel": {"A|odd": "x"}, "condition": "sel"}},
            "unknown modifier 'odd'",
        ),
        ({"action": "global"}, "action is no longer Sigma"),
    ],
)
def test_a_wrong_filter_says_what_and_where(tmp_path: Path, document: dict[str, Any], message: str) -> None:
    content, errors = load(tmp_path, *BASE, document)
    assert len(content.filters) == 2
    assert any(message in str(error) and error.at.line for error in errors), [str(error) for error in errors]
    assert all(error.ja != error.message for error in errors)
