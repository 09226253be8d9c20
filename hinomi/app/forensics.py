"""What comes from endpoints as evidence, and what goes to them to be tried or looked for: built and joined to the other rooms."""

import shutil
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any, Protocol

from hinomi.access.access import Access
from hinomi.database import Database
from hinomi.detect.content import Content
from hinomi.inventory.inventory import Inventory
from hinomi.operations.endpoints import EndpointKeeper
from hinomi.operations.evidence_intake import EvidenceIntake
from hinomi.operations.kit import KitBuilder, KitKey
from hinomi.operations.kit_report import KitReports
from hinomi.operations.preflight import Preflights
from hinomi.operations.simulations import Simulations
from hinomi.response.desk import ResponseDesk
from hinomi.response.files import FileStore
from hinomi.response.life import SERVER
from hinomi.response.pattern_delivery import Ask, PatternDelivery
from hinomi.response.patterns import Patterns
from hinomi.response.submission import read_desk
from hinomi.schema.endpoint import Endpoint, EndpointQuery
from hinomi.schema.record import RecordBatch
from hinomi.schema.task import Target
from hinomi.settings import Settings, shipped_kit

EVIDENCE = Path(__file__).resolve().parents[1] / "sensor" / "evidence"  # what the kit packs, read as files
SWEEP_S = 600.0  # files expire after days
DELIVERY_S = 5.0  # between two looks at who is behind


class Rooms(Protocol):
    """What is needed of a house that is being opened."""

    settings: Settings
    database: Database
    access: Access
    inventory: Inventory
    endpoints: EndpointKeeper
    response: ResponseDesk
    secret: bytes

    @property
    def content(self) -> Content: ...

    def append(self, batch: RecordBatch) -> int: ...


@dataclass(frozen=True, slots=True)
class Forensics:
    files: FileStore
    patterns: Patterns
    simulations: Simulations
    preflights: Preflights
    kit: KitBuilder
    kit_reports: KitReports
    packages: Path


def open_forensics(rooms: Rooms) -> Forensics:
    """InputError when the setting `samples_to` cannot be read."""
    settings, audit = rooms.settings, rooms.access.audit
    read_desk(settings.samples_to)
    files = FileStore(
        rooms.database,
        audit,
        settings.data / "files",
        time.time,
        task_of=rooms.response.tasks.task_of,
        floor_bytes=settings.disk_floor_mb << 20,
    )
    patterns = Patterns(rooms.database, audit, settings.data / "patterns", time.time)
    delivery = PatternDelivery(patterns, lambda: _connected(rooms.inventory), _asker(rooms.response))
    simulations = Simulations(
        settings.content_folder / "simulations",
        settings.org,
        rooms.secret,
        time.time,
        rooms.append,
        audit,
        rooms.database,
    )
    preflights = Preflights(
        simulations, rooms.inventory, rooms.endpoints.policies, lambda: rooms.content, lambda: _blocked(rooms.response)
    )
    rooms.response.tasks.additions.append(lambda command_id: _arrived(files, command_id))
    rooms.response.rounds += [_every(DELIVERY_S, delivery.sweep), _every(SWEEP_S, files.sweep)]
    patterns.on_change.append(lambda _version: delivery.sweep())
    key = KitKey(settings.data / "kit.key")
    reports = KitReports(rooms.database, audit, rooms.inventory, settings.data / "kit", key, time.time, rooms.append)
    intake = EvidenceIntake(files, reports, rooms.response.tasks.secrets.for_package)
    rooms.response.tasks.watchers.append(intake.moved)
    rooms.response.rounds.append(intake.work)
    return Forensics(
        files,
        patterns,
        simulations,
        preflights,
        kit_builder(settings, key),
        reports,
        _emptied(settings.data / "packages"),
    )


def kit_builder(settings: Settings, key: KitKey) -> KitBuilder:
    return KitBuilder(shipped_kit(), EVIDENCE, settings.org, version("hinomi"), key)


def _emptied(folder: Path) -> Path:
    """Packages are made to be sent once: what a crash left goes."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700, parents=True)
    return folder


def _arrived(files: FileStore, command_id: str) -> Mapping[str, Any]:
    """What the server itself knows of the file that a command sent, for the task's result."""
    file = files.found(command_id)
    return {"stored_sha256": file.sha256, "stored_bytes": file.size_bytes} if file and file.is_kept else {}


def _connected(inventory: Inventory) -> Iterator[Endpoint]:
    skip = 0
    while True:
        page = inventory.page(EndpointQuery(is_connected=True, top=500, skip=skip))
        yield from page.items
        skip += len(page.items)
        if not page.items or skip >= page.total:
            return


def _asker(response: ResponseDesk) -> Ask:
    def ask(action: str, target: Target, parameters: Mapping[str, Any]) -> object:
        return response.tasks.ask(SERVER, action, target, parameters, source="server")

    return ask


def _blocked(response: ResponseDesk) -> set[str]:
    """Hashes of files that the block list stops."""
    _, objects = response.block_list.effective()
    return {one.value.lower() for one in objects if one.type.startswith("file") and one.action == "block"}


def _every(seconds: float, work: Callable[[], object]) -> Callable[[], None]:
    """`work`, but not more often than that; the first time at once."""
    last = [-seconds]

    def maybe() -> None:
        now = time.monotonic()
        if now - last[0] >= seconds:
            last[0] = now
            work()

    return maybe
