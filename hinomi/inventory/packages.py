"""Packages of the sensor: which there are, which sensor is offered which one, and what became of it there."""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Row, delete, func, insert, select, update
from sqlalchemy.engine import Connection

from hinomi.database import Database
from hinomi.errors import Conflict, InputError, NotFound
from hinomi.inventory.store import endpoints, sensor_packages, sensor_updates
from hinomi.wire.message import Hello, Update, UpdateOutcome
from hinomi.wire.update import is_newer

OUTCOMES = ("running", "refused", "rolled_back")
_P, _U = sensor_packages.c, sensor_updates.c


@dataclass(frozen=True, slots=True)
class SensorPackage:
    """`percent`: of the sensors it fits that it is offered to, always the same ones (0: none); `group` "": of all groups.

    `outcomes`: how many sensors run it, refused it or went back from it.
    """

    offer: Update
    percent: int
    group: str
    shared_ms: int
    added_ms: int
    added_by: str
    outcomes: Mapping[str, int]


class SensorPackages:
    """`folder`: where their files lie."""

    def __init__(self, database: Database, folder: Path, clock: Callable[[], float]) -> None:
        self._database, self._folder, self._clock = database, folder, clock

    # ---- for people ---------------------------------------------------------------------------------------------------
    def all(self) -> list[SensorPackage]:
        """Newest first."""
        counted = (
            select(_U.sha256, _U.outcome, func.count().label("n"))
            .join(endpoints, endpoints.c.guid == _U.guid)  # one that was removed counts no more
            .group_by(_U.sha256, _U.outcome)
        )
        outcomes: dict[str, dict[str, int]] = {}
        with self._database.read() as connection:
            for row in connection.execute(counted):
                outcomes.setdefault(row.sha256, {})[row.outcome] = row.n
            wanted = select(sensor_packages).order_by(_P.added_ms.desc(), _P.sha256)
            return [_package(row, outcomes.get(row.sha256, {})) for row in connection.execute(wanted)]

    def find(self, name: str) -> SensorPackage:
        """By version or the beginning of its digest. NotFound; Conflict when several are meant."""
        found = [one for one in self.all() if one.offer.sensor_version == name or one.offer.sha256.startswith(name)]
        if not found or not name:
            raise NotFound(f"there is no package {name[:64]!r} of the sensor")
        if len(found) > 1:
            raise Conflict(f"several packages are {name[:64]!r}; name one by its digest")
        return found[0]

    def sensors(self, sha256: str) -> list[dict[str, Any]]:
        """What became of it, endpoint by endpoint, newest first."""
        wanted = (
            select(_U.guid, _U.outcome, _U.reason, _U.at_ms, endpoints.c.name)
            .join(endpoints, endpoints.c.guid == _U.guid)
            .where(_U.sha256 == sha256)
            .order_by(_U.at_ms.desc(), _U.guid)
            .limit(1000)
        )
        with self._database.read() as connection:
            return [dict(row) for row in connection.execute(wanted).mappings()]

    def add(self, connection: Connection, who: str, offer: Update) -> None:
        """A signed package whose file lies at `place` by now; one that is there is signed anew, and who refused it is asked again."""
        connection.execute(delete(sensor_updates).where(_U.sha256 == offer.sha256, _U.outcome == "refused"))
        signed = {"epoch": offer.epoch, "goes_back": offer.goes_back, "signature": offer.signature}
        changed = connection.execute(update(sensor_packages).where(_P.sha256 == offer.sha256).values(**signed))
        if changed.rowcount:
            return
        row = {
            "sha256": offer.sha256, "version": offer.sensor_version, "platform": offer.platform,
            "size_bytes": offer.size_bytes, "added_by": who, "added_ms": int(self._clock() * 1000),
        }  # fmt: skip
        connection.execute(insert(sensor_packages).values(**row, **signed))

    def share(self, connection: Connection, sha256: str, percent: int, group: str) -> None:
        """0 % stops it: who took it keeps it. InputError, NotFound."""
        if not 0 <= percent <= 100:
            raise InputError("percent: 0 to 100")
        if len(group) > 64:
            raise InputError("group: at most 64 characters")
        values = {"percent": percent, "group": group, "shared_ms": int(self._clock() * 1000)}
        changed = connection.execute(update(sensor_packages).where(_P.sha256 == sha256).values(**values))
        if not changed.rowcount:
            raise NotFound("there is no such package of the sensor")

    def remove(self, connection: Connection, sha256: str) -> None:
        """Its file is the caller's to take away."""
        if not connection.execute(delete(sensor_packages).where(_P.sha256 == sha256)).rowcount:
            raise NotFound("there is no such package of the sensor")
        connection.execute(delete(sensor_updates).where(_U.sha256 == sha256))

    # ---- for sensors --------------------------------------------------------------------------------------------------
    def place(self, sha256: str) -> Path:
        return self._folder / f"{sha256}.tar.gz"

    def file(self, sha256: str) -> Path:
        """Of one that is shared. NotFound."""
        wanted = select(_P.sha256).where(_P.sha256 == sha256, _P.percent > 0)
        with self._database.read() as connection:
            found = connection.execute(wanted).scalar()
        if found is None or not self.place(found).is_file():
            raise NotFound("no such package is offered here")
        return self.place(found)

    def offer_to(self, hello: Hello) -> Update | None:
        """The package shared last that fits this sensor, is in its ring, and did not fail there before."""
        if not hello.platform:
            return None
        shared = (
            select(sensor_packages)
            .where(_P.percent > 0, _P.platform == hello.platform, _P.version != hello.sensor_version)
            .order_by(_P.shared_ms.desc(), _P.sha256)
        )
        failed = select(_U.sha256).where(_U.guid == hello.sensor, _U.outcome != "running")
        with self._database.read() as connection:
            group = connection.execute(select(endpoints.c.group).where(endpoints.c.guid == hello.sensor)).scalar() or ""
            bad = {*connection.execute(failed).scalars()}
            rows = connection.execute(shared).all()
        for row in rows:
            fits = row.goes_back or is_newer(row.version, hello.sensor_version)
            is_asked = row.group in ("", group) and ring(hello.sensor, row.sha256) < row.percent
            if fits and is_asked and row.sha256 not in bad:
                return _offer(row)
        return None

    def became(self, guid: str, outcome: UpdateOutcome) -> None:
        """What a sensor says became of a package. InputError; one that nobody knows (any more) is passed over."""
        if outcome.outcome not in OUTCOMES:
            raise InputError("a package runs, was refused, or was gone back from")
        values = {"outcome": outcome.outcome, "reason": outcome.reason, "at_ms": int(self._clock() * 1000)}
        key = (_U.guid == guid) & (_U.sha256 == outcome.sha256)
        with self._database.begin() as connection:
            if connection.execute(select(_P.sha256).where(_P.sha256 == outcome.sha256)).scalar() is None:
                return
            connection.execute(delete(sensor_updates).where(key))
            connection.execute(insert(sensor_updates).values(guid=guid, sha256=outcome.sha256, **values))


def ring(guid: str, sha256: str) -> int:
    """0 to 99: a sensor's place among those that a package is shared with; each package begins with others."""
    return int.from_bytes(hashlib.sha256(f"{guid} {sha256}".encode()).digest()[:8], "big") % 100


def _offer(row: Row[Any]) -> Update:
    return Update(row.version, row.platform, row.sha256, row.size_bytes, row.epoch, row.goes_back, bytes(row.signature))


def _package(row: Row[Any], outcomes: Mapping[str, int]) -> SensorPackage:
    return SensorPackage(_offer(row), row.percent, row.group, row.shared_ms, row.added_ms, row.added_by, dict(outcomes))
