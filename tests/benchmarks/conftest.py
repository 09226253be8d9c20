"""What the tests of the evaluation share: the shipped content is compiled once."""

import pytest

from benchmarks.evaluation.scoring import Scorer
from hinomi.settings import shipped_content


@pytest.fixture(scope="session")
def scorer() -> Scorer:
    return Scorer(shipped_content(), None)
