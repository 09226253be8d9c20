"""What every test may ask for."""

import os
import warnings
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from tests.make_database import IS_POSTGRESQL

SHARED_DATA = Path(__file__).resolve().parents[2] / "shared" / "data"


def pytest_configure(config: pytest.Config) -> None:
    if IS_POSTGRESQL:  # a file that a test leaves open goes with its folder; a connection goes with its owner
        left_open = ".*was deleted while still open"
        config.addinivalue_line("filterwarnings", f"ignore:{left_open}:ResourceWarning")
        warnings.filterwarnings("ignore", left_open, ResourceWarning)  # and after the last test


@pytest.fixture(scope="session", autouse=True)
def _caches_of_their_own(tmp_path_factory: pytest.TempPathFactory) -> None:
    """What tests keep for later starts is theirs alone."""
    os.environ["XDG_CACHE_HOME"] = str(tmp_path_factory.mktemp("cache"))


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real recordings beside the repository; the test is skipped where it is not there."""
    if not SHARED_DATA.is_dir():
        pytest.skip(f"no recordings at {SHARED_DATA}")
    return SHARED_DATA


# A busy machine is no fault of what is tested: no deadlines, and slow input is not a health problem.
settings.register_profile("house", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("house")
