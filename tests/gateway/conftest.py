"""A door for sensors, open for one test."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.make_gateway import Door


@pytest.fixture
def door(tmp_path: Path) -> Iterator[Door]:
    made = Door(tmp_path / "server")
    yield made
    made.close()
