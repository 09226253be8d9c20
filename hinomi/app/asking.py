"""What the command line asks of a data folder. Rows of the operational database are read directly (also while a server
runs); the lake has one owner, so Search goes through the server when there is one."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from hinomi.access.access import Access
from hinomi.api.console.alert_row import alert_row
from hinomi.api.console.explain import console_times
from hinomi.app.content import load_all
from hinomi.app.lake import open_lake
from hinomi.app.local_server import LocalServer
from hinomi.app.opening import open_access, open_database
from hinomi.app.rooms import lake_numbers
from hinomi.detect.exception_store import ExceptionStore
from hinomi.errors import InputError
from hinomi.operations.inquiry import Inquiry
from hinomi.schema.alert import AlertQuery, Status
from hinomi.schema.principal import COMMAND_LINE, Role
from hinomi.settings import Settings
from hinomi.workbench.workbench import Workbench

PAGE = 200  # rows asked for at a time


def list_alerts(settings: Settings, status: Sequence[str], limit: int) -> list[dict[str, Any]]:
    """Alert rows as the console shows them, with their fingerprints, highest score first; no status means all."""
    workbench = _workbench(settings)
    query = AlertQuery(statuses=tuple(_status(name) for name in status), top=min(limit, PAGE))
    rows: list[dict[str, Any]] = []
    while True:
        page = workbench.page(query)
        rows += [{**alert_row(row), "fingerprint": row.fingerprint} for row in page.items]
        if not page.skip_token or len(rows) >= limit:
            return rows[:limit]
        query = replace(query, skip_token=page.skip_token)


def _workbench(settings: Settings) -> Workbench:
    database = open_database(settings)
    return Workbench(database, settings.org, time.time, Access(database, time.time))


def _status(name: str) -> Status:
    for status in Status:
        if status.lower() == name.lower():
            return status
    raise InputError(f"no status {name!r}; there are: {', '.join(Status)}")


def explain(settings: Settings, asked: Mapping[str, str]) -> dict[str, Any]:
    """Why: `asked` is {"alert"}, {"detection"} or {"filter", "uuid"}; through the server when one runs."""
    server = LocalServer.of(settings)
    if server is not None:
        return server.get("/console/api/explain", dict(asked))
    content, _ = load_all(settings)
    now_ms = int(time.time() * 1000)
    active = [one for one in ExceptionStore(open_database(settings)).all() if one.is_active(now_ms)]
    with open_lake(settings) as lake:
        inquiry = Inquiry(content, lake, active)
        if "alert" in asked:
            told = inquiry.alert(_workbench(settings), asked["alert"])
        elif "detection" in asked:
            told = inquiry.detection(asked["detection"])
        else:
            told = inquiry.activity(asked["filter"], asked["uuid"])
    return dict(console_times(told))


def lake_status(settings: Settings) -> dict[str, Any]:
    """Numbers of the lake: activities, detections, bytes on disk ...; through the server when one runs."""
    server = LocalServer.of(settings)
    if server is None:
        with open_lake(settings) as lake:
            return lake_numbers(lake)
    return dict(server.get("/console/api/status")["lake"])


def create_token(settings: Settings, role: str, name: str, months: int) -> str:
    """The value of the new key."""
    _, value = open_access(settings).keys.create(COMMAND_LINE, name, a_role(role), months)
    return value


def create_user(settings: Settings, name: str, role: str) -> str:
    """The new user's random password."""
    _, password = open_access(settings).users.create(COMMAND_LINE, name, a_role(role))
    return password


def a_role(name: str) -> Role:
    try:
        return Role(name)
    except ValueError:
        raise InputError(f"no role {name!r}; there are: {', '.join(Role)}") from None
