"""The execution profile: asked of the lake here, drawn in `workbench.execution_profile`."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Annotated, Any

from fastapi import Depends, Query, Response
from pydantic import Field

from hinomi.api.console.names import moment, text
from hinomi.api.detections import SEARCH, title_of
from hinomi.api.gate import Rooms, console
from hinomi.api.house import House
from hinomi.api.reply import reply
from hinomi.api.resource import resource
from hinomi.api.shapes import Risk, Shape, Text
from hinomi.api.window import read_start
from hinomi.errors import InputError, NotFound
from hinomi.query.sql import to_sql
from hinomi.query.tree import And, Compare, Node, Operator, Or
from hinomi.schema.content import Severity
from hinomi.schema.principal import Permission
from hinomi.schema.profile import ExecutionProfile, Flag, ProcessFacts, ProfileNode
from hinomi.workbench.execution_profile import Flagged, build_profile
from hinomi.workbench.process_row import process_key, rows_of_activity

router = resource("/console/api", "execution profile")

_VIEW = [Depends(console(Permission.VIEW))]
_MOST_TOUCHED = 200
_MOST_FLAGS = 500

Row = Mapping[str, Any]


class ProcessShape(Shape):
    name: str
    file_path: str | None
    cmd: str | None
    pid: int | None
    user: str | None
    hash_id: str | None
    start_date_time: str | None
    endpoint_name: str | None
    endpoint_guid: str
    sha256: str | None
    sha1: str | None
    md5: str | None
    integrity_level: int | None
    signer: str | None


class FlagShape(Shape):
    filter_id: str
    title: Text
    risk: Risk
    uuid: str


class NodeShape(Shape):
    id: str
    kind: str
    label: str
    process: ProcessShape | None = None
    reason: Text | None = None
    flagged: list[FlagShape]
    child_count: int
    has_more_children: bool
    uuid: str | None = None


class EdgeShape(Shape):
    source: str = Field(alias="from")
    target: str = Field(alias="to")
    label: str


class ProfileShape(Shape):
    focus: str
    nodes: list[NodeShape]
    edges: list[EdgeShape]


@router.get("/workbench/alerts/{alert_id}/profile", responses={200: {"model": ProfileShape}}, dependencies=_VIEW)
def get_alert_profile(
    alert_id: str, house: Rooms, uuid: Annotated[str, Query(description="A matched event of the alert.")] = ""
) -> Response:
    """The process tree round a matched event; without one, round the alert's first."""
    alert = house.workbench.get(alert_id)
    events = [(event.uuid, event.event_ms) for rule in alert.rules for each in rule.filters for event in each.events]
    events += [(each.uuid, each.event_ms) for each in alert.highlights]
    chosen = next((event for event in events if uuid in ("", event[0])), None)
    if chosen is None:
        raise NotFound(f"the alert has no matched event {uuid[:64]!r}")
    activity = house.lake.activity(*chosen)
    if activity is None:
        raise NotFound(f"the activity {chosen[0]} is no longer in the lake")
    return reply(_shown(_of_activity(house, activity)))


@router.get("/profile", responses={200: {"model": ProfileShape}}, dependencies=_VIEW)
def get_profile(
    house: Rooms,
    endpoint_guid: Annotated[str, Query(alias="endpointGuid")],
    hash_id: Annotated[
        str | None, Query(alias="hashId", description="The process's identity on that endpoint.")
    ] = None,
    pid: Annotated[int | None, Query(description="Its number, when it has no identity.")] = None,
    at: Annotated[str | None, Query(description="When it ran, ms or ISO 8601; needed with pid.")] = None,
) -> Response:
    """The process tree round one process."""
    identity = _integer("hashId", hash_id)
    at_ms = read_start("at", at)
    if identity is None and (pid is None or at_ms is None):
        raise InputError("name the process by hashId, or by pid and at")
    found = _round(house, endpoint_guid, identity, pid, at_ms, [])
    if found is None:
        raise NotFound("there is no such process in the lake")
    return reply(_shown(found))


def _integer(name: str, value: str | None) -> int | None:
    if not value:
        return None
    try:
        return int(value)
    except ValueError as error:
        raise InputError(f"{name}: {value[:40]!r} is no whole number") from error


def _of_activity(house: House, activity: Row) -> ExecutionProfile:
    """Round the process that was started, or that acted."""
    told = rows_of_activity(activity)
    own = told[-1] if told else {"endpointGuid": activity.get("endpointGuid", "")}
    found = _round(
        house, own.get("endpointGuid", ""), own.get("hashId"), own.get("pid"), activity.get("eventTime"), told
    )
    if found is None:
        raise NotFound("the event tells of no process")
    return found


def _round(
    house: House, guid: str, hash_id: int | None, pid: int | None, at_ms: int | None, told: Sequence[Row]
) -> ExecutionProfile | None:
    """`told`: rows that an activity tells, the focus last; the lake's rows come first where both know a process."""
    known = {} if at_ms is None else {"at_ms": at_ms}
    chain = house.lake.process_chain(guid, hash_id, pid, **known)
    focus = chain.focus or (told[-1] if told else None)
    if focus is None:
        return None
    rows = [*chain.rows, *told]
    touched = house.lake.process_events(guid, focus.get("hashId"), _MOST_TOUCHED, pid=focus.get("pid"), at_ms=at_ms)
    flagged = _flagged(house, guid, rows, touched)
    return build_profile(rows, focus, flagged, touched, {process_key(focus): chain.child_count})


def _flagged(house: House, guid: str, rows: Iterable[Row], touched: Iterable[Row]) -> list[Flagged]:
    """Detections on the starts of these processes, on what they did, and on what the focus touched."""
    known = list(rows)
    wanted: list[Node] = [Compare("uuid", Operator.EQUALS, uuid) for uuid in _values("uuid", [*known, *touched])]
    wanted += [Compare("processHashId", Operator.EQUALS, str(hash_id)) for hash_id in _values("hashId", known)]
    if not wanted:
        return []
    where, parameters = to_sql(And((Compare("endpointGuid", Operator.EQUALS, guid), Or(tuple(wanted)))), SEARCH)
    content = house.content()
    return [
        Flagged(
            Flag(row["filterId"], title_of(content, row["filterId"]), Severity(row["risk"]), row["uuid"]),
            row.get("endpointGuid", ""),
            row["activity"].get("processHashId"),
        )
        for row in house.lake.detections(where, parameters, limit=_MOST_FLAGS)
    ]


def _values(name: str, rows: Iterable[Row]) -> list[Any]:
    return list(dict.fromkeys(row[name] for row in rows if row.get(name) is not None))


def _shown(profile: ExecutionProfile) -> dict[str, Any]:
    return {
        "focus": profile.focus,
        "nodes": [_node(node) for node in profile.nodes],
        "edges": [{"from": edge.source, "to": edge.target, "label": edge.label} for edge in profile.edges],
    }


def _node(node: ProfileNode) -> dict[str, Any]:
    flagged = [
        {"filterId": each.filter_id, "title": text(each.title), "risk": str(each.risk), "uuid": each.uuid}
        for each in node.flagged
    ]
    return {
        "id": node.id,
        "kind": str(node.kind),
        "label": node.label,
        "process": _process(node.process) if node.process else None,
        "reason": text(node.reason) if node.reason else None,
        "flagged": flagged,
        "childCount": node.child_count,
        "hasMoreChildren": node.has_more_children,
        "uuid": node.uuid,
    }


def _process(facts: ProcessFacts) -> dict[str, Any]:
    return {
        "name": facts.name,
        "filePath": facts.file_path,
        "cmd": facts.cmd,
        "pid": facts.pid,
        "user": facts.user,
        # 63 bits: a number would be rounded in the browser
        "hashId": None if facts.hash_id is None else str(facts.hash_id),
        "startDateTime": moment(facts.start_ms),
        "endpointName": facts.endpoint_name,
        "endpointGuid": facts.endpoint_guid,
        "sha256": facts.sha256,
        "sha1": facts.sha1,
        "md5": facts.md5,
        "integrityLevel": facts.integrity_level,
        "signer": facts.signer,
    }
