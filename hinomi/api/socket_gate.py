"""Who may pass to a WebSocket route: the same deny by default as `gate`, for connections that stay.

A browser sends the session's cookie with every connection, also when a page of another site opens it, and no header of ours.
So with a cookie the Origin must be this server, and the CSRF token comes as a sub-protocol (`csrf.TOKEN`), checked when it is sent.
"""

from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

from fastapi import FastAPI, Response, WebSocket
from fastapi.routing import APIWebSocketRoute

from hinomi.access.permission import require
from hinomi.api.failures import status_of
from hinomi.api.gate import COOKIE
from hinomi.api.house import House
from hinomi.api.reply import failure
from hinomi.errors import Forbidden, HinomiError, Unauthorised
from hinomi.schema.principal import Permission, Principal

CSRF_PROTOCOL = "csrf."


class SocketRefused(Exception):
    def __init__(self, reply: Response) -> None:
        super().__init__()
        self.reply = reply


@dataclass(frozen=True, slots=True)
class Visitor:
    """`again` asks whether they may still pass: a session ends, a key is taken back. HinomiError when not."""

    principal: Principal
    again: Callable[[], Principal]


@dataclass(frozen=True, slots=True)
class SocketGate:
    """A FastAPI dependency of WebSocket routes."""

    permission: Permission

    def __call__(self, websocket: WebSocket) -> Visitor:
        house: House = websocket.app.state.house

        def known() -> Principal:
            principal = _principal(websocket, house)
            require(principal, self.permission)
            return principal

        try:
            return Visitor(known(), known)
        except HinomiError as error:
            raise SocketRefused(failure(status_of(error), error.code, str(error))) from None


def _principal(websocket: WebSocket, house: House) -> Principal:
    address = websocket.client.host if websocket.client else ""
    _check_origin(websocket)
    scheme, _, value = websocket.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        return house.access.key(value.strip(), address)
    token = websocket.cookies.get(COOKIE)
    if token is None:
        raise Unauthorised("Log in first.")
    if "origin" not in websocket.headers:
        raise Forbidden("The connection does not say which page opened it.")
    principal = house.access.session(token, address).principal
    for each in websocket.scope.get("subprotocols", ()):
        if each.startswith(CSRF_PROTOCOL):
            house.access.check_csrf(token, each.removeprefix(CSRF_PROTOCOL))
    return principal


def _check_origin(websocket: WebSocket) -> None:
    origin = websocket.headers.get("origin")
    if origin is None:
        return  # no browser; cookies are refused without it
    if urlsplit(origin).netloc.lower() != websocket.headers.get("host", "").lower() or origin == "null":
        raise Forbidden("Pages of other sites may not open this connection.")


def socket_gates(route: APIWebSocketRoute) -> list[SocketGate]:
    found, waiting = [], list(route.dependant.dependencies)
    while waiting:
        inner = waiting.pop()
        found += [inner.call] if isinstance(inner.call, SocketGate) else []
        waiting += inner.dependencies
    return found


def is_guarded(route: object) -> bool:
    return isinstance(route, APIWebSocketRoute) and len(socket_gates(route)) == 1


def install(app: FastAPI) -> None:
    app.add_exception_handler(SocketRefused, _refuse)


async def _refuse(websocket: WebSocket, error: Exception) -> None:
    assert isinstance(error, SocketRefused)  # noqa: S101  (registered for this class)
    await websocket.send_denial_response(error.reply)
