"""Who is a sensor: issued certificates, their renewal, revocation at once, and copies of an identity found out.

A sensor counts its connections on its own disk. A number that does not rise, a certificate that was replaced, an epoch that
was left behind: each tells that two machines go by one identity. Which is the true one cannot be known, so the one that comes is
refused, and people are told.
"""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, delete, insert, select, update
from sqlalchemy.engine import Connection

from hinomi.access.audit import Audit
from hinomi.access.authority import Authority, Certificate
from hinomi.access.enrolment import Enrolment, Enrolments
from hinomi.access.permission import require
from hinomi.access.sensor_store import sensor_certificates, sensor_epochs, sensors
from hinomi.database import Database
from hinomi.errors import Forbidden, NotFound, Refused
from hinomi.schema.principal import Permission, Principal, PrincipalKind, Role

TOLD_EVERY_MS = 3_600_000  # a copy that knocks every second makes one row an hour in the audit log


@dataclass(frozen=True, slots=True)
class SensorIdentity:
    guid: str
    name: str
    enrolled_ms: int
    address: str
    revoked_ms: int | None
    reason: str


@dataclass(frozen=True, slots=True)
class Enrolled:
    guid: str
    certificate: Certificate
    enrolment: Enrolment


class Cloned(Refused):
    """`sign` says what gave it away: connection, certificate, epoch or two_at_once."""

    def __init__(self, sign: str) -> None:
        super().__init__("This identity is in use by another machine. Enrol this one anew.", "cloned", sign=sign)
        self.sign = sign


class SensorIdentities:
    """`on_revoked(guid)` is called after a revocation is on disk: the gateway ends what is open."""

    def __init__(
        self, database: Database, audit: Audit, authority: Authority, enrolments: Enrolments, clock: Callable[[], float]
    ) -> None:
        self._database, self._audit, self._authority = database, audit, authority
        self._enrolments, self._clock = enrolments, clock
        self.on_revoked: list[Callable[[str], None]] = []

    # ---- what sensors ask -------------------------------------------------------------------------------------------
    def enrol(self, token: str, csr_pem: str, name: str, address: str) -> Enrolled:
        """A new identity for a token. Unauthorised for the token, InputError for the request; both use nothing up."""
        guid = str(uuid.uuid4())
        certificate = self._authority.issue(csr_pem, guid)
        row = {"guid": guid, "name": name[:255], "enrolled_ms": self._now_ms(), "address": address[:64], "reason": ""}
        with self._database.begin() as connection:
            enrolment = self._enrolments.redeem(connection, token)
            connection.execute(insert(sensors).values(**row, enrolment=enrolment.id))
            self._keep(connection, guid, certificate)
            told = {"name": name[:255], "enrolment": enrolment.id, "serial": certificate.serial}
            self._audit.add(connection, _sensor(guid, address), "sensor.enrol", guid, told)
        return Enrolled(guid, certificate, enrolment)

    def renew(self, guid: str, serial: str, csr_pem: str, address: str) -> Certificate:
        """Another certificate for the same sensor; the one before holds until this one is first used."""
        certificate = self._authority.issue(csr_pem, guid)
        with self._database.begin() as connection:
            self._allow(connection, guid, serial)
            # of several that were asked for and never used, only the newest
            unused = sensor_certificates.c.issued_ms > _issued(connection, serial)
            connection.execute(delete(sensor_certificates).where(sensor_certificates.c.sensor == guid, unused))
            self._keep(connection, guid, certificate)
            told = {"serial": certificate.serial, "before": serial}
            self._audit.add(connection, _sensor(guid, address), "sensor.renew", guid, told)
        return certificate

    def check(self, guid: str, serial: str) -> None:
        """Nothing, or Forbidden for a sensor that is unknown or revoked, Cloned for a certificate that was replaced."""
        with self._database.read() as connection:
            self._allow(connection, guid, serial)

    def connect(self, guid: str, serial: str, epoch: str, number: int, address: str) -> None:
        """Take note of a connection, or refuse it: Forbidden, Cloned (told in the audit log)."""
        try:
            with self._database.begin() as connection:
                row = self._allow(connection, guid, serial)
                if number <= row.connection:
                    raise Cloned("connection")
                self._follow_epoch(connection, row, epoch)
                values = {"connection": number, "epoch": epoch}
                connection.execute(update(sensors).where(sensors.c.guid == guid).values(**values))
                self._supersede(connection, guid, serial)
        except Cloned as cloned:
            self.tell_clone(guid, cloned.sign, address)
            raise

    def tell_clone(self, guid: str, sign: str, address: str) -> bool:
        """Write into the audit log that an identity is used twice, once an hour; whether it was written."""
        now_ms = self._now_ms()
        with self._database.begin() as connection:
            due = update(sensors).where(sensors.c.guid == guid, sensors.c.told_ms <= now_ms - TOLD_EVERY_MS)
            if not connection.execute(due.values(told_ms=now_ms)).rowcount:
                return False
            self._audit.add(connection, _sensor(guid, address), "sensor.cloned", guid, {"sign": sign}, "failure")
        return True

    # ---- what people ask --------------------------------------------------------------------------------------------
    def all(self) -> list[SensorIdentity]:
        with self._database.read() as connection:
            return [_identity(row) for row in connection.execute(select(sensors).order_by(sensors.c.enrolled_ms))]

    def get(self, guid: str) -> SensorIdentity:
        with self._database.read() as connection:
            return _identity(_find(connection, guid))

    def revoke(self, by: Principal, guid: str, reason: str = "") -> None:
        """From now on this sensor is nobody; what is open is ended. Revoking twice is no error."""
        require(by, Permission.ADMINISTER)
        with self._database.begin() as connection:
            row = _find(connection, guid)
            if row.revoked_ms is None:
                values = {"revoked_ms": self._now_ms(), "reason": reason[:1000]}
                connection.execute(update(sensors).where(sensors.c.guid == row.guid).values(**values))
                self._audit.add(connection, by, "sensor.revoke", row.guid, {"reason": reason[:1000]})
        for tell in self.on_revoked:
            tell(row.guid)

    def trust_again(self, by: Principal, guid: str) -> None:
        """Take the next connection as the true one: for a machine that was set back to an earlier state on purpose."""
        require(by, Permission.ADMINISTER)
        with self._database.begin() as connection:
            row = _find(connection, guid)
            values = {"connection": 0, "epoch": "", "told_ms": 0}
            connection.execute(update(sensors).where(sensors.c.guid == row.guid).values(**values))
            mine = sensor_certificates.c.sensor == row.guid
            connection.execute(update(sensor_certificates).where(mine).values(is_current=True))
            connection.execute(delete(sensor_epochs).where(sensor_epochs.c.sensor == row.guid))
            self._audit.add(connection, by, "sensor.trust", row.guid)

    # ---- within a transaction ---------------------------------------------------------------------------------------
    def _allow(self, connection: Connection, guid: str, serial: str) -> Row[Any]:
        row = connection.execute(select(sensors).where(sensors.c.guid == guid[:36])).first()
        if row is None:
            raise Forbidden("This sensor is not known here. Enrol it anew.")
        if row.revoked_ms is not None:
            raise Forbidden("This sensor was revoked.")
        wanted = select(sensor_certificates).where(sensor_certificates.c.serial == serial[:64])
        certificate = connection.execute(wanted).first()
        if certificate is None or certificate.sensor != guid:
            raise Forbidden("This certificate is not known here. Enrol the sensor anew.")
        if not certificate.is_current:
            raise Cloned("certificate")
        return row

    def _keep(self, connection: Connection, guid: str, certificate: Certificate) -> None:
        values = {"serial": certificate.serial, "issued_ms": self._now_ms(), "expires_ms": certificate.expires_ms}
        connection.execute(insert(sensor_certificates).values(sensor=guid, is_current=True, **values))

    def _supersede(self, connection: Connection, guid: str, serial: str) -> None:
        """Older certificates end when a newer one is used."""
        older = sensor_certificates.c.issued_ms < _issued(connection, serial)
        mine = update(sensor_certificates).where(sensor_certificates.c.sensor == guid, older)
        connection.execute(mine.values(is_current=False))

    def _follow_epoch(self, connection: Connection, row: Row[Any], epoch: str) -> None:
        if epoch == row.epoch:
            return
        mine = (sensor_epochs.c.sensor == row.guid, sensor_epochs.c.epoch == epoch)
        if connection.execute(select(sensor_epochs).where(*mine)).first() is not None:
            raise Cloned("epoch")
        values = {"sensor": row.guid, "epoch": epoch, "first_ms": self._now_ms()}
        connection.execute(insert(sensor_epochs).values(**values))

    def _now_ms(self) -> int:
        return int(self._clock() * 1000)


def _issued(connection: Connection, serial: str) -> int:
    wanted = select(sensor_certificates.c.issued_ms).where(sensor_certificates.c.serial == serial)
    issued: int = connection.execute(wanted).scalar_one()
    return issued


def _find(connection: Connection, guid: str) -> Row[Any]:
    row = connection.execute(select(sensors).where(sensors.c.guid == guid[:36])).first()
    if row is None:
        raise NotFound(f"there is no sensor {guid[:36]!r}")
    return row


def _identity(row: Row[Any]) -> SensorIdentity:
    return SensorIdentity(row.guid, row.name, row.enrolled_ms, row.address, row.revoked_ms, row.reason)


def _sensor(guid: str, address: str) -> Principal:
    return Principal(f"sensor {guid}", Role.INGESTER, frozenset(), PrincipalKind.SYSTEM, address)
