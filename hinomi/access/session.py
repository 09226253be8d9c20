"""Sessions of people at the console: a random token that only the browser has; we keep its hash."""

import hashlib
import hmac
import secrets
from typing import Any

from sqlalchemy import ColumnElement, Row, delete, insert, or_, select, update
from sqlalchemy.engine import Connection

from hinomi.access.store import sessions
from hinomi.errors import Forbidden, Unauthorised

IDLE_S = 2 * 3600  # without a request for so long, the session is over
ABSOLUTE_S = 12 * 3600  # and after a shift in any case
SEEN_EVERY_MS = 60_000  # the time of the last request is written at most this often
MAX_SESSIONS = 20  # of one user; the oldest end
_TOKEN_BYTES = 32


def start(connection: Connection, user: str, address: str, now_ms: int) -> str:
    """A new session's token. Sessions that are over go, and so do the user's oldest beyond MAX_SESSIONS."""
    connection.execute(delete(sessions).where(_is_over(now_ms)))
    held = select(sessions.c.token_hash).where(sessions.c.user_name == user).order_by(sessions.c.seen_ms.desc())
    surplus = connection.execute(held.offset(MAX_SESSIONS - 1)).scalars().all()
    connection.execute(delete(sessions).where(sessions.c.token_hash.in_(surplus)))
    token = secrets.token_urlsafe(_TOKEN_BYTES)
    values = {"user_name": user, "created_ms": now_ms, "seen_ms": now_ms, "address": address[:64]}
    connection.execute(insert(sessions).values(token_hash=_hash(token), **values))
    return token


def find(connection: Connection, token: str, now_ms: int) -> Row[Any]:
    """The session's row, or Unauthorised when it is unknown or over."""
    wanted = select(sessions).where(sessions.c.token_hash == _hash(token), ~_is_over(now_ms))
    row = connection.execute(wanted).first()
    if row is None:
        raise Unauthorised("You are not logged in, or your session is over.")
    return row


def touch(connection: Connection, token: str, now_ms: int) -> None:
    connection.execute(update(sessions).where(sessions.c.token_hash == _hash(token)).values(seen_ms=now_ms))


def end(connection: Connection, token: str) -> None:
    connection.execute(delete(sessions).where(sessions.c.token_hash == _hash(token)))


def end_all(connection: Connection, user: str, keep_token: str = "") -> None:
    """End every session of the user but the one with `keep_token`."""
    kept = sessions.c.token_hash != _hash(keep_token)
    connection.execute(delete(sessions).where(sessions.c.user_name == user, kept))


def csrf_token(token: str) -> str:
    """What a page must send back with every change: made from the session's token, so it needs no row of its own."""
    return hmac.new(token.encode(errors="replace"), b"csrf", hashlib.sha256).hexdigest()


def check_csrf(token: str, sent: str) -> None:
    """Nothing, or Forbidden: a page of another site cannot know what to send."""
    if not hmac.compare_digest(csrf_token(token).encode(), sent.encode(errors="replace")):
        raise Forbidden("The request lacks the right X-CSRF-Token header. Load the page again.")


def _is_over(now_ms: int) -> ColumnElement[bool]:
    idle, too_old = now_ms - IDLE_S * 1000, now_ms - ABSOLUTE_S * 1000
    return or_(sessions.c.seen_ms < idle, sessions.c.created_ms < too_old)


def _hash(token: str) -> str:
    return hashlib.sha256(token[:256].encode(errors="replace")).hexdigest()
