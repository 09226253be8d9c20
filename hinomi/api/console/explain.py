"""Why: of an alert, of a detection, of a filter and an activity. Each predicate with what it wanted and what it found."""

from typing import Annotated, Any

from fastapi import Depends, Query, Response

from hinomi.api.console.names import moment
from hinomi.api.gate import Rooms, console
from hinomi.api.reply import reply
from hinomi.api.resource import resource
from hinomi.api.shapes import Severity, Shape, Text
from hinomi.errors import InputError
from hinomi.operations.inquiry import Inquiry
from hinomi.schema.principal import Permission

router = resource("/console/api", "explain")

_TIMES = {"eventTime": "eventDateTime", "firstEventTime": "firstEventDateTime", "lastEventTime": "lastEventDateTime"}


class ObstacleShape(Shape):
    """What stands between a met condition and a detection. `kind`: disabled, feeds, exception."""

    kind: str
    id: str
    text: Text


class ExplanationShape(Shape):
    """`why` is a tree of {kind, met, parts}; a predicate says field, operator, wanted, found, and where in the record.

    `missing` instead of `met`, `reason` and `why`: the filter or the activity is gone.
    """

    filter: str
    uuid: str
    event_date_time: str | None
    endpoint_host_name: str | None = None
    record_source: str | None = None
    record_file: str | None = None
    record_number: int | None = None
    title: Text | None = None
    met: bool | None = None
    reason: Text | None = None
    reading: str | None = None
    why: dict[str, Any] | None = None
    obstacles: list[ObstacleShape] | None = None
    missing: str | None = None


class GroupShape(Shape):
    """`names`: of the machines whose ids `values` are."""

    field: str
    values: list[str]
    names: list[str] | None = None


class StepShape(Shape):
    filter: str
    met: bool
    uuid: str | None = None
    event_date_time: str | None = None


class CountedShape(Shape):
    uuid: str
    event_date_time: str
    filter: str
    detection: str
    value: str | None = None


class MatchedShape(Shape):
    id: str
    title: Text
    event_count: int


class RuleVerdictShape(Shape):
    """`counted` of `wanted` within `windowS`; `gone`: the content has the rule no longer.

    `asRaised`: it was met when the alert was raised, and what is kept of the evidence does not meet it again.
    """

    id: str
    name: Text
    type: str
    met: bool | None = None
    wanted: float | None = None
    counted: float | None = None
    window_s: int | None = None
    span_ms: int | None = None
    distinct: str | None = None
    group_by: list[GroupShape] | None = None
    steps: list[StepShape] | None = None
    events: list[CountedShape] | None = None
    text: Text | None = None
    gone: bool | None = None
    as_raised: bool | None = None
    filters: list[MatchedShape] | None = None


class RoundShape(Shape):
    """What one rule makes of a detection and those of the same entity round it."""

    model: str
    name: Text
    severity: Severity
    enabled: bool
    rule: RuleVerdictShape


class ModelVerdictShape(Shape):
    id: str
    name: Text
    severity: Severity
    suppress_s: int | None
    suppression: Text | None
    event_count: int
    first_event_date_time: str
    last_event_date_time: str
    fingerprint: str


class AlertExplanationShape(Shape):
    alert: str
    model: ModelVerdictShape
    rules: list[RuleVerdictShape]
    explanations: list[ExplanationShape]


class DetectionExplanationShape(Shape):
    detection: str
    filter: str
    uuid: str
    event_date_time: str
    explanation: ExplanationShape
    models: list[RoundShape]


@router.get(
    "/explain",
    responses={200: {"model": ExplanationShape | DetectionExplanationShape | AlertExplanationShape}},
    dependencies=[Depends(console(Permission.VIEW))],
)
def explain(
    house: Rooms,
    alert: Annotated[str | None, Query(max_length=200, description="Id of an alert, alone.")] = None,
    detection: Annotated[str | None, Query(max_length=200, description="Id of a detection; time helps.")] = None,
    filter_id: Annotated[
        str | None, Query(alias="filter", max_length=300, description="Id of a filter, with uuid.")
    ] = None,
    uuid: Annotated[str | None, Query(max_length=200, description="The activity.")] = None,
    time: Annotated[int | None, Query(description="Its eventTime in ms: makes the look-up cheap.")] = None,
) -> Response:
    """Why an alert or a detection, or why a filter met an activity or did not."""
    now_ms = house.now_ms()
    active = [one for one in house.exceptions.all() if one.is_active(now_ms)]
    inquiry = Inquiry(house.content(), house.lake, active)
    match alert, detection, filter_id, uuid:
        case str(), None, None, None:
            told = inquiry.alert(house.workbench, alert)
        case None, str(), None, None:
            told = inquiry.detection(detection, time)
        case None, None, str(), str():
            told = inquiry.activity(filter_id, uuid, time)
        case _:
            raise InputError("give alert, or detection, or filter and uuid")
    return reply(console_times(told))


def console_times(value: Any) -> Any:
    """Moments of an inquiry's answer as the console reads them. Only names of ours: what is in a record is left as it is."""
    if isinstance(value, list):
        return [console_times(member) for member in value]
    if not isinstance(value, dict) or "kind" in value:
        return value
    return {
        _TIMES.get(name, name): moment(one) if name in _TIMES else console_times(one) for name, one in value.items()
    }
