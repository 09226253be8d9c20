"""Hunts over the lake: from an ATT&CK technique or group, a pasted report, or a saved query. Work in the background, kept."""

from typing import Annotated, Any, Literal
from urllib.parse import urlencode

from fastapi import Depends, Response
from pydantic import Field

from hinomi.api.console.names import moment, techniques, text
from hinomi.api.gate import Rooms, console
from hinomi.api.house import House
from hinomi.api.reply import Json, no_content, reply
from hinomi.api.resource import resource
from hinomi.api.shapes import Sent, Shape, Text
from hinomi.api.window import check_order, read_end, read_start
from hinomi.hunt.report import MAX_TEXT
from hinomi.hunt.run import Run
from hinomi.operations.hunts import Asked
from hinomi.schema.principal import Permission, Principal

router = resource("/console/api/hunts", "search")

_VIEW = [Depends(console(Permission.VIEW))]
Investigator = Annotated[Principal, Depends(console(Permission.INVESTIGATE))]

Kind = Literal["technique", "group", "report", "query"]
# kind of an indicator -> kind of entity whose page shows it
_ENTITIES = {"sha256": "file", "sha1": "file", "md5": "file", "ip": "address", "domain": "domain", "mail": "user"}


class RunShape(Shape):
    """`done` of `all` activities were read; `from` and `to` null are open."""

    id: str
    kind: Kind
    title: Text
    who: str
    at: str
    state: Literal["running", "done", "failed", "cancelled"]
    done: int
    all: int
    from_: str | None = Field(alias="from")
    to: str | None


class RunList(Shape):
    items: list[RunShape]


class PartShape(Shape):
    """`link`: where the console shows it. `sample`: of a filter, the first few activities it met."""

    kind: Literal["filter", "query", "indicator"]
    id: str
    name: Text
    count: int
    endpoints: int
    link: str
    sample: list[dict[str, Any]]


class IndicatorShape(Shape):
    """Counts are of the days that the window touches."""

    kind: str
    value: str
    as_written: str
    count: int = 0
    endpoints: int = 0
    first_ms: int | None = None
    last_ms: int | None = None


class RunDetail(RunShape):
    parts: list[PartShape]
    indicators: list[IndicatorShape]
    error: str | None


class Begun(Shape):
    id: str


class TechniqueName(Shape):
    id: str
    name: str


class ReportShape(Shape):
    indicators: list[IndicatorShape]
    techniques: list[TechniqueName]


class SentReport(Sent):
    text: str = Field(max_length=MAX_TEXT)


class SentRun(Sent):
    kind: Kind
    technique: str = Field(default="", max_length=200)
    group: str = Field(default="", max_length=200)
    text: str = Field(default="", max_length=MAX_TEXT)
    query_id: str = Field(default="", max_length=64)
    from_: str | None = Field(default=None, alias="from")
    to: str | None = None

    def asked(self) -> Asked:
        start_ms, end_ms = read_start("from", self.from_), read_end("to", self.to)
        check_order(start_ms, end_ms)
        return Asked(
            kind=self.kind,
            technique=self.technique,
            group=self.group,
            text=self.text,
            query_id=self.query_id,
            from_ms=start_ms,
            to_ms=None if end_ms is None else end_ms + 1,
        )


@router.post("/report", responses={200: {"model": ReportShape}}, dependencies=_VIEW)
def preview_report(sent: SentReport, house: Rooms) -> Response:
    """The indicators and techniques of a pasted report, before anything is looked for. Keeps nothing."""
    found = house.hunts.read_report(sent.text)
    indicators = [{"kind": one.kind, "value": one.value, "asWritten": one.as_written} for one in found.indicators]
    return reply({"indicators": indicators, "techniques": techniques(found.techniques)})


@router.post("/runs", status_code=202, responses={202: {"model": Begun}})
def start_run(sent: SentRun, house: Rooms, who: Investigator) -> Response:
    """Begin a hunt; 429 while one of yours runs."""
    return Json({"id": house.hunts.start(who, sent.asked())}, status_code=202)


@router.get("/runs", responses={200: {"model": RunList}}, dependencies=_VIEW)
def list_runs(house: Rooms) -> Response:
    """Everybody's hunts, the newest first."""
    return reply({"items": [_row(*one) for one in house.hunts.all()]})


@router.get("/runs/{run_id}", responses={200: {"model": RunDetail}}, dependencies=_VIEW)
def get_run(run_id: str, house: Rooms) -> Response:
    """One hunt: how far it is, and what it found."""
    run, done, total = house.hunts.get(run_id)
    told = {"indicators": list(run.indicators), "error": run.error}
    return reply(_row(run, done, total) | {"parts": [_part(house, run, one) for one in run.parts]} | told)


@router.delete("/runs/{run_id}", status_code=204)
def cancel_run(run_id: str, house: Rooms, who: Investigator) -> Response:
    """Cancel it; what it found so far is kept."""
    house.hunts.cancel(who, run_id)
    return no_content()


def _row(run: Run, done: int, total: int) -> dict[str, Any]:
    return {
        "id": run.id,
        "kind": run.kind,
        "title": text(run.title),
        "who": run.who,
        "at": moment(run.at_ms),
        "state": run.state,
        "done": done,
        "all": total,
        "from": moment(run.from_ms),
        "to": moment(None if run.to_ms is None else run.to_ms - 1),
    }


def _part(house: House, run: Run, part: dict[str, Any]) -> dict[str, Any]:
    return part | {"link": _link(house, run, part)}


def _link(house: House, run: Run, part: dict[str, Any]) -> str:
    window = {"from": moment(run.from_ms), "to": moment(None if run.to_ms is None else run.to_ms - 1)}
    asked = {name: value for name, value in window.items() if value}
    if part["kind"] == "filter":
        return f"/filters/{part['id']}"
    if part["kind"] == "query":
        saved = {one.id: one.wish for one in house.hunt.queries.all()}.get(part["id"])
        return f"/search?{urlencode({'query': saved.query, 'dataset': saved.dataset} | asked)}" if saved else "/hunts"
    value = part["name"]["en"]
    if part["id"] in _ENTITIES:
        return f"/entities/{_ENTITIES[part['id']]}?{urlencode({'value': value})}"
    quoted = value.replace("\\", "\\\\").replace('"', '\\"')
    query = f'request: "{quoted}"'
    return f"/search?{urlencode({'query': query} | asked)}"
