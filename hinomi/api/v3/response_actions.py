"""Response actions of the public API: each a list of wishes in, 207 with a task each out."""

import shlex
from collections.abc import Callable
from typing import Annotated, Any

from fastapi import Depends, Request, Response
from pydantic import Field

from hinomi.api.gate import Rooms, public
from hinomi.api.house import House
from hinomi.api.multi_status import MAX_ITEMS, Item, each
from hinomi.api.resource import resource
from hinomi.api.shapes import Sent
from hinomi.errors import InputError
from hinomi.schema.principal import Permission, Principal
from hinomi.schema.task import ResponseTask, Target, TargetKind

router = resource("/v3.0/response", "response")

Responder = Annotated[Principal, Depends(public(Permission.RESPOND))]
_REPLY: dict[int | str, dict[str, Any]] = {207: {"model": list[Item]}}
_DAY_MS = 86_400_000
_DEFAULT_DAYS = 30  # of a blocked object; the real service's default


class EndpointWish(Sent):
    agent_guid: str | None = Field(default=None, max_length=64)
    endpoint_name: str | None = Field(default=None, max_length=255)
    description: str = Field(default="", max_length=1000)


class FileWish(EndpointWish):
    file_path: str = Field(max_length=4096)


class ProcessWish(EndpointWish):
    file_sha1: str | None = Field(default=None, max_length=40)
    file_sha256: str | None = Field(default=None, max_length=64)
    file_name: str | None = Field(default=None, max_length=4096)
    process_id: int | None = None


class ScriptWish(EndpointWish):
    file_name: str = Field(max_length=255)
    parameter: str = Field(default="", max_length=4096)


class YaraWish(EndpointWish):
    """`target` Process scans the memory of `targetProcessName`, File what lies under `targetFileLocation`."""

    target: str = Field(default="File", max_length=16)
    target_process_name: str | None = Field(default=None, max_length=4096)
    target_file_location: str | None = Field(default=None, max_length=4096)
    yara_rule_file_content: str = Field(max_length=512_000)


class ScanWish(Sent):
    endpoints: list[EndpointWish] = Field(max_length=MAX_ITEMS)
    description: str = Field(default="", max_length=1000)


class MailWish(Sent):
    message_id: str | None = Field(default=None, max_length=998)  # RFC 5322, line length
    mail_box: str | None = Field(default=None, max_length=320)
    unique_id: str | None = Field(default=None, max_length=998)
    description: str = Field(default="", max_length=1000)


class AccountWish(Sent):
    account_name: str = Field(min_length=1, max_length=320)
    description: str = Field(default="", max_length=1000)


class ObjectWish(Sent):
    """One of the six kinds of value; the rest says what to do with it."""

    url: str | None = Field(default=None, max_length=2048)
    domain: str | None = Field(default=None, max_length=253)
    ip: str | None = Field(default=None, max_length=45)
    file_sha1: str | None = Field(default=None, max_length=40)
    file_sha256: str | None = Field(default=None, max_length=64)
    sender_mail_address: str | None = Field(default=None, max_length=320)
    description: str = Field(default="", max_length=1000)
    scan_action: str = Field(default="block", max_length=8)
    risk_level: str = Field(default="high", max_length=8)
    days_to_expiration: int = Field(default=_DEFAULT_DAYS, ge=-1, le=36_500)  # -1: never


Endpoints = Annotated[list[EndpointWish], Field(min_length=1, max_length=MAX_ITEMS)]
Files = Annotated[list[FileWish], Field(min_length=1, max_length=MAX_ITEMS)]
Processes = Annotated[list[ProcessWish], Field(min_length=1, max_length=MAX_ITEMS)]
Scripts = Annotated[list[ScriptWish], Field(min_length=1, max_length=MAX_ITEMS)]
Yaras = Annotated[list[YaraWish], Field(min_length=1, max_length=MAX_ITEMS)]
Mails = Annotated[list[MailWish], Field(min_length=1, max_length=MAX_ITEMS)]
Accounts = Annotated[list[AccountWish], Field(min_length=1, max_length=MAX_ITEMS)]
Objects = Annotated[list[ObjectWish], Field(min_length=1, max_length=MAX_ITEMS)]


def _ask(
    house: House, who: Principal, action: str, target: Target, parameters: dict[str, Any], description: str
) -> ResponseTask:
    return house.response.tasks.ask(who, action, target, parameters, description=description, source="api")


def _on_endpoint(
    house: House, who: Principal, action: str, parameters: Callable[[Any], dict[str, Any]]
) -> Callable[[Any], ResponseTask]:
    def ask(wish: EndpointWish) -> ResponseTask:
        return _ask(house, who, action, _endpoint(house, wish), parameters(wish), wish.description)

    return ask


def _endpoint(house: House, wish: EndpointWish) -> Target:
    named = wish.agent_guid or wish.endpoint_name
    if not named:
        raise InputError("agentGuid or endpointName is needed")
    found = house.inventory.find(named)
    return Target(TargetKind.ENDPOINT, found.guid, found.name, next(iter(found.ips), ""), found.os_name)


def _nothing(_wish: EndpointWish) -> dict[str, Any]:
    return {}


@router.post("/endpoints/isolate", status_code=207, responses=_REPLY)
def isolate(request: Request, wishes: Endpoints, house: Rooms, who: Responder) -> Response:
    """Cut endpoints off from the network; only this server stays reachable."""
    return each(request, wishes, _on_endpoint(house, who, "isolate_endpoint", _nothing))


@router.post("/endpoints/restore", status_code=207, responses=_REPLY)
def restore(request: Request, wishes: Endpoints, house: Rooms, who: Responder) -> Response:
    """Give isolated endpoints their network back."""
    return each(request, wishes, _on_endpoint(house, who, "restore_endpoint", _nothing))


@router.post("/endpoints/collectFile", status_code=207, responses=_REPLY)
def collect_file(request: Request, wishes: Files, house: Rooms, who: Responder) -> Response:
    """Fetch a file of an endpoint as a zip with a password."""
    return each(request, wishes, _on_endpoint(house, who, "collect_file", lambda wish: {"path": wish.file_path}))


@router.post("/endpoints/terminateProcess", status_code=207, responses=_REPLY)
def terminate_process(request: Request, wishes: Processes, house: Rooms, who: Responder) -> Response:
    """End the processes that run a file (by hash), or one process."""
    return each(request, wishes, _on_endpoint(house, who, "terminate_process", _process))


def _process(wish: ProcessWish) -> dict[str, Any]:
    given = {"sha1": wish.file_sha1, "sha256": wish.file_sha256, "name": wish.file_name, "pid": wish.process_id}
    return {name: value for name, value in given.items() if value}


@router.post("/endpoints/runScript", status_code=207, responses=_REPLY)
def run_script(
    request: Request,
    wishes: Scripts,
    house: Rooms,
    who: Annotated[Principal, Depends(public(Permission.SHELL))],
) -> Response:
    """Run a script of the library."""

    def parameters(wish: ScriptWish) -> dict[str, Any]:
        return {"name": wish.file_name, "arguments": _words(wish.parameter)}

    return each(request, wishes, _on_endpoint(house, who, "run_script", parameters))


@router.post("/endpoints/runYaraRules", status_code=207, responses=_REPLY)
def run_yara_rules(request: Request, wishes: Yaras, house: Rooms, who: Responder) -> Response:
    """Look for YARA rules in files or in the memory of a process."""

    def parameters(wish: YaraWish) -> dict[str, Any]:
        given = {"path": wish.target_file_location, "name": wish.target_process_name}
        found = {name: value for name, value in given.items() if value}
        return {"rules": wish.yara_rule_file_content, "target": wish.target.lower(), **found}

    return each(request, wishes, _on_endpoint(house, who, "run_yara", parameters))


@router.post("/endpoints/startMalwareScan", status_code=207, responses=_REPLY)
def start_scan(request: Request, wish: ScanWish, house: Rooms, who: Responder) -> Response:
    """A full scan with the current pattern set."""
    return each(request, wish.endpoints, _on_endpoint(house, who, "scan", lambda _wish: {"kind": "full"}))


def _words(text: str) -> list[str]:
    """What a shell would make of the text."""
    try:
        return shlex.split(text)
    except ValueError as error:
        raise InputError(f"parameter: {error}") from error


def _on_mail(house: House, who: Principal, action: str) -> Callable[[MailWish], ResponseTask]:
    def ask(wish: MailWish) -> ResponseTask:
        id_ = wish.message_id or wish.unique_id
        if not id_:
            raise InputError("messageId or uniqueId is needed")
        given = {"message_id": wish.message_id, "mailbox": wish.mail_box, "unique_id": wish.unique_id}
        parameters = {name: value for name, value in given.items() if value}
        return _ask(house, who, action, Target(TargetKind.MESSAGE, id_, id_), parameters, wish.description)

    return ask


def _mail_route(action: str, does: str) -> Callable[..., Response]:
    def route(request: Request, wishes: Mails, house: Rooms, who: Responder) -> Response:
        return each(request, wishes, _on_mail(house, who, action))

    return _named(route, action, does)


def _named(route: Callable[..., Response], action: str, does: str) -> Callable[..., Response]:
    route.__name__, route.__doc__ = action, does
    return route


for _path, _action, _does in (
    ("quarantine", "quarantine_message", "Move a message out of every mailbox, or of one."),
    ("restore", "restore_message", "Put a quarantined message back where it was."),
    ("delete", "delete_message", "Delete a message for good."),
):
    router.post(f"/emails/{_path}", status_code=207, responses=_REPLY)(_mail_route(_action, _does))


def _on_account(house: House, who: Principal, action: str) -> Callable[[AccountWish], ResponseTask]:
    def ask(wish: AccountWish) -> ResponseTask:
        target = Target(TargetKind.ACCOUNT, wish.account_name, wish.account_name)
        return _ask(house, who, action, target, {}, wish.description)

    return ask


def _account_route(action: str, does: str) -> Callable[..., Response]:
    def route(request: Request, wishes: Accounts, house: Rooms, who: Responder) -> Response:
        return each(request, wishes, _on_account(house, who, action))

    return _named(route, action, does)


for _path, _action, _does in (
    ("disable", "disable_account", "Nobody can log in to it any more."),
    ("enable", "enable_account", "Allow log-ins again."),
    ("signOut", "sign_out", "End the sessions of an account."),
    ("resetPassword", "reset_password", "A new password that has to be changed at the next log-in."),
):
    router.post(f"/domainAccounts/{_path}", status_code=207, responses=_REPLY)(_account_route(_action, _does))


_OBJECTS = (
    ("url", "url"),
    ("domain", "domain"),
    ("ip", "ip"),
    ("file_sha1", "fileSha1"),
    ("file_sha256", "fileSha256"),
    ("sender_mail_address", "senderMailAddress"),
)


def _on_object(house: House, who: Principal, action: str) -> Callable[[ObjectWish], ResponseTask]:
    def ask(wish: ObjectWish) -> ResponseTask:
        type_, value = _object(wish)
        parameters: dict[str, Any] = {"type": type_, "value": value}
        if action == "block_object":
            parameters |= {"action": wish.scan_action.lower(), "risk": wish.risk_level.lower()}
            if wish.days_to_expiration >= 0:
                parameters["expires_ms"] = house.now_ms() + wish.days_to_expiration * _DAY_MS
        return _ask(house, who, action, Target(TargetKind.OBJECT, value, value), parameters, wish.description)

    return ask


def _object(wish: ObjectWish) -> tuple[str, str]:
    given = [(type_, value) for name, type_ in _OBJECTS if (value := getattr(wish, name))]
    if len(given) != 1:
        raise InputError(f"exactly one of {', '.join(type_ for _, type_ in _OBJECTS)} is needed")
    return given[0]


@router.post("/suspiciousObjects", status_code=207, responses=_REPLY)
def block(request: Request, wishes: Objects, house: Rooms, who: Responder) -> Response:
    """Put values on the block list."""
    return each(request, wishes, _on_object(house, who, "block_object"))


@router.post("/suspiciousObjects/delete", status_code=207, responses=_REPLY)
def unblock(request: Request, wishes: Objects, house: Rooms, who: Responder) -> Response:
    """Take values off the block list."""
    return each(request, wishes, _on_object(house, who, "unblock_object"))
