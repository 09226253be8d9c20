import pytest

from hinomi.errors import InputError
from hinomi.schema.alert import AlertChange, Finding, InvestigationStatus, Status
from hinomi.workbench.status import State, changed, investigation_status

# The table of docs/reference/workbench.md
TWINS = [
    (Status.OPEN, Finding.NO_FINDINGS, InvestigationStatus.NEW),
    (Status.OPEN, Finding.TRUE_POSITIVE, InvestigationStatus.NEW),
    (Status.IN_PROGRESS, Finding.NOTEWORTHY, InvestigationStatus.IN_PROGRESS),
    (Status.CLOSED, Finding.NO_FINDINGS, InvestigationStatus.CLOSED),
    (Status.CLOSED, Finding.NOTEWORTHY, InvestigationStatus.CLOSED),
    (Status.CLOSED, Finding.OTHER_FINDINGS, InvestigationStatus.CLOSED),
    (Status.CLOSED, Finding.TRUE_POSITIVE, InvestigationStatus.TRUE_POSITIVE),
    (Status.CLOSED, Finding.FALSE_POSITIVE, InvestigationStatus.FALSE_POSITIVE),
    (Status.CLOSED, Finding.BENIGN_TRUE_POSITIVE, InvestigationStatus.BENIGN_TRUE_POSITIVE),
]


@pytest.mark.parametrize(("status", "finding", "twin"), TWINS)
def test_the_deprecated_twin(status: Status, finding: Finding, twin: InvestigationStatus) -> None:
    assert investigation_status(status, finding) is twin


@pytest.mark.parametrize("twin", InvestigationStatus)
def test_setting_the_twin_shows_the_twin(twin: InvestigationStatus) -> None:
    for before in (State(status, finding) for status in Status for finding in Finding):
        after = changed(before, AlertChange(investigation_status=twin), is_reason_required=False)
        assert investigation_status(after.status, after.finding) is twin


def test_the_new_fields_win_over_the_old_one() -> None:
    change = AlertChange(status=Status.IN_PROGRESS, investigation_status=InvestigationStatus.FALSE_POSITIVE)
    after = changed(State(Status.OPEN, Finding.NO_FINDINGS), change, is_reason_required=True)
    assert after == State(Status.IN_PROGRESS, Finding.FALSE_POSITIVE)


def test_nothing_asked_nothing_changed() -> None:
    before = State(Status.CLOSED, Finding.FALSE_POSITIVE)
    assert changed(before, AlertChange(), is_reason_required=True) == before


@pytest.mark.parametrize("reason", [None, "", "  "])
def test_a_false_positive_needs_a_reason_where_one_is_asked_for(reason: str | None) -> None:
    change = AlertChange(status=Status.CLOSED, finding=Finding.FALSE_POSITIVE, reason=reason)
    before = State(Status.OPEN, Finding.NO_FINDINGS)
    with pytest.raises(InputError, match="needs a reason"):
        changed(before, change, is_reason_required=True)
    assert changed(before, change, is_reason_required=False).finding is Finding.FALSE_POSITIVE


def test_a_benign_one_needs_none() -> None:
    change = AlertChange(status=Status.CLOSED, finding=Finding.BENIGN_TRUE_POSITIVE)
    assert changed(State(Status.OPEN, Finding.NO_FINDINGS), change, is_reason_required=True).status is Status.CLOSED
