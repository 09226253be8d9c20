"""The funnel: records -> hits of filters -> hits of rules -> alerts, for all content and for each model.

Records and hits of filters are what the lake holds, hits of rules are counted when a batch is closed (whole days, UTC),
alerts are those of the workbench. Each counts a thing once, also after a crash in the middle of a batch.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from hinomi.database import Database
from hinomi.detect.tally_store import read_tally
from hinomi.lake.activities import MAX_ROWS
from hinomi.lake.lake import Lake
from hinomi.schema.content import Model
from hinomi.workbench.workbench import Workbench


@dataclass(frozen=True, slots=True)
class Funnel:
    filter_hits: int
    rule_hits: int
    alerts: int


@dataclass(frozen=True, slots=True)
class Hits:
    """`filters`: by filter id; `rules`: by (model, rule); `alerts`: by model id."""

    filters: Mapping[str, int]
    rules: Mapping[tuple[str, str], int]
    alerts: Mapping[str, int]

    def of(self, model: Model) -> Funnel:
        """A filter that stands in several rules of the model is counted once."""
        names = {name for rule in model.rules for name in rule.filters}
        return Funnel(
            sum(self.filters.get(name, 0) for name in names),
            sum(count for (model_id, _), count in self.rules.items() if model_id == model.id),
            self.alerts.get(model.id, 0),
        )

    @property
    def whole(self) -> Funnel:
        return Funnel(sum(self.filters.values()), sum(self.rules.values()), sum(self.alerts.values()))


def read_hits(
    lake: Lake, workbench: Workbench, database: Database, from_ms: int | None = None, to_ms: int | None = None
) -> Hits:
    """Of a window of event times, or of all; the end is not in it. Of the most frequent 10,000 filters."""
    found = lake.detection_facet("1", {}, "filter", from_ms=from_ms, to_ms=to_ms, limit=MAX_ROWS)
    last_ms = None if to_ms is None else to_ms - 1
    return Hits(dict(found), read_tally(database, from_ms, last_ms), workbench.counts_by_model_between(from_ms, to_ms))
