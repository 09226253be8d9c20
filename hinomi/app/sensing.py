"""The way of the sensors into a house: who they are, and the door they come through; built and joined to the other rooms."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import version
from typing import Protocol

from hinomi.access.access import Access
from hinomi.access.authority import Authority
from hinomi.access.enrolment import Enrolments
from hinomi.access.sensor_identity import SensorIdentities
from hinomi.database import Database
from hinomi.errors import NotFound
from hinomi.gateway.gateway import Gateway
from hinomi.gateway.rooms import GatewayRooms
from hinomi.inventory.inventory import Inventory
from hinomi.operations.endpoints import EndpointKeeper
from hinomi.operations.sensor_packages import PackageKeeper
from hinomi.response.desk import ResponseDesk
from hinomi.response.files import FileStore
from hinomi.response.shells import Shells
from hinomi.schema.principal import Principal
from hinomi.settings import Settings
from hinomi.wire.enrolment import EnrolmentText, write_enrolment


class Rooms(Protocol):
    """What is needed of a house that is being opened."""

    settings: Settings
    database: Database
    access: Access
    inventory: Inventory
    endpoints: EndpointKeeper
    sensor_packages: PackageKeeper
    response: ResponseDesk
    shells: Shells

    def append_packed(self, payload: bytes) -> int: ...


@dataclass(frozen=True, slots=True)
class Sensing:
    gateway: Gateway
    enrolments: Enrolments
    identities: SensorIdentities
    authority: Authority

    def text(self, token: str) -> str:
        """What a person carries to a new sensor."""
        return write_enrolment(EnrolmentText(self.gateway.url, token, self.authority.fingerprint))


def open_sensing(rooms: Rooms, files: FileStore, patterns: Callable[[int], bytes]) -> Sensing:
    """The door is not open yet (`gateway.start`)."""
    settings, audit = rooms.settings, rooms.access.audit
    authority = Authority(settings.data / "authority", time.time)
    enrolments = Enrolments(rooms.database, audit, time.time)
    identities = SensorIdentities(rooms.database, audit, authority, enrolments, time.time)
    gateway = Gateway(
        GatewayRooms(
            authority=authority,
            identities=identities,
            append=rooms.append_packed,
            desk=rooms.response,
            endpoints=rooms.inventory,
            policy=rooms.endpoints.policies.of,
            enrolled=lambda guid, group, _name: _enrolled(rooms, guid, group),
            command_key=rooms.response.signing.public,
            patterns=patterns,
            update=rooms.sensor_packages.packages.offer_to,
            update_file=rooms.sensor_packages.packages.file,
            updated=rooms.sensor_packages.packages.became,
            shelf=files,
            shells=rooms.shells,
            version=version("hinomi"),
        ),
        settings.gateway_host or settings.host,
        settings.sensor_port,
        [name.strip() for name in settings.gateway_names.split(",") if name.strip()],
    )
    _join(rooms, gateway, identities)
    return Sensing(gateway, enrolments, identities, authority)


def _join(rooms: Rooms, gateway: Gateway, identities: SensorIdentities) -> None:
    rooms.inventory.nobody_is_connected()
    rooms.response.use(gateway)
    rooms.shells.use(gateway.send)
    rooms.endpoints.revoke_identity = lambda who, guid: _revoke(identities, who, guid)
    rooms.endpoints.on_revoked = gateway.disconnect
    rooms.endpoints.on_policy = gateway.renew_policies
    rooms.sensor_packages.on_change = gateway.renew_updates
    identities.on_revoked.append(gateway.disconnect)


def _revoke(identities: SensorIdentities, who: Principal, guid: str) -> None:
    try:
        identities.revoke(who, guid)
    except NotFound:
        return  # one that the inventory knows from elsewhere (a collector kit) has no identity to end


def _enrolled(rooms: Rooms, guid: str, group: str) -> None:
    rooms.inventory.seen(guid, at_ms=int(time.time() * 1000))
    if group:
        with rooms.database.begin() as connection:
            rooms.inventory.set_group(connection, guid, group)
