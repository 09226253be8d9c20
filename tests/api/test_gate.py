"""Deny by default: who may pass which route, for every role and every route there is."""

from dataclasses import replace

import httpx
import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute

from hinomi.api.gate import Gate, Open, Rates, api_routes, gates, refuse_ungated
from hinomi.api.server import create_app
from hinomi.errors import TooMany
from hinomi.schema.principal import PERMISSIONS, Role
from tests.api.house import PASSWORD, Running, served
from tests.api.test_envelope import told
from tests.make_access import Clock

OPEN = {"/healthz", "/readyz", "/metrics", "/openapi.json", "/console/api/login"}


def test_only_these_routes_are_open(shared: Running) -> None:
    routes = api_routes(create_app(shared.api))
    assert {route.path for route in routes if isinstance(gates(route)[0], Open)} == OPEN


def test_an_app_with_an_unguarded_route_is_not_built() -> None:
    app = FastAPI(openapi_url=None)
    app.add_api_route("/hole", lambda: None)
    with pytest.raises(RuntimeError, match=r"\['GET'\] /hole"):
        refuse_ungated(app)


def guarded(app: FastAPI) -> list[tuple[str, str, Gate]]:
    """Method, path with its parameters filled in, gate."""
    found = []
    for route in api_routes(app):
        gate = gates(route)[0]
        if isinstance(gate, Gate):
            found += [(method, filled(route), gate) for method in sorted(route.methods or ())]
    return found


def filled(route: APIRoute) -> str:
    path = route.path
    for parameter in route.dependant.path_params:
        path = path.replace(f"{{{parameter.name}}}", "7")
    return path


@pytest.mark.parametrize("role", list(Role))
def test_each_role_passes_exactly_the_routes_of_its_permissions(shared: Running, role: Role) -> None:
    client = shared.key(role)
    wrong = []
    for method, path, gate in guarded(create_app(shared.api)):
        may = gate.permission is None or gate.permission in PERMISSIONS[role]
        status = client.request(method, path).status_code
        if (status == 403) is may or status >= 500:
            wrong.append((method, path, status))
    assert wrong == []


def test_nobody_passes_without_showing_who_they_are(shared: Running) -> None:
    client = shared.client()
    routes = guarded(create_app(shared.api))
    assert [(method, path) for method, path, _ in routes if client.request(method, path).status_code != 401] == []


def test_a_cookie_opens_the_console_and_nothing_else(shared: Running) -> None:
    person = shared.person()
    assert person.get("/console/api/workbench/summary").status_code == 200
    assert person.get("/v3.0/workbench/alerts").status_code == 401


def test_a_change_with_a_cookie_needs_the_csrf_token(shared: Running) -> None:
    person = shared.new_person()
    right = person.headers.pop("X-CSRF-Token")
    assert person.patch("/console/api/me", json={"theme": "dark"}).status_code == 403
    assert person.patch("/console/api/me", json={"theme": "dark"}, headers={"X-CSRF-Token": "no"}).status_code == 403
    assert person.patch("/console/api/me", json={"theme": "dark"}, headers={"X-CSRF-Token": right}).status_code == 200
    assert shared.key().get("/console/api/workbench/summary").status_code == 200


def test_the_cookie_cannot_be_read_by_scripts_or_sent_by_other_sites(shared: Running) -> None:
    person = shared.new_person()
    name = person.get("/console/api/session").json()["user"]["name"]
    sent = shared.client().post("/console/api/login", json={"user": name, "password": PASSWORD})
    cookie = sent.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie
    assert "secure" not in cookie
    headers = {"X-Forwarded-Proto": "https"}
    sent = shared.client().post("/console/api/login", json={"user": name, "password": PASSWORD}, headers=headers)
    assert "secure" in sent.headers["set-cookie"].lower()


def test_too_many_requests_are_told_when_to_come_back(shared: Running) -> None:
    with served(create_app(replace(shared.api, requests_per_minute=1))) as url:
        client = httpx.Client(base_url=url, headers=shared.key().headers, trust_env=False)
        with client:
            replies = [client.get("/v3.0/healthcheck/connectivity") for _ in range(3)]
    told(replies[-1], 429, "TooManyRequests")
    assert 1 <= int(replies[-1].headers["Retry-After"]) <= 60


def test_a_key_is_slowed_down_and_told_when_to_come_back() -> None:
    clock = Clock(600.0)
    rates = Rates(2, clock)
    rates.count("a")
    rates.count("a")
    rates.count("b")
    with pytest.raises(TooMany) as caught:
        rates.count("a")
    assert caught.value.retry_after_s == 60
    clock.pass_s(60)
    rates.count("a")
