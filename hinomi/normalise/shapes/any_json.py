"""Any other JSON object that says when it happened: kept and searchable, whoever wrote it, until it gets a source of its own.

Nested names are joined by dots, as Sigma rules for such logs write them. What a network sensor, a cloud or the like wrote
happened on no machine: a `host` in it is a web server, or the sensor.
"""

from typing import Any

from hinomi.normalise.event import Event
from hinomi.normalise.moment import milliseconds
from hinomi.normalise.node import MOST_NAMES, word
from hinomi.normalise.product import OTHER, PRODUCT, product_of

_DEPTH = 4
# Names of the time, best first, in lower case without separators; then of the machine
_TIMES = (
    "eventtime", "utctime", "timecreated", "event.utctimestamp", "@timestamp", "timestamp", "datetime", "time", "_time",
    "timegenerated", "timegenerated[utc]", "starttimeutc", "metadata.eventcreationtime", "createdat", "createdtime",
    "createddatetime", "detectedat", "detecteddatetime", "detectiondate", "eventtimestamp", "event.time", "event.timestamp",
    "gentime", "generatedtime", "starttime", "firstseen", "lastseen", "creationtime", "date", "ts", "rt",
    "published", "received",
)  # fmt: skip
_MACHINES = (
    "endpointhostname", "hostname", "host.name", "host.hostname", "computername", "computer", "agent.hostname",
    "endpoint.name", "endpoint.endpointname", "device.hostname", "device.name", "dhost", "machinename", "host",
    "agentrealtimeinfo.agentcomputername", "event.computername", "data.computername", "endpointname",
)  # fmt: skip


def recognises(record: dict[str, Any]) -> bool:
    return _time(_bare(_leaves(record))) is not None


def read(record: dict[str, Any]) -> Event:
    leaves = _leaves(record)
    bare = _bare(leaves)
    code = product_of(bare)
    return Event(
        provider="",
        channel="",
        event_id=None,
        time_ms=_time(bare),
        computer=_machine(bare) if code == OTHER else "",
        system={PRODUCT: code},
        data=leaves,
        product="",
    )


def _machine(bare: dict[str, Any]) -> str:
    return next((found for name in _MACHINES if (found := word(bare.get(name)))), "")


def _leaves(record: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    _collect(record, "", _DEPTH, found)
    return found


def _collect(node: dict[str, Any], prefix: str, depth: int, into: dict[str, Any]) -> None:
    for name, value in node.items():
        if len(into) >= MOST_NAMES:
            return
        if type(value) is dict:
            if depth:
                _collect(value, f"{prefix}{name}.", depth - 1, into)
        elif value is not None:
            into.setdefault(prefix + name, value)


def _bare(leaves: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in leaves.items():
        found.setdefault(name.lower().replace("_", "").replace("-", "").replace(" ", "") or name, value)
    return found


def _time(bare: dict[str, Any]) -> int | None:
    for name in _TIMES:
        value = bare.get(name)
        found = (
            milliseconds(int(value))
            if type(value) is str and value.isdecimal() and len(value) < 17
            else milliseconds(value)
        )
        if found is not None:
            return found
    return None
