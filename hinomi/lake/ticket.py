"""A ticket for questions: what is asked under it can be ended by whoever knows it (`Lake.cancel`)."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_TICKET: ContextVar[str] = ContextVar("lake_ticket", default="")


@contextmanager
def ticketed(ticket: str) -> Iterator[None]:
    """What this thread, or a thread that is started with its context, asks of a lake stands under the ticket."""
    before = _TICKET.set(ticket)
    try:
        yield
    finally:
        _TICKET.reset(before)


def ticket_setting() -> dict[str, str]:
    """As a setting of the request; a query may run under one name at a time."""
    ticket = _TICKET.get()
    return {"query_id": ticket} if ticket else {}
