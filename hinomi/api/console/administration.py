"""Users, API keys, the audit log, and how the server is."""

from typing import Annotated, Any

from fastapi import Depends, Query, Response
from pydantic import Field

from hinomi.access.api_key import ApiKey
from hinomi.access.audit import AuditEntry
from hinomi.access.user import User
from hinomi.api import paging
from hinomi.api.console.activities import From, To
from hinomi.api.console.names import moment
from hinomi.api.gate import Rooms, console
from hinomi.api.reply import Json, no_content, reply
from hinomi.api.resource import resource
from hinomi.api.shapes import Sent, Shape, SkipToken, Top
from hinomi.api.window import check_order, read_end, read_start
from hinomi.schema.principal import Permission, Principal, Role

router = resource("/console/api", "administration")

Administrator = Annotated[Principal, Depends(console(Permission.ADMINISTER))]
_ADMINISTER = [Depends(console(Permission.ADMINISTER))]
_DAYS_OF_A_MONTH = 30


class UserShape(Shape):
    name: str
    role: Role
    enabled: bool
    created_date_time: str
    last_login_date_time: str | None


class UserList(Shape):
    items: list[UserShape]


class NewUserShape(UserShape):
    password: str | None = None


class NewUser(Sent):
    name: str
    role: Role
    password: str | None = Field(default=None, max_length=1024)


class UserChanges(Sent):
    role: Role | None = None
    enabled: bool | None = None
    password: str | None = Field(default=None, max_length=1024)


class TokenShape(Shape):
    id: str
    name: str
    prefix: str
    role: Role
    status: str
    description: str
    created_by: str
    created_date_time: str
    expires_date_time: str | None
    last_used_date_time: str | None


class TokenList(Shape):
    items: list[TokenShape]


class NewTokenShape(TokenShape):
    token: str


class NewToken(Sent):
    name: str
    role: Role
    expires_in_days: int | None = Field(default=None, ge=0)
    description: str = ""


class AuditShape(Shape):
    id: int
    at: str
    who: str
    kind: str
    role: str
    action: str
    target: str
    result: str
    address: str
    details: dict[str, Any]


class AuditPage(Shape):
    items: list[AuditShape]
    total_count: int
    skip_token: str | None = None


class SpoolShape(Shape):
    waiting: int


class StatusShape(Shape):
    lake: dict[str, Any]
    spool: SpoolShape
    dead_letters: dict[str, int]
    records: int | None = None
    activities: int
    detections: int
    alerts: int
    detections_by_risk: dict[str, int] | None = None
    correlation: dict[str, int] | None = None
    content_problems: list[str] | None = None
    sensors: dict[str, Any] | None = None
    version: str
    trouble: str | None = None


def _user(user: User) -> dict[str, Any]:
    return {
        "name": user.name,
        "role": str(user.role),
        "enabled": user.enabled,
        "createdDateTime": moment(user.created_ms),
        "lastLoginDateTime": moment(user.last_login_ms),
    }


@router.get("/users", responses={200: {"model": UserList}}, dependencies=_ADMINISTER)
def list_users(house: Rooms) -> Response:
    """Every user."""
    return reply({"items": [_user(user) for user in house.access.users.all()]})


@router.post("/users", status_code=201, responses={201: {"model": NewUserShape}})
def add_user(sent: NewUser, house: Rooms, who: Administrator) -> Response:
    """Add a user. Without a password one is made up, and told this once."""
    user, password = house.access.users.create(who, sent.name, sent.role, sent.password)
    told = {} if sent.password is not None else {"password": password}
    return Json(_user(user) | told, status_code=201)


@router.patch("/users/{name}", responses={200: {"model": UserShape}})
def change_user(name: str, sent: UserChanges, house: Rooms, who: Administrator) -> Response:
    """Change role, password, or whether the user may log in; the user's sessions end."""
    changed = house.access.users.change(who, name, role=sent.role, enabled=sent.enabled, password=sent.password)
    return reply(_user(changed))


@router.delete("/users/{name}", status_code=204, response_class=Response)
def remove_user(name: str, house: Rooms, who: Administrator) -> Response:
    """Remove a user."""
    house.access.users.remove(who, name)
    return no_content()


def _token(key: ApiKey, now_ms: int) -> dict[str, Any]:
    return {
        "id": key.id,
        "name": key.name,
        "prefix": key.prefix,
        "role": str(key.role),
        "status": key.status(now_ms),
        "description": key.description,
        "createdBy": key.created_by,
        "createdDateTime": moment(key.created_ms),
        "expiresDateTime": moment(key.expires_ms),
        "lastUsedDateTime": moment(key.last_used_ms),
    }


@router.get("/tokens", responses={200: {"model": TokenList}}, dependencies=_ADMINISTER)
def list_tokens(house: Rooms) -> Response:
    """Every API key, without its value."""
    return reply({"items": [_token(key, house.now_ms()) for key in house.access.keys.all()]})


@router.post("/tokens", status_code=201, responses={201: {"model": NewTokenShape}})
def add_token(sent: NewToken, house: Rooms, who: Administrator) -> Response:
    """Make an API key; `token` is its value and told this once. Days are rounded up to months."""
    months = -(-(sent.expires_in_days or 0) // _DAYS_OF_A_MONTH)
    key, value = house.access.keys.create(who, sent.name, sent.role, months, sent.description)
    return Json(_token(key, house.now_ms()) | {"token": value}, status_code=201)


@router.delete("/tokens/{token_id}", status_code=204, response_class=Response)
def remove_token(token_id: str, house: Rooms, who: Administrator) -> Response:
    """Remove an API key; it opens nothing from now on."""
    house.access.keys.remove(who, token_id)
    return no_content()


def _entry(entry: AuditEntry) -> dict[str, Any]:
    return {
        "id": entry.number,
        "at": moment(entry.at_ms),
        "who": entry.who,
        "kind": entry.kind,
        "role": entry.role,
        "action": entry.action,
        "target": entry.target,
        "result": entry.outcome,
        "address": entry.address,
        "details": entry.details,
    }


@router.get("/audit", responses={200: {"model": AuditPage}}, dependencies=[Depends(console(Permission.AUDIT))])
def list_audit(
    house: Rooms,
    start: From = None,
    end: To = None,
    search: Annotated[str, Query(description="Every word must be found.")] = "",
    top: Top = None,
    skip_token: SkipToken = None,
) -> Response:
    """Who changed what, newest first."""
    start_ms, end_ms = read_start("from", start), read_end("to", end)
    check_order(start_ms, end_ms)
    size = paging.read_top(top, 50, 1000)
    page = house.access.audit.search(from_ms=start_ms, to_ms=end_ms, text=search, top=size, skip_token=skip_token or "")
    return reply(paging.console_page([_entry(entry) for entry in page.items], page.total, page.skip_token))


@router.get("/status", responses={200: {"model": StatusShape}}, dependencies=[Depends(console(Permission.VIEW))])
def get_status(house: Rooms) -> Response:
    """How full and how busy the server is."""
    return reply(house.status())
