"""Who may pass: every route declares its `Gate`, and a route without one is refused when the app is built.

Programs show an API key (Authorization: Bearer). People at the console have the session cookie, and every change they
ask for needs the session's CSRF token. Cookies open nothing on the public routes.
"""

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Depends, FastAPI, Request
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute

from hinomi.access.access import LoggedIn
from hinomi.access.permission import require
from hinomi.api.house import House
from hinomi.errors import Forbidden, TooMany, Unauthorised
from hinomi.schema.principal import Permission, Principal, PrincipalKind

COOKIE = "hinomi_session"
CSRF_HEADER = "x-csrf-token"
_SAFE = ("GET", "HEAD", "OPTIONS")


@dataclass(frozen=True, slots=True)
class Gate:
    """A FastAPI dependency. `permission` None: whoever is known may pass. `cookie`: the console's session is enough."""

    permission: Permission | None
    cookie: bool = False

    def __call__(self, request: Request) -> Principal:
        principal = self._principal(request)
        if self.permission is not None:
            self._require(request, principal, self.permission)
        return principal

    def _require(self, request: Request, principal: Principal, permission: Permission) -> None:
        """A key that asks for too much is written down, and a person who would change something; pages only look."""
        try:
            require(principal, permission)
        except Forbidden:
            if principal.kind is PrincipalKind.KEY or request.method not in _SAFE:
                house_of(request).access.refusals.tell(principal, permission, f"{request.method} {request.url.path}")
            raise

    def _principal(self, request: Request) -> Principal:
        house: House = request.app.state.house
        if _bearer(request) is not None:
            return _key(request, house)
        if self.cookie and COOKIE in request.cookies:
            return logged_in(request).principal
        raise Unauthorised("Log in first." if self.cookie else "Send an API key: Authorization: Bearer KEY")


@dataclass(frozen=True, slots=True)
class Open:
    """A FastAPI dependency for the few routes that everyone may call; `why` is the reason."""

    why: str

    def __call__(self) -> None:
        return None


def public(permission: Permission | None) -> Gate:
    """For the routes of the public API."""
    return Gate(permission)


def console(permission: Permission | None) -> Gate:
    """For the routes of our console, and of the command line with its key."""
    return Gate(permission, cookie=True)


def house_of(request: Request) -> House:
    """A FastAPI dependency: the house."""
    house: House = request.app.state.house
    return house


Rooms = Annotated[House, Depends(house_of)]


def address_of(request: Request) -> str:
    return request.client.host if request.client else ""


def logged_in(request: Request) -> LoggedIn:
    """The session of the cookie; Unauthorised without one, Forbidden for a change without the CSRF token."""
    house: House = request.app.state.house
    token = request.cookies.get(COOKIE, "")
    found = house.access.session(token, address_of(request))
    if request.method not in _SAFE:
        house.access.check_csrf(token, request.headers.get(CSRF_HEADER, ""))
    return found


def _bearer(request: Request) -> str | None:
    scheme, _, value = request.headers.get("authorization", "").partition(" ")
    return value.strip() if scheme.lower() == "bearer" else None


def _key(request: Request, house: House) -> Principal:
    principal = house.access.key(_bearer(request) or "", address_of(request))
    if request.url.path.startswith("/v3.0/"):
        request.app.state.rates.count(principal.name)
    return principal


class Rates:
    """Requests of each key in windows of a minute; TooMany with the seconds left over `limit`."""

    def __init__(self, limit: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._limit, self._clock = limit, clock
        self._lock = threading.Lock()
        self._window = 0
        self._counts: dict[str, int] = {}

    def count(self, name: str) -> None:
        now = self._clock()
        with self._lock:
            if int(now // 60) != self._window:
                self._window, self._counts = int(now // 60), {}
            self._counts[name] = self._counts.get(name, 0) + 1
            over = self._counts[name] > self._limit
        if over:
            left_s = 60 - int(now % 60)
            raise TooMany(f"More than {self._limit} requests in a minute. Try again in {left_s} seconds.", left_s)


def gates(route: APIRoute) -> list[Gate | Open]:
    """The gates a route declares, its router's included."""
    return [each for each in _calls(route.dependant) if isinstance(each, Gate | Open)]


def _calls(dependant: Dependant) -> Iterator[Any]:
    for inner in dependant.dependencies:
        yield inner.call
        yield from _calls(inner)


def api_routes(app: FastAPI) -> list[APIRoute]:
    return [route for route in app.routes if isinstance(route, APIRoute)]


def refuse_ungated(app: FastAPI, is_guarded: Callable[[object], bool] = lambda _: False) -> None:
    """RuntimeError that names each route that nobody guards, and each that cannot be looked at.

    `is_guarded` judges routes of other kinds (socket_gate).
    """
    routes = api_routes(app)
    ungated = [f"{sorted(route.methods or ())} {route.path}" for route in routes if len(gates(route)) != 1]
    ungated += [repr(route) for route in app.routes if not isinstance(route, APIRoute) and not is_guarded(route)]
    if ungated:
        raise RuntimeError(f"routes must declare exactly one Gate or Open: {', '.join(ungated)}")
