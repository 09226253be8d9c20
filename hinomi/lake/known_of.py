"""What activities tell of an entity itself: of a file its hashes and signer, of an address its names, of a program its paths.

Few rows each, the most frequent first; what nobody tells is left out.
"""

from typing import Any

from hinomi.lake.activities import Window, conjunction
from hinomi.lake.columns import to_rows
from hinomi.lake.connection import Connection
from hinomi.lake.observation import ObservedKind
from hinomi.lake.observed import Seen

MOST = 10  # values of each kind

Known = dict[str, list[str]]

# fact -> expression, over the table of process starts
_OF_PROGRAM = {
    "names": "name",
    "paths": "filePath",
    "sha256": "sha256",
    "sha1": "sha1",
    "md5": "md5",
    "signers": "arrayStringConcat(signer, ', ')",
    "users": "if(userDomain = '', user, concat(userDomain, '\\\\', user))",
    "creators": "creatorName",
}
_OF_FILE = {
    "names": "objectName",
    "paths": "objectFilePath",
    "sha256": "objectFileHashSha256",
    "sha1": "objectFileHashSha1",
    "md5": "objectFileHashMd5",
    "signers": "arrayStringConcat(objectSigner, ', ')",
}
_OF_DOMAIN = {"addresses": "arrayJoin(arrayConcat(objectIps, [objectIp, dst]))", "ports": "toString(dpt)"}
_OF_ADDRESS = {"hostNames": "hostName", "ports": "toString(dpt)", "protocols": "proto"}
_OF_ENDPOINT = {
    "names": "endpointHostName",
    "guids": "endpointGuid",
    "osNames": "osName",
    "addresses": "arrayJoin(endpointIp)",
    "users": "arrayJoin(logonUser)",
}

_HASHES = "lowerUTF8(sha256) = {value:String} OR lowerUTF8(sha1) = {value:String} OR lowerUTF8(md5) = {value:String}"
_OBJECT_HASHES = (
    "lowerUTF8(objectFileHashSha256) = {value:String} OR lowerUTF8(objectFileHashSha1) = {value:String} "
    "OR lowerUTF8(objectFileHashMd5) = {value:String}"
)


def known_of(connection: Connection, seen: Seen, hosts: list[str]) -> Known:
    """fact -> values; `hosts` narrows it to these endpoints when there are any."""
    match ObservedKind(seen.kind):
        case ObservedKind.FILE:
            return _ask(connection, "processes", _OF_PROGRAM, _HASHES, seen, []) or _ask(
                connection, "activities", _OF_FILE, _OBJECT_HASHES, seen, hosts
            )
        case ObservedKind.PATH:
            return _ask(connection, "processes", _OF_PROGRAM, "lowerUTF8(filePath) = {value:String}", seen, [])
        case ObservedKind.PROCESS:
            return _ask(connection, "processes", _OF_PROGRAM, "lowerUTF8(name) = {value:String}", seen, [])
        case ObservedKind.DOMAIN:
            return _ask(connection, "activities", _OF_DOMAIN, "lowerUTF8(hostName) = {value:String}", seen, hosts)
        case ObservedKind.ADDRESS:
            named = "lowerUTF8(dst) = {value:String} OR lowerUTF8(objectIp) = {value:String} OR has(objectIps, {value:String})"
            return _ask(connection, "activities", _OF_ADDRESS, named, seen, hosts)
        case ObservedKind.ENDPOINT:
            named = "lowerUTF8(endpointHostName) = {value:String}"
            return _ask(connection, "activities", _OF_ENDPOINT, named, seen, hosts, rows=20_000)
    return {}


def _ask(
    connection: Connection,
    table: str,
    facts: dict[str, str],
    which: str,
    seen: Seen,
    hosts: list[str],
    rows: int = 100_000,
) -> Known:
    conditions, parameters = Window(seen.first_ms, seen.last_ms + 1).of(table)
    given: dict[str, Any] = {**parameters, "value": seen.value, "hosts": hosts}
    if hosts:
        conditions.append("endpointHostName IN {hosts:Array(String)}")
    order = "toStartOfHour(time) DESC, time DESC" if table == "activities" else "time DESC"
    newest = f"SELECT * FROM {table} WHERE {conjunction([*conditions, which])} ORDER BY {order} LIMIT {rows}"  # noqa: S608
    pairs = ", ".join(f"('{name}', toString({told}))" for name, told in facts.items() if "arrayJoin" not in told)
    found = _counted(connection, newest, f"arrayJoin([{pairs}])", given)
    for name, told in facts.items():
        if "arrayJoin" in told:
            found |= _counted(connection, newest, f"('{name}', toString({told}))", given)
    return found


def _counted(connection: Connection, rows: str, pair: str, given: dict[str, Any]) -> Known:
    sql = (
        f"SELECT fact.1 AS name, fact.2 AS told FROM (SELECT {pair} AS fact FROM ({rows})) "  # noqa: S608 - names of ours
        f"WHERE fact.2 != '' GROUP BY name, told ORDER BY count() DESC, told LIMIT {MOST} BY name"
    )
    found: Known = {}
    for row in to_rows(connection.ask(sql, given)):
        found.setdefault(row["name"], []).append(row["told"])
    return found
