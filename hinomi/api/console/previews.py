"""Previews: a draft tried on the activities of the last days before it is saved; a job that is asked for until it ends."""

from typing import Annotated, Any, Literal

from fastapi import Response
from pydantic import Field

from hinomi.api.console.models import Editor
from hinomi.api.console.names import moment, plain_fields, text
from hinomi.api.gate import Rooms
from hinomi.api.reply import no_content, reply
from hinomi.api.resource import resource
from hinomi.api.shapes import Sent, Shape, Text
from hinomi.errors import HinomiError
from hinomi.operations.jobs import Job
from hinomi.operations.preview import MAX_DAYS, Preview
from hinomi.operations.validation import InvalidContent, validate
from hinomi.schema.content import Text as Words
from hinomi.schema.detection import Detection

router = resource("/console/api/content/preview", "content")


class Asked(Sent):
    kind: Literal["filter", "model"]
    text: str = Field(max_length=1 << 20)
    days: Annotated[int, Field(ge=1, le=MAX_DAYS)] = 7


class JobName(Shape):
    job: str


class DayCount(Shape):
    day: str
    count: int


class HighlightShape(Shape):
    field: str
    value: Any


class Sample(Shape):
    uuid: str
    event_date_time: str
    endpoint_name: str
    highlights: list[HighlightShape]


class PreviewShape(Shape):
    """`matched`: detections. `perDay` (day of the event, UTC) and `samples`: of a filter its detections, of a model its alerts."""

    state: Literal["running", "done", "failed", "cancelled"]
    progress: float
    read: int
    matched: int
    per_day: list[DayCount]
    samples: list[Sample]
    alerts: int | None
    seconds: float
    error: Text | None


@router.post("", responses={200: {"model": JobName}})
def start_preview(sent: Asked, house: Rooms, who: Editor) -> Response:
    """Try a text on the activities that arrived in the last days. Two run at a time, ten minutes each at most."""
    checked = validate(sent.kind, sent.text, house.content())
    if checked.value is None:
        raise InvalidContent(sent.kind, checked.errors)
    return reply({"job": house.previews.start(who.name, checked.value, house.content(), sent.days).id})


@router.get("/{job}", responses={200: {"model": PreviewShape}})
def get_preview(job: str, house: Rooms, who: Editor) -> Response:
    """How far it is, and what it found so far."""
    return reply(_shown(house.previews.jobs.get(who.name, job)))


@router.delete("/{job}", responses={204: {}}, status_code=204)
def cancel_preview(job: str, house: Rooms, who: Editor) -> Response:
    """Stop it; what it found so far can still be looked at. One that is over is forgotten."""
    house.previews.jobs.drop(who.name, job)
    return no_content()


def _shown(job: Job) -> dict[str, Any]:
    made = job.result or Preview()
    return {
        "state": str(job.state),
        "progress": round(job.progress, 4),
        "read": made.read,
        "matched": made.matched,
        "perDay": [{"day": day, "count": count} for day, count in made.per_day],
        "samples": [_sample(one) for one in list(made.samples)],
        "alerts": made.alerts,
        "seconds": round(made.seconds, 3),
        "error": text(_why(job.error)) if job.error else None,
    }


def _why(error: Exception) -> Words:
    """What a person is told; the log has the rest."""
    if isinstance(error, HinomiError):
        return getattr(error, "text", Words(str(error), str(error)))
    return Words("Hinomi stumbled; the log has it", "内部エラーです。ログを確認してください")


def _sample(one: Detection) -> dict[str, Any]:
    plain = plain_fields(dict(one.highlights))
    return {
        "uuid": one.uuid,
        "eventDateTime": moment(one.event_time_ms),
        "endpointName": one.endpoint_name,
        "highlights": [{"field": name, "value": value} for name, value in plain.items()],
    }
