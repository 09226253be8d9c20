"""Loading content: what is sound becomes values, what is not says what, where, and what would be right."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from hinomi.detect.content import load_content
from hinomi.detect.engine import Engine
from hinomi.detect.sigma_content import load_sigma
from hinomi.schema.content import LogSource, Severity, Text
from tests.detect import making

FILTER = """\
title: SAM Hive Saved
id: 5d1c2a1e-7f55-4a0c-9d53-0a4f3f6f2b11
status: stable
description: reg.exe saved the SAM hive.
author: Hinomi
date: 2026-11-22
tags: [attack.credential-access, attack.t1003.002]
logsource: {product: windows, category: process_creation}
detection:
  hive: {CommandLine|contains|all: [' save ', 'hklm\\sam']}
  condition: hive
falsepositives: [Backup software]
level: high
hinomi:
  class: behaviour
  highlights: [objectCmd, endpointHostName]
  ja: {title: SAM ハイブの保存, description: reg.exe が SAM を保存しました。, falsepositives: [バックアップ]}
tests:
  fires: [{CommandLine: 'reg save hklm\\sam C:\\s'}]
  silent: [{CommandLine: 'reg query hklm\\sam'}]
"""
MODEL = """\
name: Credential Dumping
severity: high
description: Somebody dumps credentials.
products: [windows_sysmon]
suppress: 12h
rules:
  - {id: saved, name: Hive was saved, type: single, filters: [sam_hive_saved]}
  - {id: often, name: Saved often, type: count, filters: [sam_hive_saved], window: 10m, threshold: 3}
ja: {name: 資格情報の窃取, description: 資格情報が取り出されました。, rules: {saved: 保存, often: 多数の保存}}
tests:
  fires: [{records: [{CommandLine: x, at: 10s}]}]
  silent: [{records: [{CommandLine: y, repeat: 2}]}]
"""


def write(folder: Path, name: str, text: str) -> None:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


@pytest.fixture
def content(tmp_path: Path) -> Path:
    write(tmp_path, "filters/windows/sam_hive_saved.yml", FILTER)
    write(tmp_path, "models/credential_dumping.yml", MODEL)
    return tmp_path


def test_a_filter_file_becomes_a_filter(content: Path) -> None:
    loaded, errors = load_content(content)
    assert errors == []
    (found,) = loaded.filters
    assert found.id == "sam_hive_saved"
    assert found.title == Text("SAM Hive Saved", "SAM ハイブの保存")
    assert found.risk is Severity.HIGH
    assert found.technique_class == "behaviour"
    assert found.logsource == LogSource("windows", "process_creation", None)
    assert (found.techniques, found.tactics) == (("T1003.002",), ("TA0006",))
    assert found.highlights == ("objectCmd", "endpointHostName")
    assert found.origin == "shipped"
    assert found.file == "filters/windows/sam_hive_saved.yml"
    assert found.tests_fire == ({"CommandLine": "reg save hklm\\sam C:\\s"},)
    batch = making.batch({"CommandLine": "REG SAVE HKLM\\SAM C:\\s", "objectPid": 1})
    assert [one.filter_id for one in Engine(loaded.filters).observe(batch)] == ["sam_hive_saved"]


def test_a_model_file_becomes_a_model(content: Path) -> None:
    loaded, errors = load_content(content)
    assert errors == []
    (model,) = loaded.models
    assert model.id == "credential_dumping"
    assert model.name == Text("Credential Dumping", "資格情報の窃取")
    assert (model.severity, model.suppress_s, model.techniques) == (Severity.HIGH, 43_200, ("T1003.002",))
    saved, often = model.rules
    assert (saved.type, saved.group_by, saved.name.ja) == ("single", ("endpointGuid",), "保存")
    assert (often.window_s, often.threshold, often.distinct) == (600, 3, None)
    assert model.tests_fire[0]["records"][0]["at"] == 10


def test_versions_follow_the_text(content: Path) -> None:
    before, _ = load_content(content)
    write(content, "filters/windows/sam_hive_saved.yml", FILTER.replace("Backup software", "Backups"))
    after, _ = load_content(content)
    assert before.filters[0].version != after.filters[0].version
    assert before.models[0].version != after.models[0].version, "a model changes with its filters"
    assert before.version != after.version


JAPANESE = re.compile("[\u3040-\u30ff\u3400-\u9fff]")

# (what is replaced, by what, part of the message, line)
WRONG_FILTERS = [
    ("highlights: [objectCmd", "highlights: [objectCnd", "unknown field 'objectCnd'; nearest: 'objectCmd'", 16),
    ("class: behaviour", "klass: behaviour", "unknown key 'klass'; nearest: 'class'", 15),
    ("class: behaviour", "class: odd", "class", 15),
    ("level: high", "levle: high", "unknown key 'levle'; nearest: 'level'", 13),
    ("level: high\n", "", "the key 'level' is missing", 1),
    ("  silent: [{CommandLine: 'reg query hklm\\sam'}]\n", "", "'tests.silent' is missing", 18),
    ("attack.t1003.002", "attack.t10032", "attack.t10032", 7),
    ("attack.t1003.002", "attack.t1003.992", "unknown technique 'T1003.992'; nearest: 'T1003.002'", 7),
    (", attack.t1003.002", "", "no tag names a technique", 7),
    ("CommandLine|contains|all", "CommandLine|contain|all", "unknown modifier 'contain'; nearest: 'contains'", 10),
    ("condition: hive", "condition: hives", "names 'hives', which is no selection; nearest: 'hive'", 11),
    ("condition: hive", "condition: hive and (", "Expected", 11),
    ("[' save ', 'hklm\\sam']}", "'(?=x)'}", None, 10),
    ("falsepositives: [バックアップ]", "falsepositives: []", "not equally many", 17),
    ("5d1c2a1e-7f55-4a0c-9d53-0a4f3f6f2b11", "5d1c", "id", 2),
    ("status: stable\n", "status: stable\nstatus: test\n", "the key 'status' stands twice", 4),
    ("  hive:", "  off: {A: x}\n  hive:", "YAML reads the key 'off' as a boolean", 10),
    ("hklm\\sam']}", "%admins%'], User|expand: '%admins%'}", "the placeholder %admins% has no value", 9),
    ("title: SAM", "title: [SAM", "not valid YAML", 2),
]


@pytest.mark.parametrize(("old", "new", "message", "line"), WRONG_FILTERS)
def test_a_wrong_filter_says_what_and_where(content: Path, old: str, new: str, message: str | None, line: int) -> None:
    assert old in FILTER
    text = FILTER.replace(old, new).replace("CommandLine|contains|all: '(?=x)'", "CommandLine|re: '(?=x)'")
    write(content, "filters/windows/sam_hive_saved.yml", text)
    loaded, errors = load_content(content, techniques={"T1003", "T1003.002"})
    assert loaded.filters == ()
    found = [error for error in errors if "sam_hive_saved.yml" in str(error)]
    assert any((message or "no look-around") in error.message and error.at.line == line for error in found), found
    assert all(JAPANESE.search(error.ja) for error in errors), [error.ja for error in errors]


WRONG_MODELS = [
    ("filters: [sam_hive_saved], window", "filters: [sam_hive_safed], window", "nearest: 'sam_hive_saved'", 8),
    ("type: count", "type: cuont", "unknown type 'cuont'; nearest: 'count'", 8),
    ("window: 10m", "window: 10 minutes", "not a duration", 8),
    (", threshold: 3", "", "needs a window and a threshold", 8),
    ("type: single", "type: sequence", "needs a window and at least two filters", 7),
    ("threshold: 3", "threshold: 3, group_by: [endpointGid]", "nearest: 'endpointGuid'", 8),
    ("threshold: 3", "threshold: 3, distinct: user", "unknown field 'user'", 8),
    ("threshold: 3", "condition: {gte: 3}", "a rule of type count has no condition", 8),
    (", window: 10m, threshold: 3", ", condition: {gte: 3}", "needs a window", 8),
    (
        "type: count, filters: [sam_hive_saved], window: 10m, threshold: 3",
        "type: event_count, filters: [sam_hive_saved], window: 10m",
        "needs a condition such as",
        8,
    ),
    (
        "type: count, filters: [sam_hive_saved], window: 10m, threshold: 3",
        "type: value_count, filters: [sam_hive_saved], window: 10m, condition: {field: usr, gte: 2}",
        "unknown field 'usr'",
        8,
    ),
    (
        "type: count, filters: [sam_hive_saved], window: 10m, threshold: 3",
        "type: temporal, filters: [sam_hive_saved], window: 10m, condition: other",
        "must stand both in the condition and under filters",
        8,
    ),
    (
        "type: count, filters: [sam_hive_saved], window: 10m, threshold: 3",
        "type: event_count, filters: [sam_hive_saved], condition: {gte: 3}",
        "needs a window, and has a condition",
        8,
    ),
    ("id: often", "id: saved", "the rule id 'saved' stands twice", 8),
    (", often: 多数の保存", "", "the rule 'often' has no Japanese name", 9),
    ("often: 多数の保存", "often: 多数の保存, offen: x", "unknown rule 'offen'; nearest: 'often'", 9),
    ("suppress: 12h", "supress: 12h", "unknown key 'supress'; nearest: 'suppress'", 5),
]


@pytest.mark.parametrize(("old", "new", "message", "line"), WRONG_MODELS)
def test_a_wrong_model_says_what_and_where(content: Path, old: str, new: str, message: str, line: int) -> None:
    assert old in MODEL
    write(content, "models/credential_dumping.yml", MODEL.replace(old, new))
    loaded, errors = load_content(content)
    assert loaded.models == ()
    assert len(loaded.filters) == 1
    assert any(message in error.message and error.at.line == line for error in errors), errors
    assert all(JAPANESE.search(error.ja) for error in errors), [error.ja for error in errors]


def test_one_bad_file_hides_none_of_the_others(content: Path) -> None:
    write(content, "filters/windows/broken.yml", "a: [")
    (content / "filters/windows/latin.yml").write_bytes("title: caf\u00e9".encode("latin-1"))
    (content / "filters/windows/huge.yml").write_bytes(b"#" * (2 << 20))
    write(content, "filters/windows/BadName.yml", FILTER.replace("5d1c2a1e", "5d1c2a1f"))
    write(content, "models/two.yml", "[]")
    loaded, errors = load_content(content)
    assert [one.id for one in loaded.filters] == ["sam_hive_saved"]
    assert [one.id for one in loaded.models] == ["credential_dumping"]
    messages = "\n".join(str(error) for error in errors)
    for part in (
        "broken.yml:2:1: not valid YAML",
        "latin.yml:1: not UTF-8",
        "huge.yml:1: the file is larger",
        "'BadName'",
    ):
        assert part in messages
    assert "two.yml:1: not a mapping" in messages


def test_two_filters_of_one_id_are_an_error(content: Path) -> None:
    write(content, "filters/windows/zz_copy.yml", FILTER)
    loaded, errors = load_content(content)
    assert len(loaded.filters) == 2  # they are told apart by their file names
    assert "taken by filters/windows/sam_hive_saved.yml" in str(errors[0])


def test_a_missing_folder_is_an_error(tmp_path: Path) -> None:
    loaded, errors = load_content(tmp_path / "none")
    assert loaded.filters == ()
    assert "no such folder" in str(errors[0])


SIGMA: dict[str, Any] = {
    "title": "Found",
    "id": "11111111-1111-4111-8111-111111111111",
    "logsource": {"product": "windows", "category": "process_creation"},
    "detection": {"x": {"Image": "x"}, "condition": "x"},
    "level": "informational",
    "tags": ["attack.stealth", "attack.defense-impairment", "attack.t1059", "attack.g0016", "cve.2024-1"],
}


def test_sigma_rules_become_filters_as_they_are(tmp_path: Path) -> None:
    write(tmp_path, "a/one.yml", yaml.safe_dump(SIGMA))
    two = SIGMA | {"id": "22222222-2222-4222-8222-222222222222", "title": "Two"}
    write(tmp_path, "b.yaml", yaml.safe_dump(two) + "---\n" + yaml.safe_dump({"title": "c"}))
    filters, errors = load_sigma([tmp_path / "a", tmp_path / "b.yaml"])
    assert [one.id for one in filters] == [SIGMA["id"], two["id"]]
    first = filters[0]
    assert first.title == Text("Found", "Found")
    assert (first.risk, first.origin) == (Severity.INFO, "imported")
    assert first.techniques == ("T1059",)
    assert first.tactics == ("TA0005", "TA0112")
    assert [str(error) for error in errors] == [
        "b.yaml:18: Sigma rule must have a log source",
        "b.yaml:18: Sigma rule must have a detection definitions",
    ]


def test_a_second_rule_of_one_id_and_a_missing_path_are_errors(tmp_path: Path) -> None:
    write(tmp_path, "one.yml", yaml.safe_dump(SIGMA))
    write(tmp_path, "two.yml", yaml.safe_dump(SIGMA))
    filters, errors = load_sigma([tmp_path, tmp_path / "none"])
    assert len(filters) == 1
    assert {error.message for error in errors} == {
        f"the id {SIGMA['id']} is taken by one.yml:5: give this rule an id of its own",
        "there is no such file or folder",
    }


def test_yaml_that_explodes_is_refused(tmp_path: Path) -> None:
    nested = "a: &a [x, x]\n" + "".join(
        f"{chr(98 + n)}: &{chr(98 + n)} [*{chr(97 + n)}, *{chr(97 + n)}]\n" for n in range(24)
    )
    write(tmp_path, "aliases.yml", nested + "logsource: {}\ndetection: {x: *y, condition: x}\ntitle: t\n")
    write(tmp_path, "merges.yml", "a: &a {x: 1}\nb: {<<: [*a, *a]}\n")
    filters, errors = load_sigma([tmp_path])
    assert filters == ()
    assert any("merges.yml:2: merge keys" in str(error) for error in errors)
    assert any("aliases.yml" in str(error) for error in errors)
