"""What lint says, and what it looks at. A rule is a function: subject in, advice out."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from hinomi.detect.condition import Node
from hinomi.detect.coverage import Coverage
from hinomi.detect.document import Document
from hinomi.detect.written import Group, Inverse, Leaf, Part, Path, Written, place_of, written
from hinomi.errors import Place
from hinomi.schema.content import Filter, LogSource, Model, Text


@dataclass(frozen=True, slots=True)
class Advice:
    """One thing to mend. `rule`: its stable name (docs/reference/lint.md)."""

    rule: str
    at: Place
    text: Text

    def as_json(self) -> dict[str, Any]:
        return {
            "rule": self.rule,
            "file": self.at.file,
            "line": self.at.line,
            "message": {"en": self.text.en, "ja": self.text.ja},
        }


@dataclass(frozen=True, slots=True)
class Known:
    """What there is beside the content that is looked at. `conditions`: the first filter of each, for duplicates."""

    techniques: frozenset[str]
    fields: Mapping[str, str]  # by loose name
    coverage: Coverage
    products: frozenset[str]
    conditions: Mapping[tuple[LogSource, Node], str]


@dataclass(frozen=True)
class FilterSubject:
    document: Document
    found: Filter
    known: Known

    @cached_property
    def written(self) -> Written:
        return written(self.found.sigma.rule)

    @property
    def condition(self) -> Node:
        node: Node = self.found.sigma.condition
        return node

    def advice(self, rule: str, path: Path, en: str, ja: str) -> Advice:
        """`path` is below `detection`."""
        return Advice(rule, place_of(self.document, path), Text(en, ja))

    def advice_on(self, rule: str, key: str, en: str, ja: str) -> Advice:
        """On a key of the file."""
        return Advice(rule, self.document.place(key), Text(en, ja))


@dataclass(frozen=True, slots=True)
class ModelSubject:
    document: Document
    model: Model
    known: Known

    def advice(self, rule: str, path: Path, en: str, ja: str) -> Advice:
        return Advice(rule, self.document.place(*path), Text(en, ja))


FilterRule = Callable[[FilterSubject], Iterator[Advice]]
ModelRule = Callable[[ModelSubject], Iterator[Advice]]


def leaves(part: Part) -> Iterator[Leaf]:
    """Every value of a part, from top to bottom."""
    if isinstance(part, Leaf):
        yield part
    elif isinstance(part, Inverse):
        yield from leaves(part.part)
    elif isinstance(part, Group):
        for one in part.parts:
            yield from leaves(one)


def lines(part: Part) -> Iterator[Group]:
    """Every line (a field with its values) of a part."""
    if isinstance(part, Inverse):
        yield from lines(part.part)
    elif isinstance(part, Group):
        if part.role == "line":
            yield part
        else:
            for one in part.parts:
                yield from lines(one)
