"""Hostile and careless files: each is told with file and line and what would be right, and never stops the others."""

from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from hinomi.detect.document import parse_documents
from hinomi.detect.sigma_content import load_rules
from tests.detect.test_sigma_content import BASE, FAILED, LOGON

HEAD = "title: t\nlogsource: {product: windows}\ndetection:\n"
BOMB = "a: &a [x, x]\n" + "".join(
    f"{chr(98 + n)}: &{chr(98 + n)} [*{chr(97 + n)}, *{chr(97 + n)}]\n" for n in range(20)
)
ID = "11111111-1111-4111-8111-111111111111"
# (file, text, line, part of the message)
BAD: list[tuple[str, str | bytes, int, str]] = [
    ("look_around", HEAD + "  s: {A|re: '(?=x)'}\n  condition: s\n", 4, "no look-around"),
    ("repetition", HEAD + "  s: {A|re: '(a{1000}){1000}'}\n  condition: s\n", 4, "invalid repetition size"),
    ("huge", b"#" * (10 << 20), 1, "the file is larger than 1048576 bytes: split it"),
    ("latin", HEAD.encode() + "  s: {A: caf\u00e9}\n".encode("latin-1"), 4, "save the file as UTF-8"),
    ("utf16", "title: t".encode("utf-16"), 1, "save the file as UTF-8"),
    ("modifier", HEAD + "  s: {A|contians: x}\n  condition: s\n", 4, "nearest: 'contains'"),
    ("bomb", BOMB + "title: t\nlogsource: {}\ndetection: {s: *u, condition: s}\n", 17, "its aliases stand for more than"),
    ("bomb_id", BOMB + "id: *u\ntitle: t\ncorrelation: {}\n", 17, "its aliases stand for more than"),
    ("itself", "title: &a [*a]\n", 1, "an alias stands inside itself"),
    ("merge", "a: &a {x: 1}\nb: {<<: *a}\n", 2, "merge keys (<<) are not read"),
    ("list_key", "a: &a [x]\n? [1, 2]\n: x\n", 2, "a key is a list or a mapping"),
    ("twice", "title: t\ntitle: u\n", 2, "the key 'title' stands twice"),
    ("boolean", HEAD + "  on: {A: x}\n", 4, "put it in quotes"),
    ("deep_list", "a: " + "[" * 100_000, 1, "more than 64 levels of nesting"),
    ("deep_blocks", "a:\n" + "- " * 50_000 + "x\n", 2, "more than 64 levels of nesting"),
    ("deep_map", HEAD + "  s: " + "{a: " * 900 + "x" + "}" * 900 + "\n", 4, "more than 64 levels of nesting"),
    ("deep_condition", HEAD + "  s: {A: x}\n  condition: " + "(" * 5000 + "s" + ")" * 5000, 5, "100 levels"),
    ("many_nots", HEAD + "  s: {A: x}\n  condition: " + "not " * 2000 + "s", 5, "100 levels"),
    ("long_condition", HEAD + "  s: {A: x}\n  condition: " + " or ".join(["s"] * 9000), 5, "10000 letters"),
    ("tab", "title: t\nlogsource:\n\tproduct: windows\n", 3, "a tab stands here: indent with blanks"),
    ("control", "title: t\nauthor: a\x01b\n", 2, "control characters are not allowed"),
    ("open", "title: [a\n", 2, "not valid YAML"),
    ("text", "just words\n", 1, "not a mapping"),
    ("null_word", HEAD + "  s: [~]\n  condition: s\n", 3, "null cannot be a keyword"),
    ("no_condition", HEAD + "  s: {A: x}\n", 3, "condition"),
    ("list_rule", HEAD + "  - a\n", 3, "Sigma detection"),
    ("pipe", HEAD + "  s: {A: x}\n  condition: s | count() > 5\n", 5, "write a correlation"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "text", "line", "message"), BAD, ids=[case[0] for case in BAD])
def test_a_bad_file_is_told_and_the_rest_is_loaded(
    tmp_path: Path, name: str, text: str | bytes, line: int, message: str
) -> None:
    (tmp_path / f"{name}.yml").write_bytes(text if isinstance(text, bytes) else text.encode())
    (tmp_path / "a_good.yml").write_text(yaml.safe_dump(BASE[0]))
    (tmp_path / "z_good.yml").write_text(yaml.safe_dump(BASE[1]))
    content, errors = load_rules([tmp_path])
    assert [one.id for one in content.filters] == [FAILED, LOGON]
    found = [error for error in errors if message in error.message]
    assert found, [str(error) for error in errors]
    assert (found[0].at.file, found[0].at.line) == (f"{name}.yml", line)
    assert found[0].ja
    assert len(str(found[0])) < 500, "hostile text is not passed on whole"


def test_what_is_hard_but_sound_is_loaded(tmp_path: Path) -> None:
    values = "".join(f"      - value{number}\n" for number in range(20_000))
    selections = "".join(f"  s{number}: {{A: x{number}}}\n" for number in range(2000))
    (tmp_path / "a.yml").write_text(HEAD + "  s: {A|re: '(a+)+$'}\n  condition: s\n")
    (tmp_path / "b.yml").write_text(HEAD + f"  s:\n    A|contains:\n{values}  condition: s\n")
    (tmp_path / "c.yml").write_text(HEAD + selections + "  condition: 1 of s*\n")
    (tmp_path / "d.yml").write_text(HEAD + "  s: {A: x}\n  condition: " + "(" * 50 + "s" + ")" * 50)
    content, errors = load_rules([tmp_path])
    assert errors == []
    assert len(content.filters) == 4


@settings(max_examples=300, deadline=None)
@given(st.text("[]{}:-? \n\t&*a!|>'\"#,<", max_size=60))
def test_no_text_stops_the_reader(text: str) -> None:
    documents, errors = parse_documents(text, "x.yml")
    assert all(isinstance(one.data, dict) for one in documents)
    assert all(error.at.file == "x.yml" for error in errors)
