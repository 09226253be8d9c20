"""Remote shells: open, look at, end, replay. The stream itself is in shell_stream."""

from typing import Annotated, Any, Literal

from fastapi import Depends, Query, Response
from pydantic import Field

from hinomi.api.gate import Rooms, console
from hinomi.api.reply import Json, no_content, reply
from hinomi.api.resource import resource
from hinomi.api.shapes import Sent, Shape, Text
from hinomi.response.shell_store import ShellPolicy
from hinomi.response.shell_words import words_of
from hinomi.schema.principal import Permission, Principal

router = resource("/console/api", "response")

CAST = "application/x-asciicast"
Operator = Annotated[Principal, Depends(console(Permission.SHELL))]
Auditor = Annotated[Principal, Depends(console(Permission.AUDIT))]


class AskedShape(Shape):
    task_id: str


class EndShape(Shape):
    code: str
    text: Text


class ShellShape(Shape):
    """`id` is the task's. `sha256` is that of the recording."""

    id: str
    task_id: str
    endpoint: str
    endpoint_name: str
    state: Literal["waiting", "open", "ended"]
    asked_by: str
    reason: str
    asked: int
    started: int | None
    ended: int | None
    end_reason: EndShape | None
    ended_by: str
    input_bytes: int
    output_bytes: int
    sha256: str
    watchers: list[str]


class ShellsShape(Shape):
    total: int
    items: list[ShellShape]
    next_token: str | None = None


class PolicyShape(Shape):
    """`user` and `shell`: "" is the sensor's own. `watch`: keys count only while a second person looks on."""

    user: str
    shell: str
    idle_s: int
    max_s: int
    watch: bool


class SentShell(Sent):
    endpoint: str = Field(max_length=255)
    reason: str = Field(max_length=1000)


class SentPolicy(Sent):
    user: str = Field(default="", max_length=64)
    shell: str = Field(default="", max_length=255)
    idle_s: int = 600
    max_s: int = 3600
    watch: bool = False


class Cast(Response):
    media_type = CAST


@router.post("/shells", status_code=201, responses={201: {"model": AskedShape}})
def open_shell(sent: SentShell, house: Rooms, who: Operator) -> Response:
    """Ask for a remote shell on an endpoint (GUID or name). It begins when somebody attaches to the stream."""
    return Json({"taskId": house.shells.open(who, sent.endpoint, sent.reason).id}, status_code=201)


@router.get("/shells", responses={200: {"model": ShellsShape}})
def list_shells(
    house: Rooms,
    _who: Auditor,
    endpoint: Annotated[str, Query(max_length=64)] = "",
    state: Literal["", "waiting", "open", "ended"] = "",
    top: Annotated[int, Query(ge=1, le=500)] = 50,
    skip_token: Annotated[int, Query(alias="skipToken", ge=0, le=1 << 31)] = 0,
) -> Response:
    """Remote shells, newest first."""
    page = house.shells.page(endpoint=endpoint, state=state, top=top, skip=skip_token)
    body: dict[str, Any] = {"total": page.total, "items": [_row(row) for row in page.items]}
    return reply(body | ({"nextToken": page.skip_token} if page.skip_token else {}))


@router.get(
    "/shells/{task_id}/recording",
    response_class=Cast,
    responses={200: {"content": {CAST: {"schema": {"type": "string"}}}}},
)
def get_recording(task_id: str, house: Rooms, who: Auditor) -> Response:
    """What was typed and printed, as asciicast v2. Typed passwords are in it; who fetches it is audited."""
    return Cast(house.shells.recording(who, task_id).read_bytes(), headers={"Cache-Control": "no-store"})


@router.post("/shells/{task_id}/end", status_code=204, response_class=Response)
def end_shell(task_id: str, house: Rooms, who: Operator) -> Response:
    """End it at once, whoever opened it: everything it started is killed."""
    house.shells.end(who, task_id)
    return no_content()


@router.get("/shell-policy", responses={200: {"model": PolicyShape}})
def get_policy(house: Rooms, _who: Auditor) -> Response:
    """How remote shells are: whom they run as, when they end, whether a second person has to look on."""
    return reply(_policy(house.shells.policy()))


@router.put("/shell-policy", responses={200: {"model": PolicyShape}})
def set_policy(
    sent: SentPolicy, house: Rooms, who: Annotated[Principal, Depends(console(Permission.ADMINISTER))]
) -> Response:
    """For shells that are asked for from now on."""
    wanted = ShellPolicy(sent.user, sent.shell, sent.idle_s, sent.max_s, sent.watch)
    return reply(_policy(house.shells.set_policy(who, wanted)))


def _policy(policy: ShellPolicy) -> dict[str, Any]:
    shown = {"user": policy.user, "shell": policy.shell, "idleS": policy.idle_s, "maxS": policy.max_s}
    return {**shown, "watch": policy.watch}


def _row(row: dict[str, Any]) -> dict[str, Any]:
    words = words_of(row["end_reason"])
    end = {"code": row["end_reason"], "text": {"en": words.en, "ja": words.ja}} if row["end_reason"] else None
    return {
        "id": row["task_id"],
        "taskId": row["task_id"],
        "endpoint": row["endpoint"],
        "endpointName": row["endpoint_name"],
        "state": row["state"],
        "askedBy": row["asked_by"],
        "reason": row["reason"],
        "asked": row["asked_ms"],
        "started": row["started_ms"],
        "ended": row["ended_ms"],
        "endReason": end,
        "endedBy": row["ended_by"],
        "inputBytes": row["input_bytes"],
        "outputBytes": row["output_bytes"],
        "sha256": row["sha256"],
        "watchers": row["watchers"],
    }
