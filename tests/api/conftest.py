from collections.abc import Iterator

import pytest

from tests.api.house import Running, running


@pytest.fixture(scope="session")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """One served house for every test that leaves alerts as they are."""
    with running(tmp_path_factory.mktemp("house")) as found:
        yield found
