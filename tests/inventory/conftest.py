from collections.abc import Iterator
from pathlib import Path

import pytest

from hinomi.database import Database
from hinomi.inventory import store
from tests.make_database import database_at

assert store.endpoints.name == "endpoints"  # its tables must be known before they are made


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    made = Database(database_at(tmp_path / "test.db"))
    made.create()
    yield made
    made.close()
