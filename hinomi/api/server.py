"""The app: every resource behind its gate, inside the envelope, with the console's files beside them.

    request -> Envelope (trace, limits, spelling) -> Gate (who, may they) -> a resource, in a thread -> reply

Nothing blocks the event loop: handlers are plain functions and FastAPI runs them in its thread pool.
"""

from typing import Any

from fastapi import Depends, FastAPI, Request, Response
from fastapi.openapi.utils import get_openapi
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException

from hinomi.api import console, failures, ingest, probes, socket_gate, v3
from hinomi.api.console import block_list, bundles, kit
from hinomi.api.console_files import SECURITY_HEADERS, is_for_console, serve_console
from hinomi.api.envelope import REQUEST_S, Envelope
from hinomi.api.gate import Open, Rates, refuse_ungated
from hinomi.api.house import House
from hinomi.api.reply import reply
from hinomi.api.search_turns import SearchTurns
from hinomi.operations.bundle import MAX_ZIP
from hinomi.operations.kit_archive import MAX_UPLOAD_BYTES
from hinomi.wire.packing import MAX_BODY_BYTES


def create_app(house: House, request_s: float = REQUEST_S) -> FastAPI:
    """The ASGI app of a house. RuntimeError when a route has no gate."""
    app = FastAPI(
        title="Hinomi",
        version=house.version,
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
    )
    app.state.house = house
    app.state.metrics = probes.Metrics(house)
    app.state.search_turns = SearchTurns()
    app.state.rates = Rates(house.requests_per_minute)
    for router in (*v3.RESOURCES, *console.RESOURCES, ingest.router, probes.router):
        app.router.routes.extend(router.routes)  # flat, so that the check below sees every one
    app.add_api_route(
        "/openapi.json", _openapi, include_in_schema=False, dependencies=[Depends(Open("says no secret"))]
    )
    failures.install(app)
    socket_gate.install(app)
    app.add_exception_handler(404, _on_missing)
    app.add_middleware(
        Envelope,
        observe=app.state.metrics.observe,
        security_headers=SECURITY_HEADERS,
        wide_paths={
            block_list.IMPORT_PATH: block_list.MAX_FORM_BYTES,
            bundles.IMPORT_PATH: MAX_ZIP,
            kit.REPORTS_PATH: MAX_UPLOAD_BYTES,
            ingest.RECORDS_PATH: MAX_BODY_BYTES,
        },
        seconds=request_s,
    )
    refuse_ungated(app, socket_gate.is_guarded)
    return app


def _openapi(request: Request) -> Response:
    """The description of every route."""
    app = request.app
    if app.openapi_schema is None:
        app.openapi_schema = describe(app)
    return reply(app.openapi_schema)


def describe(app: FastAPI) -> dict[str, Any]:
    """OpenAPI 3.1 with the two ways to show who is asking."""
    found = get_openapi(
        title="Hinomi",
        version=app.version,
        summary="Self-hosted, open XDR",
        description="/v3.0: the public API, with API keys. /console/api: what our console uses. /ingest: records in.",
        routes=app.routes,
    )
    found.setdefault("components", {})["securitySchemes"] = {
        "key": {"type": "http", "scheme": "bearer", "description": "An API key (hinomi token create)."},
        "session": {"type": "apiKey", "in": "cookie", "name": "hinomi_session"},
    }
    for path, methods in found["paths"].items():
        ways: list[dict[str, list[str]]] = [{"key": []}]
        if path.startswith("/console/"):
            ways.append({"session": []})
        for operation in methods.values():
            operation["security"] = ways
    return found


async def _on_missing(request: Request, error: Exception) -> Response:
    house: House = request.app.state.house
    if isinstance(error, HTTPException) and is_for_console(request):
        found = await run_in_threadpool(serve_console, house.console, request.url.path)
        if found is not None:
            return found
    return failures.on_http_error(request, error)
