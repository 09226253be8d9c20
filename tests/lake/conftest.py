"""One owner process for all quick tests of the room; each test has hours of its own, so that none sees another's rows."""

import itertools
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from hinomi.lake.lake import Lake
from tests.lake import making

_hours = itertools.count()


@pytest.fixture(scope="session")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lake]:
    """In a folder whose name is too long for the address of a socket."""
    with Lake.start(tmp_path_factory.mktemp("lake") / ("a" * 90) / ("b" * 90), memory_mb=900) as started:
        yield started


@pytest.fixture
def hour() -> int:
    """The start (ms) of a hundred hours that no other test writes into."""
    return 1_700_000_000_000 // making.HOUR_MS * making.HOUR_MS + next(_hours) * making.HOUR_MS * 100


@pytest.fixture
def window(hour: int) -> dict[str, int]:
    """Those hundred hours as the bounds of a search."""
    return {"from_ms": hour, "to_ms": hour + 100 * making.HOUR_MS}


@pytest.fixture
def write(lake: Lake) -> Callable[..., list[dict[str, Any]]]:
    return making.writer(lake)
