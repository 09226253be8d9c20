"""Hunting from the command line: through the running server; an entity also over the lake alone."""

import time
from collections.abc import Callable
from typing import Any

from hinomi.api.console.entities import entity_json
from hinomi.app.lake import open_lake
from hinomi.app.local_server import LocalServer
from hinomi.errors import Conflict, NotFound
from hinomi.hunt.entity import EntityKind, entity
from hinomi.settings import Settings

ROUTE = "/console/api/hunts"
POLL_S = 0.3

Row = dict[str, Any]


def tell_entity(settings: Settings, kind: str, value: str, days: int) -> Row:
    """As `GET /console/api/entities/{kind}`; without a server of the lake alone, and then without alerts."""
    server = LocalServer.of(settings)
    if server is not None:
        return server.get(f"/console/api/entities/{kind}", {"value": value, "days": days})
    with open_lake(settings) as lake:
        return entity_json(entity(lake, EntityKind(kind), value, days)) | {"alerts": []}


class HuntClient:
    """The routes of hunting; Unavailable when no server runs on the data folder."""

    def __init__(self, settings: Settings) -> None:
        self._server = LocalServer.needed(settings)

    def queries(self) -> list[Row]:
        return list(self._server.get(f"{ROUTE}/queries")["items"])

    def query(self, name: str) -> Row:
        """By id or name, letters' case aside. NotFound; Conflict when several bear the name."""
        found = [one for one in self.queries() if one["id"] == name or one["name"].lower() == name.strip().lower()]
        if not found:
            raise NotFound(f"there is no saved query {name[:80]!r}")
        if len(found) > 1:
            raise Conflict(f"{len(found)} saved queries are called {name[:80]!r}: give the id")
        return found[0]

    def save(self, wish: Row, id_: str = "") -> Row:
        method, path = ("PUT", f"{ROUTE}/queries/{id_}") if id_ else ("POST", f"{ROUTE}/queries")
        return dict(self._server.ask(method, path, json=wish).json())

    def watch(self, id_: str, wish: Row) -> Row:
        return dict(self._server.ask("PUT", f"{ROUTE}/queries/{id_}/watch", json=wish).json())

    def unwatch(self, id_: str) -> None:
        self._server.ask("DELETE", f"{ROUTE}/queries/{id_}/watch")

    def checks(self, state: str) -> list[Row]:
        return list(self._server.get(f"{ROUTE}/checkpoints", {"state": state})["items"])

    def done(self, id_: str, note: str) -> Row:
        return dict(self._server.ask("POST", f"{ROUTE}/checkpoints/{id_}/done", json={"note": note}).json())

    def run(self, wish: Row, on_progress: Callable[[int, int], None]) -> Row:
        """Run a hunt to its end. An interruption cancels it and goes on upwards."""
        id_ = self._server.ask("POST", f"{ROUTE}/runs", json=wish).json()["id"]
        try:
            while (found := self._server.get(f"{ROUTE}/runs/{id_}"))["state"] == "running":
                on_progress(found["done"], found["all"])
                time.sleep(POLL_S)
        except BaseException:
            self._server.ask("DELETE", f"{ROUTE}/runs/{id_}")
            raise
        return found
