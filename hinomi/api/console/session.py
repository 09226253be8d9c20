"""Logging in and out, and what a person may change about themselves."""

from typing import Annotated, Any

from fastapi import Depends, Request, Response
from pydantic import Field

from hinomi.access.access import LoggedIn
from hinomi.api.gate import COOKIE, Open, Rooms, address_of, console, logged_in
from hinomi.api.house import House
from hinomi.api.reply import no_content, reply
from hinomi.api.resource import resource
from hinomi.api.shapes import Sent, Shape
from hinomi.schema.principal import Principal

router = resource("/console/api", "session")

_LONGEST = 1024  # characters of a password: hashing a longer one would be work for nothing


class Person(Shape):
    name: str
    role: str
    permissions: list[str]
    language: str
    theme: str


class Session(Shape):
    user: Person
    csrf: str
    version: str
    org: str


class Login(Sent):
    user: str = Field(max_length=64)
    password: str = Field(max_length=_LONGEST)


class Preferences(Sent):
    language: str | None = None
    theme: str | None = None


class Passwords(Sent):
    old: str = Field(max_length=_LONGEST)
    new: str = Field(max_length=_LONGEST)


def _session(house: House, found: LoggedIn) -> dict[str, Any]:
    return {
        "user": {
            "name": found.user.name,
            "role": str(found.user.role),
            "permissions": sorted(found.principal.permissions),
            "language": found.user.language,
            "theme": found.user.theme,
        },
        "csrf": found.csrf,
        "version": house.version,
        "org": house.org,
    }


@router.post("/login", responses={200: {"model": Session}}, dependencies=[Depends(Open("nobody is known yet"))])
def log_in(request: Request, sent: Login, house: Rooms) -> Response:
    """Start a session. The reply sets the cookie; `csrf` goes with every change."""
    found = house.access.login(sent.user, sent.password, address_of(request))
    answer = reply(_session(house, found))
    is_tls = request.headers.get("x-forwarded-proto", request.url.scheme).split(",")[0].strip() == "https"
    answer.set_cookie(COOKIE, found.token, httponly=True, samesite="strict", secure=is_tls, path="/")
    return answer


@router.get("/session", responses={200: {"model": Session}})
def get_session(request: Request, house: Rooms, _who: Annotated[Principal, Depends(console(None))]) -> Response:
    """Who is logged in; 401 when nobody is."""
    return reply(_session(house, logged_in(request)))


@router.post("/logout", status_code=204, response_class=Response, dependencies=[Depends(console(None))])
def log_out(request: Request, house: Rooms) -> Response:
    """End the session."""
    house.access.logout(request.cookies.get(COOKIE, ""), address_of(request))
    answer = no_content()
    answer.delete_cookie(COOKIE, httponly=True, samesite="strict", path="/")
    return answer


@router.patch("/me", responses={200: {"model": Session}})
def change_me(
    request: Request, wanted: Preferences, house: Rooms, who: Annotated[Principal, Depends(console(None))]
) -> Response:
    """Language and theme."""
    house.access.users.set_preferences(who, language=wanted.language, theme=wanted.theme)
    return reply(_session(house, logged_in(request)))


@router.post("/me/password", status_code=204, response_class=Response)
def change_password(
    request: Request, words: Passwords, house: Rooms, who: Annotated[Principal, Depends(console(None))]
) -> Response:
    """A new password; every other session of this person ends."""
    house.access.users.change_password(who, words.old, words.new, keep_token=request.cookies.get(COOKIE, ""))
    return no_content()
