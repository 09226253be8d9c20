"""Whatever a client sends in a parameter, header or path: an answer or a refusal, never a crash."""

from typing import Any
from urllib.parse import quote

import httpx
import pytest
from fastapi.routing import APIRoute

from hinomi.api.gate import api_routes
from hinomi.api.server import create_app
from hinomi.schema.principal import Role
from tests.api.house import Running

VALUES = ["", "\0", "火¥\\\"'", "9" * 400, "-1", "[]{}()*?", "2026-13-40T99:99:99Z", "0001-01-01", "x" * 6000]
HEADERS = ("TMV1-Filter", "TMV1-Query", "If-Match", "x-trace-id", "X-Forwarded-Host", "X-CSRF-Token")


def reading(running: Running) -> list[APIRoute]:
    return [route for route in api_routes(create_app(running.api)) if "GET" in (route.methods or ())]


def crashes(client: httpx.Client, path: str, **more: Any) -> list[tuple[str, dict[str, Any], str]]:
    reply = client.get(path, **more)
    return [(path[:80], more, reply.text[:200])] if reply.status_code >= 500 and path != "/readyz" else []


@pytest.mark.parametrize("value", VALUES, ids=range(len(VALUES)))
def test_no_parameter_crashes_a_route(shared: Running, value: str) -> None:
    client, found = shared.key(Role.ADMINISTRATOR), []
    for route in reading(shared):
        path = route.path
        for parameter in route.dependant.path_params:
            path = path.replace(f"{{{parameter.name}}}", quote(value, safe="") or "-")
        found += crashes(client, path)
        names = {parameter.alias for parameter in route.dependant.query_params}
        for dependant in route.dependant.dependencies:
            names |= {parameter.alias for parameter in dependant.query_params}
        for name in sorted(names):
            found += crashes(client, path, params={name: value})
    assert found == []


@pytest.mark.parametrize("name", HEADERS)
def test_no_header_crashes_a_route(shared: Running, name: str) -> None:
    client, found = shared.key(Role.ADMINISTRATOR), []
    for route in reading(shared):
        for value in VALUES:
            if "\0" not in value and route.path.startswith("/v3.0") and "{" not in route.path:
                found += crashes(client, route.path, headers={name: value.encode()})
    assert found == []


BODIES: list[Any] = [None, [], {}, "x", 7, [None], {"status": None}, {"ids": [1], "changes": 7}, {"content": {"a": 1}}]


@pytest.mark.parametrize("body", BODIES, ids=range(len(BODIES)))
def test_no_body_crashes_a_route(worked: Running, body: Any) -> None:
    client, found = worked.key(Role.ADMINISTRATOR), []
    for route in api_routes(create_app(worked.api)):
        path = route.path
        for parameter in route.dependant.path_params:
            path = path.replace(f"{{{parameter.name}}}", "7")
        for method in sorted((route.methods or set()) - {"GET"}):
            reply = client.request(method, path, json=body)
            found += [(method, path, reply.text[:200])] if reply.status_code >= 500 else []
    assert found == []
