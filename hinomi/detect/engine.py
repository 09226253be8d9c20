"""Filters at work. In: a batch of activities. Out: detections, in row order. No clock, no disk.

filters -> what serves all kinds of activity (plan.py) -> one route per kind (route.py) -> (row, filter) pairs
-> detections (evidence.py)
"""

from collections.abc import Iterable, Sequence

from hinomi.detect.evidence import Evidence
from hinomi.detect.plan import Plan
from hinomi.detect.route import Route
from hinomi.schema.activity import ActivityBatch, ActivityKind
from hinomi.schema.content import Filter
from hinomi.schema.detection import Detection


class Engine:
    """Routes are made when the first batch of a kind comes; what was worked out for values is kept, within bounds."""

    def __init__(self, filters: Sequence[Filter]) -> None:
        self._filters = tuple(filters)
        self._plan = Plan((one.logsource, one.sigma.condition) for one in self._filters)
        self._routes: dict[ActivityKind, Route] = {}
        self._names: dict[int, tuple[str, ...]] = {}  # of the filters, which live as long as the engine

    def prepare(self) -> None:
        """Make now what the first batches would make: for whoever has time before they come."""
        self._plan.prepare()

    def observe(self, batch: ActivityBatch) -> list[Detection]:
        """Detections of the batch, row by row, in each row by the order of the filters."""
        met = self._route(batch.kind).meet(batch)
        if not met:
            return []
        evidence = Evidence(batch, self._names)
        return [evidence.detection(self._filters[number], row) for row, number in met]

    def observe_all(self, batches: Iterable[ActivityBatch]) -> list[Detection]:
        """Detections of all readings of one RecordBatch, each once, in the order of the records and then of filter ids."""
        found: dict[str, Detection] = {}
        for batch in batches:
            for detection in self.observe(batch):
                found.setdefault(detection.id, detection)
        return sorted(found.values(), key=lambda detection: (detection.position, detection.filter_id))

    def _route(self, kind: ActivityKind) -> Route:
        route = self._routes.get(kind)
        if route is None:
            if len(self._routes) >= MAX_ROUTES:
                self._routes.clear()
            route = self._routes[kind] = Route(self._plan, kind)
        return route


MAX_ROUTES = 4096  # kinds of activity; a host knows a few hundred, more is a writer who invents numbers
