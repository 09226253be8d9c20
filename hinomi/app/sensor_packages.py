"""What the command line does with packages of the sensor: through the server that runs on the data folder, else on the folder.

Both ways give the shapes of the console's routes. A package is always added and signed here: the web process does not hold the key.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

from hinomi.access.audit import Audit
from hinomi.api.console.sensor_packages import package_detail, package_shape
from hinomi.app.desk import quote
from hinomi.app.folder import DataFolder
from hinomi.app.local_server import LocalServer
from hinomi.app.opening import open_database
from hinomi.database import Database
from hinomi.inventory.packages import SensorPackages
from hinomi.operations.sensor_packages import PackageKeeper
from hinomi.response.signer import SignerKey
from hinomi.schema.principal import COMMAND_LINE
from hinomi.settings import Settings
from hinomi.wire.update import sign_package

Row = dict[str, Any]
_API = "/console/api/sensor-packages"


class PackageDesk(Protocol):
    """Packages are named by version or the beginning of their digest."""

    def rows(self) -> list[Row]: ...
    def one(self, name: str) -> Row: ...
    def share(self, name: str, percent: int, group: str) -> Row: ...
    def remove(self, name: str) -> None: ...


def package_keeper(database: Database, data: Path, audit: Audit) -> PackageKeeper:
    return PackageKeeper(database, SensorPackages(database, data / "sensor-packages", time.time), audit)


def add_package(settings: Settings, file: Path, *, goes_back: bool) -> Row:
    """Check, keep and sign it. InputError, TooLarge."""
    DataFolder(settings.data).require()
    database = open_database(settings)
    try:
        key = SignerKey(settings.data)
        keeper = package_keeper(database, settings.data, Audit(database, time.time))
        added = keeper.add(
            COMMAND_LINE, file, lambda offer: sign_package(key.key, offer), key.epoch, goes_back=goes_back
        )
        return package_shape(added)
    finally:
        database.close()


@contextmanager
def open_packages(settings: Settings) -> Iterator[PackageDesk]:
    server = LocalServer.of(settings)
    if server is not None:
        yield _ServerDesk(server)
        return
    DataFolder(settings.data).require()
    database = open_database(settings)
    try:
        yield _FolderDesk(package_keeper(database, settings.data, Audit(database, time.time)))
    finally:
        database.close()


class _FolderDesk:
    """Without a server: sensors hear of it when one runs again."""

    def __init__(self, keeper: PackageKeeper) -> None:
        self._keeper = keeper

    def rows(self) -> list[Row]:
        return [package_shape(one) for one in self._keeper.packages.all()]

    def one(self, name: str) -> Row:
        return package_detail(self._keeper.packages, name)

    def share(self, name: str, percent: int, group: str) -> Row:
        return package_shape(self._keeper.share(COMMAND_LINE, self._sha256(name), percent, group))

    def remove(self, name: str) -> None:
        self._keeper.remove(COMMAND_LINE, self._sha256(name))

    def _sha256(self, name: str) -> str:
        return self._keeper.packages.find(name).offer.sha256


class _ServerDesk:
    def __init__(self, server: LocalServer) -> None:
        self._server = server

    def rows(self) -> list[Row]:
        return list(self._server.get(_API)["items"])

    def one(self, name: str) -> Row:
        return self._server.get(f"{_API}/{quote(name)}")

    def share(self, name: str, percent: int, group: str) -> Row:
        sent = {"percent": percent, "group": group}
        return dict(self._server.ask("PUT", f"{_API}/{quote(name)}/share", json=sent).json())

    def remove(self, name: str) -> None:
        self._server.ask("DELETE", f"{_API}/{quote(name)}")
