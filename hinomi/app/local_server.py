"""The running server of a data folder, asked by the command line on the same machine with its local key."""

from collections.abc import Iterator, Mapping
from typing import Any, cast

import httpx

from hinomi.app.folder import DataFolder
from hinomi.errors import InputError, NotFound, Unavailable
from hinomi.settings import Settings

TIMEOUT_S = 120

Parameters = Mapping[str, str | int]


class LocalServer:
    """`ask` sends one request; what the server refuses is InputError (or NotFound) with its message, silence Unavailable."""

    def __init__(self, url: str, token: str) -> None:
        self._url, self.headers = url, {"Authorization": f"Bearer {token}"}

    @property
    def socket_url(self) -> str:
        """Where its WebSockets are."""
        return self._url.replace("http", "ws", 1)

    @classmethod
    def of(cls, settings: Settings) -> "LocalServer | None":
        """The server that runs on the data folder; None when none does."""
        found = DataFolder(settings.data).server()
        return cls(found["url"], found["token"]) if found else None

    @classmethod
    def needed(cls, settings: Settings) -> "LocalServer":
        """For what only a running server can do; Unavailable without one."""
        found = cls.of(settings)
        if found is None:
            raise Unavailable(f"no server runs on {settings.data}; start it with: hinomi serve --data {settings.data}")
        return found

    def ask(
        self,
        method: str,
        path: str,
        parameters: Parameters | None = None,
        *,
        json: Any = None,
        content: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        form: Mapping[str, str] | None = None,
        files: Mapping[str, tuple[str, bytes]] | None = None,
    ) -> httpx.Response:
        """The reply as it came. `path` begins with /console/api or /v3.0."""
        try:
            reply = httpx.request(
                method,
                self._url + path,
                params=dict(parameters or {}),
                json=json,
                content=content,
                data=dict(form or {}) or None,
                files=dict(files or {}) or None,
                headers=self.headers | dict(headers or {}),
                timeout=TIMEOUT_S,
                trust_env=False,
            )
        except httpx.HTTPError as error:
            raise Unavailable(f"the server does not answer: {error}") from None
        if reply.is_error:
            raise (NotFound if reply.status_code == 404 else InputError)(_message(reply))
        return reply

    def log_in(self, user: str, password: str) -> "LocalServer":
        """The same server, asked by a person instead of the local key; InputError for a wrong password."""
        reply = self.ask("POST", "/console/api/login", json={"user": user, "password": password})
        made = LocalServer(self._url, "")
        cookies = "; ".join(f"{name}={value}" for name, value in reply.cookies.items())
        made.headers = {"Cookie": cookies, "X-CSRF-Token": str(reply.json()["csrf"])}
        return made

    def get(self, path: str, parameters: Parameters | None = None) -> dict[str, Any]:
        """The JSON object that the server answers."""
        return dict(self.ask("GET", path, parameters).json())

    def stream(self, path: str, parameters: Parameters) -> tuple[Mapping[str, str], Iterator[bytes]]:
        """Headers of the reply, and its bytes as they come; whoever stops reading ends the request. Errors as `ask`."""
        parts = self._streamed(path, parameters)
        return cast("Mapping[str, str]", next(parts)), cast("Iterator[bytes]", parts)

    def _streamed(self, path: str, parameters: Parameters) -> Iterator[Mapping[str, str] | bytes]:
        try:
            with httpx.stream(
                "GET",
                self._url + path,
                params=dict(parameters),
                headers=self.headers,
                timeout=TIMEOUT_S,
                trust_env=False,
            ) as reply:
                if reply.is_error:
                    reply.read()
                    raise InputError(_message(reply))
                yield reply.headers
                yield from reply.iter_bytes()
        except httpx.HTTPError as error:
            raise Unavailable(f"the server does not answer: {error}") from None


def _message(reply: httpx.Response) -> str:
    try:
        return str(reply.json()["error"]["message"])
    except (ValueError, KeyError, TypeError):
        return f"the server answers {reply.status_code}"
