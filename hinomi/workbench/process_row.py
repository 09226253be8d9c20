"""A process as the lake knows it, and as a single activity tells of it: one shape for both.

Names are those of the lake's table of process starts: hashId, pid, filePath, cmd, user ..., creator* for its creator,
`eventTime` and `uuid` of its start. A process whose start no record tells of has neither of the last two.
"""

import hashlib
from collections.abc import Iterable, Mapping
from typing import Any

from hinomi.schema.profile import ProcessFacts
from hinomi.workbench.highlights import as_text

Row = Mapping[str, Any]

MAX_TEXT = 8192

# our name -> the field's part behind process/parent/object
_PARTS = {
    "pid": "Pid", "filePath": "FilePath", "name": "Name", "cmd": "Cmd", "user": "User", "userDomain": "UserDomain",
    "sha256": "FileHashSha256", "sha1": "FileHashSha1", "md5": "FileHashMd5", "signer": "Signer",
}  # fmt: skip
_CREATOR_PARTS = ("pid", "filePath", "name", "cmd", "user", "userDomain")
_HASH = {"process": "processHashId", "parent": "parentHashId", "object": "objectProcessHashId"}
_IS_START = (1, 2)  # eventId, eventSubId: PROCESS, PROCESS_CREATE


def rows_of_activity(activity: Row) -> list[dict[str, Any]]:
    """The processes that one activity tells of: parent, actor and, for a process start, the new process."""
    rows = [_role(activity, "parent", None), _role(activity, "process", "parent")]
    if (activity.get("eventId"), activity.get("eventSubId", 2)) == _IS_START:
        started = _role(activity, "object", "process")
        started |= {"eventTime": activity.get("eventTime"), "uuid": activity.get("uuid")}
        started["integrityLevel"] = activity.get("objectIntegrityLevel")
        rows.append(started)
    return [row for row in rows if row.get("hashId") is not None or row.get("filePath") or row.get("cmd")]


def _role(activity: Row, role: str, creator: str | None) -> dict[str, Any]:
    row: dict[str, Any] = {"hashId": activity.get(_HASH[role])}
    row |= {name: activity.get(f"{role}{part}") for name, part in _PARTS.items()}
    row |= {name: activity.get(name) for name in ("endpointGuid", "endpointHostName")}
    if creator:
        row["creatorHashId"] = activity.get(_HASH[creator])
        for name in _CREATOR_PARTS:
            row[creator_name(name)] = activity.get(f"{creator}{_PARTS[name]}")
    return {name: value for name, value in row.items() if value is not None}


def creator_row(row: Row) -> dict[str, Any] | None:
    """The creator as far as the row tells of it; None when it tells nothing."""
    found = {
        name: row[creator_name(name)] for name in (*_CREATOR_PARTS, "hashId") if row.get(creator_name(name)) is not None
    }
    if not found.keys() & {"hashId", "pid", "filePath", "cmd"}:
        return None
    return found | {name: row[name] for name in ("endpointGuid", "endpointHostName") if row.get(name) is not None}


def creator_name(name: str) -> str:
    return f"creator{name[0].upper()}{name[1:]}"


def process_key(row: Row) -> str:
    """One process, one key: machine and identity; without an identity its start, else all that is known. Never the pid alone."""
    machine = row.get("endpointGuid", "")
    if row.get("hashId") is not None:
        told = f"hash|{row['hashId']}"
    elif row.get("uuid"):
        told = f"start|{row['uuid']}"
    else:
        told = f"seen|{row.get('pid')}|{str(row.get('filePath', '')).lower()}|{row.get('cmd')}"
    return f"{machine}|{told}"


def is_started(row: Row) -> bool:
    """A record of its start is there."""
    return bool(row.get("uuid")) and row.get("eventTime") is not None


def merged(rows: Iterable[Row]) -> dict[str, dict[str, Any]]:
    """Key to row; of several rows of one process the start tells first, and each fills what the others lack."""
    found: dict[str, dict[str, Any]] = {}
    for row in sorted(rows, key=lambda one: not is_started(one)):
        own = {name: value for name, value in row.items() if value not in (None, "", [], ())}
        key = process_key(row)
        found[key] = own | found.get(key, {})
    return found


def facts(row: Row) -> ProcessFacts:
    user, domain = _text(row, "user"), _text(row, "userDomain")
    signer = row.get("signer")
    return ProcessFacts(
        name=label(row),
        file_path=_text(row, "filePath"),
        cmd=_text(row, "cmd"),
        pid=_number(row, "pid"),
        user=f"{domain}\\{user}" if domain and user else user,
        hash_id=_number(row, "hashId"),
        start_ms=_number(row, "eventTime"),
        endpoint_name=_text(row, "endpointHostName"),
        endpoint_guid=_text(row, "endpointGuid") or "",
        sha256=_text(row, "sha256"),
        sha1=_text(row, "sha1"),
        md5=_text(row, "md5"),
        integrity_level=_number(row, "integrityLevel"),
        signer=as_text(signer) if signer else None,
    )


def label(row: Row) -> str:
    """Its name: of the file, else the first word of the command line."""
    name = _text(row, "name") or (_text(row, "filePath") or "").replace("/", "\\").rpartition("\\")[2]
    first_word = (_text(row, "cmd") or "").strip().strip('"').split('" ')[0].split(" ")[0]
    return (name or first_word.rpartition("\\")[2] or "?")[:256]


def node_id(kind: str, key: str) -> str:
    return f"{kind}-{hashlib.sha256(key.encode(errors='replace')).hexdigest()[:16]}"


def _text(row: Row, name: str) -> str | None:
    value = row.get(name)
    return str(value)[:MAX_TEXT] if value not in (None, "") else None


def _number(row: Row, name: str) -> int | None:
    value = row.get(name)
    return value if isinstance(value, int) else None
