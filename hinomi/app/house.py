"""All rooms of one data folder, open, and the thread that runs the pipeline."""

import logging
import os
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import asdict
from typing import Any, Self

from hinomi.access.access import Access
from hinomi.app.content import open_book
from hinomi.app.folder import DataFolder
from hinomi.app.memory import give_back, settle
from hinomi.app.opening import open_database
from hinomi.attack.catalogue import load_attack, use_imported
from hinomi.detect.content import Content
from hinomi.errors import ContentError, HinomiError
from hinomi.ingest.packing import pack
from hinomi.ingest.spool import Spool
from hinomi.ingest.store import DeadLetters
from hinomi.lake.lake import Lake
from hinomi.operations.editing import ContentEditor
from hinomi.operations.exceptions import ExceptionBook
from hinomi.operations.preview import Previews
from hinomi.operations.proof_book import ProofBook
from hinomi.operations.time_travels import TimeTravels
from hinomi.pipeline import Pipeline
from hinomi.schema.record import RecordBatch
from hinomi.settings import Settings
from hinomi.workbench.workbench import Workbench

log = logging.getLogger(__name__)

IDLE_S = 0.5  # an idle pipeline looks at the spool so often even when nobody wakes it
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
        self._open = ExitStack()

    def __enter__(self) -> Self:
        with ExitStack() as guard:
            guard.callback(self._open.close)
            self._open.enter_context(self.folder.hold())
            self._open_rooms()
            guard.pop_all()
        settle()
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
        self.workbench = Workbench(self.database, settings.org, time.time, self.access)
        self.exceptions = ExceptionBook(self.database, self.access.audit, lambda: self.content, time.time)
        self.letters = DeadLetters(self.database)
        self.secret = _secret(self.folder)
        passed = Pipeline.position_in(self.database)  # a spool that was lost must not use its numbers again
        self.spool = Spool(settings.data / "spool", floor_bytes=floor_bytes, at_least=passed)
        closing.callback(self.spool.close)
        self.lake = Lake.start(settings.data / "lake", memory_mb=settings.lake_memory_mb, floor_bytes=floor_bytes)
        closing.callback(self.lake.close)
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
        closing.callback(self.pipeline.close)
        closing.callback(self.stop)

    # ---- the pipeline's thread --------------------------------------------------------------------------------------
    def start(self, at_rest: Sequence[Callable[[], None]] = ()) -> None:
        """`at_rest` is done once, when there is nothing to do for the first time."""
        self._runner = threading.Thread(target=self._run, args=(at_rest,), name="pipeline")
        self._runner.start()

    def stop(self) -> None:
        """End after the batch under way; what is in the spool stays there for the next start."""
        self._stop.set()
        self._wake.set()
        if self._runner is not None:
            self._runner.join()
            self._runner = None

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
        is_rested = False
        while not self._stop.is_set():
            try:
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
                    threading.Thread(target=work, name="at-rest", daemon=True).start()
                at_rest = ()
                give_back()
                is_rested = True
            self._wake.clear()


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
