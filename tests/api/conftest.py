from collections.abc import Iterator

import pytest

from tests.api.house import Running, running


@pytest.fixture(scope="session")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """One served house for every test that leaves alerts as they are."""
    with running(tmp_path_factory.mktemp("house")) as found:
        yield found


@pytest.fixture(scope="session")
def worked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """One served house whose alerts tests change; each test takes the alert of another machine (`alert_of`)."""
    with running(tmp_path_factory.mktemp("worked")) as found:
        yield found
