"""Makers for tests about the channel: a real gateway on a free port with real rooms behind it, and real sensors without collectors."""

import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import orjson
from websockets.sync.client import ClientConnection, connect

from hinomi.access.audit import Audit
from hinomi.access.authority import Authority
from hinomi.access.enrolment import Enrolments
from hinomi.access.sensor_identity import SensorIdentities
from hinomi.database import Database
from hinomi.errors import Unavailable
from hinomi.gateway.gateway import Gateway
from hinomi.gateway.rooms import GatewayRooms
from hinomi.inventory.inventory import Inventory
from hinomi.inventory.packages import SensorPackages
from hinomi.inventory.policies import Policies
from hinomi.response.desk import ResponseDesk
from hinomi.schema.principal import COMMAND_LINE
from hinomi.schema.record import RecordBatch
from hinomi.sensor import enrolment
from hinomi.sensor.action import EndpointAction
from hinomi.sensor.agent import Agent
from hinomi.sensor.folder import SensorFolder
from hinomi.sensor.identity import Identity, IdentityKeeper
from hinomi.sensor.link import Link
from hinomi.wire import message as wire
from hinomi.wire.enrolment import EnrolmentText, write_enrolment
from hinomi.wire.message import Message, read_message, write_message
from hinomi.wire.packing import unpack
from tests.make_database import database_at


class Door:
    """A gateway with desk, inventory and identities on a folder. What it acknowledged is in `kept`, entry by entry."""

    def __init__(self, folder: Path, port: int = 0, host: str = "127.0.0.1") -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self.database = Database(database_at(folder / "operations.db"))
        self.database.create()
        self.audit = Audit(self.database, time.time)
        self.inventory = Inventory(self.database, time.time)
        self.policies = Policies(self.database, time.time)
        self.desk = ResponseDesk(
            self.database, self.audit, self.inventory, time.time, folder, database_at(folder / "operations.db")
        )
        self.packages = SensorPackages(self.database, folder / "sensor-packages", time.time)
        self.authority = Authority(folder / "authority", time.time)
        self.enrolments = Enrolments(self.database, self.audit, time.time)
        self.identities = SensorIdentities(self.database, self.audit, self.authority, self.enrolments, time.time)
        self.kept: list[bytes] = []
        self.before_ack: Callable[[int], None] = lambda _count: None
        rooms = GatewayRooms(
            authority=self.authority,
            identities=self.identities,
            append=self._append,
            desk=self.desk,
            endpoints=self.inventory,
            policy=self.policies.of,
            enrolled=lambda guid, _group, _name: self.inventory.seen(guid, at_ms=int(time.time() * 1000)),
            command_key=self.desk.signing.public,
            shelf=self.desk.files,
            update=self.packages.offer_to,
            update_file=self.packages.file,
            updated=self.packages.became,
        )
        self.gateway = Gateway(rooms, host, port)
        self.identities.on_revoked.append(self.gateway.disconnect)
        self.desk.use(self.gateway)
        self.gateway.start()

    def _append(self, packed: bytes) -> int:
        self.kept.append(packed)
        self.before_ack(len(self.kept))
        return len(self.kept)

    def close(self) -> None:
        self.gateway.close()
        self.desk.close()
        self.database.close()

    def token(self, **more: Any) -> str:
        return self.enrolments.create(COMMAND_LINE, **more)[1]

    def text(self, token: str = "", ca_sha256: str = "") -> str:
        given = EnrolmentText(self.gateway.url, token or self.token(), ca_sha256 or self.authority.fingerprint)
        return write_enrolment(given)

    def enrolled(self, folder: Path, text: str = "") -> Identity:
        """A new identity in the folder, with a policy that watches nothing."""
        made = enrolment.enrol(text or self.text(), SensorFolder(folder), "web-1")
        SensorFolder(folder).write_json("policy.json", {"watch": []})
        return made

    def batches(self) -> list[RecordBatch]:
        return [unpack(packed) for packed in self.kept]

    def records(self, kind: str = "") -> list[dict[str, Any]]:
        """All that came, also what came twice; of one kind when asked for."""
        found = [orjson.loads(record) for batch in self.batches() for record in batch.records]
        return [record for record in found if kind in ("", record["kind"])]

    def signs(self) -> list[str]:
        """Of tampering, as the server itself saw them."""
        told = [each["data"] for each in self.records("sensor_tamper")]
        return [str(each["name"]) for each in told if each.get("seen_by") == "server"]

    def audited(self) -> list[tuple[str, str]]:
        return [(row.action, row.outcome) for row in reversed(self.audit.search(top=1000).items)]


def sensor(folder: Path, actions: Mapping[str, EndpointAction] | None = None) -> Agent:
    """The real sensor on an enrolled folder, without collectors; started."""
    agent = Agent(folder, collectors=(), actions=actions or {})
    agent.start()
    return agent


class Hostile:
    """One that holds a sensor's identity and says what it likes."""

    def __init__(self, folder: Path) -> None:
        self.keeper = IdentityKeeper(SensorFolder(folder))
        self.identity = self.keeper.load()
        self.link = Link(self.identity.url, self.keeper.context())

    def open(self) -> ClientConnection:
        return connect(
            f"wss://{self.link.host}:{self.link.port}/sensor/v1/channel",
            ssl=self.link.context,
            proxy=None,
            compression=None,
            max_size=None,
        )

    def greet(self, socket: ClientConnection, **more: Any) -> Message:
        """The answer to a greeting as it should be, but for what is given."""
        told: dict[str, Any] = {
            "version": wire.VERSION,
            "sensor": self.identity.guid,
            "epoch": self.identity.epoch,
            "connection": 0,
            "device_ms": int(time.time() * 1000),
            "monotonic_ms": 0,
        }
        told["connection"] = more.pop("connection", None) or self.keeper.next_connection()
        socket.send(write_message(wire.Hello(**(told | more))))
        return read_message(socket.recv(timeout=30))

    def hear(self, socket: ClientConnection, kind: type[Any]) -> Any:
        """The next message of a kind; Unavailable when the server ends before."""
        from websockets.exceptions import ConnectionClosed

        while True:
            try:
                found = read_message(socket.recv(timeout=30))
            except ConnectionClosed as error:
                raise Unavailable(f"the server ended: {error}") from None
            if isinstance(found, kind):
                return found
