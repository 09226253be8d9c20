"""Who started the starter: fills `parent*` of activities from process starts seen earlier.

A process start names its creator (`process*`); the creator's own start named *its* creator. Remembered by machine and
process identity, never by pid; bounded, oldest forgotten first. What is not remembered is asked of the caller once
(`missing`), who may know it from the lake.
"""

from collections import OrderedDict
from collections.abc import Callable, Iterable
from typing import Any

from hinomi.schema.activity import ActivityBatch

REMEMBERED = 200_000  # process starts; about 60 MB at most

Identity = tuple[str, int]  # (endpointGuid, processHashId)
# the creator of a process: file path, command line, pid, identity hash, user, domain
Creator = tuple[Any, Any, Any, Any, Any, Any]

_SOURCE = ("processFilePath", "processCmd", "processPid", "processHashId", "processUser", "processUserDomain")
TARGET = ("parentFilePath", "parentCmd", "parentPid", "parentHashId", "parentUser", "parentUserDomain")


class Ancestry:
    """State over the stream: one per pipeline."""

    def __init__(self, missing: Callable[[list[Identity]], dict[Identity, Creator]] | None = None) -> None:
        self._known: OrderedDict[Identity, Creator | None] = OrderedDict()
        self._missing = missing

    def complete(self, batches: Iterable[ActivityBatch]) -> None:
        """Fill the `parent*` columns in place, for process starts; the order of batches does not matter."""
        starts = [batch for batch in batches if not batch.projected and "process_creation" in batch.kind.categories]
        for batch in starts:
            self._remember(batch)
        self._ask(starts)
        for batch in starts:
            self._fill(batch)
        while len(self._known) > REMEMBERED:
            self._known.popitem(last=False)

    def _remember(self, batch: ActivityBatch) -> None:
        columns = [batch.fields.get(name) or [None] * batch.length for name in _SOURCE]
        hosts, started = batch.fields["endpointGuid"], batch.fields.get("objectProcessHashId")
        if started is None:
            return
        for host, identity, *creator in zip(hosts, started, *columns, strict=True):
            if identity is not None:
                self._known[(host, identity)] = tuple(creator)

    def _ask(self, batches: list[ActivityBatch]) -> None:
        unknown: dict[Identity, None] = {}
        for batch in batches:
            for key in self._keys(batch):
                if key is not None and key not in self._known:
                    unknown[key] = None
        if not unknown:
            return
        found = self._missing(list(unknown)) if self._missing else {}
        for key in unknown:
            self._known[key] = found.get(key)

    def _fill(self, batch: ActivityBatch) -> None:
        creators = [self._known.get(key) if key is not None else None for key in self._keys(batch)]
        if not any(creators):
            return
        for position, target in enumerate(TARGET):
            column = batch.fields.get(target) or [None] * batch.length
            batch.fields[target] = [
                value if value is not None or creator is None else creator[position]
                for value, creator in zip(column, creators, strict=True)
            ]

    def _keys(self, batch: ActivityBatch) -> list[Identity | None]:
        actors = batch.fields.get("processHashId")
        if actors is None:
            return [None] * batch.length
        hosts = batch.fields["endpointGuid"]
        return [(host, actor) if actor is not None else None for host, actor in zip(hosts, actors, strict=True)]
