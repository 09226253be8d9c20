"""The running server of a data folder, asked by the command line on the same machine with its local key."""

from collections.abc import Mapping
from typing import Any

import httpx

from hinomi.app.folder import DataFolder
from hinomi.errors import InputError, NotFound, Unavailable
from hinomi.settings import Settings

TIMEOUT_S = 120

Parameters = Mapping[str, str | int]


class LocalServer:
    """`ask` sends one request; what the server refuses is InputError (or NotFound) with its message, silence Unavailable."""

    def __init__(self, url: str, token: str) -> None:
        self._url, self._headers = url, {"Authorization": f"Bearer {token}"}

    @classmethod
    def of(cls, settings: Settings) -> "LocalServer | None":
        """The server that runs on the data folder; None when none does."""
        found = DataFolder(settings.data).server()
        return cls(found["url"], found["token"]) if found else None

    def ask(
        self,
        method: str,
        path: str,
        parameters: Parameters | None = None,
        *,
        json: Any = None,
        content: bytes | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> httpx.Response:
        """The reply as it came. `path` begins with /console/api or /v3.0."""
        try:
            reply = httpx.request(
                method,
                self._url + path,
                params=dict(parameters or {}),
                json=json,
                content=content,
                headers=self._headers | dict(headers or {}),
                timeout=TIMEOUT_S,
                trust_env=False,
            )
        except httpx.HTTPError as error:
            raise Unavailable(f"the server does not answer: {error}") from None
        if reply.is_error:
            raise (NotFound if reply.status_code == 404 else InputError)(_message(reply))
        return reply

    def get(self, path: str, parameters: Parameters | None = None) -> dict[str, Any]:
        """The JSON object that the server answers."""
        return dict(self.ask("GET", path, parameters).json())


def _message(reply: httpx.Response) -> str:
    try:
        return str(reply.json()["error"]["message"])
    except (ValueError, KeyError, TypeError):
        return f"the server answers {reply.status_code}"
