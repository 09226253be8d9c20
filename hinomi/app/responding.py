"""What the command line does about response: through the server that runs on the data folder, else on the folder itself.

Both ways give the shapes of the console's routes (docs/reference/routes.md). Approving is a person's matter: through a
server it is done with that person's own password, never with the local key.
"""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Protocol

from hinomi.access.audit import Audit
from hinomi.api.console.block_list import list_shape
from hinomi.api.console.enforcement import enforcement_shape
from hinomi.api.console.response_tasks import detail_row, task_row
from hinomi.api.console.scripts import script_row
from hinomi.app.desk import quote
from hinomi.app.local_server import LocalServer
from hinomi.app.opening import open_database, operational_url
from hinomi.errors import HinomiError, InputError
from hinomi.inventory.inventory import Inventory
from hinomi.response.block_files import export, read_csv
from hinomi.response.desk import ResponseDesk
from hinomi.response.scripts import Draft
from hinomi.response.task_list import TaskQuery
from hinomi.schema.principal import COMMAND_LINE
from hinomi.schema.task import ENDED, ResponseTask, Target, TargetKind, TaskState
from hinomi.settings import Settings

Row = dict[str, Any]
_API = "/console/api"
_SOURCE = "command-line"
MOST = 500  # tasks that are listed
LOOK_S = 0.5  # between two looks at a task that is waited for


class RespondingDesk(Protocol):
    """A task that cannot be asked for raises what stands against it. `decide`: approve, or reject with a reason."""

    def ask(
        self, action: str, target: Target, parameters: Mapping[str, Any], description: str, expires_s: int
    ) -> Row: ...
    def tasks(self, states: Sequence[str], search: str) -> list[Row]: ...
    def task(self, id_: str) -> Row: ...
    def cancel(self, id_: str) -> Row: ...
    def undo(self, id_: str) -> Row: ...
    def decide(self, id_: str, reason: str | None, user: str, password: Callable[[], str]) -> Row: ...
    def block_list(self) -> Row: ...
    def enforcement(self, value: str) -> Row: ...
    def export(self, format_: str) -> str: ...
    def import_csv(self, raw: bytes) -> Row: ...
    def scripts(self) -> list[Row]: ...
    def script(self, name: str) -> Row: ...
    def save_script(self, draft: Draft) -> Row: ...
    def remove_script(self, name: str) -> None: ...


@contextmanager
def open_responding(settings: Settings) -> Iterator[RespondingDesk]:
    server = LocalServer.of(settings)
    if server is not None:
        yield _ServerDesk(server)
        return
    database = open_database(settings)
    inventory, audit = Inventory(database, time.time), Audit(database, time.time)
    desk = ResponseDesk(database, audit, inventory, time.time, settings.data, operational_url(settings))
    try:
        yield _FolderDesk(desk)
    finally:
        desk.close()
        database.close()


def wait_for(desk: RespondingDesk, id_: str, seconds: float, look_s: float = LOOK_S) -> Row:
    """The task as soon as it has ended, or as it is after `seconds`."""
    end = time.monotonic() + seconds
    while True:
        row = desk.task(id_)
        if row["state"] in ENDED or time.monotonic() >= end:
            return row
        time.sleep(look_s)


class _FolderDesk:
    """Without a server nobody is connected: tasks for sensors wait until one runs again. The block list is changed at once."""

    def __init__(self, desk: ResponseDesk) -> None:
        self._desk = desk

    def ask(self, action: str, target: Target, parameters: Mapping[str, Any], description: str, expires_s: int) -> Row:
        more: dict[str, Any] = {"description": description, "expires_s": expires_s, "source": _SOURCE}
        task = self._desk.tasks.ask(COMMAND_LINE, action, target, parameters, **more)
        self._desk.carry()
        return self.task(task.id)

    def tasks(self, states: Sequence[str], search: str) -> list[Row]:
        query = TaskQuery(states=tuple(map(TaskState, states)), search=search, top=MOST)
        return [task_row(self._desk, COMMAND_LINE, one) for one in self._desk.tasks.page(query).items]

    def task(self, id_: str) -> Row:
        return self._shape(self._desk.tasks.get(id_))

    def cancel(self, id_: str) -> Row:
        return self._shape(self._desk.tasks.cancel(COMMAND_LINE, id_))

    def undo(self, id_: str) -> Row:
        task = self._desk.tasks.undo(COMMAND_LINE, id_)
        self._desk.carry()
        return self.task(task.id)

    def decide(self, id_: str, reason: str | None, user: str, password: Callable[[], str]) -> Row:  # noqa: ARG002
        tasks = self._desk.tasks
        return self._shape(
            tasks.approve(COMMAND_LINE, id_) if reason is None else tasks.reject(COMMAND_LINE, id_, reason)
        )

    def block_list(self) -> Row:
        return list_shape(self._desk)

    def enforcement(self, value: str) -> Row:
        return enforcement_shape(self._desk.enforcement.of(value))

    def export(self, format_: str) -> str:
        version, objects = self._desk.block_list.effective()
        return export(objects, format_, version)[0]

    def import_csv(self, raw: bytes) -> Row:
        objects, errors = read_csv(raw, int(time.time() * 1000))
        return {"added": len(self._desk.block_list.add(COMMAND_LINE, objects, source="import")), "errors": errors}

    def scripts(self) -> list[Row]:
        room = self._desk.scripts
        return [script_row(one, room.is_signed(one)) for one in room.all()]

    def script(self, name: str) -> Row:
        found = self._desk.scripts.get(name)
        return script_row(found, self._desk.scripts.is_signed(found)) | {"text": found.text}

    def save_script(self, draft: Draft) -> Row:
        room = self._desk.scripts
        known = {one.name: one.id for one in room.all()}
        if draft.name in known:
            return script_row(room.change(COMMAND_LINE, known[draft.name], draft), is_signed=True)
        return script_row(room.add(COMMAND_LINE, draft), is_signed=True)

    def remove_script(self, name: str) -> None:
        self._desk.scripts.remove(COMMAND_LINE, name)

    def _shape(self, task: ResponseTask) -> Row:
        return detail_row(self._desk, COMMAND_LINE, task)


class _ServerDesk:
    def __init__(self, server: LocalServer) -> None:
        self._server = server

    def ask(self, action: str, target: Target, parameters: Mapping[str, Any], description: str, expires_s: int) -> Row:
        wish: Row = {
            "action": action,
            "targets": [{"kind": str(target.kind), "id": target.id}],
            "parameters": dict(parameters),
        }
        wish |= {"description": description, "expiresInS": expires_s, "source": _SOURCE}
        (answer,) = self._server.ask("POST", f"{_API}/response/tasks", json=wish).json()["items"]
        if "task" not in answer:
            raise _refusal(answer["error"])
        return self.task(answer["task"]["id"])

    def tasks(self, states: Sequence[str], search: str) -> list[Row]:
        asked: dict[str, str | int] = {"state": ",".join(states), "search": search, "top": MOST}
        return list(self._server.get(f"{_API}/response/tasks", asked)["items"])

    def task(self, id_: str) -> Row:
        return self._server.get(_path(id_))

    def cancel(self, id_: str) -> Row:
        return dict(self._server.ask("POST", f"{_path(id_)}/cancel").json())

    def undo(self, id_: str) -> Row:
        return dict(self._server.ask("POST", f"{_path(id_)}/undo").json())

    def decide(self, id_: str, reason: str | None, user: str, password: Callable[[], str]) -> Row:
        if not user:
            raise InputError("approving and rejecting is a person's matter: --user NAME")
        person = self._server.log_in(user, password())
        if reason is None:
            return dict(person.ask("POST", f"{_path(id_)}/approve").json())
        return dict(person.ask("POST", f"{_path(id_)}/reject", json={"reason": reason}).json())

    def block_list(self) -> Row:
        return self._server.get(f"{_API}/block-list")

    def enforcement(self, value: str) -> Row:
        return dict(self._server.ask("GET", f"{_API}/block-list/enforcement", {"value": value}).json())

    def export(self, format_: str) -> str:
        return self._server.ask("GET", f"{_API}/block-list/export", {"format": format_}).text

    def import_csv(self, raw: bytes) -> Row:
        return dict(self._server.ask("POST", f"{_API}/block-list/import", files={"file": ("list.csv", raw)}).json())

    def scripts(self) -> list[Row]:
        return list(self._server.get(f"{_API}/scripts")["items"])

    def script(self, name: str) -> Row:
        return self._server.get(f"{_API}/scripts/{quote(name)}")

    def save_script(self, draft: Draft) -> Row:
        known = {row["name"]: row["id"] for row in self.scripts()}
        form = {
            "kind": draft.kind,
            "description": draft.description,
            "parameters": draft.parameters,
            "name": draft.name,
        }
        files = {"file": (draft.name, draft.text.encode())}
        if draft.name in known:
            return dict(self._server.ask("PUT", f"{_API}/scripts/{known[draft.name]}", form=form, files=files).json())
        return dict(self._server.ask("POST", f"{_API}/scripts", form=form, files=files).json())

    def remove_script(self, name: str) -> None:
        self._server.ask("DELETE", f"{_API}/scripts/{quote(name)}")


def _path(id_: str) -> str:
    return f"{_API}/response/tasks/{quote(id_)}"


def _refusal(error: Mapping[str, Any]) -> HinomiError:
    return InputError(str(error["message"]))


def read_target(action: str, text: str) -> Target:
    """What a person wrote -> a target of the kind that this action is done to."""
    from hinomi.response.actions import BY_NAME

    if action not in BY_NAME:
        names = sorted(name for name, one in BY_NAME.items() if not one.is_internal)
        raise InputError(f"no action {action[:64]!r}; there are: {', '.join(names)}")
    kind = BY_NAME[action].kind
    return Target(kind if kind in set(TargetKind) else TargetKind.ENDPOINT, text)
