"""Response tasks for our console: ask, list, one with its steps, and everything a person decides about it."""

from typing import Annotated, Any, Literal

from fastapi import Depends, Query, Response
from pydantic import Field

from hinomi.api import paging
from hinomi.api.console.list_query import read_list
from hinomi.api.console.response_actions import refusal, words
from hinomi.api.gate import Rooms, console
from hinomi.api.reply import Json, reply
from hinomi.api.resource import resource
from hinomi.api.shapes import Sent, Shape, Text, Top
from hinomi.errors import NotFound
from hinomi.response.approvals import SHELL
from hinomi.response.desk import ResponseDesk
from hinomi.response.task_list import TaskQuery
from hinomi.schema.principal import Permission, Principal
from hinomi.schema.task import ResponseTask, Step, Target, TargetKind, TaskState

router = resource("/console/api/response/tasks", "response")

Viewer = Annotated[Principal, Depends(console(Permission.VIEW))]
Asker = Annotated[Principal, Depends(console(Permission.RESPOND))]
Approver = Annotated[Principal, Depends(console(Permission.APPROVE))]
_PAGE, _MOST = 50, 500
_LATEST_MS = 1 << 53  # what every JSON reader keeps
_LONG = ("text", "rules")  # parameters that may be long; the detail has them, a list has not


class TargetWish(Sent):
    kind: Literal["endpoint", "message", "account", "object"]
    id: str = Field(min_length=1, max_length=2048)


class Wish(Sent):
    action: str = Field(max_length=64)
    targets: list[TargetWish] = Field(min_length=1, max_length=1000)
    parameters: dict[str, Any] = Field(default_factory=dict)
    description: str = Field(default="", max_length=1000)
    expires_in_s: int = 86_400
    alert_id: str = Field(default="", max_length=64)
    source: str = Field(default="console", max_length=32)


class Reason(Sent):
    reason: str = Field(max_length=1000)


class TargetShape(Shape):
    kind: str
    id: str
    name: str
    address: str
    os: str


class ErrorShape(Shape):
    code: str
    message: Text


class ShownShape(Shape):
    by: str
    at: int


class FileShape(Shape):
    """`password_shown`: who saw the password last; null when nobody has."""

    name: str
    size_bytes: int
    expires: int
    password_shown: ShownShape | None


class TaskShape(Shape):
    """Times are ms since 1970 UTC. `undo`: the action that takes it back, null when there is nothing to take back."""

    id: str
    action: str
    title: Text
    phase: str
    target: TargetShape
    parameters: dict[str, Any]
    state: TaskState
    created: int
    changed: int
    expires: int
    created_by: str
    description: str
    alert_id: str | None
    group: str | None
    source: str
    result: dict[str, Any] | None
    error: ErrorShape | None
    undo: str | None
    can_cancel: bool
    can_approve: bool
    file: FileShape | None
    recording: str | None


class StepShape(Shape):
    state: TaskState
    at: int
    who: str
    note: str
    evidence: dict[str, Any]


class TaskDetail(TaskShape):
    steps: list[StepShape]


class TaskPage(Shape):
    items: list[TaskShape]
    total_count: int
    skip_token: str | None = None


class Asked(Shape):
    task: TaskShape | None = None
    error: dict[str, Any] | None = None


class AskedList(Shape):
    items: list[Asked]


class Password(Shape):
    password: str


@router.post("", status_code=207, responses={207: {"model": AskedList}})
def ask(sent: Wish, house: Rooms, who: Asker) -> Response:
    """One task for each target, in their order; what is refused for one stops no other."""
    targets = [Target(TargetKind(one.kind), one.id) for one in sent.targets]
    more = {"description": sent.description, "expires_s": sent.expires_in_s}
    found = house.response.tasks.ask_many(
        who, sent.action, targets, sent.parameters, **more, alert_id=sent.alert_id, source=sent.source
    )
    items = [
        {"task": task_row(house.response, who, one)} if isinstance(one, ResponseTask) else {"error": refusal(one)}
        for one in found
    ]
    return Json({"items": items}, status_code=207)


@router.get("", responses={200: {"model": TaskPage}})
def list_tasks(
    house: Rooms,
    who: Viewer,
    state: Annotated[str, Query(max_length=512, description="Comma list of states.")] = "",
    action: Annotated[str, Query(max_length=512, description="Comma list of names.")] = "",
    search: Annotated[str, Query(max_length=512)] = "",
    alert_id: Annotated[str, Query(alias="alertId", max_length=64)] = "",
    endpoint: Annotated[str, Query(max_length=64, description="GUID.")] = "",
    from_ms: Annotated[int | None, Query(alias="from", ge=0, le=_LATEST_MS, description="ms since 1970.")] = None,
    to_ms: Annotated[int | None, Query(alias="to", ge=0, le=_LATEST_MS, description="ms since 1970.")] = None,
    order_by: Annotated[str, Query(alias="orderBy", description="Field and asc or desc.")] = "created desc",
    top: Top = None,
    skip_token: Annotated[str, Query(alias="skipToken")] = "",
) -> Response:
    """Tasks, newest first unless ordered otherwise."""
    field, _, direction = order_by.partition(" ")
    found = house.response.tasks.page(
        TaskQuery(
            states=tuple(read_list("state", state, TaskState)),
            actions=tuple(read_list("action", action, str)),
            search=search,
            alert_id=alert_id,
            endpoint=endpoint,
            from_ms=from_ms,
            to_ms=to_ms,
            order=field,
            is_descending=direction.strip().lower() == "desc",
            top=paging.read_top(top, _PAGE, _MOST),
            skip_token=skip_token,
        )
    )
    rows = [task_row(house.response, who, task) for task in found.items]
    return reply(paging.console_page(rows, found.total, found.skip_token))


@router.get("/{task_id}", responses={200: {"model": TaskDetail}})
def get_task(task_id: str, house: Rooms, who: Viewer) -> Response:
    """One task with every step of its life and what was found out about it."""
    return reply(detail_row(house.response, who, house.response.tasks.get(task_id)))


@router.post("/{task_id}/cancel", responses={200: {"model": TaskDetail}})
def cancel(task_id: str, house: Rooms, who: Asker) -> Response:
    """What has not begun will not begin; what has, the sensor is asked to stop."""
    return reply(detail_row(house.response, who, house.response.tasks.cancel(who, task_id)))


@router.post("/{task_id}/approve", responses={200: {"model": TaskDetail}})
def approve(task_id: str, house: Rooms, who: Approver) -> Response:
    """Agree to what somebody else asked for."""
    return reply(detail_row(house.response, who, house.response.tasks.approve(who, task_id)))


@router.post("/{task_id}/reject", responses={200: {"model": TaskDetail}})
def reject(task_id: str, sent: Reason, house: Rooms, who: Approver) -> Response:
    """Refuse it, with a reason."""
    return reply(detail_row(house.response, who, house.response.tasks.reject(who, task_id, sent.reason)))


@router.post("/{task_id}/undo", responses={200: {"model": TaskDetail}})
def undo(task_id: str, house: Rooms, who: Asker) -> Response:
    """The new task that takes this one back."""
    return reply(detail_row(house.response, who, house.response.tasks.undo(who, task_id)))


@router.post("/{task_id}/password", responses={200: {"model": Password}})
def show_password(task_id: str, house: Rooms, who: Asker) -> Response:
    """The password of the file it brought, or of the account it set: once, again only for an administrator; audited."""
    return reply({"password": house.response.tasks.reveal_password(who, task_id)})


def detail_row(desk: ResponseDesk, who: Principal, task: ResponseTask) -> dict[str, Any]:
    return task_row(desk, who, task, whole=True) | {"steps": [_step(step) for step in task.steps]}


def _step(step: Step) -> dict[str, Any]:
    return {"state": str(step.state), "at": step.at_ms, "who": step.who, "note": step.note, "evidence": step.evidence}


def task_row(desk: ResponseDesk, who: Principal, task: ResponseTask, whole: bool = False) -> dict[str, Any]:
    tasks, action = desk.tasks, desk.tasks.wishes.actions.get(task.action)
    shown = task.parameters if whole else {name: task.parameters[name] for name in task.parameters if name not in _LONG}
    error = task.error and {"code": task.error.code, "message": {"en": task.error.message, "ja": task.error.ja}}
    undo_by = tasks.undo_of(task) if action and action.permission in who.permissions else None
    return {
        "id": task.id,
        "action": task.action,
        "title": words(action.title) if action else {"en": task.action, "ja": task.action},
        "phase": str(action.phase) if action else "investigate",
        "target": {
            "kind": str(task.target.kind),
            "id": task.target.id,
            "name": task.target.name,
            "address": task.target.address,
            "os": task.target.os,
        },
        "parameters": shown,
        "state": str(task.state),
        "created": task.created_ms,
        "changed": task.changed_ms,
        "expires": task.expires_ms,
        "createdBy": task.created_by,
        "description": task.description,
        "alertId": task.alert_id or None,
        "group": task.group or None,
        "source": task.source,
        "result": task.result or None,
        "error": error,
        "undo": undo_by,
        "canCancel": tasks.can_cancel(who, task),
        "canApprove": tasks.can_approve(who, task),
        "file": _file(desk, task) if task.result.get("upload_sha256") else None,
        "recording": task.id if task.action == SHELL and task.is_ended and task.result else None,
    }


def _file(desk: ResponseDesk, task: ResponseTask) -> dict[str, Any] | None:
    """Of the file that came and is still kept."""
    try:
        file = desk.files.of_task(task.id)
    except NotFound:
        return None
    if not file.is_kept:
        return None
    seen = desk.tasks.secrets.shown(task.id)
    shown = {"by": seen[-1][0], "at": seen[-1][1]} if seen else None
    return {"name": file.name, "sizeBytes": file.size_bytes, "expires": file.expires_ms, "passwordShown": shown}
