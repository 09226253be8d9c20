"""Pictures of an alert: the correlation graph and the execution profile, as nodes and edges."""

from dataclasses import dataclass
from enum import StrEnum

from hinomi.schema.content import Severity, Text


class GraphType(StrEnum):
    HOST = "host"
    ACCOUNT = "account"
    PROCESS = "process"
    COMMAND = "command"
    FILE = "file"
    REGISTRY = "registry"
    ADDRESS = "address"
    DOMAIN = "domain"
    PIPE = "pipe"
    SERVICE = "service"


@dataclass(frozen=True, slots=True)
class GraphNode:
    id: str
    type: GraphType
    label: str
    detail: str | None
    uuids: tuple[str, ...]  # activities it was seen in
    filters: tuple[str, ...]  # filters that matched them


@dataclass(frozen=True, slots=True)
class GraphEdge:
    """`label` is a code of docs/reference/workbench.md: ran, started, accessed ..."""

    source: str
    target: str
    label: str
    uuids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Graph:
    nodes: tuple[GraphNode, ...]
    edges: tuple[GraphEdge, ...]


class ProfileKind(StrEnum):
    PROCESS = "process"
    SCRIPT = "script"
    FILE = "file"
    REGISTRY = "registry"
    ADDRESS = "address"
    MISSING = "missing"  # a process that must have been, but that no record tells of


@dataclass(frozen=True, slots=True)
class ProcessFacts:
    name: str
    file_path: str | None
    cmd: str | None
    pid: int | None
    user: str | None  # account entity id
    hash_id: int | None
    start_ms: int | None
    endpoint_name: str | None
    endpoint_guid: str
    sha256: str | None
    sha1: str | None
    md5: str | None
    integrity_level: int | None
    signer: str | None


@dataclass(frozen=True, slots=True)
class Flag:
    """A detection on a node."""

    filter_id: str
    title: Text
    risk: Severity
    uuid: str


@dataclass(frozen=True, slots=True)
class ProfileNode:
    """`reason` is there for missing nodes and says why. `child_count` counts every known child, shown or not."""

    id: str
    kind: ProfileKind
    label: str
    process: ProcessFacts | None = None
    reason: Text | None = None
    flagged: tuple[Flag, ...] = ()
    child_count: int = 0
    has_more_children: bool = False
    uuid: str | None = None


@dataclass(frozen=True, slots=True)
class ProfileEdge:
    source: str
    target: str
    label: str


@dataclass(frozen=True, slots=True)
class ExecutionProfile:
    """The process tree round one activity. Every edge joins nodes of it; `focus` is the id of one of them."""

    focus: str
    nodes: tuple[ProfileNode, ...]
    edges: tuple[ProfileEdge, ...]
