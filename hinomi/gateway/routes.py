"""Beside the channel: enrolment, renewal, batches in bulk, files, patterns, updates. All but the first two show a certificate."""

import asyncio
import base64
import logging
from collections.abc import Callable
from concurrent.futures import Executor
from typing import Any, TypeVar

import orjson
from aiohttp import web

from hinomi.access.sensor_identity import Cloned
from hinomi.errors import (
    Conflict,
    DiskFull,
    Forbidden,
    HinomiError,
    InputError,
    NotFound,
    Refused,
    TooLarge,
    TooMany,
    Unauthorised,
    Unavailable,
)
from hinomi.gateway.intake import Intake, Parcel
from hinomi.gateway.peers import Knocking, Peer, peer_of
from hinomi.gateway.rooms import GatewayRooms
from hinomi.gateway.signs import TamperSigns
from hinomi.gateway.uploads import take_piece

log = logging.getLogger(__name__)

T = TypeVar("T")
MAX_QUESTION_BYTES = 32 << 10
# The nearest class decides: a TooLarge is an InputError too.
STATUS: dict[type[HinomiError], int] = {
    TooLarge: 413,
    InputError: 400,
    Unauthorised: 401,
    Forbidden: 403,
    NotFound: 404,
    Conflict: 409,
    Refused: 409,
    TooMany: 429,
    DiskFull: 507,
    Unavailable: 503,
}


def refusal(error: HinomiError) -> web.Response:
    status = next((STATUS[kind] for kind in type(error).__mro__ if kind in STATUS), 500)
    return answer({"code": error.code, "message": str(error)}, status)


def answer(content: dict[str, Any], status: int = 200) -> web.Response:
    return web.Response(body=orjson.dumps(content), status=status, content_type="application/json")


class Routes:
    def __init__(self, rooms: GatewayRooms, intake: Intake, signs: TamperSigns, pool: Executor) -> None:
        self._rooms, self._intake, self._signs, self._pool = rooms, intake, signs, pool
        self._knocking = Knocking()

    def add_to(self, app: web.Application) -> None:
        app.router.add_get("/sensor/v1/authority", self.authority)
        app.router.add_post("/sensor/v1/enrol", self.enrol)
        app.router.add_post("/sensor/v1/renew", self.renew)
        app.router.add_post(r"/sensor/v1/batches/{number:\d{1,19}}", self.batch)
        app.router.add_put("/sensor/v1/files/{command}", self.file)
        app.router.add_get(r"/sensor/v1/patterns/{version:\d{1,9}}", self.patterns)
        app.router.add_get(r"/sensor/v1/update/{sha256:[0-9a-f]{64}}", self.update)

    # ---- without a certificate ----------------------------------------------------------------------------------------
    async def authority(self, request: web.Request) -> web.Response:
        """Our authority's certificate; a sensor believes it only with the fingerprint that its enrolment text carries."""
        self._knocking.check(request.remote or "")
        return web.Response(text=self._rooms.authority.certificate_pem, content_type="application/x-pem-file")

    async def enrol(self, request: web.Request) -> web.Response:
        self._knocking.check(request.remote or "")
        token, csr, name = await _question(request, "token", "csr", "name")
        told = await self._in_thread(lambda: self._enrolled(token, csr, name, request.remote or ""))
        return answer(told)

    def _enrolled(self, token: str, csr: str, name: str, address: str) -> dict[str, Any]:
        rooms = self._rooms
        key, epoch = rooms.command_key()  # first: without it nothing is used up
        made = rooms.identities.enrol(token, csr, name, address)
        rooms.enrolled(made.guid, made.enrolment.group, name)
        return {
            "sensor": made.guid,
            "certificate": made.certificate.pem,
            "command_key": _base64(key),
            "update_key": _base64(rooms.update_key),
            "command_epoch": epoch,
        }

    # ---- with one -------------------------------------------------------------------------------------------------------
    async def renew(self, request: web.Request) -> web.Response:
        peer = await self.known(request)
        (csr,) = await _question(request, "csr")
        made = await self._in_thread(lambda: self._rooms.identities.renew(peer.guid, peer.serial, csr, peer.address))
        return answer({"certificate": made.pem})

    async def batch(self, request: web.Request) -> web.Response:
        """Acknowledged when it is on disk, as over the channel."""
        peer = await self.known(request)
        packed = await request.read()  # the application's own limit stands before it
        loop = asyncio.get_running_loop()
        landed: asyncio.Future[Exception | None] = loop.create_future()

        def done(trouble: Exception | None) -> None:
            loop.call_soon_threadsafe(_settle, landed, trouble)

        self._intake.put(Parcel(peer.guid, packed, done))
        trouble = await landed
        if trouble is not None:
            raise trouble if isinstance(trouble, HinomiError) else Unavailable(str(trouble))
        return answer({"batch": int(request.match_info["number"])})

    async def file(self, request: web.Request) -> web.Response:
        peer = await self.known(request)
        shelf = self._rooms.shelf
        if shelf is None:
            raise Unavailable("this server keeps no files")
        command, headers, piece = request.match_info["command"], request.headers, await request.read()
        status, told = await self._in_thread(lambda: take_piece(shelf, peer.guid, command, headers, piece))
        return answer(told, status)

    async def patterns(self, request: web.Request) -> web.Response:
        await self.known(request)
        version = int(request.match_info["version"])
        content = await self._in_thread(lambda: self._rooms.patterns(version))
        return web.Response(body=content, content_type="application/octet-stream")

    async def update(self, request: web.Request) -> web.StreamResponse:
        """A package, whole or from where a download broke off (Range)."""
        await self.known(request)
        sha256 = request.match_info["sha256"]
        return web.FileResponse(await self._in_thread(lambda: self._rooms.update_file(sha256)))

    async def known(self, request: web.Request) -> Peer:
        """Who shows a certificate that holds now; Unauthorised, Forbidden, Cloned (told as a sign of tampering)."""
        peer = peer_of(request)
        try:
            await self._in_thread(lambda: self._rooms.identities.check(peer.guid, peer.serial))
        except Cloned as cloned:
            sign = cloned.sign
            await self._in_thread(lambda: self._signs.tell(peer.guid, f"cloned_{sign}", peer.address))
            raise
        return peer

    async def _in_thread(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._pool, work)


@web.middleware
async def say_no_clearly(request: web.Request, handler: Callable[[web.Request], Any]) -> web.StreamResponse:
    """Errors as JSON {"code", "message"}; what nobody foresaw is logged and tells nothing of the inside."""
    try:
        found: web.StreamResponse = await handler(request)
    except HinomiError as error:
        return refusal(error)
    except web.HTTPException as error:
        return answer({"code": "BadRequest", "message": error.reason}, error.status)
    except (ConnectionError, asyncio.CancelledError):
        raise
    except Exception:  # one request must not harm others
        log.exception("a request of %s stumbled", request.remote)
        return answer({"code": "InternalServerError", "message": "Something went wrong in the server."}, 500)
    return found


async def _question(request: web.Request, *names: str) -> list[str]:
    body = await request.content.read(MAX_QUESTION_BYTES + 1)
    if len(body) > MAX_QUESTION_BYTES:
        raise TooLarge(f"at most {MAX_QUESTION_BYTES} bytes")
    try:
        given = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise InputError(f"no JSON: {error}") from None
    if not isinstance(given, dict) or not all(isinstance(given.get(name), str) for name in names):
        raise InputError(f"a JSON object with {', '.join(names)} is needed")
    return [given[name] for name in names]


def _settle(landed: "asyncio.Future[Exception | None]", trouble: Exception | None) -> None:
    if not landed.done():
        landed.set_result(trouble)


def _base64(raw: bytes) -> str:
    return base64.b64encode(raw).decode()
