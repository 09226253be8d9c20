"""All rooms of one data folder, open, and the thread that runs the pipeline."""

import threading
from contextlib import ExitStack
from dataclasses import asdict
from typing import Any, Self

from hinomi.access.access import Access
from hinomi.app.folder import DataFolder
from hinomi.app.opening import load_shipped, open_database
from hinomi.errors import HinomiError
from hinomi.ingest.spool import Spool
from hinomi.ingest.store import DeadLetters
from hinomi.lake.lake import Lake
from hinomi.pipeline import Pipeline
from hinomi.schema.record import RecordBatch
from hinomi.settings import Settings
from hinomi.workbench.workbench import Workbench


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
        settings, closing = self.settings, self._open
        with ExitStack() as guard:
            guard.callback(closing.close)
            closing.enter_context(self.folder.hold())
            self.content = load_shipped(settings)
            self.database = open_database(settings)
            self.access = Access(self.database)
            self.workbench = Workbench(self.database, org=settings.org)
            self.letters = DeadLetters(self.database)
            self.spool = Spool(settings.data / "spool", floor_bytes=settings.disk_floor_mb << 20)
            closing.callback(self.spool.close)
            self.lake = Lake.start(settings.data / "lake", memory_mb=settings.lake_memory_mb)
            closing.callback(self.lake.close)
            self.pipeline = Pipeline(
                spool=self.spool,
                database=self.database,
                lake=self.lake,
                workbench=self.workbench,
                letters=self.letters,
                content=self.content,
                batch_records=settings.batch_records,
            )
            closing.callback(self.pipeline.close)
            closing.callback(self.stop)
            guard.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._open.close()

    # ---- the pipeline's thread --------------------------------------------------------------------------------------
    def start(self) -> None:
        self._runner = threading.Thread(target=self._run, name="pipeline")
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
        sequence = self.spool.append(batch)
        self._wake.set()
        return sequence

    def _run(self) -> None:
        """Step while there is work. A room in trouble (disk full, lake restarting) is tried again, and shown."""
        while not self._stop.is_set():
            try:
                worked = self.pipeline.step() is not None
                self.trouble = None
            except HinomiError as error:
                worked, self.trouble = False, f"{error.code}: {error}"
                self._stop.wait(1)
            if not worked:
                self._wake.wait(1)
                self._wake.clear()

    def progress(self, sequence: int) -> dict[str, Any]:
        """How far the pipeline is: is the entry `sequence` closed, and the totals since the start."""
        return {
            "done": self.pipeline.position >= sequence,
            "waiting": max(0, self.spool.last - self.pipeline.position),
            "trouble": self.trouble,
            "total": asdict(self.pipeline.total),
        }
