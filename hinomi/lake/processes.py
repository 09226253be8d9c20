"""Processes: who started whom, and what a process did. Point look-ups in the side table of process starts.

A process is known by (endpointGuid, hashId). Records that name the creator by pid alone (Windows Security 4688) are
resolved to the latest start of that pid on that machine before the event, never by pid alone.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa

from hinomi.lake.activities import checked_limit
from hinomi.lake.columns import to_rows, wanted
from hinomi.lake.connection import Connection
from hinomi.lake.tables import PROCESS_COLUMNS
from hinomi.schema.activity import FIELDS

MAX_DEPTH = 32
FAR_MS = 1 << 42  # the year 2109

Row = dict[str, Any]
Identity = tuple[str, int]  # (endpointGuid, hashId)
Creator = tuple[Any, Any, Any, Any, Any, Any]  # file path, command line, pid, hashId, user, domain

_CREATOR = ("creatorFilePath", "creatorCmd", "creatorPid", "creatorHashId", "creatorUser", "creatorUserDomain")
_COLUMNS = ", ".join(["toUnixTimestamp64Milli(time) AS eventTime", "toString(id) AS uuid", *PROCESS_COLUMNS])
_AT = "fromUnixTimestamp64Milli({at:Int64}, 'UTC')"
_CREATORS = ("creatorHashId", "creatorParentHashId")
_STEPS_BACK = 3

# From a process's start at {first} to the next start under its {pid} on that machine.
_NEXT_START = (
    "SELECT minOrNull(time) FROM processes WHERE endpointGuid = {guid:String} AND pid = {pid:Int64} "
    "AND time > fromUnixTimestamp64Milli({first:Int64}, 'UTC')"
)
_WHILE_IT_RAN = (
    "time >= fromUnixTimestamp64Milli({first:Int64}, 'UTC') "
    f"AND time < ifNull(({_NEXT_START}), fromUnixTimestamp64Milli({FAR_MS}, 'UTC'))"
)


@dataclass(slots=True)
class ProcessChain:
    """Rows have the columns of `processes` plus `eventTime` (start, ms) and `uuid` of the start's activity.

    A process whose start the lake never saw has neither: what is known of it comes from what it started or did.
    """

    focus: Row | None
    ancestors: list[Row] = field(default_factory=list)  # from the root down to the focus's creator
    children: list[Row] = field(default_factory=list)  # oldest first
    child_count: int = 0

    @property
    def rows(self) -> list[Row]:
        return [*self.ancestors, *([self.focus] if self.focus else []), *self.children]


def creators(connection: Connection, identities: Sequence[Identity]) -> dict[Identity, Creator]:
    """The creator of each process whose start the lake holds."""
    if not identities:
        return {}
    sql = (
        f"SELECT endpointGuid, hashId, {', '.join(_CREATOR)} FROM processes "  # noqa: S608 - names of ours
        "WHERE endpointGuid IN (SELECT endpointGuid FROM wanted) AND hashId IN (SELECT hashId FROM wanted) ORDER BY time"
    )
    asked_for = wanted(
        "endpointGuid String, hashId Int64",
        endpointGuid=pa.array([guid for guid, _ in identities], pa.string()),
        hashId=pa.array([hash_id for _, hash_id in identities], pa.int64()),
    )
    rows = to_rows(connection.ask(sql, external=asked_for))
    asked = set(identities)
    found = {(row.get("endpointGuid", ""), row["hashId"]): row for row in rows}
    return {
        key: tuple(row.get(name) for name in _CREATOR)  # type: ignore[misc]
        for key, row in found.items()
        if key in asked
    }


def chain(
    connection: Connection, endpoint_guid: str, hash_id: int | None, pid: int | None, at_ms: int, child_limit: int
) -> ProcessChain:
    """The process (by hash id, else the pid's latest start at or before `at_ms`), its ancestors and children."""
    asked = {} if hash_id is None else _starts(connection, endpoint_guid, [hash_id])
    focus = _start(connection, endpoint_guid, None, pid, at_ms) if hash_id is None else asked[hash_id]
    focus = focus or _acting(connection, endpoint_guid, hash_id)
    if focus is None:
        return ProcessChain(None)
    result = ProcessChain(focus, _ancestors(connection, endpoint_guid, focus, at_ms, asked))
    result.children, result.child_count = _children(connection, endpoint_guid, focus, child_limit)
    return result


def _start(
    connection: Connection, endpoint_guid: str, hash_id: int | None, pid: int | None, at_ms: int, not_uuid: str = ""
) -> Row | None:
    """A process's start. By pid: the latest at or before `at_ms` that is not the activity `not_uuid`."""
    if hash_id is None and pid is None:
        return None
    which = f"pid = {{pid:Int64}} AND time <= {_AT} AND id != toUUIDOrZero({{not:String}})"
    if hash_id is not None:
        which = "hashId = {hash:Int64}"
    sql = (
        f"SELECT {_COLUMNS} FROM processes WHERE endpointGuid = {{guid:String}} AND {which} ORDER BY time DESC LIMIT 1"  # noqa: S608
    )
    parameters = {"guid": endpoint_guid, "hash": hash_id or 0, "pid": pid or 0, "at": at_ms, "not": not_uuid}
    rows = to_rows(connection.ask(sql, parameters))
    return rows[0] if rows else None


# what an activity tells of its actor, as a row of `processes`
_ACTOR = {
    "endpointGuid": "endpointGuid", "endpointHostName": "endpointHostName", "hashId": "processHashId",
    "pid": "processPid", "filePath": "processFilePath", "name": "processName", "cmd": "processCmd",
    "user": "processUser", "userDomain": "processUserDomain", "sha256": "processFileHashSha256",
    "creatorHashId": "parentHashId", "creatorPid": "parentPid", "creatorFilePath": "parentFilePath",
    "creatorName": "parentName", "creatorCmd": "parentCmd", "creatorUser": "parentUser",
    "creatorUserDomain": "parentUserDomain",
}  # fmt: skip


def _acting(connection: Connection, endpoint_guid: str, hash_id: int | None) -> Row | None:
    """A process that did something but whose start is not in the lake."""
    if hash_id is None:
        return None
    columns = ", ".join(f"`{source}` AS `{name}`" for name, source in _ACTOR.items())
    sql = (
        f"SELECT {columns} FROM activities WHERE processHashId = {{hash:Int64}} "  # noqa: S608 - names of ours
        "AND activities.endpointGuid = {guid:String} LIMIT 1"
    )
    rows = to_rows(connection.ask(sql, {"hash": hash_id, "guid": endpoint_guid}))
    return rows[0] if rows else None


def _ancestors(
    connection: Connection, endpoint_guid: str, focus: Row, at_ms: int, asked: dict[int, Row | None]
) -> list[Row]:
    """From the root down. `asked`: the starts that are known already, None for one that the lake does not hold."""
    found: list[Row] = []
    seen = {_key(focus)}
    child = focus
    while len(found) < MAX_DEPTH:
        parent = _creator_start(connection, endpoint_guid, child, at_ms, asked) or _creator_of(child)
        if parent is None or _key(parent) in seen:
            break
        seen.add(_key(parent))
        found.append(parent)
        child = parent
    return found[::-1]


def _key(row: Row) -> tuple[Any, Any, Any]:
    return row.get("hashId"), row.get("pid"), row.get("eventTime")


def _creator_start(
    connection: Connection, endpoint_guid: str, child: Row, at_ms: int, asked: dict[int, Row | None]
) -> Row | None:
    """The start of a row's creator; `asked` grows by what was asked for with it."""
    hash_id = child.get("creatorHashId")
    if hash_id is None:
        before = child.get("eventTime", at_ms)
        return _start(connection, endpoint_guid, None, child.get("creatorPid"), before, child.get("uuid", ""))
    if hash_id not in asked:
        further: int = child.get("creatorParentHashId") or hash_id
        asked |= _starts(connection, endpoint_guid, [hash_id, further])
    return asked[hash_id]


def _starts(connection: Connection, endpoint_guid: str, hash_ids: list[int]) -> dict[int, Row | None]:
    """The starts of these processes and of the generations before them; None for one that the lake does not hold.

    A start tells its creator and its creator's creator, so that each step goes back two generations.
    """
    told = "{hashes:Array(Int64)}"
    for _ in range(_STEPS_BACK):
        told = (
            f"(SELECT arrayJoin([hashId, {', '.join(_CREATORS)}]) FROM processes "  # noqa: S608 - names of ours
            f"WHERE endpointGuid = {{guid:String}} AND hashId IN {told})"
        )
    sql = (
        f"SELECT {_COLUMNS} FROM processes WHERE endpointGuid = {{guid:String}} AND hashId IN {told} "  # noqa: S608
        "ORDER BY time"
    )
    rows = to_rows(connection.ask(sql, {"guid": endpoint_guid, "hashes": hash_ids}))
    found = {row["hashId"]: row for row in rows}
    whole = set(hash_ids)
    for _ in range(_STEPS_BACK):
        told_by = [found[hash_id] for hash_id in whole if hash_id in found]
        whole |= {row[name] for row in told_by for name in _CREATORS if name in row}
    return {hash_id: found.get(hash_id) for hash_id in whole}


def _creator_of(child: Row) -> Row | None:
    """The creator as far as the child's start tells of it."""
    names = ("hashId", "pid", "filePath", "name", "cmd", "user", "userDomain")
    parent = {name: child[f"creator{name[0].upper()}{name[1:]}"] for name in names if _creator_name(name) in child}
    if not parent:
        return None
    parent |= {name: child[name] for name in ("endpointGuid", "endpointHostName") if name in child}
    grand = {"HashId", "Pid", "FilePath", "Cmd"}
    return parent | {
        f"creator{name}": child[f"creatorParent{name}"] for name in grand if f"creatorParent{name}" in child
    }


def _creator_name(name: str) -> str:
    return f"creator{name[0].upper()}{name[1:]}"


def _children(connection: Connection, endpoint_guid: str, focus: Row, limit: int) -> tuple[list[Row], int]:
    which, parameters = _by_creator(focus)
    sql = (
        f"SELECT {_COLUMNS}, count() OVER () AS childCount FROM processes WHERE endpointGuid = {{guid:String}} "  # noqa: S608
        f"AND ({which}) ORDER BY time, id LIMIT {checked_limit(limit)}"
    )
    rows = to_rows(connection.ask(sql, {**parameters, "guid": endpoint_guid}))
    total = rows[0]["childCount"] if rows else 0
    for row in rows:
        del row["childCount"]
    return rows, total


def _by_creator(focus: Row) -> tuple[str, dict[str, Any]]:
    """Condition for what names this process as its creator: by identity, or by pid while the pid was its own."""
    conditions = ["creatorHashId = {hash:Int64}"] if "hashId" in focus else []
    parameters: dict[str, Any] = {"hash": focus.get("hashId", 0)}
    if "pid" in focus and "eventTime" in focus:
        conditions.append(
            "isNull(creatorHashId) AND creatorPid = {pid:Int64} AND id != toUUIDOrZero({own:String}) "
            f"AND {_WHILE_IT_RAN}"
        )
        parameters |= {"pid": focus["pid"], "first": focus["eventTime"], "own": focus.get("uuid", "")}
    return " OR ".join(f"({condition})" for condition in conditions) or "0", parameters


def events(
    connection: Connection, endpoint_guid: str, hash_id: int | None, pid: int | None, at_ms: int | None, limit: int
) -> list[Row]:
    """What a process did, oldest first: activities whose actor it is, without the record itself.

    Where nothing names it by identity (Windows Security gives the acting pid alone), by its pid while that was its own.
    """
    if hash_id is not None:
        found = _acts(connection, endpoint_guid, "processHashId = {hash:Int64}", {"hash": hash_id}, limit)
        if found:
            return found
    start = _start(connection, endpoint_guid, hash_id, pid, at_ms if at_ms is not None else FAR_MS)
    if start is None or "pid" not in start:
        return []
    which = f"isNull(processHashId) AND processPid = {{pid:Int64}} AND {_WHILE_IT_RAN}"
    return _acts(connection, endpoint_guid, which, {"pid": start["pid"], "first": start["eventTime"]}, limit)


def _acts(connection: Connection, endpoint_guid: str, which: str, parameters: dict[str, Any], limit: int) -> list[Row]:
    names = ", ".join(f"`{name}`" for name in FIELDS if name != "rawDataStr")
    sql = (
        f"SELECT {names} FROM activities WHERE endpointGuid = {{guid:String}} AND {which} "  # noqa: S608 - names of ours
        f"ORDER BY time, id LIMIT {checked_limit(limit)}"
    )
    return to_rows(connection.ask(sql, {**parameters, "guid": endpoint_guid}))
