"""What lies round every request, as plain ASGI: trace id, time and size limits, header spelling, the last net.

One wrapper, for its parts share one `send`. In: any ASGI app. Out: the same app, whose replies carry `x-trace-id`, whose
`Location`, `ETag` ... are spelled so (clients look for them by exact spelling), whose bodies are bounded while they
stream in, and which answers 504 after `seconds` and 500 for whatever nobody caught.
"""

import asyncio
import logging
import re
import time
import uuid
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from typing import Any

from fastapi import Response
from fastapi.exceptions import HTTPException

from hinomi.api.failures import on_crash
from hinomi.api.reply import failure

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[MutableMapping[str, Any], Receive, Send], Awaitable[None]]
Observe = Callable[[str, str, int, float], None]  # route, method, status, seconds

BODY_BYTES = 1 << 20
REQUEST_S = 60.0
SLOW_S = 5.0


class _Spelled(bytes):
    """A header name that stays as it is written: uvicorn puts every name in lower case before it sends it."""

    def lower(self) -> "_Spelled":
        return self


# What clients look for by exact spelling (pytmv1 reads `Location` of a 201 so).
_SPELLED = {
    name.lower(): _Spelled(name)
    for name in (b"Location", b"ETag", b"Operation-Location", b"Retry-After", b"WWW-Authenticate")
}
_TRACE = re.compile(r"[A-Za-z0-9._:-]{1,128}")

log = logging.getLogger("hinomi.api")


class Envelope:
    def __init__(
        self,
        app: App,
        observe: Observe,
        security_headers: Mapping[str, str],
        wide_paths: Mapping[str, int],
        seconds: float = REQUEST_S,
        slow_s: float = SLOW_S,
    ) -> None:
        """`wide_paths`: path -> bytes of body allowed there instead of BODY_BYTES. From `slow_s` on a request is logged."""
        self._app, self._observe, self._wide = app, observe, wide_paths
        self._seconds, self._slow_s = seconds, slow_s
        self._headers = [(name.encode(), value.encode()) for name, value in security_headers.items()]

    async def __call__(self, scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        exchange = _Exchange(scope, receive, send, self._headers, self._wide.get(scope["path"], BODY_BYTES))
        started = time.monotonic()
        if exchange.is_too_long():
            await exchange.answer(_too_large(exchange.body_limit))
        else:
            await self._run(exchange)
        seconds = time.monotonic() - started
        route = getattr(scope.get("route"), "path", "other")
        self._observe(route, scope["method"], exchange.status, seconds)
        if seconds >= self._slow_s:
            log.warning(
                "slow request: %s %s %.1f s trace %s", scope["method"], scope["path"], seconds, exchange.trace_id
            )

    async def _run(self, exchange: "_Exchange") -> None:
        task = asyncio.ensure_future(self._app(exchange.scope, exchange.receive, exchange.send))
        try:
            # wait_for would wait for the thread of a blocking handler; the reply must not
            done, _ = await asyncio.wait({task}, timeout=self._seconds)
        except asyncio.CancelledError:
            task.cancel()
            raise
        if not done and not exchange.has_started:
            await exchange.answer(failure(504, "RequestTimeout", f"This took more than {self._seconds:g} seconds."))
            exchange.close()
            task.cancel()
            task.add_done_callback(_forget)
            return
        try:
            await task  # a reply that streams for long may go on
        except Exception as error:  # noqa: BLE001  (the last net: nothing may leave without the envelope)
            reply = on_crash(exchange.scope["path"], exchange.trace_id, error)
            if not exchange.has_started:
                await exchange.answer(reply)


def _forget(task: "asyncio.Future[None]") -> None:
    if not task.cancelled() and task.exception() is not None:
        log.warning("a request failed after its time was over", exc_info=task.exception())


class _Exchange:
    """One request and its reply."""

    def __init__(
        self,
        scope: MutableMapping[str, Any],
        receive: Receive,
        send: Send,
        headers: list[tuple[bytes, bytes]],
        body_limit: int,
    ) -> None:
        self.scope, self._receive, self._send, self._headers = scope, receive, send, headers
        self.body_limit = body_limit
        self.has_started = False
        self.status = 500
        self._received = 0
        self._closed = False
        sent = dict(scope["headers"])
        given = sent.get(b"x-trace-id", b"").decode("latin-1")
        self.trace_id = given if _TRACE.fullmatch(given) else uuid.uuid4().hex
        self._declared = sent.get(b"content-length", b"0")
        scope.setdefault("state", {})["trace_id"] = self.trace_id

    def is_too_long(self) -> bool:
        return self._declared.isdigit() and int(self._declared) > self.body_limit

    async def receive(self) -> Message:
        message = await self._receive()
        self._received += len(message.get("body", b""))
        if self._received > self.body_limit:
            raise HTTPException(413, f"The body is larger than {self.body_limit} bytes.")
        return message

    async def send(self, message: Message) -> None:
        if self._closed:
            return
        if message["type"] == "http.response.start":
            self.has_started, self.status = True, message["status"]
            message = {**message, "headers": self._spell(message.get("headers", ()))}
        await self._send(message)

    def _spell(self, headers: Any) -> list[tuple[bytes, bytes]]:
        named = [(_SPELLED.get(name.lower(), name), value) for name, value in headers]
        held = {name.lower() for name, _ in named}
        extra = [(name, value) for name, value in self._headers if name.lower() not in held]
        return [*named, *extra, (b"x-trace-id", self.trace_id.encode())]

    async def answer(self, response: Response) -> None:
        await response(self.scope, self._receive, self.send)

    def close(self) -> None:
        """Nothing more is sent: the reply is out."""
        self._closed = True


def _too_large(limit: int) -> Response:
    return failure(413, "RequestEntityTooLarge", f"The body is larger than {limit} bytes.")
