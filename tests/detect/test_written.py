"""The detection as it is written: every part with its line, and the same verdicts as the engine's own tree."""

from pathlib import Path
from typing import Any

import pytest

from hinomi.detect.answers import Answers
from hinomi.detect.content import load_content
from hinomi.detect.document import parse_documents
from hinomi.detect.engine import Engine
from hinomi.detect.log_source import fits
from hinomi.detect.sigma_rule import read_sigma
from hinomi.detect.written import Group, Leaf, names_in, place_of, written
from hinomi.normalise.normaliser import Normaliser
from hinomi.operations.trial import filter_trials
from tests.detect import making

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
  lone:
    - mimikatz
    - lsadump
  known_a:
    Image: c
  condition: (tool and words or lone) and not 1 of known_*
"""


def parts(text: str = TEXT) -> tuple[Any, Any]:
    (document,), errors = parse_documents(text, "a.yml")
    found, wrong = read_sigma(document)
    assert found is not None, [str(one) for one in (*errors, *wrong)]
    return written(found.sigma.rule), document


def lines(part: Any) -> list[int]:
    _, document = parts()
    inner = [line for one in getattr(part, "parts", ()) for line in lines(one)]
    return [place_of(document, part.path).line or 0, *inner]


def test_every_part_knows_its_line() -> None:
    found, _ = parts()
    assert lines(found.selections["tool"]) == [4, 5, 5, 6, 7, 8, 8, 8]
    assert lines(found.selections["words"]) == [9, 10, 10, 10, 11, 11]
    assert lines(found.selections["lone"]) == [12, 13, 14]
    assert lines(found.condition)[0] == 17


def test_what_is_all_and_what_is_any() -> None:
    found, _ = parts()
    tool, words, lone = (found.selections[name] for name in ("tool", "words", "lone"))
    assert [(one.role, one.is_all) for one in (tool, words, lone)] == [
        ("maps", False),
        ("map", True),
        ("line", False),
    ]
    assert (words.parts[0].is_all, words.parts[0].field, len(words.parts[0].parts)) == (True, "CommandLine", 2)
    assert names_in(found.condition) == {"tool", "words", "lone", "known_a"}


def test_answers_of_parts_are_those_of_the_whole() -> None:
    rows = [{"Image": r"C:\a.exe", "CommandLine": "x y", "User": "taro"}, {"Image": "c"}, {"CommandLine": "mimikatz"}]
    found, _ = parts()
    answers = Answers([making.batch(*rows)])
    selections = {name: answers.bits(part, {}) for name, part in found.selections.items()}
    assert selections == {"tool": 0b001, "words": 0b001, "lone": 0b100, "known_a": 0b010}
    assert answers.bits(found.condition, selections) == 0b101


def test_a_line_of_no_value_is_a_missing_field() -> None:
    found, _ = parts("title: a\nlogsource: {product: windows}\ndetection:\n  a: {Image: null}\n  condition: a\n")
    assert isinstance(found.selections["a"].parts[0], Group)
    assert isinstance(found.selections["a"].parts[0].parts[0], Leaf)
    answers = Answers([making.batch({"Image": "x", "User": "y"}, {"User": "y"})])
    assert answers.bits(found.selections["a"], {}) == 0b10


@pytest.mark.slow  # about fifteen seconds
def test_the_shipped_filters_answer_as_the_engine_does() -> None:
    """Over every test record of every filter: the parts put together are what the engine finds."""
    content, _ = load_content(Path(__file__).parents[2] / "content")
    normaliser, differing = Normaliser(), []
    for one in content.filters:
        made = filter_trials(one, normaliser)
        batches = [batch for batch in made.batches if fits(one.logsource, batch.kind)]
        found, answers, engine = written(one.sigma.rule), Answers(batches), Engine([one])
        selections = {name: answers.bits(part, {}) for name, part in found.selections.items()}
        bits, first = answers.bits(found.condition, selections), 0
        for batch in batches:
            met = {detection.position for detection in engine.observe(batch)}
            ours = {batch.positions[row] for row in range(batch.length) if bits >> (first + row) & 1}
            differing += [one.id] if met != ours else []
            first += batch.length
    assert differing == []
