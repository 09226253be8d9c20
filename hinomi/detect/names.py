"""Field names of filters -> columns of a batch: the record's own or Sigma's name, our vocabulary, then a loose look.

The loose look minds neither case nor blanks: "Threat Name" and "threatname" both find ThreatName.
"""

from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from hinomi.schema.activity import ActivityBatch

MAX_SHAPES = 1024  # sets of column names remembered; records of one kind come in a few


@lru_cache(maxsize=16_384)
def loose(name: str) -> str:
    return name.replace(" ", "").lower()


class Names:
    """Which column each wanted name means, worked out once per set of column names."""

    def __init__(self, wanted: Iterable[str]) -> None:
        self._wanted: dict[str, list[str]] = {}
        for name in dict.fromkeys(wanted):
            self._wanted.setdefault(loose(name), []).append(name)
        self._known: dict[tuple[str, ...], list[tuple[str, str]]] = {}

    def columns(self, batch: ActivityBatch) -> dict[str, list[Any]]:
        """The columns of those wanted names that the batch has."""
        native, fields = batch.native, batch.fields
        return {name: native[actual] if actual in native else fields[actual] for name, actual in self._pairs(batch)}

    def resolved(self, batch: ActivityBatch) -> dict[str, str]:
        """Wanted name -> name of the batch's column."""
        return dict(self._pairs(batch))

    def _pairs(self, batch: ActivityBatch) -> list[tuple[str, str]]:
        shape = (*batch.native, "", *batch.fields)
        pairs = self._known.get(shape)
        if pairs is None:
            if len(self._known) >= MAX_SHAPES:
                self._known.clear()
            pairs = self._known[shape] = self._resolved(batch)
        return pairs

    def _resolved(self, batch: ActivityBatch) -> list[tuple[str, str]]:
        loosely = {loose(name): name for name in (*reversed(batch.fields), *reversed(batch.native))}
        return [
            (name, name if name in batch.native or name in batch.fields else actual)
            for key, actual in loosely.items()
            for name in self._wanted.get(key, ())
        ]
