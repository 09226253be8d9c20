"""Time travels of a running house: asked for by persons, in the audit log, beside the stream and never in its way."""

from collections.abc import Callable
from dataclasses import dataclass

from hinomi.detect.exception_store import ExceptionStore
from hinomi.detect.exceptions import Exceptions
from hinomi.lake.lake import Lake
from hinomi.operations.book import ContentBook
from hinomi.operations.chosen_content import Asked, route_of
from hinomi.operations.jobs import Job, Jobs, give_way
from hinomi.operations.replay import Progress
from hinomi.operations.time_pairs import Group, Pair, Travel, travel
from hinomi.operations.time_reasons import Reason, Reasons
from hinomi.operations.time_travel import Route
from hinomi.schema.principal import Principal
from hinomi.workbench.raised import RaisedAlerts

MAX_SHOWN = 200  # alerts of a group that come with their reasons; the counts are of all


@dataclass(frozen=True, slots=True)
class Told:
    """A finished travel, with the newest pairs of each group and their reasons."""

    travel: Travel
    shown: list[tuple[Pair, list[Reason]]]


class TimeTravels:
    """`is_busy`: does the stream have work? Then a travel lets it go first. `clock`: seconds since 1970 UTC."""

    def __init__(
        self, book: ContentBook, lake: Lake, clock: Callable[[], float], is_busy: Callable[[], bool] = lambda: False
    ) -> None:
        self._book, self._lake, self._clock, self._is_busy = book, lake, clock, is_busy
        self._raised, self._exceptions = RaisedAlerts(book.database), ExceptionStore(book.database)
        self.jobs = Jobs("time-travel", clock)

    def start(self, principal: Principal, asked: Asked) -> Job:
        """NotFound, InputError for what cannot be asked; TooMany."""
        route = route_of(self._book, asked)
        job = self.jobs.start(principal.name, lambda job: self._work(job, route, asked.exceptions))
        with self._book.database.begin() as connection:
            self._book.audit.add(connection, principal, "time-travel.start", job.id, _details(asked, route))
        return job

    def get(self, principal: Principal, id_: str) -> Job:
        return self.jobs.get(principal.name, id_)

    def drop(self, principal: Principal, id_: str) -> None:
        """Cancel or forget; either stands in the audit log."""
        job = self.jobs.drop(principal.name, id_)
        with self._book.database.begin() as connection:
            details = {"done": job.done, "total": job.total}
            self._book.audit.add(connection, principal, "time-travel.drop", id_, details)

    def tell(
        self, asked: Asked, on_progress: Progress | None = None, cancelled: Callable[[], bool] | None = None
    ) -> Told:
        """At once, for the command line."""
        return self._told(route_of(self._book, asked), asked.exceptions, on_progress, cancelled)

    def close(self) -> None:
        self.jobs.close()

    def _work(self, job: Job, route: Route, with_exceptions: bool) -> Told:
        def report(done: int, total: int) -> None:
            job.report(done, total)
            give_way(self._is_busy, job.cancel)

        return self._told(route, with_exceptions, report, job.cancel.is_set)

    def _told(
        self,
        route: Route,
        with_exceptions: bool,
        on_progress: Progress | None,
        cancelled: Callable[[], bool] | None,
    ) -> Told:
        now_ms = int(self._clock() * 1000)
        working = self._exceptions.working(now_ms) if with_exceptions else Exceptions(())
        found = travel(self._lake, self._raised, route, working, on_progress=on_progress, cancelled=cancelled)
        every = self._exceptions.all()
        reasons = Reasons(found, self._book.page, self._lake, self._raised, every, now_ms)
        return Told(found, [(pair, reasons.of(pair)) for pair in _shown(found)])


def _shown(found: Travel) -> list[Pair]:
    counts = dict.fromkeys(Group, 0)
    shown = []
    for pair in found.pairs:
        counts[pair.group] += 1
        if counts[pair.group] <= MAX_SHOWN:
            shown.append(pair)
    return shown


def _details(asked: Asked, route: Route) -> dict[str, object]:
    return {
        "fromMs": asked.from_ms,
        "toMs": asked.to_ms,
        "models": len(route.models),
        "exceptions": asked.exceptions,
        "scope": list(route.scope or ())[:20],
        "texts": [f"{one.kind} {one.id}" for one in asked.texts][:20],
        "versions": [f"{id_}@{version}" for _, id_, version in asked.versions][:20],
    }
