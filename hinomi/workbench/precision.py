"""How often a model was right, as persons found: its closed alerts by what the investigation came to."""

from dataclasses import dataclass

from sqlalchemy import Connection, func, select

from hinomi.schema.alert import Finding, Status
from hinomi.workbench.store import alerts

# A benign true positive is a real technique, rightly seen: the model was right about what happened.
_RIGHT = (Finding.TRUE_POSITIVE, Finding.BENIGN_TRUE_POSITIVE)


@dataclass(frozen=True, slots=True)
class Precision:
    """`closed` counts also alerts that were closed without a verdict."""

    closed: int = 0
    true_positives: int = 0
    false_positives: int = 0

    @property
    def ratio(self) -> float | None:
        """True positives among the verdicts; None without any."""
        judged = self.true_positives + self.false_positives
        return self.true_positives / judged if judged else None


def read_precision(connection: Connection) -> dict[str, Precision]:
    """By model id; a model without closed alerts is not in it."""
    columns = alerts.c
    asked = select(columns.model_id, columns.finding, func.count()).where(columns.status == Status.CLOSED)
    found: dict[str, dict[str, int]] = {}
    for model_id, finding, count in connection.execute(asked.group_by(columns.model_id, columns.finding)):
        found.setdefault(model_id, {})[finding] = count
    return {
        model_id: Precision(
            sum(counts.values()), sum(counts.get(one, 0) for one in _RIGHT), counts.get(Finding.FALSE_POSITIVE, 0)
        )
        for model_id, counts in found.items()
    }
