"""One page of a list."""

from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """`total` counts every match, not only this page; `skip_token` is "" on the last page, else opaque."""

    items: tuple[T, ...]
    total: int
    skip_token: str = ""
