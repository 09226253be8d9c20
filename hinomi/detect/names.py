"""Field names of filters -> columns of a batch: the record's own or Sigma's name, our vocabulary, then a loose look.

The loose look minds neither case nor blanks: "Threat Name" and "threatname" both find ThreatName.
"""

from collections.abc import Iterable
from typing import Any

from hinomi.schema.activity import ActivityBatch


def loose(name: str) -> str:
    return name.replace(" ", "").lower()


class Names:
    """Which column a name means, worked out once per set of column names."""

    def __init__(self) -> None:
        self._known: dict[tuple[frozenset[str], frozenset[str]], dict[str, str]] = {}

    def columns(self, batch: ActivityBatch, wanted: Iterable[str]) -> dict[str, list[Any]]:
        """The columns of those wanted names that the batch has."""
        found = {}
        for name in wanted:
            column = batch.column(name)
            if column is None:
                other = self._loosely(batch).get(loose(name))
                column = batch.column(other) if other else None
            if column is not None:
                found[name] = column
        return found

    def _loosely(self, batch: ActivityBatch) -> dict[str, str]:
        key = (frozenset(batch.native), frozenset(batch.fields))
        known = self._known.get(key)
        if known is None:
            if len(self._known) >= MAX_SHAPES:
                self._known.clear()
            known = {loose(name): name for name in (*reversed(batch.fields), *reversed(batch.native))}
            self._known[key] = known
        return known


MAX_SHAPES = 4096  # sets of column names remembered: records of a few hundred kinds come in a few shapes each
