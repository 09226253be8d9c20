"""Persons keep exceptions: each change is audited, what blinds a proof is refused, and the bill counts what was there."""

import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from hinomi.access.access import Access
from hinomi.database import Database
from hinomi.detect.content import Content
from hinomi.detect.correlator import Correlator
from hinomi.detect.exceptions import TermsError
from hinomi.errors import NotFound, Refused
from hinomi.lake.lake import Lake
from hinomi.operations import exception_bill
from hinomi.operations.exception_bill import BlindedProof, blinded_proofs
from hinomi.operations.exceptions import Change, ExceptionBook
from hinomi.schema.detection import Detection
from hinomi.schema.exception import ExceptionOperator, ExceptionTerms
from hinomi.schema.principal import COMMAND_LINE
from tests.detect.test_correlator import detection
from tests.make_database import database_at
from tests.operations.test_proofs import FAILED, QUERY, SAVE, logon_filter, process_filter, spray


def content() -> Content:
    saved = process_filter(tests_fire=(SAVE, {**SAVE, "Computer": "PC-9"}), tests_silent=(QUERY,))
    many = replace(spray(("fires", [{**FAILED, "repeat": 6}])), products=())
    return Content((saved, logon_filter()), (many,))


@pytest.fixture
def book(tmp_path: Path) -> ExceptionBook:
    database = Database(database_at(tmp_path / "hinomi.db"))
    database.create()
    access = Access(database, time.time)
    return ExceptionBook(database, access.audit, content, time.time)


def terms(field: str = "objectCmd", value: str = "backup", operator: str = "contains", **more: Any) -> ExceptionTerms:
    return ExceptionTerms(field, ExceptionOperator(operator), value, **more)


def audited(book: ExceptionBook) -> list[tuple[str, dict[str, Any]]]:
    return [(entry.action, entry.details) for entry in book._audit.search().items]


def test_an_exception_is_added_changed_and_removed_in_the_audit_log(book: ExceptionBook) -> None:
    made = book.add(COMMAND_LINE, terms(), reason=" nightly ", expires_ms=int(time.time() * 1000) + 60_000)
    assert (book.get(made.id), made.reason, made.created_by) == (made, "nightly", "command-line")
    changed = book.change(COMMAND_LINE, made.id, Change(enabled=False, expires=(None,), reason="weekly"))
    assert (changed.enabled, changed.expires_ms, changed.reason) == (False, None, "weekly")
    assert book.change(COMMAND_LINE, made.id, Change(enabled=True)).reason == "weekly"
    book.remove(COMMAND_LINE, made.id)
    assert book.all() == []
    rows = audited(book)
    assert [action for action, _ in rows] == ["remove exception", *["change exception"] * 2, "add exception"]
    assert (rows[3][1]["value"], rows[2][1]["after"]["enabled"]) == ("backup", False)


@pytest.mark.parametrize(
    ("made", "more"),
    [
        (terms(filter_id="nobody"), {}),
        (terms(), {"reason": "  "}),
        (terms(), {"reason": "x" * 501}),
        (terms(), {"expires_ms": 1}),
        (terms(), {"expires_ms": 10**15}),
        (terms(operator="re", value="("), {}),
    ],
)
def test_what_cannot_be_is_refused_and_leaves_no_trace(
    book: ExceptionBook, made: ExceptionTerms, more: dict[str, Any]
) -> None:
    with pytest.raises(TermsError):
        book.add(COMMAND_LINE, made, **{"reason": "because", **more})
    assert (book.all(), audited(book)) == ([], [])


def test_what_is_not_there_is_not_found(book: ExceptionBook) -> None:
    with pytest.raises(NotFound):
        book.change(COMMAND_LINE, "none", Change(enabled=False))
    with pytest.raises(NotFound):
        book.remove(COMMAND_LINE, "none")


def test_one_that_blinds_proofs_is_refused_without_override(book: ExceptionBook) -> None:
    blinding = terms(value="reg save", filter_id="saved")
    with pytest.raises(Refused) as refusal:
        book.add(COMMAND_LINE, blinding, reason="because")
    assert (refusal.value.code, book.all()) == ("BlindsProofs", [])
    assert refusal.value.details["blindedProofs"] == [
        {"kind": "filter", "id": "saved", "test": "fires 1"},
        {"kind": "filter", "id": "saved", "test": "fires 2"},
    ]
    assert book.add(COMMAND_LINE, blinding, reason="because", override=True)
    assert audited(book)[0][1] | {"blindedProofs": 2, "override": True} == audited(book)[0][1]


def test_only_the_tests_that_show_nothing_more_are_blinded() -> None:
    def blinded(made: ExceptionTerms) -> list[BlindedProof]:
        return blinded_proofs(made, content())

    assert blinded(terms(value="reg save", endpoints=("PC-9",))) == [BlindedProof("filter", "saved", "fires 2")]
    assert blinded(terms(value="restore")) == []
    # one user of six: the spray is still seen; two of six: five are needed
    assert blinded(terms("eventDataTargetUserName", "user1", "equals")) == []
    assert blinded(terms("eventDataTargetUserName", "user[12]", "re")) == [BlindedProof("model", "spray", "fires 1")]


# ---- the bill ----
@pytest.fixture
def lake(tmp_path: Path) -> Iterator[Lake]:
    with Lake.start(tmp_path / "lake") as opened:
        yield opened


def failures(count: int) -> list[Detection]:
    return [
        detection("failed", n, host="PC-1", name=f"uuid {n}", eventDataTargetUserName=f"user{n}", recordSource="file")
        for n in range(count)
    ]


def test_the_bill_counts_detections_alerts_and_shows_samples(book: ExceptionBook, lake: Lake) -> None:
    found = [*failures(6), detection("saved", 9, host="PC-1", objectCmd="reg save", name="other")]
    lake.write_detections(found)
    assert len(Correlator(content().models).observe(found)) >= 1
    narrow = book.bill(terms("eventDataTargetUserName", "user[45]", "re"), 30, lake)
    assert (narrow.detections, narrow.alerts, dict(narrow.by_filter)) == (2, 1, {"failed": 2})
    assert [row["uuid"] for row in narrow.samples] == ["uuid 5", "uuid 4"]
    assert book.bill(terms("eventDataTargetUserName", "user5", "equals"), 30, lake).alerts == 0
    elsewhere = book.bill(terms("endpointHostName", "*", "equals"), 30, lake)
    assert (elsewhere.detections, elsewhere.alerts, elsewhere.is_partial) == (0, 0, False)
    assert book.all() == []


def test_the_bill_reads_in_pages_and_says_when_it_is_a_part(
    book: ExceptionBook, lake: Lake, monkeypatch: pytest.MonkeyPatch
) -> None:
    lake.write_detections(failures(10))
    everyone = terms("eventDataTargetUserName", "user", "startswith")
    monkeypatch.setattr(exception_bill, "PAGE", 3)
    assert book.bill(everyone, 30, lake).detections == 10
    monkeypatch.setattr(exception_bill, "MAX_DETECTIONS", 6)
    part = book.bill(everyone, 30, lake)
    assert (part.detections, part.is_partial) == (6, True)


def test_the_bill_looks_at_what_was_made_in_its_days(tmp_path: Path, lake: Lake) -> None:
    lake.write_detections(failures(3))
    database = Database(database_at(tmp_path / "other.db"))
    database.create()
    tomorrow = ExceptionBook(database, Access(database, time.time).audit, content, lambda: 4_000_000_000.0)
    assert tomorrow.bill(terms("eventDataTargetUserName", "user", "startswith"), 30, lake).detections == 0


def test_a_rule_that_is_wide_is_judged_by_its_own_fields(book: ExceptionBook, lake: Lake) -> None:
    """Fields that only the exception looks at need not be kept for the windows."""
    lake.write_detections([replace(one, activity={**one.activity, "objectCmd": "backup"}) for one in failures(6)])
    made = book.bill(terms(), 30, lake)
    assert (made.detections, made.alerts) == (6, 1)
