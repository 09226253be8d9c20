"""What a source says about its events: which vocabulary field is which value of the record.

A recipe is the record's own name of a value, or `Take(convert, names...)`: the values under those names, converted.
Beside the record's names a recipe may name `@endpoint` (its guid) and `@time` (ms), and a field those of `native`.
A field whose recipe finds none of its names in a record stays empty.
"""

from collections.abc import Callable
from collections.abc import Mapping as Table
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True, init=False)
class Take:
    convert: Callable[..., Any]
    names: tuple[str, ...]

    def __init__(self, convert: Callable[..., Any], *names: str) -> None:
        object.__setattr__(self, "convert", convert)
        object.__setattr__(self, "names", names)


Recipe = str | Take


@dataclass(frozen=True, slots=True)
class Mapping:
    """How one kind of event becomes an activity.

    `event` and `sub` are eventId and eventSubId; `categories` those of Sigma; `fields` fills the vocabulary,
    `native` the names of Sigma's taxonomy that the record itself does not have.
    """

    event: int
    sub: int | Take = 0
    categories: frozenset[str] = frozenset()
    fields: Table[str, Recipe] = field(default_factory=dict)
    native: Table[str, Recipe] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Split:
    """Events of one number that mean different things: the value under `name` decides."""

    name: str
    by_value: Table[Any, Mapping]
    otherwise: Mapping


@dataclass(frozen=True, slots=True)
class Source:
    """One writer. Chosen by the provider, else by the channel (lower case); the first source that knows either wins."""

    name: str  # recordSource
    events: Table[int, Mapping | Split]
    otherwise: Mapping | Split  # its events that have no mapping of their own
    providers: frozenset[str] = frozenset()
    channels: frozenset[str] = frozenset()
    product: str = "windows"  # of Sigma's taxonomy
    endpoint: str = ""  # the log's value that is the endpoint's guid, where the writer knows it

    def mapping(self, event_id: int | None) -> Mapping | Split:
        return self.otherwise if event_id is None else self.events.get(event_id, self.otherwise)


def categories(*names: str) -> frozenset[str]:
    return frozenset(names)
