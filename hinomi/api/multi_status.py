"""Many wishes in one request: answered 207 with one item each, in their order (docs/reference/routes.md)."""

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from fastapi import Request

from hinomi.api.failures import status_of
from hinomi.api.reply import Json, base_url
from hinomi.api.shapes import Shape
from hinomi.errors import HinomiError, NotFound, Refused
from hinomi.schema.task import ResponseTask

MAX_ITEMS = 1000
DUPLICATE = "Task duplication."  # clients compare these very words

Wish = TypeVar("Wish")


class ItemHeader(Shape):
    name: str
    value: str


class Item(Shape):
    status: int
    headers: list[ItemHeader] | None = None
    body: dict[str, Any] | None = None


def location_of(request: Request, task_id: str) -> str:
    return f"{base_url(request)}/v3.0/response/tasks/{task_id}"


def each(request: Request, wishes: Iterable[Wish], ask: Callable[[Wish], ResponseTask]) -> Json:
    """Ask for a task per wish; a refusal of one is its own item and stops no other."""
    return Json([_asked(request, wish, ask) for wish in wishes], status_code=207)


def _asked(request: Request, wish: Wish, ask: Callable[[Wish], ResponseTask]) -> dict[str, Any]:
    try:
        task = ask(wish)
    except HinomiError as error:
        return _refusal(request, error)
    return {"status": 202, "headers": [_header(request, task.id)]}


def _header(request: Request, task_id: str) -> dict[str, str]:
    return {"name": "Operation-Location", "value": location_of(request, task_id)}


def _refusal(request: Request, error: HinomiError) -> dict[str, Any]:
    if isinstance(error, Refused) and error.code == "TaskDuplication":
        body = {"error": {"code": "TaskError", "message": DUPLICATE}}
        return {"status": 400, "headers": [_header(request, str(error.details.get("task", "")))], "body": body}
    if isinstance(error, NotFound):
        return {"status": 400, "body": {"error": {"code": "BadRequest", "message": "Target not found."}}}
    return {"status": status_of(error), "body": {"error": {"code": error.code, "message": str(error)}}}
