"""What lies round every request, on a real socket: clients read names and statuses, not our intentions."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

import httpx
import pytest
from fastapi import FastAPI, Request

from hinomi.api.envelope import BODY_BYTES, Envelope
from hinomi.api.failures import install
from hinomi.api.shapes import ErrorReply
from hinomi.schema.principal import Role
from tests.api.house import Running, served

ALERTS = "/v3.0/workbench/alerts"


def told(reply: httpx.Response, status: int, code: str) -> dict:
    """The error of the reply, after it was held against the envelope."""
    assert reply.status_code == status, reply.text
    assert reply.headers["content-type"] == "application/json"
    error = ErrorReply.model_validate(reply.json()).error
    assert error.code == code
    assert error.message
    return reply.json()["error"]


def raw(url: str, text: str) -> bytes:
    """What the server says to a request written by hand."""
    address = urlsplit(url)
    with socket.create_connection((address.hostname, address.port), timeout=30) as connection:
        connection.sendall(text.replace("\n", "\r\n").encode())
        answer = b""
        while chunk := connection.recv(65536):
            answer += chunk
        return answer


def test_headers_are_spelled_as_clients_look_for_them(shared: Running) -> None:
    client = shared.key()
    alert = client.get(ALERTS).json()["items"][0]["id"]
    key = client.headers["Authorization"]
    head = f"Host: example.org:1\nAuthorization: {key}\nConnection: close\n"
    got = raw(shared.url, f"GET {ALERTS}/{alert} HTTP/1.1\n{head}\n")
    assert b"\r\nETag: " in got
    assert b"\r\ncontent-type: application/json\r\n" in got.lower()
    body = '{"content": "x"}'
    length = f"Content-Type: application/json\nContent-Length: {len(body)}\n"
    added = raw(shared.url, f"POST {ALERTS}/{alert}/notes HTTP/1.1\n{head}{length}\n{body}")
    assert added.startswith(b"HTTP/1.1 201 ")
    assert f"\r\nLocation: http://example.org:1{ALERTS}/{alert}/notes/".encode() in added
    assert added.endswith(b"\r\n\r\n")


def test_the_trace_id_is_echoed_or_made(shared: Running) -> None:
    client = shared.client()
    assert client.get("/healthz", headers={"x-trace-id": "abc-123"}).headers["x-trace-id"] == "abc-123"
    made = client.get("/healthz").headers["x-trace-id"]
    assert len(made) == 32
    assert client.get("/healthz", headers={"x-trace-id": "a b"}).headers["x-trace-id"] != "a b"
    assert told(client.get("/v3.0/nothing"), 404, "NotFound")


def test_every_refusal_has_the_envelope(shared: Running) -> None:
    client, reader = shared.key(), shared.key(Role.SIEM)
    told(client.get("/v3.0/nothing"), 404, "NotFound")
    told(client.delete("/v3.0/nothing/at/all"), 404, "NotFound")
    told(client.delete(ALERTS), 405, "MethodNotAllowed")
    told(shared.client().get(ALERTS), 401, "Unauthorized")
    told(shared.client(Authorization="Bearer wrong").get(ALERTS), 401, "Unauthorized")
    told(shared.client(Authorization="Basic eDp5").get(ALERTS), 401, "Unauthorized")
    told(reader.patch(f"{ALERTS}/WB-1", json={"status": "Closed"}), 403, "AccessDenied")
    assert told(client.get(f"{ALERTS}/WB-7-20200101-99999"), 404, "NotFound")["number"] == 3090007
    wrong = told(client.patch(f"{ALERTS}/WB-1", json={"status": "Done"}), 400, "BadRequest")
    assert wrong["number"] == 3090003
    assert wrong["message"].startswith("status: ")
    told(client.patch(f"{ALERTS}/WB-1", content=b"{", headers={"Content-Type": "application/json"}), 400, "BadRequest")
    told(client.get(ALERTS, headers={"TMV1-Filter": "status is 'Open'"}), 400, "BadRequest")


def test_a_get_with_a_content_type_is_no_error(shared: Running) -> None:
    headers = {"Content-Type": "application/json;charset=utf-8"}
    assert shared.key().get("/v3.0/healthcheck/connectivity", headers=headers).json() == {"status": "available"}


def test_a_body_over_the_limit_is_refused_while_it_streams(shared: Running) -> None:
    client = shared.key()
    path = f"{ALERTS}/WB-1/notes"
    told(client.post(path, json={"content": "x" * BODY_BYTES}), 413, "RequestEntityTooLarge")

    def endless() -> Iterator[bytes]:
        for _ in range(40):
            yield b" " * 65536

    told(
        client.post(path, content=endless(), headers={"Content-Type": "application/json"}), 413, "RequestEntityTooLarge"
    )


@contextmanager
def small_app(
    seconds: float, release: threading.Event, slow_s: float = 60
) -> Iterator[tuple[str, list[tuple[str, int]]]]:
    """An app whose handlers fail, hang and answer late."""
    app, seen = FastAPI(openapi_url=None), []

    @app.get("/crash/{number}")
    def crash(number: int) -> None:
        raise ZeroDivisionError(f"secret {number}")

    @app.get("/hang")
    def hang() -> str:
        release.wait(30)
        return "late"

    @app.get("/path")
    def path(request: Request) -> str:
        return str(request.state.trace_id)

    install(app)
    app.add_middleware(
        Envelope,
        observe=lambda route, method, status, _: seen.append((route, status)),
        security_headers={"X-Content-Type-Options": "nosniff"},
        wide_paths={},
        seconds=seconds,
        slow_s=slow_s,
    )
    with served(app) as url:
        yield url, seen


def test_a_crash_tells_its_trace_id_and_nothing_else(caplog: pytest.LogCaptureFixture) -> None:
    with small_app(30, threading.Event()) as (url, seen):
        reply = httpx.get(f"{url}/crash/7", headers={"x-trace-id": "t-1"}, trust_env=False)
        error = told(reply, 500, "InternalServerError")
        assert error["traceId"] == reply.headers["x-trace-id"] == "t-1"
        assert "secret" not in reply.text
        assert reply.headers["X-Content-Type-Options"] == "nosniff"
    assert seen == [("/crash/{number}", 500)]
    assert "trace t-1" in caplog.text


def test_a_request_over_its_time_is_answered_while_its_thread_goes_on() -> None:
    release = threading.Event()
    try:
        with small_app(0.05, release) as (url, seen):
            told(httpx.get(f"{url}/hang", trust_env=False, timeout=30), 504, "RequestTimeout")
            assert seen == [("/hang", 504)]
            release.set()
    finally:
        release.set()


def test_a_slow_request_is_logged_with_its_trace_id(caplog: pytest.LogCaptureFixture) -> None:
    with small_app(30, threading.Event(), slow_s=0) as (url, _):
        reply = httpx.get(f"{url}/path", headers={"x-trace-id": "t-2"}, trust_env=False)
        assert reply.json() == "t-2"
    assert "slow request: GET /path" in caplog.text
    assert "trace t-2" in caplog.text
