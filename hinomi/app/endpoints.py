"""What the command line does with endpoints: through the server that runs on the data folder, else on the folder itself.

Both ways give the shapes of the console's routes (docs/reference/routes.md).
"""

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Protocol

from hinomi.access.audit import Audit
from hinomi.api.console.endpoints import OTHERS, detail_shape, endpoint_shape, policy_shape
from hinomi.app.desk import quote
from hinomi.app.local_server import LocalServer
from hinomi.app.opening import open_database
from hinomi.database import Database
from hinomi.inventory.inventory import Inventory
from hinomi.inventory.policies import Policies
from hinomi.operations.endpoints import EndpointKeeper
from hinomi.schema.endpoint import Endpoint, EndpointQuery, EndpointType
from hinomi.schema.principal import COMMAND_LINE
from hinomi.settings import Settings

Row = dict[str, Any]
_API = "/console/api"
MOST = 1000  # endpoints that are listed


class EndpointDesk(Protocol):
    """Endpoints are named by GUID or host name; a group "" is that of all others."""

    def rows(self, search: str, types: tuple[str, ...]) -> list[Row]: ...
    def one(self, name: str) -> Row: ...
    def set_group(self, name: str, group: str) -> Row: ...
    def revoke(self, name: str) -> Row: ...
    def remove(self, name: str) -> None: ...
    def policy(self, group: str) -> Row: ...
    def change_policy(self, group: str, policy: Mapping[str, Any] | None, comment: str) -> int: ...


@contextmanager
def open_endpoints(settings: Settings) -> Iterator[EndpointDesk]:
    """The endpoints of a data folder."""
    server = LocalServer.of(settings)
    if server is not None:
        yield _ServerDesk(server)
        return
    database = open_database(settings)
    try:
        yield _FolderDesk(database)
    finally:
        database.close()


class _FolderDesk:
    """Without a server nobody is connected, and what is changed here reaches sensors when one runs again."""

    def __init__(self, database: Database) -> None:
        inventory, policies = Inventory(database, time.time), Policies(database, time.time)
        self._keeper = EndpointKeeper(database, inventory, policies, Audit(database, time.time))

    def rows(self, search: str, types: tuple[str, ...]) -> list[Row]:
        wanted = EndpointQuery(search=search, types=tuple(map(EndpointType, types)), top=MOST)
        return [endpoint_shape(one, 0, 0) for one in self._keeper.inventory.page(wanted).items]

    def one(self, name: str) -> Row:
        return self._shape(self._find(name))

    def set_group(self, name: str, group: str) -> Row:
        return self._shape(self._keeper.set_group(COMMAND_LINE, self._find(name).guid, group))

    def revoke(self, name: str) -> Row:
        return self._shape(self._keeper.revoke(COMMAND_LINE, self._find(name).guid))

    def remove(self, name: str) -> None:
        self._keeper.remove(COMMAND_LINE, self._find(name).guid)

    def policy(self, group: str) -> Row:
        return policy_shape(self._keeper.policies, group)

    def change_policy(self, group: str, policy: Mapping[str, Any] | None, comment: str) -> int:
        held = self._keeper.policies.current(group)
        given = None if policy is None else dict(policy)
        return self._keeper.change_policy(COMMAND_LINE, group, given, held.version if held else 0, comment)

    def _find(self, name: str) -> Endpoint:
        return self._keeper.inventory.find_any(name)

    def _shape(self, one: Endpoint) -> Row:
        return detail_shape(one, endpoint_shape(one, 0, 0), self._keeper.policies)


class _ServerDesk:
    def __init__(self, server: LocalServer) -> None:
        self._server = server

    def rows(self, search: str, types: tuple[str, ...]) -> list[Row]:
        asked: dict[str, Any] = {"search": search, "top": MOST}
        if types:
            asked["type"] = list(types)
        return list(self._server.get(f"{_API}/endpoints", asked)["items"])

    def one(self, name: str) -> Row:
        return self._server.get(f"{_API}/endpoints/{quote(name)}")

    def set_group(self, name: str, group: str) -> Row:
        path = f"{_API}/endpoints/{self._guid(name)}/group"
        return dict(self._server.ask("PUT", path, json={"group": group}).json())

    def revoke(self, name: str) -> Row:
        return dict(self._server.ask("POST", f"{_API}/endpoints/{self._guid(name)}/revoke").json())

    def remove(self, name: str) -> None:
        self._server.ask("DELETE", f"{_API}/endpoints/{self._guid(name)}")

    def policy(self, group: str) -> Row:
        return self._server.get(_policy_path(group))

    def change_policy(self, group: str, policy: Mapping[str, Any] | None, comment: str) -> int:
        versions = self.policy(group)["versions"]
        sent = {"policy": policy, "base": versions[0]["version"] if versions else 0, "comment": comment}
        return int(self._server.ask("PUT", _policy_path(group), json=sent).json()["version"])

    def _guid(self, name: str) -> str:
        return quote(str(self.one(name)["guid"]))


def _policy_path(group: str) -> str:
    return f"{_API}/sensor-policies/{quote(group) if group else OTHERS}"
