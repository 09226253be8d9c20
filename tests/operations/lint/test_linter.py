"""Every rule of lint: a text that it speaks of, one that it leaves alone, the line, both languages."""

import re
from pathlib import Path

import pytest

from hinomi.detect.content import Content, load_content
from hinomi.detect.document import parse_documents
from hinomi.detect.filter_file import read_filter
from hinomi.detect.sigma_rule import read_sigma
from hinomi.operations.lint.advice import Advice
from hinomi.operations.lint.linter import Linter, lint
from hinomi.schema.content import Filter
from tests.api.house import HIVE_FILTER, content_folder

ROOT = Path(__file__).resolve().parents[3]
RULES = {
    "hot-literal", "nothing-to-look-for", "redundant-value", "needless-regex", "needless-wildcard", "unused-selection",
    "never-true", "always-true", "barred-value", "too-broad", "duplicate-condition", "unknown-log-source",
    "unknown-field", "unknown-technique", "unknown-product", "missing-japanese", "no-false-positives", "missing-proof",
}  # fmt: skip


def rule(detection: str, **replaced: str) -> str:
    """Our sample filter with another detection."""
    head, rest = HIVE_FILTER.split("detection:\n")
    tail = rest[rest.index("falsepositives:") :]
    text = f"{head}detection:\n{detection}{tail}"
    for old, new in replaced.items():
        text = text.replace(SWAPS[old], new)
        assert new in text
    return text


SWAPS = {
    "tags": "tags: [attack.credential-access, attack.t1003.002]",
    "falsepositives": "falsepositives: [Backup]",
    "source": "logsource: {product: windows, category: process_creation}",
    "japanese": "title: reg.exe による SAM ハイブの保存",
    "both_false": "falsepositives: [バックアップ]",
}


def advice(text: str, others: tuple[Filter, ...] = (), *, sigma: bool = False) -> list[Advice]:
    (document,), errors = parse_documents(text, "a.yml")
    found, wrong = read_sigma(document) if sigma else read_filter(document, origin="shipped")
    assert found is not None, [str(one) for one in (*errors, *wrong)]
    return Linter.of(Content((*others, found))).filter(found, document)


def told(detection: str, **replaced: str) -> list[tuple[str, int | None]]:
    return [(one.rule, one.at.line) for one in advice(rule(detection, **replaced))]


FIRST = 11  # line of the first selection


@pytest.mark.parametrize(
    ("detection", "expected"),
    [
        ("  a: {CommandLine|contains: [' save ', 'hklm\\sam']}\n  condition: a\n", []),
        ("  a:\n    CommandLine|contains:\n      - ' '\n      - mimikatz\n  condition: a\n",
         [("hot-literal", 13), ("too-broad", 15)]),
        ("  a: {CommandLine|contains: exe}\n  condition: a\n", [("hot-literal", 11), ("too-broad", 12)]),
        ("  a: {CommandLine|contains: powershell}\n  condition: a\n", [("hot-literal", 11)]),
        ("  a: {CommandLine|contains: ['-', mimikatz]}\n  b: {User: sato}\n  condition: a and b\n", []),
        ("  a: {CommandLine|contains: mimikatz}\n  condition: not a\n",
         [("nothing-to-look-for", 12), ("too-broad", 12)]),
        ("  a:\n    CommandLine|contains:\n      - mimikatz\n      - invoke-mimikatz\n  condition: a\n",
         [("redundant-value", 14)]),
        ("  a:\n    CommandLine|contains|all:\n      - mimikatz\n      - invoke-mimikatz\n  condition: a\n", []),
        ("  a: {CommandLine|re: mimikatz\\.exe}\n  condition: a\n", [("needless-regex", 11)]),
        ("  a: {CommandLine|re: 'mimi\\s+katz'}\n  condition: a\n", []),
        ("  a: {CommandLine|re: '(mimikatz|lsadump)'}\n  condition: a\n", []),
        ("  a: {CommandLine|re: 'mimi\\s+katz.*'}\n  condition: a\n", [("needless-wildcard", 11)]),
        ("  a: {CommandLine|contains: '*mimikatz*'}\n  condition: a\n", [("needless-wildcard", 11)]),
        ("  a: {CommandLine: '*mimikatz*'}\n  condition: a\n", [("needless-wildcard", 11)]),
        ("  a: {CommandLine: 'mimikatz \\*'}\n  condition: a\n", []),
        ("  a: {CommandLine|startswith: '*mimikatz'}\n  condition: a\n", []),
        ("  a: {CommandLine|contains: mimikatz}\n  b: {User: x}\n  condition: a\n", [("unused-selection", 12)]),
        ("  a: {Image: 'C:\\a.exe'}\n  b: {Image: 'C:\\b.exe'}\n  condition: a and b\n", [("never-true", 13)]),
        ("  a: {CommandLine|contains: mimikatz}\n  condition: a or not a\n",
         [("always-true", 12), ("nothing-to-look-for", 12), ("too-broad", 12)]),
        ("  a:\n    CommandLine|contains:\n      - lsadump\n      - mimikatz\n  b: {CommandLine|contains: katz}\n  condition: a and not b\n",
         [("barred-value", 14)]),
        ("  a: {ComandLine|contains: mimikatz}\n  condition: a\n", [("unknown-field", 11)]),
        ("  a: {LoadString: mimikatz}\n  condition: a\n", [("unknown-field", 11)]),
        ("  a: {commandline|contains: mimikatz}\n  condition: a\n", []),
    ],
)  # fmt: skip
def test_what_a_detection_is_told(detection: str, expected: list[tuple[str, int]]) -> None:
    assert sorted(told(detection)) == sorted(expected)


SOUND = "  a: {CommandLine|contains: mimikatz}\n  condition: a\n"


@pytest.mark.parametrize(
    ("replaced", "expected"),
    [
        ({"tags": "tags: [attack.stealth, attack.t1562.001]"}, "unknown-technique"),
        ({"tags": "tags: [attack.stealth, attack.t9999]"}, "unknown-technique"),
        ({"falsepositives": "falsepositives: [unknown]"}, "no-false-positives"),
        ({"falsepositives": "falsepositives: []", "both_false": "falsepositives: []"}, "no-false-positives"),
        ({"source": "logsource: {product: zeek, service: dns}"}, "unknown-log-source"),
        ({"japanese": "title: SAM Hive Saved"}, "missing-japanese"),
    ],
)
def test_what_the_rest_of_a_file_is_told(replaced: dict[str, str], expected: str) -> None:
    assert [name for name, _ in told(SOUND, **replaced)] == [expected]


def test_the_successor_of_a_technique_and_the_nearest_field_are_named() -> None:
    (one,) = advice(rule(SOUND, tags="tags: [attack.stealth, attack.t1562.001]"))
    assert "it is T1685 now" in one.text.en
    (other,) = advice(rule("  a: {ComandLine|contains: mimikatz}\n  condition: a\n"))
    assert "nearest: 'CommandLine'" in other.text.en
    assert "近いもの: 'CommandLine'" in other.text.ja


def test_a_community_rule_lacks_proofs() -> None:
    text = "title: a\nlogsource: {product: windows, category: process_creation}\nlevel: low\ndetection:\n"
    found = advice(text + SOUND, sigma=True)
    assert {one.rule for one in found} == {"missing-proof", "missing-japanese"}


def test_the_same_condition_twice() -> None:
    (document,), _ = parse_documents(rule(SOUND), "first.yml")
    first, _ = read_filter(document, origin="shipped")
    assert first is not None
    (one,) = advice(rule(SOUND), (first,))
    assert (one.rule, "'first'" in one.text.en) == ("duplicate-condition", True)


def test_a_line_may_be_kept_quiet_with_a_reason() -> None:
    quiet = "  a: {CommandLine|contains: powershell}  # lint: hot-literal because streams are rare\n  condition: a\n"
    assert told(quiet) == []
    assert told(quiet.replace("hot-literal", "too-broad")) == [("hot-literal", FIRST)]


def test_models_are_looked_at_too(tmp_path: Path) -> None:
    folder = content_folder(tmp_path)
    path = folder / "models" / "credential_dumping_registry.yml"
    text = path.read_text().replace("windows_security]", "windows_securty]").replace("ハイブの保存}", "hive saved}")
    path.write_text(text)
    content, errors = load_content(folder)
    assert errors == []
    found = [(one.rule, one.at.file, one.text.en) for one in lint(content, folder) if one.at.file.startswith("models")]
    assert [one[0] for one in found] == ["unknown-product", "missing-japanese"]
    assert "nearest: 'windows_security'" in found[0][2]


def test_both_languages_differ_and_every_rule_is_documented() -> None:
    every = [
        one
        for detection in ("  a: {ComandLine|contains: '*a*'}\n  b: {User|re: x}\n  condition: not a\n", SOUND)
        for one in advice(rule(detection, tags="tags: [attack.t9999]", japanese="title: x"))
    ]
    assert len({one.rule for one in every}) >= 6
    assert all(one.text.en != one.text.ja and re.search("[぀-ヿ一-鿿]", one.text.ja) for one in every)
    page = (ROOT / "docs" / "reference" / "lint.md").read_text()
    assert set(re.findall(r"^\| `([a-z-]+)` \|", page, re.MULTILINE)) == RULES


def test_the_rules_in_the_code_are_those_of_the_reference() -> None:
    folder = ROOT / "hinomi" / "operations" / "lint"
    source = "".join(path.read_text() for path in folder.glob("*.py"))
    named = set(re.findall(r'"([a-z]+(?:-[a-z]+)+)"', source))
    assert named >= RULES
    assert named - RULES <= {"utf-8"}


def test_the_shipped_content_is_clean() -> None:
    content, errors = load_content(ROOT / "content")
    assert errors == []
    assert [f"{one.at}: {one.rule}: {one.text.en}" for one in lint(content, ROOT / "content")] == []
