"""Status and finding of an alert, and the one deprecated field that says both. Table: docs/reference/workbench.md."""

from dataclasses import dataclass

from hinomi.errors import InputError
from hinomi.schema.alert import AlertChange, Finding, InvestigationStatus, Status

_JUDGED = {
    Finding.TRUE_POSITIVE: InvestigationStatus.TRUE_POSITIVE,
    Finding.FALSE_POSITIVE: InvestigationStatus.FALSE_POSITIVE,
    Finding.BENIGN_TRUE_POSITIVE: InvestigationStatus.BENIGN_TRUE_POSITIVE,
}
_FINDING = {twin: finding for finding, twin in _JUDGED.items()}


@dataclass(frozen=True, slots=True)
class State:
    status: Status
    finding: Finding


def investigation_status(status: Status, finding: Finding) -> InvestigationStatus:
    if status is Status.OPEN:
        return InvestigationStatus.NEW
    if status is Status.IN_PROGRESS:
        return InvestigationStatus.IN_PROGRESS
    return _JUDGED.get(finding, InvestigationStatus.CLOSED)


def changed(before: State, change: AlertChange, *, is_reason_required: bool) -> State:
    """The state that a change leads to. The new fields win over the deprecated one.

    InputError when a reason is required and missing: closing as false positive takes an alert from the statistics.
    """
    after = _by_twin(before, change.investigation_status) if change.investigation_status else before
    after = State(change.status or after.status, change.finding or after.finding)
    is_dismissed = after.status is Status.CLOSED and after.finding is Finding.FALSE_POSITIVE
    if is_reason_required and is_dismissed and after != before and not (change.reason or "").strip():
        raise InputError("closing as False Positive needs a reason")
    return after


def _by_twin(before: State, twin: InvestigationStatus) -> State:
    if twin is InvestigationStatus.NEW:
        return State(Status.OPEN, before.finding)
    if twin is InvestigationStatus.IN_PROGRESS:
        return State(Status.IN_PROGRESS, before.finding)
    if twin is InvestigationStatus.CLOSED:
        return State(Status.CLOSED, Finding.NO_FINDINGS if before.finding in _JUDGED else before.finding)
    return State(Status.CLOSED, _FINDING[twin])
