"""Hunts: what speaks to a technique, a group or a report, run over the lake. Asked for by persons, beside the stream, kept.

    indicators -> observed values (one question); saved queries -> a count each; filters -> the lake read again (replay.py)

Filters run as they are now, those that are switched off too, and without exceptions: a hunt wants to see it all.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from hinomi.access.audit import Audit
from hinomi.access.permission import require
from hinomi.attack.catalogue import load_attack
from hinomi.attack.crosswalk import parent_of
from hinomi.attack.knowledge import Attack
from hinomi.detect.engine import Engine
from hinomi.errors import Forbidden, HinomiError, InputError, NotFound
from hinomi.hunt.report import Indicator, Report, read_report
from hinomi.hunt.run import CANCELLED, DONE, FAILED, RUNNING, Part, Run, Runs
from hinomi.hunt.saved_query import SavedQueries, SavedQuery
from hinomi.hunt.sweep import own_domains, sweep
from hinomi.lake.lake import Lake
from hinomi.normalise.normaliser import Normaliser
from hinomi.operations.book import ContentBook
from hinomi.operations.jobs import Job, Jobs, give_way
from hinomi.operations.replay import replay
from hinomi.schema.content import Filter, Text
from hinomi.schema.detection import Detection
from hinomi.schema.principal import Permission, Principal

TECHNIQUE, GROUP, REPORT, QUERY = "technique", "group", "report", "query"
KINDS = (TECHNIQUE, GROUP, REPORT, QUERY)
MAX_SAMPLE = 5
MAX_INDICATORS_KEPT = 5_000  # of a run; those that were seen come first


@dataclass(frozen=True, slots=True)
class Asked:
    """One of `technique` (id or name), `group` (id or name), `text` (a report) and `query_id`, as `kind` says. `to_ms` is not included."""

    kind: str
    technique: str = ""
    group: str = ""
    text: str = ""
    query_id: str = ""
    from_ms: int | None = None
    to_ms: int | None = None


@dataclass(slots=True)
class Plan:
    """What a hunt runs."""

    title: Text
    filters: tuple[Filter, ...] = ()
    queries: list[SavedQuery] = field(default_factory=list)
    indicators: tuple[Indicator, ...] = ()


class Hunts:
    """Thread-safe. `is_busy`: does the stream have work? Then a hunt lets it go first. `clock`: seconds since 1970 UTC."""

    def __init__(
        self,
        book: ContentBook,
        audit: Audit,
        lake: Lake,
        queries: SavedQueries,
        clock: Callable[[], float],
        is_busy: Callable[[], bool] = lambda: False,
    ) -> None:
        self._book, self._lake, self._queries, self._is_busy = book, lake, queries, is_busy
        self._runs = Runs(book.database, audit, clock)
        self._runs.end_lost()
        self.jobs = Jobs("hunt", clock)

    def read_report(self, text: str) -> Report:
        """The indicators and techniques of a report; one's own domains are kept out."""
        return read_report(text, load_attack(), own_domains(self._lake))

    def start(self, principal: Principal, asked: Asked) -> str:
        """Begin; its id. NotFound, InputError for what cannot be hunted; TooMany while another of this person runs."""
        require(principal, Permission.INVESTIGATE)
        plan = self.plan(asked)

        began = threading.Event()  # its row must be there before it ends

        def work(job: Job) -> None:
            began.wait()
            self._work(job, asked, plan)

        job = self.jobs.start(principal.name, work)
        details = {"filters": len(plan.filters), "queries": len(plan.queries), "indicators": len(plan.indicators)}
        try:
            self._runs.begin(principal, job.id, asked.kind, plan.title, asked.from_ms, asked.to_ms, details)
        except BaseException:
            job.cancel.set()
            raise
        finally:
            began.set()
        return job.id

    def cancel(self, principal: Principal, id_: str) -> None:
        """What it found so far is kept. Whoever began it, or may change content."""
        require(principal, Permission.INVESTIGATE)
        run = self._runs.get(id_)
        if run.who != principal.name and Permission.CONTENT not in principal.permissions:
            raise Forbidden(f"this hunt is {run.who}'s")
        if run.state == RUNNING:
            self.jobs.get(run.who, id_).cancel.set()
            self._runs.note_cancel(principal, id_)

    def all(self) -> list[tuple[Run, int, int]]:
        """(run, done, in all), the newest first."""
        return [(run, *self._progress(run)) for run in self._runs.all()]

    def get(self, id_: str) -> tuple[Run, int, int]:
        run = self._runs.get(id_)
        return run, *self._progress(run)

    def _progress(self, run: Run) -> tuple[int, int]:
        if run.state == RUNNING:
            try:
                job = self.jobs.get(run.who, run.id)
            except NotFound:
                return run.done, run.total
            return job.done, job.total
        return run.done, run.total

    def close(self) -> None:
        self.jobs.close()

    # ---- what is run ------------------------------------------------------------------------------------------------
    def plan(self, asked: Asked) -> Plan:
        if asked.from_ms is not None and asked.to_ms is not None and asked.from_ms >= asked.to_ms:
            raise InputError("the window ends before it begins")
        attack = load_attack()
        if asked.kind == TECHNIQUE:
            technique = attack.technique(asked.technique)
            if technique is None:
                raise NotFound(attack.missing(asked.technique).en)
            title = f"{technique.id} {technique.name}"
            return self._of_techniques(Plan(Text(title, title)), {technique.id}, attack)
        if asked.kind == GROUP:
            actor = attack.actor(asked.group)
            if actor is None or actor.kind == "mitigation":
                raise NotFound(attack.missing(asked.group).en)
            title = f"{actor.id} {actor.name}"
            return self._of_techniques(Plan(Text(title, title)), set(actor.techniques), attack)
        if asked.kind == REPORT:
            return self._of_report(asked.text, attack)
        if asked.kind == QUERY:
            saved = self._queries.get(asked.query_id)
            return Plan(Text(saved.wish.name, saved.wish.name), queries=[saved])
        raise InputError(f"kind: {asked.kind[:20]!r} is not one of {', '.join(KINDS)}")

    def _of_report(self, text: str, attack: Attack) -> Plan:
        report = self.read_report(text)
        if not report.indicators and not report.techniques:
            raise InputError("the report names neither an indicator nor a technique")
        counts = len(report.indicators), len(report.techniques)
        title = Text(
            f"Report (indicators: {counts[0]}, techniques: {counts[1]})",
            f"レポート (インジケーター {counts[0]} 件、テクニック {counts[1]} 件)",
        )
        return self._of_techniques(Plan(title, indicators=report.indicators), set(report.techniques), attack)

    def _of_techniques(self, plan: Plan, wanted: set[str], attack: Attack) -> Plan:
        """What names one of them, or a sub-technique of one."""

        def speaks(named: tuple[str, ...]) -> bool:
            known = (attack.technique(one) for one in named)
            return any(one is not None and (one.id in wanted or parent_of(one.id) in wanted) for one in known)

        plan.filters = tuple(one for one in self._book.content.filters if speaks(one.techniques))
        plan.queries = [one for one in self._queries.all() if speaks(one.wish.techniques)]
        return plan

    # ---- running ----------------------------------------------------------------------------------------------------
    def _work(self, job: Job, asked: Asked, plan: Plan) -> None:
        parts: list[Part] = []
        indicators: list[dict[str, Any]] = []
        state, error = FAILED, None
        try:
            indicators = sweep(self._lake, plan.indicators, asked.from_ms, asked.to_ms)
            parts += [_of_indicator(one) for one in indicators if one["count"]]
            self._run_queries(job, asked, plan, parts)
            self._run_filters(job, asked, plan, parts)
            state = CANCELLED if job.cancel.is_set() else DONE
        except HinomiError as told:
            error = str(told)
        except Exception:
            error = "it failed; the server's log says why"
            raise
        finally:
            parts.sort(key=lambda one: -one.count)
            self._runs.end(job.id, state, job.done, job.total, parts, indicators[:MAX_INDICATORS_KEPT], error)

    def _run_queries(self, job: Job, asked: Asked, plan: Plan, parts: list[Part]) -> None:
        for one in plan.queries:
            if job.cancel.is_set():
                return
            question = self._queries.question(one.wish)
            window = {"from_ms": asked.from_ms, "to_ms": asked.to_ms}
            count, endpoints = self._lake.tally(question.table, question.where, question.parameters, **window)
            parts.append(Part("query", one.id, Text(one.wish.name, one.wish.name), count, endpoints))

    def _run_filters(self, job: Job, asked: Asked, plan: Plan, parts: list[Part]) -> None:
        found = {one.id: Part("filter", one.id, one.title) for one in plan.filters}
        parts += found.values()
        if not plan.filters or job.cancel.is_set():
            return
        engine, hosts = Engine(plan.filters), {id_: set[str]() for id_ in found}

        def report(done: int, total: int) -> None:
            job.report(done, total)
            give_way(self._is_busy, job.cancel)

        pages = replay(
            *(self._lake, Normaliser()),
            from_ms=asked.from_ms,
            to_ms=asked.to_ms,
            on_progress=report,
            cancelled=job.cancel.is_set,
        )
        for batches in pages:
            for one in engine.observe_all(batches):
                _count(found[one.filter_id], hosts[one.filter_id], one)


def _count(part: Part, hosts: set[str], one: Detection) -> None:
    part.count += 1
    hosts.add(one.endpoint_guid or one.endpoint_name)
    part.endpoints = len(hosts)
    if len(part.sample) < MAX_SAMPLE:
        highlights = [[name, str(value)[:500]] for name, value in one.highlights]
        told = {"uuid": one.uuid, "eventTime": one.event_time_ms, "endpointName": one.endpoint_name}
        part.sample.append(told | {"highlights": highlights})


def _of_indicator(one: dict[str, Any]) -> Part:
    return Part("indicator", one["kind"], Text(one["value"], one["value"]), one["count"], one["endpoints"])
