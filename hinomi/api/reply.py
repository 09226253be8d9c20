"""Replies: JSON by orjson, and the few shapes that have a status and headers of their own."""

from collections.abc import Mapping
from typing import Any

import orjson
from fastapi import Request, Response


class Json(Response):
    media_type = "application/json"

    def render(self, content: Any) -> bytes:
        return orjson.dumps(content, option=orjson.OPT_NON_STR_KEYS)


def reply(content: Any, etag: str = "") -> Json:
    """200 with the content, and its ETag where it has one (unquoted, as the clients expect it)."""
    return Json(content, headers={"ETag": etag} if etag else None)


def created(location: str) -> Response:
    """201 without a body: the clients read the header only."""
    return Response(status_code=201, headers={"Location": location})


def no_content(etag: str = "") -> Response:
    return Response(status_code=204, headers={"ETag": etag} if etag else None)


def failure(status: int, code: str, message: str, headers: Mapping[str, str] | None = None, **more: Any) -> Json:
    """The error envelope of every route."""
    return Json({"error": {"code": code, "message": message, **more}}, status_code=status, headers=headers)


def base_url(request: Request) -> str:
    """Scheme and host as the client sees them, without a slash at the end."""
    headers = request.headers
    scheme = _first(headers.get("x-forwarded-proto")) or request.url.scheme
    host = _first(headers.get("x-forwarded-host")) or headers.get("host") or request.url.netloc
    return f"{scheme}://{host}"


def _first(value: str | None) -> str:
    return (value or "").split(",")[0].strip()
