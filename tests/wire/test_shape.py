from dataclasses import dataclass, field

import pytest

from hinomi.errors import InputError
from hinomi.wire.shape import most, read_shape, write_shape


@dataclass(frozen=True, slots=True)
class Inner:
    size: int


@dataclass(frozen=True, slots=True)
class Outer:
    name: str = field(metadata=most(4))
    inner: tuple[Inner, ...] = ()
    data: bytes = field(default=b"", metadata=most(3))
    share: float | None = None


def test_nested_shapes_come_back() -> None:
    outer = Outer("abcd", (Inner(1), Inner(2)), b"\xff", 0.5)
    assert read_shape(Outer, write_shape(outer)) == outer


@pytest.mark.parametrize(
    ("given", "place"),
    [
        ({"name": "abcde"}, "name: 5 characters; at most 4"),
        ({"name": "a", "inner": [{"size": 1}, {"size": "2"}]}, r"inner\[1\].size"),
        ({"name": "a", "inner": {"size": 1}}, "inner: not a list"),
        ({"name": "a", "data": "AAAAAAAA"}, "data"),
        ({"name": "a", "share": "half"}, "share: not a number"),
        ({}, "name: missing"),
    ],
)
def test_the_place_of_what_is_wrong_is_told(given: object, place: str) -> None:
    with pytest.raises(InputError, match=place):
        read_shape(Outer, given)
