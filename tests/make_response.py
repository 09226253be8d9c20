"""Makers for tests about response: a real desk on a real database, endpoints that were seen, people who ask."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from hinomi.access.audit import Audit
from hinomi.database import Database
from hinomi.inventory.inventory import Inventory
from hinomi.response.action import Action, Words
from hinomi.response.desk import ResponseDesk
from hinomi.schema.page import Page
from hinomi.schema.principal import Principal, Role
from hinomi.schema.task import Phase, ResponseTask, Target, TargetKind
from hinomi.wire.inventory import HostFacts, Interface
from tests.make_access import Clock, person
from tests.make_database import database_at

GUID = "0b0e7b3c-6d8e-4d7f-9a43-6f4d1c9a2b10"
OTHER = "7b1f0c55-2a35-4a1c-8a6e-0c8f1a2d3e4f"
ASKER = person("ayumi", Role.SENIOR_ANALYST)
SECOND = person("kenji", Role.SENIOR_ANALYST)
ADMINISTRATOR = person("root", Role.ADMINISTRATOR)


def endpoint(guid: str = GUID) -> Target:
    return Target(TargetKind.ENDPOINT, guid)


def facts(name: str = "web-1", address: str = "192.0.2.10", **more: Any) -> HostFacts:
    return HostFacts(name=name, os_name="Debian", interfaces=(Interface("eth0", "", (address,)),), **more)


def see(inventory: Inventory, clock: Clock, guid: str = GUID, name: str = "web-1", **more: Any) -> None:
    inventory.seen(guid, at_ms=clock.now_ms, facts=facts(name, **more), connected=True)


class Desk:
    """A desk that no thread drives, with two endpoints."""

    def __init__(self, folder: Path, actions: Mapping[str, Action] | None = None, clock: Clock | None = None) -> None:
        self.clock = clock or Clock()
        address = database_at(folder / "operations.db")
        self.database = Database(address)
        self.database.create()
        self.audit = Audit(self.database, self.clock)
        self.inventory = Inventory(self.database, self.clock)
        see(self.inventory, self.clock)
        see(self.inventory, self.clock, OTHER, "web-2", address="192.0.2.11")
        more = {} if actions is None else {"actions": actions}
        self.desk = ResponseDesk(self.database, self.audit, self.inventory, self.clock, folder, address, **more)
        self.tasks = self.desk.tasks

    def ask(
        self, action: str = "collect_evidence", by: Principal = ASKER, guid: str = GUID, **more: Any
    ) -> ResponseTask:
        return self.tasks.ask(by, action, endpoint(guid), more.pop("parameters", {}), **more)

    def hand_out(self, task: ResponseTask) -> ResponseTask:
        assert self.tasks.handed_out(task.id)
        return task

    def told(self) -> list[tuple[str, str]]:
        """(action, outcome) of the audit log, oldest first."""
        rows = self.audit.search(top=1000).items
        return [(row.action, row.outcome) for row in reversed(rows)]

    def close(self) -> None:
        self.desk.close()
        self.database.close()


def an_action(name: str = "look_around", **more: Any) -> Action:
    words = Words(name, name)
    given: dict[str, Any] = {"kind": TargetKind.ENDPOINT, "phase": Phase.INVESTIGATE, "title": words, "effect": words}
    return Action(**({"name": name, "public": ""} | given | more))


def ids(page: Page[ResponseTask]) -> list[str]:
    return [task.id for task in page.items]
