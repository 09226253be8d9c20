"""Search for the command line: through the server that runs on the data folder, else over the lake itself."""

import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from hinomi.api.asked import Asked
from hinomi.api.console.names import plain_fields
from hinomi.api.search_answers import facets, stack
from hinomi.api.search_export import PAGE_ROWS, header, pages, written
from hinomi.app.content import load_all
from hinomi.app.lake import open_lake
from hinomi.app.local_server import LocalServer
from hinomi.detect.content import Content
from hinomi.errors import InputError
from hinomi.lake.lake import Lake
from hinomi.query.datasets import read_dataset
from hinomi.query.moment import format_moment, parse_when
from hinomi.settings import Settings

_PATH = "/console/api/search"


@dataclass(frozen=True, slots=True)
class Wish:
    """What a person asks: times as ISO 8601, or how long ago (24h); `start` and `end` are included."""

    query: str
    dataset: str = "all"
    start: str | None = None
    end: str | None = None
    columns: str | None = None

    def bounds(self) -> tuple[int | None, int | None]:
        now_ms = int(time.time() * 1000)
        start, end = (parse_when(text, now_ms) if text else None for text in (self.start, self.end))
        if start is not None and end is not None and start > end:
            raise InputError("the window ends before it begins")
        return start, end


class Search(ABC):
    @abstractmethod
    def rows(self, limit: int) -> Iterator[dict[str, Any]]:
        """Newest first, a page at a time."""

    @abstractmethod
    def count(self) -> int: ...

    @abstractmethod
    def facet(self, field: str, top: int) -> dict[str, Any]:
        """{field, distinct, absent, values, rare}"""

    @abstractmethod
    def stack(self, by: Sequence[str], order: str, limit: int) -> Iterator[dict[str, Any]]:
        """{values, count, endpoints, firstSeen, lastSeen} of each combination."""

    @abstractmethod
    def export(self, form: str, limit: int) -> tuple[int, Iterator[bytes]]:
        """Rows that will come (fewer when the lake loses some meanwhile), and the bytes of the file."""


@contextmanager
def open_search(settings: Settings, wish: Wish) -> Iterator[Search]:
    """InputError for a wish that cannot be meant; NotFound, Unavailable as `open_lake`."""
    server = LocalServer.of(settings)
    if server is not None:
        yield _ServerSearch(server, wish)
        return
    with open_lake(settings) as lake:
        yield _LakeSearch(_Rooms(lake, lambda: load_all(settings)[0]), wish)


@dataclass(frozen=True, slots=True)
class _Rooms:
    lake: Lake
    content: Callable[[], Content]


class _LakeSearch(Search):
    def __init__(self, rooms: _Rooms, wish: Wish) -> None:
        start, end = wish.bounds()
        dataset = read_dataset(wish.dataset)
        self._rooms = rooms
        self._asked = Asked(wish.query.strip() or "*", dataset, start, None if end is None else end + 1)
        self._question = self._asked.question(rooms)
        self._columns = self._asked.checked_columns(wish.columns)

    def rows(self, limit: int) -> Iterator[dict[str, Any]]:
        for page in pages(self._rooms, self._asked, self._question, self._columns, limit):
            yield from (_with_time(plain_fields(row)) for row in page)

    def count(self) -> int:
        return self._rooms.lake.breakdown.count(self._question)

    def facet(self, field: str, top: int) -> dict[str, Any]:
        return dict(facets(self._rooms, self._asked, [field], top)["items"][0])

    def stack(self, by: Sequence[str], order: str, limit: int) -> Iterator[dict[str, Any]]:
        after, left = None, limit
        while left > 0:
            size = min(left, 1000)
            items, after, _ = stack(self._rooms, self._asked, by, rare_first=order == "rare", size=size, after=after)
            yield from items
            left -= len(items)
            if after is None:
                return

    def export(self, form: str, limit: int) -> tuple[int, Iterator[bytes]]:
        rows = min(limit, self.count())
        found = pages(self._rooms, self._asked, self._question, self._columns, rows)
        return rows, written(form, found, header(self._asked, self._columns))


class _ServerSearch(Search):
    def __init__(self, server: LocalServer, wish: Wish) -> None:
        start, end = wish.bounds()
        given = {"query": wish.query, "dataset": wish.dataset, "columns": wish.columns}
        bounds = {"from": start, "to": end}
        self._server = server
        self._given: dict[str, str | int] = {
            name: value for name, value in (given | bounds).items() if value is not None
        }

    def rows(self, limit: int) -> Iterator[dict[str, Any]]:
        yield from map(_with_time, self._paged("", {}, limit, PAGE_ROWS))

    def _paged(self, way: str, more: dict[str, str], limit: int, most: int) -> Iterator[dict[str, Any]]:
        left, token = limit, ""
        while left > 0:
            asked = self._given | more | {"top": min(left, most)} | ({"skipToken": token} if token else {})
            page = self._server.get(f"{_PATH}{way}", asked)
            yield from page["items"]
            left, token = left - len(page["items"]), page.get("skipToken", "")
            if not token:
                return

    def count(self) -> int:
        return int(self._server.get(f"{_PATH}/count", self._given)["count"])

    def facet(self, field: str, top: int) -> dict[str, Any]:
        found = self._server.get(f"{_PATH}/facets", self._given | {"fields": field, "top": top})
        return dict(found["items"][0])

    def stack(self, by: Sequence[str], order: str, limit: int) -> Iterator[dict[str, Any]]:
        yield from self._paged("/stack", {"by": ",".join(by), "order": order}, limit, 1000)

    def export(self, form: str, limit: int) -> tuple[int, Iterator[bytes]]:
        headers, parts = self._server.stream(f"{_PATH}/export", self._given | {"format": form, "limit": limit})
        return int(headers["Hinomi-Rows"]), parts


def _with_time(row: dict[str, Any]) -> dict[str, Any]:
    return {**row, "eventTimeDT": format_moment(row["eventTime"])}
