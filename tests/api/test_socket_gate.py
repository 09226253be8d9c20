import pytest
from fastapi import FastAPI, WebSocket

from hinomi.api.gate import refuse_ungated
from hinomi.api.server import create_app
from hinomi.api.socket_gate import is_guarded
from tests.api.house import Running


def test_an_app_with_an_unguarded_socket_is_not_built() -> None:
    app = FastAPI(openapi_url=None)

    @app.websocket("/hole")
    async def hole(websocket: WebSocket) -> None:
        await websocket.accept()

    with pytest.raises(RuntimeError, match="hole"):
        refuse_ungated(app, is_guarded)


def test_every_socket_of_ours_is_guarded(shared: Running) -> None:
    app = create_app(shared.api)
    assert [route for route in app.routes if "stream" in getattr(route, "path", "") and not is_guarded(route)] == []
    assert any(is_guarded(route) for route in app.routes)
