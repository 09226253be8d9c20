"""The execution profile: the process tree round one activity, drawn from what the lake knows. No I/O, no clock.

In: rows of processes (`process_row.py`), detections on them, what the focus touched. Out: nodes and edges. A process is
keyed by machine and identity; where a creator is known by its pid alone it is the latest start under that pid on that
machine before the child's start. A creator that must have been but that nothing tells of is drawn, with the reason.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from hinomi.schema.content import Text
from hinomi.schema.profile import ExecutionProfile, Flag, ProfileEdge, ProfileKind, ProfileNode
from hinomi.workbench.process_row import (
    Row,
    creator_row,
    facts,
    is_started,
    label,
    merged,
    node_id,
    process_key,
)
from hinomi.workbench.script_file import script_files

MAX_CHILDREN = 50  # shown of one process; the rest is counted
MAX_DEPTH = 64  # ancestors; a hostile record may claim more
MAX_TOUCHED = 100
MAX_FLAGS = 50  # of one node

NOT_RECORDED = Text(
    "No record of its start was found: it may have begun before recording.",
    "起動の記録が見つかりません。記録の開始前に起動した可能性があります。",
)
ONLY_PID = Text(
    "Only its process number is known, and no start under that number was recorded before.",
    "プロセス番号だけが分かっており、それ以前にその番号で起動した記録がありません。",
)
CIRCULAR = Text(
    "The records name one of its own descendants as its creator.",
    "記録では自分の子孫が生成元とされています。",
)


@dataclass(frozen=True, slots=True)
class Flagged:
    """A detection and where it stands: on the activity `uuid`, whose actor is the process `hash_id` of that machine."""

    flag: Flag
    endpoint_guid: str
    hash_id: int | None


def build_profile(
    processes: Iterable[Row],
    focus: Row,
    flagged: Sequence[Flagged] = (),
    touched: Sequence[Row] = (),
    child_counts: Mapping[str, int] | None = None,
) -> ExecutionProfile:
    """The tree round `focus` (a row as in `processes`, which need not hold it).

    `touched`: activities whose actor is the focus. `child_counts`: process key (`process_key`) to how many children the
    lake knows, where that is more than are in `processes`.
    """
    drawing = _Drawing(merged([*processes, focus]), process_key(focus), flagged, child_counts or {})
    drawing.draw_ancestors()
    drawing.draw_children()
    drawing.draw_touched(touched)
    drawing.draw_scripts()
    return drawing.finish()


class _Drawing:
    def __init__(
        self, rows: dict[str, dict[str, Any]], focus: str, flagged: Sequence[Flagged], child_counts: Mapping[str, int]
    ) -> None:
        self._rows, self._focus, self._child_counts = rows, focus, child_counts
        self._flags = _flags_of(rows, flagged)
        self._by_uuid = _flags_by_uuid(flagged)
        self._by_pid = _starts_by_pid(rows)
        self._children = self._children_of()
        self._nodes: dict[str, ProfileNode] = {}
        self._edges: dict[tuple[str, str, str], None] = {}
        self._shown: list[str] = []  # keys of the processes that are drawn
        self._draw(focus)

    # ---- who created whom -----------------------------------------------------------------------------------------
    def _creator_key(self, row: Row) -> str | None:
        """The key of the creator among the rows, if it is there."""
        if row.get("creatorHashId") is not None:
            key = process_key({"endpointGuid": row.get("endpointGuid", ""), "hashId": row["creatorHashId"]})
            return key if key in self._rows else None
        pid, at_ms = row.get("creatorPid"), row.get("eventTime")
        own = process_key(row)
        starts = self._by_pid.get((row.get("endpointGuid", ""), pid), []) if pid is not None else []
        earlier = [key for started_ms, key in starts if key != own and (at_ms is None or started_ms <= at_ms)]
        if earlier:
            return earlier[-1]
        told = creator_row(row)
        by_what_is_told = process_key(told) if told else ""
        return by_what_is_told if by_what_is_told in self._rows else None

    def _children_of(self) -> dict[str, list[str]]:
        """Creator to children, oldest first."""
        found: dict[str, list[str]] = {}
        for key, row in self._rows.items():
            creator = self._creator_key(row)
            if creator is not None and creator != key:
                found.setdefault(creator, []).append(key)
        for children in found.values():
            children.sort(key=lambda key: (self._rows[key].get("eventTime") or 0, key))
        return found

    # ---- drawing --------------------------------------------------------------------------------------------------
    def draw_ancestors(self) -> None:
        key, seen = self._focus, {self._focus}
        for _ in range(MAX_DEPTH):
            row = self._rows[key]
            creator = self._creator_key(row)
            if creator is None:
                self._draw_missing(key, row)
                return
            if creator in seen:
                self._add_missing(key, "circular", label(self._rows[creator]), CIRCULAR, None)
                return
            seen.add(creator)
            self._draw(creator)
            self._edge(self._id(creator), self._id(key), "started")
            key = creator

    def _draw_missing(self, key: str, row: Row) -> None:
        told = creator_row(row)
        if told is None:
            return
        is_only_pid = not told.keys() & {"hashId", "filePath", "cmd", "name"}
        name = label(told) if not is_only_pid else f"pid {told['pid']}"
        self._add_missing(key, process_key(told), name, ONLY_PID if is_only_pid else NOT_RECORDED, told)

    def _add_missing(self, child: str, key: str, name: str, reason: Text, told: Row | None) -> None:
        identity = node_id("missing", f"{child}|{key}")
        process = facts(told) if told else None
        self._nodes[identity] = ProfileNode(identity, ProfileKind.MISSING, name, process, reason)
        self._edge(identity, self._id(child), "started")

    def draw_children(self) -> None:
        """The focus's children; those with detections before the others when not all are shown."""
        children = [key for key in self._children.get(self._focus, []) if key not in self._shown]
        chosen = set(sorted(children, key=lambda key: not self._flags.get(key))[:MAX_CHILDREN])
        for key in children:
            if key in chosen:
                self._draw(key)
                self._edge(self._id(self._focus), self._id(key), "started")

    def _draw(self, key: str) -> None:
        row = self._rows[key]
        identity = self._id(key)
        known = {*self._children.get(key, [])}
        is_missing = not is_started(row) and key != self._focus
        self._nodes[identity] = ProfileNode(
            id=identity,
            kind=ProfileKind.MISSING if is_missing else ProfileKind.PROCESS,
            label=label(row),
            process=facts(row),
            reason=None if is_started(row) else NOT_RECORDED,
            flagged=tuple(self._flags.get(key, ()))[:MAX_FLAGS],
            child_count=max(len(known), self._child_counts.get(key, 0)),
            uuid=row.get("uuid"),
        )
        self._shown.append(key)

    def draw_scripts(self) -> None:
        """Scripts that a drawn process names; marked with what their process, and what it started, was flagged for."""
        for key in list(self._shown):
            row = self._rows[key]
            flags = [*self._flags.get(key, ())]
            for child in self._children.get(key, []):
                flags += self._flags.get(child, ()) if child in self._shown else ()
            for path in script_files(str(row.get("cmd", ""))):
                self._draw_script(row, self._id(key), path, flags)

    def _draw_script(self, row: Row, process: str, path: str, flags: Sequence[Flag]) -> None:
        identity = node_id("script", f"{row.get('endpointGuid', '')}|{path.lower()}")
        known = self._nodes.get(identity)
        marked = tuple(dict.fromkeys([*(known.flagged if known else ()), *flags]))[:MAX_FLAGS]
        self._nodes[identity] = ProfileNode(identity, ProfileKind.SCRIPT, path, flagged=marked)
        self._edge(process, identity, "ran-script")

    def draw_touched(self, touched: Sequence[Row]) -> None:
        """Files, registry values and addresses; those with detections first, images that it loaded only with one."""
        ordered = sorted(touched, key=lambda one: one.get("uuid") not in self._by_uuid)
        room = MAX_TOUCHED
        for activity in ordered:
            flags = self._by_uuid.get(activity.get("uuid", ""), ())
            for kind, name, verb in _things(activity) if flags or activity.get("eventSubId") not in _LOADS else ():
                identity = node_id(kind, f"{activity.get('endpointGuid', '')}|{name.lower()}")
                known = self._nodes.get(identity)
                if known is None and room <= 0:
                    continue
                room -= known is None
                marked = tuple(dict.fromkeys([*(known.flagged if known else ()), *flags]))[:MAX_FLAGS]
                self._nodes[identity] = ProfileNode(identity, kind, name, flagged=marked, uuid=activity.get("uuid"))
                self._edge(self._id(self._focus), identity, verb)

    def _edge(self, source: str, target: str, verb: str) -> None:
        if source != target:
            self._edges[(source, target, verb)] = None

    @staticmethod
    def _id(key: str) -> str:
        return node_id("process", key)

    def finish(self) -> ExecutionProfile:
        shown_children: dict[str, int] = {}
        processes = {self._id(key) for key in self._shown}
        for source, target, _ in self._edges:
            shown_children[source] = shown_children.get(source, 0) + (target in processes)
        nodes = tuple(
            replace(node, has_more_children=node.child_count > shown_children.get(node.id, 0))
            for node in self._nodes.values()
        )
        return ExecutionProfile(self._id(self._focus), nodes, tuple(ProfileEdge(*edge) for edge in self._edges))


_LOADS = (4, 8)  # PROCESS_LOAD_IMAGE, PROCESS_LOAD_KERNEL_IMAGE: every process loads hundreds
_VERBS = {
    101: "created", 102: "opened", 103: "deleted", 104: "changed", 108: "changed", 109: "changed", 4: "loaded",
    401: "created", 402: "set", 403: "deleted", 404: "renamed", 201: "connected-to", 204: "connected-to",
    203: "connected-from", 301: "asked-for",
}  # fmt: skip


def _things(activity: Row) -> list[tuple[ProfileKind, str, str]]:
    """(kind, name, verb) of what an activity touched; a process it acted on is a node of its own."""
    verb = _VERBS.get(activity.get("eventSubId", 0), "touched")
    found: list[tuple[ProfileKind, str, str]] = []
    registry = activity.get("objectRegistryKeyHandle")
    if registry:
        value = activity.get("objectRegistryValue")
        found.append((ProfileKind.REGISTRY, f"{registry}\\{value}" if value else str(registry), verb))
    path = activity.get("objectFilePath")
    if path and not registry and activity.get("objectProcessHashId") is None:
        found.append((ProfileKind.FILE, str(path), verb))
    address = activity.get("dst") or activity.get("objectIp")
    if address:
        port = activity.get("dpt") or activity.get("objectPort")
        found.append((ProfileKind.ADDRESS, f"{address}:{port}" if port else str(address), verb))
    elif activity.get("hostName") and activity.get("eventId") == 4:
        found.append((ProfileKind.ADDRESS, str(activity["hostName"]), verb))
    return [(kind, name[:2048], verb) for kind, name, verb in found]


def _starts_by_pid(rows: Mapping[str, Row]) -> dict[tuple[str, Any], list[tuple[int, str]]]:
    """(machine, pid) to starts under that pid, oldest first."""
    found: dict[tuple[str, Any], list[tuple[int, str]]] = {}
    for key, row in rows.items():
        if row.get("pid") is not None and is_started(row):
            found.setdefault((row.get("endpointGuid", ""), row["pid"]), []).append((row["eventTime"], key))
    for starts in found.values():
        starts.sort()
    return found


def _flags_of(rows: Mapping[str, Row], flagged: Sequence[Flagged]) -> dict[str, list[Flag]]:
    """Process key to the detections on it: on its start, or on what it did."""
    by_start = {row["uuid"]: key for key, row in rows.items() if row.get("uuid")}
    found: dict[str, dict[Flag, None]] = {}
    for one in flagged:
        key = by_start.get(one.flag.uuid)
        if key is None and one.hash_id is not None:
            key = process_key({"endpointGuid": one.endpoint_guid, "hashId": one.hash_id})
        if key is not None and key in rows:
            found.setdefault(key, {})[one.flag] = None
    return {key: list(flags) for key, flags in found.items()}


def _flags_by_uuid(flagged: Sequence[Flagged]) -> dict[str, list[Flag]]:
    found: dict[str, list[Flag]] = {}
    for one in flagged:
        found.setdefault(one.flag.uuid, []).append(one.flag)
    return found
