"""Pages of the public API: `nextLink`, and the token in it that carries the whole question.

Followers of a nextLink send nothing of their own, often not even the filter header. So the token holds the filter and
the window of time as they were on the first page, signed so that nobody can write one.
"""

import base64
import hashlib
import hmac
from collections.abc import Mapping
from typing import Any, TypeVar
from urllib.parse import urlencode

import orjson
from fastapi import Request

from hinomi.api.reply import base_url
from hinomi.errors import InputError

_SIGNATURE_BYTES = 16
T = TypeVar("T")

_TOKENS = ("skipToken", "nextBatchToken")


def read_top(text: str | None, default: int, most: int) -> int:
    """Any positive number is allowed; more than `most` means `most`, and what is no number means `default`."""
    value = (text or "").strip()
    if not value.isascii() or not value.isdigit() or not int(value[:12]):
        return default
    return min(int(value[:12]), most)


def seal(secret: bytes, route: str, state: Mapping[str, Any]) -> str:
    """An opaque token for one route."""
    body = orjson.dumps(state)
    return base64.urlsafe_b64encode(_sign(secret, route, body) + body).decode().rstrip("=")


def unseal(secret: bytes, route: str, token: str) -> dict[str, Any]:
    """What was sealed; InputError for a token of another route, server or hand."""
    try:
        raw = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
    except ValueError:
        raw = b""
    signature, body = raw[:_SIGNATURE_BYTES], raw[_SIGNATURE_BYTES:]
    if not body or not hmac.compare_digest(signature, _sign(secret, route, body)):
        raise InputError("skipToken: not one that this list gave out; start again without it")
    found: dict[str, Any] = orjson.loads(body)
    return found


def _sign(secret: bytes, route: str, body: bytes) -> bytes:
    return hmac.new(secret, route.encode() + b"\0" + body, hashlib.sha256).digest()[:_SIGNATURE_BYTES]


def next_link(request: Request, token: str, name: str = "skipToken") -> str:
    """The same request with the token: absolute, at the host the client sees, every other parameter kept."""
    kept = [(key, value) for key, value in request.query_params.multi_items() if key not in _TOKENS]
    return f"{base_url(request)}{request.url.path}?{urlencode([*kept, (name, token)])}"


def page(items: list[Any], link: str | None, total: int | None = None) -> dict[str, Any]:
    """The reply of a list. Without a next page there is no `nextLink` at all: null would make clients loop."""
    found: dict[str, Any] = {"items": items}
    if total is not None:
        found = {"totalCount": total, "count": len(items), "items": items}
    if link:
        found["nextLink"] = link
    return found


def cut(
    request: Request, secret: bytes, route: str, state: Mapping[str, Any], found: list[T], size: int
) -> tuple[list[T], str | None]:
    """One page of a list that is all at hand, from `state["skip"]` on, and the link to the next."""
    first = state["skip"]
    return found[first : first + size], link_behind(request, secret, route, state, first + size, len(found))


def link_behind(
    request: Request, secret: bytes, route: str, state: Mapping[str, Any], last: int, total: int
) -> str | None:
    """The link to what comes behind the first `last` of `total`; None when that is nothing."""
    return next_link(request, seal(secret, route, {**state, "skip": last})) if last < total else None


def console_page(items: list[Any], total: int | None, skip_token: str) -> dict[str, Any]:
    """The reply of a list of the console; on the last page there is no skipToken."""
    found: dict[str, Any] = {"items": items}
    if total is not None:
        found["totalCount"] = total
    if skip_token:
        found["skipToken"] = skip_token
    return found


def same_filter(sent: str | None, sealed: str) -> str:
    """The filter of a later page: the token's; a header may repeat it but not change it."""
    if sent and sent.strip() != sealed.strip():
        raise InputError("the filter differs from the first page's; start again without skipToken")
    return sealed
