"""The real rooms of a data folder without the house around them, for tests of the pipeline and of what follows it."""

import time
from pathlib import Path

from hinomi.access.access import Access
from hinomi.database import Database
from hinomi.detect.content import Content
from hinomi.ingest.spool import Spool
from hinomi.ingest.store import DeadLetters
from hinomi.lake.lake import Lake
from hinomi.pipeline import Pipeline
from hinomi.schema.alert import AlertQuery
from hinomi.workbench.workbench import Workbench
from tests.make_database import database_at


class Rooms:
    """Everything a pipeline needs, on one folder."""

    def __init__(self, folder: Path, content: Content) -> None:
        self.content = content
        self.database = Database(database_at(folder / "hinomi.db"))
        self.spool = Spool(folder / "spool")
        self.lake = Lake.start(folder / "lake")
        self.workbench = Workbench(self.database, "1", time.time, Access(self.database, time.time))
        self.letters = DeadLetters(self.database)
        self.database.create()

    def pipeline(self, batch_records: int = 1000) -> Pipeline:
        return Pipeline(
            spool=self.spool,
            database=self.database,
            lake=self.lake,
            workbench=self.workbench,
            letters=self.letters,
            content=self.content,
            batch_records=batch_records,
        )

    def alerts(self) -> list[tuple[str, int, int]]:
        rows = self.workbench.page(AlertQuery(top=200)).items
        return sorted((row.fingerprint, row.score, row.event_count) for row in rows)

    def close(self) -> None:
        self.lake.close()
        self.spool.close()
        self.database.close()
