import pytest
from hypothesis import given
from hypothesis import strategies as st

from hinomi.schema.content import Severity
from hinomi.workbench.score import HIGHEST, RANK, alert_score, incident_score


@pytest.mark.parametrize(
    ("severity", "entities", "score"),
    [
        (Severity.HIGH, 2, 66), (Severity.LOW, 1, 23), (Severity.CRITICAL, 6, 98), (Severity.CRITICAL, 500, 98),
        (Severity.MEDIUM, 0, 40), (Severity.INFO, 1, 3),
    ],
)  # fmt: skip
def test_the_documented_points(severity: Severity, entities: int, score: int) -> None:
    assert alert_score(severity, entities).total == score


@given(st.sampled_from(Severity), st.sampled_from(Severity), st.integers(0, 1000), st.integers(0, 1000))
def test_severity_dominates_and_scope_only_adds(one: Severity, other: Severity, few: int, many: int) -> None:
    assert alert_score(one, few).total <= HIGHEST
    assert alert_score(one, min(few, many)).total <= alert_score(one, max(few, many)).total
    if RANK[one] > RANK[other]:
        assert alert_score(one, few).total > alert_score(other, many).total


def test_an_incident_scores_its_gravest_alert_and_more_for_other_models() -> None:
    assert incident_score([("a", 66)]) == 66
    assert incident_score([("a", 66), ("a", 60), ("a", 23)]) == 66
    assert incident_score([("a", 66), ("b", 23)]) == 69
    assert incident_score([(str(number), 98) for number in range(50)]) == HIGHEST
    assert incident_score([]) == 0
