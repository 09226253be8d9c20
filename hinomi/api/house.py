"""What the API needs of the house: the rooms it asks and the callables it is handed. `app` builds it."""

import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from hinomi.access.access import Access
from hinomi.detect.content import Content
from hinomi.lake.lake import Lake
from hinomi.operations.exceptions import ExceptionBook
from hinomi.schema.content import Filter
from hinomi.schema.principal import Principal
from hinomi.schema.record import RecordBatch
from hinomi.workbench.workbench import Workbench


def _no_room_missing() -> list[str]:
    return []


def sigma_text(found: Filter) -> str:
    """The filter as a Sigma rule in YAML, as far as pySigma kept it (comments are gone)."""
    return yaml.safe_dump(found.sigma.rule.to_dict(), sort_keys=False, allow_unicode=True, width=120)


def _refuse_switch(_principal: Principal, _model_id: str, _enabled: bool) -> None:
    from hinomi.errors import Unavailable

    raise Unavailable("this server cannot switch models on and off")


@dataclass(frozen=True)
class House:
    """Rooms and callables; every callable may block (the API calls them in threads) and is safe to call from many.

    append: lays a batch in the spool; the sequence number, once it is on disk.
    progress: {"done": bool, "waiting": int, "trouble": text | None, "total": {...}} of a sequence number.
    status: {"lake": {"rows", "bytes", ...}, "spool": {"waiting"}, "deadLetters": {reason: count}, "records",
        "activities", "detections", "alerts", "version"}.
    unready: reasons why the server cannot take work (spool, lake, disk); empty when it can.
    content: filters and models of this moment; enable_model switches one of them, in the audit log.
    filter_text: a filter in YAML; the house may hand over the file itself instead.
    secret: signs paging tokens; the same in every process of one house.
    console: folder of the built console; the page that says how to build it is served when it is missing.
    """

    access: Access
    workbench: Workbench
    lake: Lake
    content: Callable[[], Content]
    exceptions: ExceptionBook
    append: Callable[[RecordBatch], int]
    progress: Callable[[int], dict[str, Any]]
    status: Callable[[], dict[str, Any]]
    version: str
    org: str = "1"
    unready: Callable[[], list[str]] = _no_room_missing
    enable_model: Callable[[Principal, str, bool], None] = _refuse_switch
    filter_text: Callable[[Filter], str] = sigma_text
    secret: bytes = field(default_factory=lambda: secrets.token_bytes(32), repr=False)
    console: Path | None = None
    clock: Callable[[], float] = time.time
    requests_per_minute: int = 6000  # of one API key on the public routes

    def now_ms(self) -> int:
        return int(self.clock() * 1000)
