"""Time travel: the alerts as they would have been, compared with those that were raised. Work in the background."""

from typing import Annotated, Any, Literal

from fastapi import Depends, Response
from pydantic import Field

from hinomi.api.console.names import moment, text
from hinomi.api.detections import title_of
from hinomi.api.gate import Rooms, console
from hinomi.api.reply import Json, no_content, reply
from hinomi.api.resource import resource
from hinomi.api.shapes import Risk, Sent, Shape, Text
from hinomi.api.window import read_end, read_start
from hinomi.detect.content import Content
from hinomi.errors import HinomiError, InputError
from hinomi.operations.chosen_content import MAX_TEXTS, Asked, GivenText
from hinomi.operations.jobs import Job
from hinomi.operations.time_pairs import Group, Pair, Travel
from hinomi.operations.time_reasons import Reason
from hinomi.operations.time_travel import Would
from hinomi.operations.time_travels import Told
from hinomi.schema.principal import Permission, Principal

router = resource("/console/api/time-travel", "content")

Investigator = Annotated[Principal, Depends(console(Permission.INVESTIGATE))]

MAX_TEXT = 256 << 10  # of one text sent
_ABOUT = {"alert": "alertId", "filter": "filterId", "rule": "ruleId", "exception": "exceptionId"}


class JobShape(Shape):
    job: str


class Counts(Shape):
    only_then: int
    only_now: int
    both: int


class ReasonShape(Shape):
    """`at` and `by`: when, and by whom, what the reason names was last changed."""

    code: str
    text: Text
    alert_id: str | None = None
    filter_id: str | None = None
    filter_title: Text | None = None
    rule_id: str | None = None
    exception_id: str | None = None
    fingerprint: str | None = None
    by: str | None = None
    at: str | None = None


class EvidenceShape(Shape):
    uuid: str
    event_date_time: str
    endpoint_name: str
    filter_id: str
    filter_title: Text
    highlights: list[list[Any]]


class RaisedShape(Shape):
    id: str
    status: str
    created_date_time: str


class PairShape(Shape):
    """`alert` is the one that was raised; `evidence` what it would rest on, where it was not."""

    group: Literal["onlyThen", "onlyNow", "both"]
    fingerprint: str
    model_id: str
    model: Text
    severity: Risk
    entities: list[str]
    first_event_date_time: str
    last_event_date_time: str
    event_count: int
    alert: RaisedShape | None
    evidence: list[EvidenceShape]
    reasons: list[ReasonShape]


class TravelShape(Shape):
    """`items` and `counts` when it is done; the newest of each group come, the counts are of all."""

    job: str
    state: Literal["running", "done", "failed", "cancelled"]
    progress: float
    read: int
    total: int
    seconds: float
    error: Text | None
    counts: Counts | None = None
    detections: int | None = None
    unread: int | None = None
    hidden: int | None = None
    models: int | None = None
    partial: bool | None = None
    items: list[PairShape] | None = None


class SentText(Sent):
    kind: Literal["filter", "model"]
    text: str = Field(max_length=MAX_TEXT)
    id: str | None = Field(default=None, max_length=200)


class SentVersion(Sent):
    id: str = Field(max_length=200)
    version: int = Field(ge=0)
    kind: Literal["filter", "model"] | None = None


class SentTravel(Sent):
    """`models`: ids; absent means all, or those that the texts and versions touch. `exceptions` false: as if there were none."""

    from_: str | None = Field(default=None, alias="from")
    to: str | None = None
    models: list[str] | None = Field(default=None, max_length=1000)
    texts: list[SentText] = Field(default=[], max_length=MAX_TEXTS)
    versions: list[SentVersion] = Field(default=[], max_length=MAX_TEXTS)
    exceptions: bool = True

    def asked(self) -> Asked:
        end_ms = read_end("to", self.to)
        return Asked(
            from_ms=read_start("from", self.from_),
            to_ms=None if end_ms is None else end_ms + 1,
            models=None if self.models is None else tuple(self.models),
            texts=tuple(GivenText(one.kind, one.text, one.id or "") for one in self.texts),
            versions=tuple((one.kind or "", one.id, one.version) for one in self.versions),
            exceptions=self.exceptions,
        )


@router.post("", status_code=202, responses={202: {"model": JobShape}})
def start_travel(sent: SentTravel, house: Rooms, who: Investigator) -> Response:
    """Begin; 429 while one of yours runs. Nothing is written but the audit log."""
    if sent.models is not None and not sent.models:
        raise InputError("models is empty: name some, or leave it out for all")
    return Json({"job": house.time_travels.start(who, sent.asked()).id}, status_code=202)


@router.get("/{job_id}", responses={200: {"model": TravelShape}})
def get_travel(job_id: str, house: Rooms, who: Investigator) -> Response:
    """How far it is, and what it came to; kept for an hour, for whoever asked."""
    return reply(_shown(house.time_travels.get(who, job_id)))


@router.delete("/{job_id}", status_code=204)
def drop_travel(job_id: str, house: Rooms, who: Investigator) -> Response:
    """Cancel it, or forget its result."""
    house.time_travels.drop(who, job_id)
    return no_content()


def _shown(job: Job) -> dict[str, Any]:
    told = job.result if isinstance(job.result, Told) and job.state == "done" else None
    return {
        "job": job.id,
        "state": str(job.state),
        "progress": round(job.progress, 4),
        "read": job.done,
        "total": job.total,
        "seconds": round(job.seconds, 3),
        "error": _error(job.error),
    } | (told_json(told) if told else {})


def _error(error: Exception | None) -> dict[str, str] | None:
    if error is None:
        return None
    if isinstance(error, HinomiError):
        return {"en": str(error), "ja": str(error)}
    return {"en": "It failed; the server's log says why.", "ja": "失敗しました。原因はサーバーのログにあります。"}


def told_json(told: Told) -> dict[str, Any]:
    """The result as the console and the command line show it."""
    found, content = told.travel, told.travel.route.content
    return {
        "counts": counts_json(found),
        "detections": found.seen.detections,
        "unread": found.seen.unread,
        "hidden": len(found.seen.hidden),
        "models": len(found.route.models),
        "partial": found.is_partial,
        "items": [_pair(pair, reasons, content) for pair, reasons in told.shown],
    }


def counts_json(found: Travel) -> dict[str, int]:
    return {str(group): found.count(group) for group in Group}


def _pair(pair: Pair, reasons: list[Reason], content: Content) -> dict[str, Any]:
    raised, would = pair.raised, pair.would
    side: Any = raised or would
    model = content.model.get(side.model_id)
    name = text(model.name) if model else {"en": side.model_id, "ja": side.model_id}
    return {
        "group": str(pair.group),
        "fingerprint": side.fingerprint,
        "modelId": side.model_id,
        "model": text(raised.model) if raised else name,
        "severity": str(raised.severity) if raised else str(model.severity) if model else "info",
        "entities": list(raised.entities) if raised else _entities(would),
        "firstEventDateTime": moment(side.first_ms),
        "lastEventDateTime": moment(side.last_ms),
        "eventCount": raised.event_count if raised else len(would.events) if would else 0,
        "alert": {"id": raised.id, "status": raised.status, "createdDateTime": moment(raised.created_ms)}
        if raised
        else None,
        "evidence": _evidence(would, content) if would and not raised else [],
        "reasons": [_reason(one, content) for one in reasons],
    }


def _entities(would: Would | None) -> list[str]:
    """The machines of the evidence; the values of group_by where there are none."""
    if would is None:
        return []
    return list(dict.fromkeys(one.endpoint_name for one in would.evidence if one.endpoint_name)) or list(would.entity)


def _evidence(would: Would, content: Content) -> list[dict[str, Any]]:
    return [
        {
            "uuid": one.uuid,
            "eventDateTime": moment(one.event_time_ms),
            "endpointName": one.endpoint_name,
            "filterId": one.filter_id,
            "filterTitle": text(title_of(content, one.filter_id)),
            "highlights": [[name, _plain(value)] for name, value in one.highlights],
        }
        for one in would.evidence
    ]


def _plain(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)


def _reason(one: Reason, content: Content) -> dict[str, Any]:
    about = dict(one.about)
    shown: dict[str, Any] = {"code": one.code, "text": text(one.text)}
    shown |= {_ABOUT.get(name, name): value for name, value in about.items()}
    if "filter" in about:
        shown["filterTitle"] = text(title_of(content, about["filter"]))
    if "at" in about:
        shown["at"] = moment(about["at"])
    return shown
