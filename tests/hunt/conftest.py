"""A database and a lake for the room; the clock is the test's."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from hinomi.access.access import Access
from hinomi.app.question import ask_of
from hinomi.database import Database
from hinomi.detect.content import Content
from hinomi.hunt.desk import HuntDesk
from hinomi.lake.breakdown import Question
from hinomi.lake.lake import Lake
from hinomi.schema.principal import Principal, PrincipalKind, Role
from tests.lake import making

HANAKO = Principal.of("hanako", Role.ANALYST, PrincipalKind.USER)
JIRO = Principal.of("jiro", Role.ANALYST, PrincipalKind.USER)
SENIOR = Principal.of("senior", Role.SENIOR_ANALYST, PrincipalKind.USER)
AUDITOR = Principal.of("auditor", Role.AUDITOR, PrincipalKind.USER)


@dataclass
class Room:
    desk: HuntDesk
    access: Access
    lake: Lake
    ahead_s: float = 0.0

    def actions(self) -> list[str]:
        return [entry.action for entry in self.access.audit.search(top=1000).items]


@pytest.fixture(scope="session")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lake]:
    with Lake.start(tmp_path_factory.mktemp("hunt-lake"), memory_mb=900) as started:
        yield started


@pytest.fixture
def room(tmp_path: Path, lake: Lake) -> Iterator[Room]:
    import time

    database = Database(tmp_path / "hinomi.db")
    database.create()

    def clock() -> float:
        return time.time() + found.ahead_s

    def ask(query: str, dataset: str) -> Question:
        return ask_of(query, dataset, Content(()))

    access = Access(database, clock)
    found = Room(HuntDesk(database, access.audit, lake, clock, ask), access, lake)
    yield found
    found.desk.close()
    database.close()


@pytest.fixture
def write(lake: Lake) -> Callable[..., list[dict[str, Any]]]:
    return making.writer(lake)
