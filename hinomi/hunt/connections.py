"""The outbound connections of an endpoint around a moment, each with how common its far end is, and what is known against it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from hinomi.hunt.entity import assets, rarity
from hinomi.hunt.own import is_private_address
from hinomi.lake.lake import Lake
from hinomi.lake.observation import ObservedKind

MAX_ACTIVITIES = 5_000
MAX_CONNECTIONS = 500
MAX_MINUTES = 1440

# connections this machine began, and those of which a record does not tell who began them
_OUTBOUND = (
    "endpointGuid = {guid:String} AND eventId = 3 AND (eventSubId IS NULL OR eventSubId NOT IN (202, 203)) "
    "AND (dst != '' OR objectIp != '')"
)
_COLUMNS = (
    "uuid", "eventTime", "dst", "dpt", "objectIp", "objectPort", "hostName", "processFilePath", "processName", "processCmd",
    "processUser", "proto",
)  # fmt: skip


@dataclass(slots=True)
class Connection:
    """Equal ones (far end, port, process) are one; `at_ms` and `uuid` are of the earliest."""

    at_ms: int
    uuid: str
    address: str
    port: int | None
    host_name: str
    process: str
    last_ms: int
    count: int = 0
    uuids: list[str] = field(default_factory=list)
    endpoints: int = 0
    of: int = 0
    rarity: float | None = None
    is_internal: bool = False
    asset: str = ""
    filters: list[str] = field(default_factory=list)  # ids of filters that met one of these activities


def connections(lake: Lake, guid: str, at_ms: int, minutes: int) -> list[Connection]:
    """Oldest first; at most MAX_CONNECTIONS of the newest MAX_ACTIVITIES."""
    first, last = at_ms - minutes * 60_000, at_ms + minutes * 60_000 + 1
    rows = lake.search(_OUTBOUND, {"guid": guid}, from_ms=first, to_ms=last, columns=_COLUMNS, limit=MAX_ACTIVITIES)
    found = list(_grouped(rows[::-1]).values())[:MAX_CONNECTIONS]
    _tell(lake, found)
    met = lake.detections("endpointGuid = {guid:String}", {"guid": guid}, from_ms=first, to_ms=last, limit=1000)
    by_uuid: dict[str, list[str]] = {}
    for one in met:
        by_uuid.setdefault(one["uuid"], []).append(one["filterId"])
    for connection in found:
        connection.filters = list(dict.fromkeys(name for uuid in connection.uuids for name in by_uuid.get(uuid, ())))
    return found


def _grouped(rows: list[dict[str, Any]]) -> dict[tuple[Any, ...], Connection]:
    found: dict[tuple[Any, ...], Connection] = {}
    for row in rows:
        address, port = row.get("dst") or row["objectIp"], row.get("dpt", row.get("objectPort"))
        process = str(row.get("processFilePath") or row.get("processName") or "")
        one = found.setdefault((address, port, process), _new(row, address, port, process))
        one.count += 1
        one.last_ms = row["eventTime"]
        one.host_name = one.host_name or row.get("hostName", "")
        one.uuids.append(row["uuid"])
    return found


def _new(row: Mapping[str, Any], address: str, port: int | None, process: str) -> Connection:
    return Connection(row["eventTime"], row["uuid"], address, port, row.get("hostName", ""), process, row["eventTime"])


def _tell(lake: Lake, found: list[Connection]) -> None:
    addresses = sorted({one.address for one in found})
    seen, of = lake.observed.of(ObservedKind.ADDRESS, addresses), lake.observed.endpoints_in_all()
    borne = assets(lake, addresses)
    for one in found:
        known = seen.get(one.address.lower())
        one.endpoints, one.of = known.endpoints if known else 0, of
        one.rarity = rarity(one.endpoints, of) if known else None
        one.asset = next(iter(borne.get(one.address, [])), "")
        one.is_internal = bool(one.asset) or is_private_address(one.address)
