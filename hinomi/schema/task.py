"""Response tasks: one action on one target, from the wish to the proof that it happened.

(pending_approval) -> queued -> delivered -> executing -> executed -> verified | unverified
             \\-> rejected  \\-> cancelled, expired   \\-> failed
"""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class TaskState(StrEnum):
    PENDING_APPROVAL = "pending_approval"  # somebody else has to agree
    QUEUED = "queued"  # waits for the target to come on line
    DELIVERED = "delivered"  # the target has it on disk
    EXECUTING = "executing"
    EXECUTED = "executed"  # the target says it is done; nobody has looked yet
    VERIFIED = "verified"  # looked at, and true
    UNVERIFIED = "unverified"  # done by its own word, and could not be looked at; `error` says why
    FAILED = "failed"
    EXPIRED = "expired"
    REJECTED = "rejected"
    CANCELLED = "cancelled"


ENDED = frozenset(
    {
        TaskState.VERIFIED, TaskState.UNVERIFIED, TaskState.FAILED, TaskState.EXPIRED, TaskState.REJECTED,
        TaskState.CANCELLED,
    }
)  # fmt: skip

# Where a task may go from where it is. A result can come in late, so `queued` may jump (the receipt was lost).
NEXT: dict[TaskState, frozenset[TaskState]] = {
    TaskState.PENDING_APPROVAL: frozenset({TaskState.QUEUED, TaskState.REJECTED, TaskState.CANCELLED, TaskState.EXPIRED}),
    TaskState.QUEUED: frozenset(
        {
            TaskState.DELIVERED, TaskState.EXECUTING, TaskState.EXECUTED, TaskState.FAILED, TaskState.EXPIRED,
            TaskState.CANCELLED, TaskState.REJECTED,
        }
    ),
    TaskState.DELIVERED: frozenset(
        {TaskState.EXECUTING, TaskState.EXECUTED, TaskState.FAILED, TaskState.EXPIRED, TaskState.CANCELLED, TaskState.REJECTED}
    ),
    TaskState.EXECUTING: frozenset({TaskState.EXECUTED, TaskState.FAILED, TaskState.CANCELLED}),
    TaskState.EXECUTED: frozenset({TaskState.VERIFIED, TaskState.UNVERIFIED, TaskState.FAILED}),
    **{state: frozenset() for state in ENDED},
}  # fmt: skip


class TargetKind(StrEnum):
    """What an action is done to; decides who carries it out."""

    ENDPOINT = "endpoint"  # a sensor
    MESSAGE = "message"  # a mail connector
    ACCOUNT = "account"  # a directory, or the sensor of a local account
    OBJECT = "object"  # the block list


class Phase(StrEnum):
    """What an action is for: initial response first (contain), then eradicate; recover takes back."""

    CONTAIN = "contain"
    INVESTIGATE = "investigate"
    ERADICATE = "eradicate"
    RECOVER = "recover"


@dataclass(frozen=True, slots=True)
class Target:
    """`id`: endpointGuid, message id, account or the object's value. `name` is a label (host name, subject ...)."""

    kind: TargetKind
    id: str
    name: str = ""
    address: str = ""
    os: str = ""


@dataclass(frozen=True, slots=True)
class TaskError:
    code: str  # stable: offline, timeout, refused, not_found, unsupported, not_permitted, changed, too_large, internal ...
    message: str
    ja: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """One moment in the life of a task: when it came into which state, by whom, with what proof."""

    state: TaskState
    at_ms: int
    who: str = ""  # person, key, "sensor", "server"
    note: str = ""
    evidence: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ResponseTask:
    """`id` is eight digits. `parameters` are in the action's normal form; `result` is what it gave back.

    Times: ms since 1970 UTC. `alert_id`: from which alert it was asked. `group`: tasks that were asked for together.
    """

    id: str
    action: str
    target: Target
    parameters: dict[str, Any]
    state: TaskState
    created_ms: int
    changed_ms: int
    expires_ms: int
    created_by: str
    description: str = ""
    alert_id: str = ""
    group: str = ""
    source: str = ""  # which app asked: workbench, search, endpoints, api, command-line, playbook
    result: dict[str, Any] = field(default_factory=dict)
    error: TaskError | None = None
    steps: tuple[Step, ...] = ()

    @property
    def is_ended(self) -> bool:
        return self.state in ENDED
