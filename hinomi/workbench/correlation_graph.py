"""The correlation graph of an alert: host - process - process - command lines, and what they touched.

In: facts of its matched events. Out: nodes and edges, each with the events and filters it was seen in. A process is
known by its identity on its machine, never by pid alone; where a record names none, by machine, path and command line.
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from hinomi.schema.activity import FIELDS, FieldType
from hinomi.schema.profile import Graph, GraphEdge, GraphNode, GraphType
from hinomi.workbench.highlights import as_text

MAX_NODES = 500
MAX_LABEL = 300
MAX_FACT = 2048

# fields of an activity that the graph is drawn from
FACTS = (
    "eventId", "winEventId", "processFilePath", "processName", "processCmd", "processPid", "processHashId", "parentFilePath",
    "parentName", "parentCmd", "parentPid", "parentHashId", "objectFilePath", "objectName", "objectCmd", "objectPid",
    "objectProcessHashId", "objectRegistryKeyHandle", "objectRegistryValue", "objectRegistryData", "objectPipeName",
    "src", "dst", "objectIp", "hostName", "request", "eventDataServiceName", "eventDataServiceFileName", "eventDataIpAddress",
)  # fmt: skip
_NUMBERS = frozenset(name for name in FACTS if FIELDS[name] is FieldType.INTEGER)
_PROCESS_EVENTS = frozenset({1, 8, 13})  # what they act on is a process


def graph_facts(activity: Mapping[str, Any]) -> dict[str, Any]:
    """The part of an activity that a graph needs, bounded."""
    present = ((name, activity[name]) for name in FACTS if name in activity)
    found = {name: value for name, value in present if value or value not in (None, "", [], ())}
    return {name: value if name in _NUMBERS else as_text(value)[:MAX_FACT] for name, value in found.items()}


@dataclass(frozen=True, slots=True)
class GraphEvent:
    """One matched event. `facts` as `graph_facts` gives them."""

    uuid: str
    filter_id: str
    endpoint_guid: str
    endpoint_name: str
    accounts: tuple[str, ...]
    facts: Mapping[str, Any]


@dataclass(slots=True)
class _Drawn:
    type: GraphType
    label: str
    detail: str | None
    uuids: dict[str, None] = field(default_factory=dict)
    filters: dict[str, None] = field(default_factory=dict)


def build_graph(events: Iterable[GraphEvent]) -> Graph:
    """The graph of the events, in their order; at most MAX_NODES nodes, and every edge joins two of them."""
    drawing = _Drawing()
    for event in events:
        drawing.draw(event)
    return drawing.finish()


class _Drawing:
    def __init__(self) -> None:
        self._nodes: dict[str, _Drawn] = {}
        self._edges: dict[tuple[str, str, str], dict[str, None]] = {}

    def draw(self, event: GraphEvent) -> None:
        host = self._node(event, GraphType.HOST, event.endpoint_guid, event.endpoint_name or event.endpoint_guid)
        actor = self._actors(event, host)
        for account in event.accounts:
            self._edge(event, self._node(event, GraphType.ACCOUNT, account, account), host, "acted-on")
        self._object(event, actor or host)
        self._addresses(event, actor or host)

    def _actors(self, event: GraphEvent, host: str | None) -> str | None:
        """Parent and acting process with the edge between them; the acting one."""
        parent = self._process(event, "parent", "parentHashId")
        actor = self._process(event, "process", "processHashId")
        if parent and actor:
            self._edge(event, host, parent, "ran")
            self._edge(event, parent, actor, "started")
        elif actor or parent:
            self._edge(event, host, actor or parent, "ran")
        return actor or parent

    def _process(self, event: GraphEvent, role: str, hash_field: str) -> str | None:
        """A process as a node, its command line as another beside it."""
        facts = event.facts
        path, cmd = facts.get(f"{role}FilePath"), facts.get(f"{role}Cmd")
        if not path and not cmd and facts.get(hash_field) is None:
            return None
        identity = facts.get(hash_field) or f"{path}|{cmd}|{facts.get(f'{role}Pid')}"
        label = facts.get(f"{role}Name") or _base(path) or _base(str(cmd or "")) or "?"
        node = self._node(event, GraphType.PROCESS, f"{event.endpoint_guid}|{identity}", label, path)
        self._command(event, node, cmd)
        return node

    def _command(self, event: GraphEvent, process: str | None, cmd: Any) -> None:
        if process and cmd:
            key = f"{process}|{cmd}"
            self._edge(event, process, self._node(event, GraphType.COMMAND, key, str(cmd), str(cmd)), "command-line")

    def _object(self, event: GraphEvent, actor: str | None) -> None:
        facts = event.facts
        if facts.get("eventId") in _PROCESS_EVENTS:
            target = self._process(event, "object", "objectProcessHashId")
            self._edge(event, actor, target, "started" if facts["eventId"] == 1 else "accessed")
            return
        if path := facts.get("objectFilePath"):
            key = f"{event.endpoint_guid}|{path.lower()}"
            self._edge(event, actor, self._node(event, GraphType.FILE, key, _base(path), path), "touched")
        if registry := facts.get("objectRegistryKeyHandle"):
            detail = "\n".join(str(facts[name]) for name in _REGISTRY if name in facts)
            key = f"{event.endpoint_guid}|{detail.lower()}"
            self._edge(event, actor, self._node(event, GraphType.REGISTRY, key, registry, detail), "set")
        for name, kind, label in _THINGS:
            if value := facts.get(name):
                key = f"{event.endpoint_guid}|{str(value).lower()}"
                self._edge(event, actor, self._node(event, kind, key, str(value)), label)

    def _addresses(self, event: GraphEvent, actor: str | None) -> None:
        for name, label in (
            ("dst", "connected-to"),
            ("objectIp", "connected-to"),
            ("src", "connected-from"),
            ("eventDataIpAddress", "connected-from"),
        ):
            address = event.facts.get(name)
            if address and address not in _NO_ADDRESS:
                self._edge(event, actor, self._node(event, GraphType.ADDRESS, address, address), label)

    def _node(self, event: GraphEvent, kind: GraphType, key: str, label: str, detail: str | None = None) -> str | None:
        """Its id; None when the graph is full."""
        identity = f"{kind}-{hashlib.sha256(key.encode(errors='replace')).hexdigest()[:16]}"
        node = self._nodes.get(identity)
        if node is None:
            if len(self._nodes) >= MAX_NODES:
                return None
            node = self._nodes[identity] = _Drawn(kind, label[:MAX_LABEL], detail)
        node.uuids[event.uuid] = None
        node.filters[event.filter_id] = None
        return identity

    def _edge(self, event: GraphEvent, source: str | None, target: str | None, label: str) -> None:
        if source and target and source != target:
            self._edges.setdefault((source, target, label), {})[event.uuid] = None

    def finish(self) -> Graph:
        nodes = tuple(
            GraphNode(identity, one.type, one.label, one.detail, tuple(one.uuids), tuple(one.filters))
            for identity, one in self._nodes.items()
        )
        edges = tuple(GraphEdge(*ends, tuple(uuids)) for ends, uuids in self._edges.items())
        return Graph(nodes, edges)


_REGISTRY = ("objectRegistryKeyHandle", "objectRegistryValue", "objectRegistryData")
_THINGS = (
    ("objectPipeName", GraphType.PIPE, "used"),
    ("hostName", GraphType.DOMAIN, "asked-for"),
    ("request", GraphType.DOMAIN, "asked-for"),
    ("eventDataServiceName", GraphType.SERVICE, "installed"),
)
_NO_ADDRESS = frozenset({"-", "::", "0.0.0.0", "LOCAL"})  # noqa: S104 - what records write for "none"


def _base(path: Any) -> str:
    return str(path or "").replace("/", "\\").rstrip("\\").rpartition("\\")[2]
