"""The lake's upkeep from the command line, beside a running server or alone."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from typing import Any

from hinomi.access.audit import Audit
from hinomi.app.lake import open_lake
from hinomi.app.opening import open_database
from hinomi.lake.lake import Lake
from hinomi.lake.retention import parse_rules
from hinomi.operations.keeping import LakeKeeping, Progress
from hinomi.schema.principal import COMMAND_LINE
from hinomi.settings import Settings


@contextmanager
def open_keeping(settings: Settings) -> Iterator[tuple[LakeKeeping, Lake]]:
    database = open_database(settings)
    try:
        with open_lake(settings) as lake:
            rules = {} if settings.lake_url else parse_rules(settings.lake_keep)  # a cluster has its times to live
            yield LakeKeeping(lake, database, Audit(database, time.time), rules, time.time), lake
    finally:
        database.close()


def compact(settings: Settings, *, dry_run: bool, on_progress: Progress) -> dict[str, Any]:
    """{"removed": [...], "merged": days}: what the rules take away, then each past day in one part."""
    with open_keeping(settings) as (keeping, lake):
        if dry_run:
            return {"removed": [asdict(one) for one in keeping.planned()], "merged": 0}
        gone = keeping.remove(COMMAND_LINE, on_progress)
        return {"removed": [asdict(one) for one in gone], "merged": lake.merge(keeping.today(), on_progress)}


def verify(settings: Settings) -> list[str]:
    """Every damaged part, by name."""
    with open_lake(settings) as lake:
        return lake.verify()
