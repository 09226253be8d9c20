"""The stream of a remote shell: a WebSocket between the person's terminal and the session. JSON text frames both ways.

to the person     {"type": "state" | "output" | "end" | "left", ...} as response.live_shell makes them (output: base64)
from the person   {"type": "input", "data": text} {"type": "resize", "columns", "rows"} {"type": "end"}
"""

import asyncio
import contextlib
from typing import Annotated, Any

import orjson
from fastapi import Depends, Query, WebSocket, WebSocketDisconnect
from starlette.concurrency import run_in_threadpool

from hinomi.api.failures import status_of
from hinomi.api.house import House
from hinomi.api.reply import failure
from hinomi.api.resource import resource
from hinomi.api.socket_gate import SocketGate, SocketRefused, Visitor
from hinomi.errors import HinomiError
from hinomi.response.live_shell import LiveShell, Viewer
from hinomi.schema.principal import Permission

router = resource("/console/api", "response")

PROTOCOL = "hinomi.shell"
MAX_WAITING_BYTES = 2 << 20  # of one who looks on and is too slow: the typing person is never ahead of what was shown
MAX_FRAME = 64 << 10
CHECK_S = 15.0  # between two looks whether they may still be here
_OVER = ("end", "left")


class _Outbox:
    """Events from any thread, in order, for one socket."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._queue: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self._waiting = 0

    def put(self, event: dict[str, Any]) -> None:
        with contextlib.suppress(RuntimeError):  # the loop is closed: the server stops
            self._loop.call_soon_threadsafe(self._put, event)

    def _put(self, event: dict[str, Any]) -> None:
        self._waiting += event.get("bytes", 0)
        if self._waiting > MAX_WAITING_BYTES:
            event = {"type": "left", "reason": "too_slow"}
        self._queue.put_nowait(event)

    async def take(self) -> dict[str, Any]:
        event = await self._queue.get()
        self._waiting -= event.get("bytes", 0)
        return event


@router.websocket("/shells/{task_id}/stream")
async def stream(
    websocket: WebSocket,
    task_id: str,
    visitor: Annotated[Visitor, Depends(SocketGate(Permission.SHELL))],
    columns: Annotated[int, Query(ge=2, le=1000)] = 80,
    rows: Annotated[int, Query(ge=2, le=500)] = 24,
    mode: str = "drive",
) -> None:
    """Attach: whoever asked for the shell types, others look on (`mode=watch`: only look on)."""
    house: House = websocket.app.state.house
    outbox = _Outbox()
    viewer = Viewer(visitor.principal.name, outbox.put, mode != "watch", columns, rows)
    try:
        live = await run_in_threadpool(house.shells.attach, visitor.principal, task_id, viewer)
    except HinomiError as error:
        raise SocketRefused(failure(status_of(error), error.code, str(error))) from None
    try:
        offered = websocket.scope.get("subprotocols", ())
        await websocket.accept(PROTOCOL if PROTOCOL in offered else None)
        works = (_show(websocket, outbox, live, viewer), _listen(websocket, live, viewer), _check(visitor, live))
        await _first_of(*works)
    finally:
        await run_in_threadpool(live.detach, viewer)
        with contextlib.suppress(RuntimeError, WebSocketDisconnect):
            await websocket.close()


async def _first_of(*works: Any) -> None:
    """Until one of them ends; its error is the error, a connection that is gone is none."""
    tasks = [asyncio.ensure_future(work) for work in works]
    done, rest = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    for task in rest:
        task.cancel()
    await asyncio.gather(*rest, return_exceptions=True)
    for task in done:
        with contextlib.suppress(WebSocketDisconnect, RuntimeError):
            task.result()


async def _show(websocket: WebSocket, outbox: _Outbox, live: LiveShell, viewer: Viewer) -> None:
    while True:
        event = await outbox.take()
        size = event.get("bytes", 0)
        await websocket.send_text(orjson.dumps({name: event[name] for name in event if name != "bytes"}).decode())
        if size:
            await run_in_threadpool(live.shown, viewer, size)
        if event["type"] in _OVER:
            return


async def _listen(websocket: WebSocket, live: LiveShell, viewer: Viewer) -> None:
    while True:
        text = await websocket.receive_text()
        if len(text) > MAX_FRAME:
            return
        try:
            wish = orjson.loads(text)
        except orjson.JSONDecodeError:
            return
        if isinstance(wish, dict):
            await run_in_threadpool(_obey, live, viewer, wish)


def _obey(live: LiveShell, viewer: Viewer, wish: dict[str, Any]) -> None:
    kind, data = wish.get("type"), wish.get("data")
    if kind == "input" and isinstance(data, str):
        live.type(viewer, data.encode("utf-8", "replace"))
    elif kind == "resize" and type(wish.get("columns")) is int and type(wish.get("rows")) is int:
        live.resize(viewer, wish["columns"], wish["rows"])
    elif kind == "end":
        live.end("ended", viewer.who)


async def _check(visitor: Visitor, live: LiveShell) -> None:
    """A person whose session or right is over sees nothing more; their own shell ends."""
    while True:
        await asyncio.sleep(CHECK_S)
        try:
            await run_in_threadpool(visitor.again)
        except HinomiError:
            if visitor.principal.name == live.terms.asked_by:
                await run_in_threadpool(live.end, "not_permitted")
            return
