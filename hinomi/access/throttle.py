"""Guessing passwords is slow: after some failures each further one locks user and address for twice as long."""

import hashlib

from sqlalchemy import delete, insert, select, update
from sqlalchemy.engine import Connection

from hinomi.access.store import login_failures
from hinomi.errors import TooMany

FREE_FAILURES = 5  # a person mistypes; a program guesses
MAX_LOCK_S = 900
FORGET_AFTER_S = 24 * 3600


def count_attempt(connection: Connection, user: str, address: str, now_ms: int) -> None:
    """Count this attempt as a failure before the password is looked at, so that many at once gain nothing.

    While the pair is locked: TooMany with the seconds left. `forgive` takes the count back after a right password.
    """
    connection.execute(delete(login_failures).where(login_failures.c.last_ms < now_ms - FORGET_AFTER_S * 1000))
    key = _key(user, address)
    known = connection.execute(select(login_failures).where(login_failures.c.key_hash == key)).first()
    if known is not None and known.locked_until_ms > now_ms:
        left_s = -(-(known.locked_until_ms - now_ms) // 1000)
        raise TooMany(f"Too many failed logins. Try again in {left_s} seconds.", left_s)
    count = (known.failures if known else 0) + 1
    values = {"failures": count, "last_ms": now_ms, "locked_until_ms": now_ms + lock_s(count) * 1000}
    if known is None:
        connection.execute(insert(login_failures).values(key_hash=key, **values))
    else:
        connection.execute(update(login_failures).where(login_failures.c.key_hash == key).values(**values))


def forgive(connection: Connection, user: str, address: str) -> None:
    connection.execute(delete(login_failures).where(login_failures.c.key_hash == _key(user, address)))


def lock_s(failures: int) -> int:
    """Seconds that the pair is locked after so many failures in a row: 0 up to the fourth, then 2, 4, 8 ... 900."""
    if failures < FREE_FAILURES:
        return 0
    # The exponent is bounded first: a count of a million must not make a number of a million bits.
    return min(MAX_LOCK_S, 1 << min(failures - FREE_FAILURES + 1, 16))


def _key(user: str, address: str) -> str:
    return hashlib.sha256(f"{user.lower()}\0{address}".encode(errors="replace")).hexdigest()
