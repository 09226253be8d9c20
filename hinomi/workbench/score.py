"""The score of an alert and of an incident: from severity and impact scope. Formula: docs/reference/workbench.md."""

from collections.abc import Iterable

from hinomi.schema.alert import ScoreParts
from hinomi.schema.content import Severity

# Two points are given: High with one endpoint and one user is 66, Low with one entity is 23.
BASE = {Severity.CRITICAL: 80, Severity.HIGH: 60, Severity.MEDIUM: 40, Severity.LOW: 20, Severity.INFO: 0}
RANK = {Severity.CRITICAL: 4, Severity.HIGH: 3, Severity.MEDIUM: 2, Severity.LOW: 1, Severity.INFO: 0}
PER_ENTITY = 3
COUNTED_ENTITIES = 6  # severity dominates: a wide scope never makes a High of a Medium
PER_FURTHER_MODEL = 3
HIGHEST = 99


def alert_score(severity: Severity, entities: int) -> ScoreParts:
    """`entities`: how many the impact scope has, of all types."""
    return ScoreParts(BASE[severity], PER_ENTITY * min(entities, COUNTED_ENTITIES))


def incident_score(alerts: Iterable[tuple[str, int]]) -> int:
    """Of (model, score) of each alert that was not found harmless: the highest, and more for each further model."""
    found = list(alerts)
    if not found:
        return 0
    further_models = len({model for model, _ in found}) - 1
    return min(HIGHEST, max(score for _, score in found) + PER_FURTHER_MODEL * further_models)
