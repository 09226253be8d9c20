from collections.abc import Iterator

import pytest

from hinomi.schema.endpoint import EndpointQuery
from tests.api.house import Running, running

_HOUSES: list[Running] = []


@pytest.fixture(scope="session")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """One served house for every test that leaves alerts as they are."""
    with running(tmp_path_factory.mktemp("house")) as found:
        _HOUSES.append(found)
        yield found


@pytest.fixture(scope="session")
def worked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """One served house whose alerts tests change; each test takes the alert of another machine (`alert_of`)."""
    with running(tmp_path_factory.mktemp("worked")) as found:
        _HOUSES.append(found)
        yield found


@pytest.fixture(scope="module", autouse=True)
def _endpoints_of_its_own() -> Iterator[None]:
    """Endpoints that a file's tests saw are not there for the next file."""
    yield
    for one in _HOUSES:
        house = one.house
        with house.database.begin() as connection:
            for endpoint in house.inventory.page(EndpointQuery(top=1000)).items:
                house.inventory.remove(connection, endpoint.guid)
