"""Who may ask the lake next: a few searches run at the same time, the others wait, one of each person in turn.

Waiting takes no thread, so that a hundred waiting searches keep nobody from a page that needs no lake. Whoever goes away
(closes the page, cancels the request) leaves the line, and what the lake does for them is ended.
"""

import asyncio
import contextlib
import secrets
import threading
from collections import OrderedDict, deque
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import Future
from concurrent.futures import TimeoutError as Late
from contextlib import asynccontextmanager, contextmanager
from typing import Annotated

from fastapi import Depends, Request
from starlette.concurrency import run_in_threadpool

from hinomi.api.gate import console, public
from hinomi.api.house import House
from hinomi.errors import TooMany
from hinomi.lake.lake import Lake
from hinomi.lake.ticket import ticketed
from hinomi.schema.principal import Permission, Principal

AT_ONCE = 3  # as many questions as the lake's owner answers at the same time
MOST_WAITING = 1000
MOST_OF_ONE = 300  # waiting searches of one person
WAIT_S = 50.0


class SearchTurns:
    """Thread-safe; a turn is taken in a coroutine or in a thread."""

    def __init__(self, at_once: int = AT_ONCE) -> None:
        self._lock = threading.Lock()
        self._free = at_once
        self._lines: OrderedDict[str, deque[Future[None]]] = OrderedDict()

    @property
    def waiting(self) -> int:
        return sum(len(line) for line in self._lines.values())

    def enter(self, who: str) -> "Future[None]":
        """Done when it is this search's turn. TooMany over the bounds."""
        turn: Future[None] = Future()
        with self._lock:
            if self._free:
                self._free -= 1
                turn.set_result(None)
                return turn
            line = self._lines.setdefault(who, deque())
            if len(line) >= MOST_OF_ONE or self.waiting >= MOST_WAITING:
                raise TooMany(f"{len(line)} of your searches are waiting; try again later", 10)
            line.append(turn)
        return turn

    def leave(self, who: str, turn: "Future[None]") -> None:
        """The search has ended, or does not want to wait any longer."""
        with self._lock:
            line = self._lines.get(who)
            if line is not None and turn in line:
                line.remove(turn)
                if not line:
                    del self._lines[who]
                return
            self._hand_on()

    def _hand_on(self) -> None:
        """To the person who has waited longest since their last turn."""
        if not self._lines:
            self._free += 1
            return
        who, line = self._lines.popitem(last=False)
        turn = line.popleft()
        if line:
            self._lines[who] = line
        turn.set_result(None)

    @contextmanager
    def take(self, who: str, wait_s: float = WAIT_S) -> Iterator[None]:
        """In a thread."""
        turn = self.enter(who)
        try:
            turn.result(wait_s)
            yield
        except Late:
            raise _late() from None
        finally:
            self.leave(who, turn)

    async def wait(self, turn: "Future[None]", request: Request, wait_s: float = WAIT_S) -> None:
        """In a coroutine. TooMany when it takes too long, or when nobody waits for the answer any more."""
        gone = asyncio.ensure_future(_gone(request))
        mine = asyncio.ensure_future(asyncio.wrap_future(turn))
        try:
            done, _ = await asyncio.wait({gone, mine}, timeout=wait_s, return_when=asyncio.FIRST_COMPLETED)
            if mine not in done:
                raise _late()
        finally:
            gone.cancel()
            mine.cancel()


def _late() -> TooMany:
    return TooMany("too many searches are waiting; try again later", 10)


async def _gone(request: Request) -> None:
    """Returns when the client has closed the connection."""
    while (await request.receive())["type"] != "http.disconnect":
        pass


@asynccontextmanager
async def _turn(request: Request, principal: Principal) -> AsyncIterator[Principal]:
    house: House = request.app.state.house
    turns: SearchTurns = request.app.state.search_turns
    turn = turns.enter(principal.name)
    try:
        if not turn.done():
            await turns.wait(turn, request)
        ticket = secrets.token_hex(12)
        with ticketed(ticket):
            watch = asyncio.ensure_future(_end_when_gone(request, house.lake, ticket))
            try:
                yield principal
            finally:
                watch.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await watch
    finally:
        turns.leave(principal.name, turn)


async def _end_when_gone(request: Request, lake: Lake, ticket: str) -> None:
    await _gone(request)
    await run_in_threadpool(lake.cancel, ticket)


async def _console_turn(
    request: Request, principal: Annotated[Principal, Depends(console(Permission.VIEW))]
) -> AsyncIterator[Principal]:
    async with _turn(request, principal) as searcher:
        yield searcher


async def _public_turn(
    request: Request, principal: Annotated[Principal, Depends(public(Permission.VIEW))]
) -> AsyncIterator[Principal]:
    async with _turn(request, principal) as searcher:
        yield searcher


# Dependencies with their gate: who asks, when it is their turn.
ConsoleSearcher = Annotated[Principal, Depends(_console_turn)]
PublicSearcher = Annotated[Principal, Depends(_public_turn)]


def turns_of(request: Request) -> SearchTurns:
    turns: SearchTurns = request.app.state.search_turns
    return turns
