"""What the API needs of the house: the rooms it asks and the callables it is handed. `app` builds it."""

import secrets
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from hinomi.access.access import Access
from hinomi.access.enrolment import Enrolments
from hinomi.detect.content import Content
from hinomi.detect.measured import Measured
from hinomi.hunt.desk import HuntDesk
from hinomi.inventory.inventory import Inventory
from hinomi.lake.lake import Lake
from hinomi.operations.book import ContentBook
from hinomi.operations.editing import ContentEditor
from hinomi.operations.endpoints import EndpointKeeper
from hinomi.operations.exceptions import ExceptionBook
from hinomi.operations.hunts import Hunts
from hinomi.operations.kit import KitBuilder
from hinomi.operations.kit_report import KitReports
from hinomi.operations.preflight import Preflights
from hinomi.operations.preview import Previews
from hinomi.operations.proof_book import ProofBook
from hinomi.operations.search_book import SearchBook
from hinomi.operations.sensor_packages import PackageKeeper
from hinomi.operations.simulations import Simulations
from hinomi.operations.time_travels import TimeTravels
from hinomi.response.accounts.directories import Directories
from hinomi.response.desk import ResponseDesk
from hinomi.response.files import FileStore
from hinomi.response.mail.post_office import PostOffice
from hinomi.response.mail.sender_watch import SenderWatch
from hinomi.response.patterns import Patterns
from hinomi.response.shells import Shells
from hinomi.workbench.workbench import Workbench


def _no_room_missing() -> list[str]:
    return []


def _no_tasks(_endpoints: Sequence[str]) -> Mapping[str, int]:
    return {}


@dataclass(frozen=True)
class House:
    """Rooms and callables; every callable may block (the API calls them in threads) and is safe to call from many.

    append: lays a packed batch (hinomi.wire.packing) in the spool; the sequence number, once it is on disk.
    progress: {"done": bool, "waiting": int, "trouble": text | None, "total": {...}} of a sequence number.
    status: {"lake": {"rows", "bytes", ...}, "spool": {"waiting"}, "deadLetters": {reason: count}, "records",
        "activities", "detections", "alerts", "correlation": {"waiting", "bound", "windows", "evicted", "late",
        "suppressed"}, "version"}.
    unready: reasons why the server cannot take work (spool, lake, disk); empty when it can.
    living_tasks: how many response tasks of each of these endpoints (GUIDs) have not ended.
    content: filters and models of this moment; book: everything there is of them; editor changes it, in the audit log.
    response: tasks, approvals, block list, scripts; shells: remote shells and their recordings;
        post_office: mail connectors, searches, quarantine; sender_watch: listed senders; directories: LDAP.
    searches: who searched for what.
    enrolments: tokens for new sensors; enrolment_text: what a person carries to one, of a token.
    files: what sensors sent; packages: a private folder for zips that are made to be sent and removed again.
    patterns: the pattern set; simulations: what a person may try; preflights: what would stand in its way.
    kit: the collector kit of this organisation; kit_reports: what kits collected and was uploaded.
    samples_to: where samples go for analysis (submission.read_desk).
    inventory: endpoints with our sensor; endpoints changes them and their policies, in the audit log.
    sensor_packages: updates that sensors are offered.
    hunt: saved queries, watch list, check points, the day's checks; hunts: over the lake, kept.
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
    hunt: HuntDesk
    searches: SearchBook
    hunts: Hunts
    inventory: Inventory
    response: ResponseDesk
    shells: Shells
    post_office: PostOffice
    sender_watch: SenderWatch
    enrolments: Enrolments
    enrolment_text: Callable[[str], str]
    directories: Directories
    endpoints: EndpointKeeper
    sensor_packages: PackageKeeper
    files: FileStore
    patterns: Patterns
    simulations: Simulations
    preflights: Preflights
    kit: KitBuilder
    kit_reports: KitReports
    packages: Path
    append: Callable[[bytes], int]
    progress: Callable[[int], dict[str, Any]]
    status: Callable[[], dict[str, Any]]
    version: str
    measured: Mapping[str, Measured] = field(default_factory=dict)
    org: str = "1"
    samples_to: str = "team"
    unready: Callable[[], list[str]] = _no_room_missing
    living_tasks: Callable[[Sequence[str]], Mapping[str, int]] = _no_tasks
    secret: bytes = field(default_factory=lambda: secrets.token_bytes(32), repr=False)
    console: Path | None = None
    clock: Callable[[], float] = time.time
    requests_per_minute: int = 6000  # of one API key on the public routes

    def now_ms(self) -> int:
        return int(self.clock() * 1000)
