"""What the API needs of the house: the rooms it asks and the callables it is handed. `app` builds it."""

import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from hinomi.access.access import Access
from hinomi.detect.content import Content
from hinomi.detect.measured import Measured
from hinomi.lake.lake import Lake
from hinomi.operations.book import ContentBook
from hinomi.operations.editing import ContentEditor
from hinomi.operations.exceptions import ExceptionBook
from hinomi.operations.preview import Previews
from hinomi.operations.proof_book import ProofBook
from hinomi.operations.time_travels import TimeTravels
from hinomi.workbench.workbench import Workbench


def _no_room_missing() -> list[str]:
    return []


@dataclass(frozen=True)
class House:
    """Rooms and callables; every callable may block (the API calls them in threads) and is safe to call from many.

    append: lays a packed batch (hinomi.ingest.packing) in the spool; the sequence number, once it is on disk.
    progress: {"done": bool, "waiting": int, "trouble": text | None, "total": {...}} of a sequence number.
    status: {"lake": {"rows", "bytes", ...}, "spool": {"waiting"}, "deadLetters": {reason: count}, "records",
        "activities", "detections", "alerts", "correlation": {"waiting", "bound", "windows", "evicted", "late",
        "suppressed"}, "version"}.
    unready: reasons why the server cannot take work (spool, lake, disk); empty when it can.
    content: filters and models of this moment; book: everything there is of them; editor changes it, in the audit log.
    proofs: of each filter and model; measured: how often a filter fired where nothing was wrong, by its id.
    secret: signs paging tokens; the same in every process of one house.
    console: folder of the built console; the page that says how to build it is served when it is missing.
    """

    access: Access
    workbench: Workbench
    lake: Lake
    content: Callable[[], Content]
    exceptions: ExceptionBook
    book: ContentBook
    editor: ContentEditor
    proofs: ProofBook
    previews: Previews
    time_travels: TimeTravels
    append: Callable[[bytes], int]
    progress: Callable[[int], dict[str, Any]]
    status: Callable[[], dict[str, Any]]
    version: str
    measured: Mapping[str, Measured] = field(default_factory=dict)
    org: str = "1"
    unready: Callable[[], list[str]] = _no_room_missing
    secret: bytes = field(default_factory=lambda: secrets.token_bytes(32), repr=False)
    console: Path | None = None
    clock: Callable[[], float] = time.time
    requests_per_minute: int = 6000  # of one API key on the public routes

    def now_ms(self) -> int:
        return int(self.clock() * 1000)
