"""What people do with packages of the sensor: each change with its row in the audit log."""

import hashlib
import os
import shutil
from collections.abc import Callable
from pathlib import Path

from hinomi.access.audit import Audit
from hinomi.access.permission import require
from hinomi.database import Database
from hinomi.errors import TooLarge
from hinomi.inventory.packages import SensorPackage, SensorPackages
from hinomi.schema.principal import Permission, Principal
from hinomi.wire.message import Update
from hinomi.wire.package_archive import look_into
from hinomi.wire.update import MAX_PACKAGE_BYTES

Sign = Callable[[Update], Update]  # with the key that the web process does not hold


class PackageKeeper:
    """`on_change`: called after what is offered changed, so that sensors hear of it at once."""

    def __init__(self, database: Database, packages: SensorPackages, audit: Audit) -> None:
        self._database, self._audit, self.packages = database, audit, packages
        self.on_change: Callable[[], None] = lambda: None

    def add(self, who: Principal, file: Path, sign: Sign, epoch: int, *, goes_back: bool = False) -> SensorPackage:
        """Check, keep and sign a package; it is offered to nobody yet. InputError, TooLarge."""
        require(who, Permission.ADMINISTER)
        size = file.stat().st_size
        if size > MAX_PACKAGE_BYTES:
            raise TooLarge(f"a package may have at most {MAX_PACKAGE_BYTES} bytes")
        info = look_into(file)
        with file.open("rb") as stream:
            sha256 = hashlib.file_digest(stream, "sha256").hexdigest()
        offer = sign(Update(info.version, info.platform, sha256, size, epoch, goes_back))
        self._keep(file, sha256)
        with self._database.begin() as connection:
            self.packages.add(connection, who.name, offer)
            told = {"version": info.version, "platform": info.platform, "epoch": epoch, "goesBack": goes_back}
            self._audit.add(connection, who, "sensor_package.add", sha256, told)
        return self.packages.find(sha256)

    def share(self, who: Principal, sha256: str, percent: int, group: str = "") -> SensorPackage:
        """Offer it to so many of the sensors that it fits; 0 stops that. InputError, NotFound."""
        require(who, Permission.ADMINISTER)
        with self._database.begin() as connection:
            self.packages.share(connection, sha256, percent, group)
            told = {"percent": percent, "group": group}
            self._audit.add(connection, who, "sensor_package.share", sha256, told)
        self.on_change()
        return self.packages.find(sha256)

    def remove(self, who: Principal, sha256: str) -> None:
        """Sensors that run it go on with it."""
        require(who, Permission.ADMINISTER)
        with self._database.begin() as connection:
            self.packages.remove(connection, sha256)
            self._audit.add(connection, who, "sensor_package.remove", sha256)
        self.packages.place(sha256).unlink(missing_ok=True)

    def _keep(self, file: Path, sha256: str) -> None:
        place = self.packages.place(sha256)
        place.parent.mkdir(mode=0o700, exist_ok=True)
        draft = place.with_suffix(".new")
        handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
        with file.open("rb") as source, os.fdopen(handle, "wb") as copy:
            shutil.copyfileobj(source, copy, 1 << 20)
            copy.flush()
            os.fsync(copy.fileno())
        draft.replace(place)
