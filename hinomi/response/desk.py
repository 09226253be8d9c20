"""The room's face: tasks, approvals, the signer's line, verification, and the thread that keeps them going.

    desk = ResponseDesk(...); desk.use(gateway); desk.start() ... desk.close()

The gateway asks `commands(guid)` when a sensor comes on line and whenever it is told to `deliver`, `stopping(guid)` for
what is to be cancelled, and tells `desk.tasks` what the sensor says (received, executing, finished, refused).
"""

import logging
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from hinomi.access.audit import Audit
from hinomi.database import Database
from hinomi.errors import HinomiError, NotFound, Unavailable
from hinomi.inventory.inventory import Inventory
from hinomi.response.action import Action
from hinomi.response.actions import BY_NAME
from hinomi.response.approvals import Approvals
from hinomi.response.block_list import BlockList
from hinomi.response.carrying import Carrying
from hinomi.response.courier import Courier, NoCourier
from hinomi.response.enforcement import Enforcement
from hinomi.response.files import FileStore
from hinomi.response.scripts import Scripts
from hinomi.response.sealed import SealedSecrets
from hinomi.response.signing import Signing
from hinomi.response.tasks import Tasks
from hinomi.response.verification import Verification
from hinomi.response.wish import Carrier, Wishes
from hinomi.schema.endpoint import Isolation
from hinomi.schema.task import ResponseTask, TaskState
from hinomi.wire.command import SignedCommand

log = logging.getLogger(__name__)

ROUND_S = 2.0  # between two looks at what time has done


class ResponseDesk:
    """`folder`: the data folder; `database_url`: what the signer opens by itself. Thread-safe."""

    def __init__(
        self,
        database: Database,
        audit: Audit,
        inventory: Inventory,
        clock: Callable[[], float],
        folder: Path,
        database_url: str,
        actions: Mapping[str, Action] = BY_NAME,
    ) -> None:
        self._database, self._inventory, self._clock = database, inventory, clock
        self.courier: Courier = NoCourier()
        self.signing = Signing(folder, database_url)
        secrets = SealedSecrets(database, audit, folder / "sealing.key")
        wishes = Wishes(actions, inventory)
        self.tasks = Tasks(database, audit, clock, secrets, wishes, self._connected)
        self.approvals = Approvals(database, audit, actions)
        self.verification = Verification(self.tasks, lambda: self.courier, inventory)
        self.scripts = Scripts(database, audit, self.signing, clock)
        self.block_list = BlockList(database, audit, self.tasks, clock, self._block_versions, self._rouse)
        self.enforcement = Enforcement(database, inventory, self.block_list, clock)
        self.files = FileStore(database, audit, folder / "files", clock, task_of=self.tasks.task_of)
        self._carrying = Carrying(self.tasks)
        self._wake, self._stop = threading.Event(), threading.Event()
        self._runner: threading.Thread | None = None
        self._trouble = ""  # what keeps the rounds from their work
        self.rounds: list[Callable[[], object]] = [
            self.tasks.sweep, self._carrying.work, self.block_list.push, self.verification.work,
        ]  # fmt: skip
        wishes.carriers.append(self.block_list)
        wishes.expand["run_script"] = self.scripts.expand
        self.tasks.additions.append(self._stored)
        self.tasks.on_queued.append(self._queued)
        self.tasks.on_cancel.append(self._cancelled)
        self.tasks.watchers.append(self._moved)

    # ---- joining ----------------------------------------------------------------------------------------------------
    def use(self, courier: Courier) -> None:
        self.courier = courier

    def carry_by(self, carrier: Carrier) -> None:
        """The server does by `carrier` what it says it carries (mail, directories)."""
        self.tasks.wishes.carriers.append(carrier)

    def start(self) -> None:
        self._runner = threading.Thread(target=self._run, name="response")
        self._runner.start()

    def close(self) -> None:
        """End after the round under way."""
        self._stop.set()
        self._wake.set()
        if self._runner is not None:
            self._runner.join()
            self._runner = None
        self.verification.close()
        self.signing.close()

    def carry(self) -> None:
        """Do now what waits for the server itself."""
        self._carrying.work()

    # ---- for the gateway --------------------------------------------------------------------------------------------
    def commands(self, guid: str) -> list[SignedCommand]:
        """What waits for this sensor, oldest first, signed; the same bytes as before for what was handed out already.

        May take some seconds (a look before the command leaves): not for an event loop. One that cannot be signed waits.
        """
        found: list[SignedCommand] = []
        for task in self.tasks.waiting(guid):
            self.verification.prepare(task)
            try:
                signed = self.signing.command(task.id)
            except HinomiError as error:
                log.warning("task %s is not handed out now: %s", task.id, error)
                continue
            if self.tasks.handed_out(task.id):
                found.append(signed)
        return found

    def stopping(self, guid: str) -> list[str]:
        """Command ids that this sensor is to be asked to stop."""
        return self.tasks.stopping(guid)

    def look(self, guid: str, action: str, parameters: Mapping[str, Any], seconds: int = 60) -> SignedCommand:
        """A read-only command for `Courier.ask`; its result goes to who asked, not to the tasks."""
        return self.signing.look(guid, action, parameters, seconds)

    # ---- within; the courier of the moment, for the gateway comes after this room -----------------------------------
    def _connected(self) -> set[str]:
        return self.courier.connected()

    def _block_versions(self) -> dict[str, int]:
        connected = self.courier.connected()
        return {guid: held for guid, held in self._inventory.block_versions().items() if guid in connected}

    def _rouse(self) -> None:
        self._wake.set()

    def _stored(self, command_id: str) -> Mapping[str, Any]:
        """What the file room has of this command, for the verdict: what came is what was sent."""
        try:
            file = self.files.get(command_id)
        except NotFound:
            return {}
        return {"stored_sha256": file.sha256} if file.is_kept else {}

    def _cancelled(self, guid: str, command_id: str) -> None:
        self.courier.cancel(guid, command_id)

    def _queued(self, guid: str) -> None:
        if guid:
            self.courier.deliver(guid)
        else:
            self._wake.set()

    def _moved(self, task: ResponseTask) -> None:
        if task.state is TaskState.EXECUTED:
            self._wake.set()
            version = self.block_list.applied(task)
            if version is not None:
                self._inventory.seen(task.target.id, at_ms=int(self._clock() * 1000), block_version=version)
        if task.state is TaskState.FAILED:
            self.block_list.disproved(task)
        if task.state in (TaskState.EXECUTED, TaskState.VERIFIED) and task.action in _ISOLATION:
            try:
                with self._database.begin() as connection:
                    self._inventory.set_isolation(connection, task.target.id, _ISOLATION[task.action])
            except HinomiError:
                log.info("the endpoint of task %s is not in the inventory any more", task.id)

    def _run(self) -> None:
        self._do(self._carrying.resume)
        while not self._stop.is_set():
            done = [self._do(work) for work in self.rounds]
            if all(done):
                self._trouble = ""
            self._wake.wait(ROUND_S)
            self._wake.clear()

    def _do(self, work: Callable[[], object]) -> bool:
        """False when the work could not be done."""
        if self._stop.is_set():
            return True
        try:
            work()
        except Unavailable as error:  # for as long as it lasts it is said once
            if self._trouble != str(error):
                self._trouble = str(error)
                log.warning("the response room waits: %s", error)
        except Exception:  # the loop must go on, and what it stumbles over must be seen
            log.exception("the response room stumbled; it tries again")
        else:
            return True
        return False


_ISOLATION = {"isolate_endpoint": Isolation.ON, "restore_endpoint": Isolation.OFF}
