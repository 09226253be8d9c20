"""Response tasks of the public API: list, one, and what it brought."""

from typing import Annotated, Any, Literal

from fastapi import Depends, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from hinomi.api import paging
from hinomi.api.binary import BINARY, Download
from hinomi.api.filter_header import FilterHeader, FilterParameter, sent_filter
from hinomi.api.gate import Rooms, public
from hinomi.api.house import House
from hinomi.api.multi_status import MAX_ITEMS, Item
from hinomi.api.public_task import STATES, public_task
from hinomi.api.reply import Json, reply
from hinomi.api.resource import resource
from hinomi.api.shapes import End, OrderBy, Sent, Shape, SkipToken, Start, Top
from hinomi.api.window import DAY_MS, check_order, read_end, read_start
from hinomi.errors import Forbidden, HinomiError, InputError, NotFound
from hinomi.query.filter_language import parse_filter
from hinomi.query.tree import And, Compare, Operator, Or
from hinomi.response.actions import ACTIONS
from hinomi.response.task_list import TaskQuery
from hinomi.schema.principal import Permission, Principal
from hinomi.schema.task import ResponseTask, TaskState

router = resource("/v3.0/response/tasks", "response")

_ROUTE = "v3/response/tasks"
_PAGE, _MOST = 50, 1000
_OLDEST_DAYS = 180
_ORDERS = {"createdDateTime": "created", "lastActionDateTime": "changed", "id": "id", "action": "action"}
Responder = Annotated[Principal, Depends(public(Permission.RESPOND))]


class TaskFailure(Shape):
    code: str
    message: str
    number: int


class PublicTask(BaseModel):
    """What all tasks have; the rest depends on the action (docs/reference/response.md)."""

    model_config = ConfigDict(extra="allow", alias_generator=to_camel)

    id: str
    action: str
    status: Literal["queued", "running", "succeeded", "failed", "rejected", "canceled", "pendingApproval"]
    created_date_time: str
    last_action_date_time: str
    account: str
    description: str | None = None
    error: TaskFailure | None = None


class PublicTasks(Shape):
    total_count: int
    count: int
    items: list[PublicTask]
    next_link: str | None = None


class TaskId(Sent):
    id: str = Field(max_length=32)


@router.get("", responses={200: {"model": PublicTasks}}, dependencies=[Depends(public(Permission.RESPOND))])
def list_tasks(
    request: Request,
    house: Rooms,
    start: Start = None,
    end: End = None,
    target: Annotated[str | None, Query(alias="dateTimeTarget")] = None,
    order: OrderBy = None,
    top: Top = None,
    skip_token: SkipToken = None,
    _header: FilterHeader = None,
    _parameter: FilterParameter = None,
) -> Response:
    """Response tasks of a window (default the last 24 hours, both ends included), newest first."""
    sent = sent_filter(request)
    if skip_token:
        state = paging.unseal(house.secret, _ROUTE, skip_token)
        paging.same_filter(sent, state["filter"])
    else:
        state = {"filter": sent, "order": order or "", "target": target or "createdDateTime", "at": ""}
        state["window"] = _window(house, start, end)
    found = house.response.tasks.page(_query(state, paging.read_top(top, _PAGE, _MOST)))
    link = None
    if found.skip_token:
        link = paging.next_link(request, paging.seal(house.secret, _ROUTE, {**state, "at": found.skip_token}))
    return reply(paging.page([public_task(task, request) for task in found.items], link, found.total))


def _window(house: House, start: str | None, end: str | None) -> tuple[int, int]:
    now_ms = house.now_ms()
    last = read_end("endDateTime", end) or now_ms
    first = read_start("startDateTime", start)
    first = last - DAY_MS if first is None else max(first, now_ms - _OLDEST_DAYS * DAY_MS)
    check_order(first, max(first, last))
    return first, last


def _query(state: dict[str, Any], top: int) -> TaskQuery:
    if state["target"] not in ("createdDateTime", "lastActionDateTime"):
        raise InputError("dateTimeTarget: createdDateTime or lastActionDateTime")
    field, _, direction = (state["order"] or f"{state['target']} desc").strip().partition(" ")
    direction = direction.strip().lower() or "asc"
    if field not in _ORDERS or direction not in ("asc", "desc"):
        raise InputError(f"orderBy: {state['order']!r} is not one of {', '.join(_ORDERS)} with asc or desc")
    from_ms, to_ms = state["window"]
    return TaskQuery(
        from_ms=from_ms,
        to_ms=to_ms,
        by_change=state["target"] == "lastActionDateTime",
        order=_ORDERS[field],
        is_descending=direction == "desc",
        top=top,
        skip_token=state["at"],
        **_narrowed(state["filter"]),
    )


def _narrowed(text: str) -> dict[str, Any]:
    """Comparisons by eq joined by `and`, those of one field by `or`: what the clients send. All else is refused."""
    if not text:
        return {}
    root = parse_filter(text, 1024)
    found: dict[str, Any] = {}
    for part in root.children if isinstance(root, And) else (root,):
        leaves = part.children if isinstance(part, Or) else (part,)
        given = [leaf for leaf in leaves if isinstance(leaf, Compare) and leaf.operator is Operator.EQUALS]
        fields = {leaf.field for leaf in given}
        if len(given) != len(leaves) or len(fields) != 1 or not fields <= _FIELDS.keys():
            raise InputError("filter: id, status, action or account eq a value, joined by and; or within one field")
        found |= _FIELDS[fields.pop()]([str(leaf.value) for leaf in given])
    return found


def _states(values: list[str]) -> dict[str, Any]:
    unknown = [value for value in values if value not in STATES]
    if unknown:
        raise InputError(f"filter: status {unknown[0]!r} is not one of {', '.join(STATES)}")
    found: tuple[TaskState, ...] = tuple(state for value in values for state in STATES[value])
    return {"states": found}


def _actions(values: list[str]) -> dict[str, Any]:
    names = tuple(action.name for action in ACTIONS if action.public in values or action.name in values)
    return {"actions": names or ("-",)}


_FIELDS: dict[str, Any] = {
    "id": lambda values: {"ids": tuple(values)},
    "status": _states,
    "action": _actions,
    "account": lambda values: {"created_by": values[0] if len(values) == 1 else "-"},
}


@router.get("/{task_id}", responses={200: {"model": PublicTask}})
def get_task(request: Request, task_id: str, house: Rooms, who: Responder) -> Response:
    """One task. The password of what it brought is told once to each who may see it, and noted in the audit log."""
    task = house.response.tasks.get(task_id)
    kept = house.files.of_task(task.id) if task.result.get("stored_sha256") else None
    return reply(public_task(task, request, _password(house, who, task), kept.expires_ms if kept else None))


@router.get("/{task_id}/file", response_class=Download, responses=BINARY)
def get_task_file(task_id: str, house: Rooms, who: Responder) -> Response:
    """The zip that a task brought: the address in its `resourceLocation`."""
    file = house.files.of_task(house.response.tasks.get(task_id).id)
    chunks = house.files.chunks(file)
    house.files.tell_download(who, file, "download collected file")
    return Download(chunks, f"{file.task_id}.zip", file.size_bytes)


def _password(house: House, who: Principal, task: ResponseTask) -> str:
    if not task.is_ended or not task.result.get("upload_sha256"):
        return ""
    try:
        return house.response.tasks.reveal_password(who, task.id)
    except (Forbidden, NotFound):
        return ""


@router.post("/cancel", status_code=207, responses={207: {"model": list[Item]}})
def cancel_tasks(
    ids: Annotated[list[TaskId], Field(min_length=1, max_length=MAX_ITEMS)], house: Rooms, who: Responder
) -> Response:
    """Cancel tasks that have not ended: [{"id": "00000007"}]."""
    return Json([_cancelled(house, who, each.id) for each in ids], status_code=207)


def _cancelled(house: House, who: Principal, task_id: str) -> dict[str, Any]:
    try:
        house.response.tasks.cancel(who, task_id)
    except HinomiError as error:
        return {"status": 400, "body": {"error": {"code": error.code, "message": str(error)}}}
    return {"status": 204}
