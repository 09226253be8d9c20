"""All rooms of one data folder, open, and the thread that runs the pipeline."""

import logging
import os
import sys
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import asdict
from typing import Any, Self

from hinomi.access.access import Access
from hinomi.app.answering import open_directories, open_post_office, open_sender_watch, open_shells
from hinomi.app.content import open_book
from hinomi.app.folder import DataFolder
from hinomi.app.forensics import open_forensics
from hinomi.app.memory import give_back, settle
from hinomi.app.opening import open_database, operational_url
from hinomi.app.question import ask_of
from hinomi.app.sensing import open_sensing
from hinomi.app.sensor_packages import package_keeper
from hinomi.app.upkeep import UpkeepRounds
from hinomi.attack.catalogue import load_attack, use_imported
from hinomi.detect.content import Content
from hinomi.errors import ContentError, HinomiError
from hinomi.hunt.desk import HuntDesk
from hinomi.ingest.spool import Spool
from hinomi.ingest.store import DeadLetters
from hinomi.inventory.inventory import Inventory
from hinomi.inventory.policies import Policies
from hinomi.lake.lake import Lake
from hinomi.lake.retention import parse_rules
from hinomi.operations.editing import ContentEditor
from hinomi.operations.endpoints import EndpointKeeper
from hinomi.operations.exceptions import ExceptionBook
from hinomi.operations.hunts import Hunts
from hinomi.operations.keeping import LakeKeeping
from hinomi.operations.preview import Previews
from hinomi.operations.proof_book import ProofBook
from hinomi.operations.search_book import SearchBook
from hinomi.operations.time_travels import TimeTravels
from hinomi.pipeline import Pipeline
from hinomi.response.desk import ResponseDesk
from hinomi.schema.record import RecordBatch
from hinomi.settings import Settings
from hinomi.wire.packing import pack
from hinomi.workbench.workbench import Workbench

log = logging.getLogger(__name__)

IDLE_S = 0.5  # an idle pipeline looks at the spool so often even when nobody wakes it
# Rows go to the lake in pieces of what a socket holds, and after each the thread that writes needs a turn: by Python's own
# 5 ms it waits longer for the thread that detects than the lake does for its disk.
TURN_S = 0.0005
RETRY_S = 1.0  # after trouble (disk full, lake restarting)


class House:
    """Use as a context manager; `start` runs the pipeline in a thread, without it call `pipeline.drain`."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.folder = DataFolder(settings.data)
        self.trouble: str | None = None
        self._stop = threading.Event()
        self._wake = threading.Event()
        self._runner: threading.Thread | None = None
        self._resting: list[threading.Thread] = []
        self._open = ExitStack()

    def __enter__(self) -> Self:
        with ExitStack() as guard:
            guard.callback(self._open.close)
            self._open.enter_context(self.folder.hold())
            self._open_rooms()
            guard.pop_all()
        settle()
        sys.setswitchinterval(TURN_S)
        return self

    def __exit__(self, *_: object) -> None:
        self._open.close()

    def _open_rooms(self) -> None:
        settings, closing = self.settings, self._open
        floor_bytes = settings.disk_floor_mb << 20
        self.database = open_database(settings)
        closing.callback(self.database.close)
        self.book = open_book(settings, self.database)
        use_imported(settings.data)
        self.proofs = ProofBook()
        self.editor = ContentEditor(self.book, self.proofs, load_attack().known_ids())
        self.access = Access(self.database, time.time)
        self.searches = SearchBook(self.database, self.access.audit, time.time)
        self.workbench = Workbench(self.database, settings.org, time.time, self.access)
        self.inventory = Inventory(self.database, time.time)
        self.endpoints = EndpointKeeper(
            self.database, self.inventory, Policies(self.database, time.time), self.access.audit
        )
        self.sensor_packages = package_keeper(self.database, settings.data, self.access.audit)
        self.response = ResponseDesk(
            self.database, self.access.audit, self.inventory, time.time, settings.data, operational_url(settings)
        )
        closing.callback(self.response.close)
        self.shells = open_shells(self)
        closing.callback(self.shells.close)
        self.post_office = open_post_office(self)
        self.sender_watch, self.mail_rounds = open_sender_watch(self, self.post_office)
        closing.callback(self.mail_rounds.close)
        self.directories = open_directories(self)
        self.exceptions = ExceptionBook(self.database, self.access.audit, lambda: self.content, time.time)
        self.letters = DeadLetters(self.database)
        self.secret = _secret(self.folder)
        passed = Pipeline.position_in(self.database)  # a spool that was lost must not use its numbers again
        self.spool = Spool(settings.data / "spool", floor_bytes=floor_bytes, at_least=passed)
        closing.callback(self.spool.close)
        self.lake = _open_lake(settings)
        closing.callback(self.lake.close)
        rules = {} if settings.lake_url else parse_rules(settings.lake_keep)  # a cluster has its times to live
        self.keeping = LakeKeeping(self.lake, self.database, self.access.audit, rules, time.time)
        self.upkeep = UpkeepRounds(self.keeping, is_busy=lambda: self.waiting > 0)
        closing.callback(self.upkeep.close)
        self.forensics = open_forensics(self)
        self.sensing = open_sensing(self, self.forensics.files, self.forensics.patterns.blob)
        closing.callback(self.sensing.gateway.close)
        self.previews = Previews(self.lake)
        closing.callback(self.previews.jobs.close)
        self.pipeline = Pipeline(
            spool=self.spool,
            database=self.database,
            lake=self.lake,
            workbench=self.workbench,
            letters=self.letters,
            content=self.content,
            batch_records=settings.batch_records,
        )
        self.book.on_change = self.pipeline.use
        self.time_travels = TimeTravels(self.book, self.lake, time.time, is_busy=lambda: self.waiting > 0)
        closing.callback(self.time_travels.close)
        self.hunt = HuntDesk(
            *(self.database, self.access.audit, self.lake, time.time),
            lambda query, dataset: ask_of(query, dataset, self.content),
            is_busy=lambda: self.waiting > 0,
        )
        closing.callback(self.hunt.close)
        self.hunts = Hunts(
            self.book, self.access.audit, self.lake, self.hunt.queries, time.time, is_busy=lambda: self.waiting > 0
        )
        closing.callback(self.hunts.close)
        closing.callback(self.pipeline.close)
        closing.callback(self.stop)

    # ---- the pipeline's thread --------------------------------------------------------------------------------------
    def start(self, at_rest: Sequence[Callable[[], None]] = (), *, for_sensors: bool = True) -> None:
        """`at_rest` is done once, when there is nothing to do for the first time. Unavailable when the sensors' door is taken."""
        self._runner = threading.Thread(target=self._run, args=(at_rest,), name="pipeline")
        self._runner.start()
        self.response.start()
        if for_sensors:
            self.sensing.gateway.start()
            self.mail_rounds.start()  # an import is no time to look through mailboxes
        self.hunt.start()
        self.upkeep.start()

    def stop(self) -> None:
        """End after the batch under way; what is in the spool stays there for the next start."""
        self._stop.set()
        self._wake.set()
        if self._runner is not None:
            self._runner.join()
            self._runner = None
        for thread in self._resting:  # a thread in native code must not outlive the interpreter: it would abort it
            thread.join()
        self._resting.clear()

    def is_stopping(self) -> bool:
        return self._stop.is_set()

    def append(self, batch: RecordBatch) -> int:
        """Lay a batch in the spool; on return it is on disk."""
        return self.append_packed(pack(batch))

    def append_packed(self, payload: bytes) -> int:
        """`append` for a batch as `packing.pack` makes it."""
        sequence = self.spool.append_packed(payload)
        self._wake.set()
        return sequence

    @property
    def content(self) -> Content:
        """Filters and models of this moment; the pipeline follows a change with its next batch."""
        return self.book.content

    @property
    def content_problems(self) -> list[ContentError]:
        return self.book.problems

    @property
    def waiting(self) -> int:
        """Entries acknowledged and not yet closed."""
        return max(0, self.spool.last - self.pipeline.position)

    def progress(self, sequence: int) -> dict[str, Any]:
        """How far the pipeline is: is the entry `sequence` closed, and the totals since the start."""
        return {
            "done": self.pipeline.position >= sequence,
            "waiting": self.waiting,
            "trouble": self.trouble,
            "total": asdict(self.pipeline.total),
        }

    def _run(self, at_rest: Sequence[Callable[[], None]]) -> None:
        """Step while there is work. A room in trouble (disk full, lake restarting) is tried again, and shown."""
        is_rested = is_prepared = False
        while not self._stop.is_set():
            try:
                if not is_prepared:
                    self.pipeline.prepare()
                    is_prepared = True
                worked = self.pipeline.step() is not None
                self.trouble = None
            except HinomiError as error:
                worked, self.trouble = False, f"{error.code}: {error}"
                self._stop.wait(RETRY_S)
            except Exception as error:  # the loop must go on, and what it stumbles over must be seen
                log.exception("the pipeline stumbled; the batch stays in the spool and is tried again")
                worked, self.trouble = False, f"InternalServerError: {type(error).__name__}: {error}"
                self._stop.wait(RETRY_S)
            if worked:
                is_rested = False
                continue
            if not self._wake.wait(IDLE_S) and not is_rested:
                for work in at_rest:
                    self._resting.append(threading.Thread(target=work, name="at-rest"))
                    self._resting[-1].start()
                at_rest = ()
                give_back()
                is_rested = True
            self._wake.clear()


def _open_lake(settings: Settings) -> Lake:
    if settings.lake_url:
        return Lake.at(settings.lake_url, memory_mb=settings.lake_memory_mb)
    floor_bytes = settings.disk_floor_mb << 20
    return Lake.start(settings.data / "lake", memory_mb=settings.lake_memory_mb, floor_bytes=floor_bytes)


def _secret(folder: DataFolder) -> bytes:
    """The key that signs paging tokens: made once, 0600."""
    path = folder.path / "secret.key"
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_bytes()
    key = os.urandom(32)
    with os.fdopen(handle, "wb") as stream:
        stream.write(key)
    return key
