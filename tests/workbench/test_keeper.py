"""Alerts out of met models: one for a fingerprint, whatever comes again, in which order and in how many pieces."""

import itertools
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from hinomi.schema.alert import AlertChange, AlertQuery, Finding, Status
from hinomi.schema.content import Severity
from hinomi.schema.detection import ModelMatch
from hinomi.schema.entity import EntityType
from hinomi.workbench.dossier import MAX_KEPT
from hinomi.workbench.store import alert_entities, alert_values, alerts, evidence, incident_links
from tests import make_workbench as make
from tests.make_workbench import HOUR_MS, START_MS, House


def test_a_high_model_with_one_endpoint_and_one_user_is_66(house: House) -> None:
    [alert_id] = house.keep(make.match())
    row = house.workbench.row(alert_id)
    assert alert_id == "WB-1-20260528-00000"
    assert (row.score, row.severity, row.status, row.finding) == (66, Severity.HIGH, Status.OPEN, Finding.NO_FINDINGS)
    assert row.impact.counts[EntityType.HOST] == 1
    assert row.impact.counts[EntityType.ACCOUNT] == 1
    assert [entity.name for entity in row.impact.entities] == ["PC-1", "corp\\taro"]
    assert row.event_count == 1
    assert (row.first_event_ms, row.created_ms) == (START_MS, house.clock.now_ms)


def test_a_low_model_with_one_entity_is_23(tmp_path: Path) -> None:
    house = House(tmp_path, make.content(make.model(severity=Severity.LOW)))
    [alert_id] = house.keep(make.match(make.detection(processUser=None, objectUser="PC-1$")))
    assert house.workbench.row(alert_id).score == 23


def test_the_detail_shows_model_rule_filter_and_highlights(house: House) -> None:
    [alert_id] = house.keep(make.match())
    detail = house.workbench.get(alert_id)
    assert detail.description == make.text("About hive_dumping")
    assert (detail.score_parts.base, detail.score_parts.scope) == (60, 6)
    [rule] = detail.rules
    [found] = rule.filters
    assert (rule.id, found.id, found.techniques) == ("hive_dumping_rule", "hive_saved", ("T1003.002",))
    assert [event.type for event in found.events] == ["TELEMETRY_PROCESS"]
    [highlight] = detail.highlights
    assert highlight.title == make.text("Hive Saved")
    assert [field.field for field in highlight.fields] == [
        "objectCmd",
        "endpointHostName",
        "processCmd",
        "processFilePath",
    ]
    assert [entry.action for entry in detail.history] == ["created"]


def test_the_same_match_again_changes_nothing(house: House) -> None:
    first = house.keep(make.match())
    before = _everything(house)
    house.clock.pass_s(60)
    assert house.keep(make.match()) == []
    assert _everything(house) == before
    assert len(first) == 1


def test_more_evidence_joins_the_alert_that_stands(house: House) -> None:
    [alert_id] = house.keep(make.match())
    before = house.workbench.row(alert_id)
    house.clock.pass_s(60)
    later = make.detection(2, at_ms=START_MS + HOUR_MS, processUser="hana", objectUser="hana")
    assert house.keep(make.match(make.detection(), later)) == []
    after = house.workbench.row(alert_id)
    assert (after.score, after.event_count, after.last_event_ms) == (69, 2, START_MS + HOUR_MS)
    assert after.created_ms == before.created_ms
    assert after.updated_ms == house.clock.now_ms
    assert after.etag != before.etag


def test_evidence_that_tells_nothing_new_does_not_take_the_page_from_under_a_person(house: House) -> None:
    [alert_id] = house.keep(make.match(make.detection(), make.detection(2, at_ms=START_MS + HOUR_MS)))
    before = house.workbench.row(alert_id)
    house.keep(make.match(make.detection(3, at_ms=START_MS + 1)))
    after = house.workbench.row(alert_id)
    assert (after.event_count, after.etag) == (3, before.etag)


def test_one_activity_met_by_two_filters_is_one_event(house: House) -> None:
    both = make.match(make.detection(1), make.detection(1, "other_filter"))
    [alert_id] = house.keep(both)
    detail = house.workbench.get(alert_id)
    assert detail.row.event_count == 1
    assert len(detail.highlights) == 2
    assert [one.id for one in detail.rules[0].filters] == ["hive_saved", "other_filter"]


def test_ids_count_within_the_day_and_begin_again(house: House) -> None:
    first = [house.keep(make.match(story=str(number)))[0] for number in range(2)]
    house.clock.pass_s(24 * 3600)
    second = house.keep(make.match(story="next day"), make.match(story="and one more"))
    assert [*first, *second] == [
        "WB-1-20260528-00000",
        "WB-1-20260528-00001",
        "WB-1-20260529-00000",
        "WB-1-20260529-00001",
    ]


def test_a_number_is_not_lost_with_a_transaction_that_failed(house: House) -> None:
    with pytest.raises(ZeroDivisionError):
        _keep_and_fall_over(house)
    assert house.keep(make.match()) == ["WB-1-20260528-00000"]


def _keep_and_fall_over(house: House) -> None:
    with house.database.begin() as connection:
        house.workbench.keep(connection, [make.match()], house.content, house.clock())
        raise ZeroDivisionError


def test_of_very_much_evidence_the_earliest_is_kept_and_the_rest_counted(house: House) -> None:
    many = [make.detection(number, at_ms=START_MS + number) for number in range(MAX_KEPT + 50)]
    [alert_id] = house.keep(make.match(*reversed(many[50:])))
    house.keep(make.match(*many[:50]))
    detail = house.workbench.get(alert_id)
    assert detail.row.event_count == MAX_KEPT + 50
    assert [one.event_ms for one in detail.highlights] == [START_MS + number for number in range(MAX_KEPT)]


def test_a_model_that_left_the_content_still_makes_its_alert(house: House) -> None:
    [alert_id] = house.keep(make.match(make.detection(1, "gone_filter"), model_id="gone_model"))
    detail = house.workbench.get(alert_id)
    assert (detail.row.model.en, detail.row.severity) == ("gone_model", Severity.HIGH)
    assert detail.highlights[0].title.en == "gone_filter"


def test_an_operation_closed_within_the_week_is_named(house: House) -> None:
    [first] = house.keep(make.match(story="monday"))
    closed = AlertChange(status=Status.CLOSED, finding=Finding.BENIGN_TRUE_POSITIVE)
    house.workbench.change(make.ANALYST, first, closed)
    house.clock.pass_s(6 * 86400)
    [second] = house.keep(make.match(make.detection(2), story="sunday"))
    detail = house.workbench.get(second)
    assert detail.earlier == first
    assert ("closed-before", {"alert": first, "finding": "Benign True Positive"}) in [
        (entry.action, entry.details) for entry in detail.history
    ]
    house.clock.pass_s(2 * 86400)
    [third] = house.keep(make.match(make.detection(3), story="later"))
    assert house.workbench.get(third).earlier is None


@pytest.mark.parametrize("finding", [Finding.TRUE_POSITIVE, Finding.NO_FINDINGS])
def test_what_was_closed_otherwise_is_not_named(house: House, finding: Finding) -> None:
    [first] = house.keep(make.match(story="monday"))
    house.workbench.change(make.ANALYST, first, AlertChange(status=Status.CLOSED, finding=finding))
    [second] = house.keep(make.match(make.detection(2), story="tuesday"))
    assert house.workbench.get(second).earlier is None


def test_evidence_after_the_closing_is_told_once(house: House) -> None:
    [alert_id] = house.keep(make.match())
    house.workbench.change(make.ANALYST, alert_id, AlertChange(status=Status.CLOSED))
    for number in (2, 3):
        house.clock.pass_s(60)
        house.keep(make.match(make.detection(number)))
    actions = [entry.action for entry in house.workbench.get(alert_id).history]
    assert actions == ["created", "changed", "evidence-after-closing"]


def test_hostile_values_are_bounded(house: House) -> None:
    huge = "\U0001f9ff" * 200_000
    hostile = make.detection(
        objectCmd=huge, endpointHostName=huge, processUser=huge, objectUser="\0\u202e\ud800", objectName=""
    )
    [alert_id] = house.keep(make.match(hostile))
    detail = house.workbench.get(alert_id)
    assert len(detail.highlights[0].fields[0].value) <= 8192
    assert all(len(entity.name) <= 600 for entity in detail.row.impact.entities)
    assert house.workbench.graph(alert_id).nodes


# ---- the same alerts, however the stream is cut ---------------------------------------------------------------------
_HOSTS = ("guid-of-pc-1", "guid-of-pc-2", "guid-of-pc-3")
_detections = st.builds(
    lambda number, host, user, hours: make.detection(
        number, at_ms=START_MS + hours * HOUR_MS, endpointGuid=host, endpointHostName=host[8:], processUser=user, objectUser=None
    ),
    st.integers(0, 30), st.sampled_from(_HOSTS), st.sampled_from(["taro", "hana", "SYSTEM"]), st.integers(0, 72),
)  # fmt: skip


def _same_host(detections: list[Any]) -> tuple[Any, ...]:
    """A match's evidence is of one entity, oldest first, each activity once."""
    unique = {one.uuid: one for one in detections if one.endpoint_guid == detections[0].endpoint_guid}
    return tuple(sorted(unique.values(), key=lambda one: (one.event_time_ms, one.id)))


_matches = st.lists(
    st.builds(
        lambda detections, story: make.match(*_same_host(detections), story=story),
        st.lists(_detections, min_size=1, max_size=4), st.sampled_from("ab"),
    ),
    max_size=8,
)  # fmt: skip


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(_matches, st.lists(st.integers(0, 8), max_size=3))
def test_the_cuts_of_the_stream_do_not_matter(matches: list[ModelMatch], cuts: list[int]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        at_once, in_pieces = House(Path(folder, "a")), House(Path(folder, "b"))
        at_once.keep(*matches)
        places = sorted({0, len(matches), *(cut for cut in cuts if cut < len(matches))})
        for start, end in itertools.pairwise(places):
            in_pieces.keep(*matches[start:end])
        assert _everything(at_once) == _everything(in_pieces)


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(_matches, st.data())
def test_a_replay_of_any_part_changes_nothing(matches: list[ModelMatch], data: st.DataObject) -> None:
    with tempfile.TemporaryDirectory() as folder:
        house = House(Path(folder))
        house.keep(*matches)
        before = _everything(house)
        again = data.draw(st.lists(st.sampled_from(matches), max_size=5) if matches else st.just([]))
        assert house.keep(*again) == []
        assert _everything(house) == before


def _everything(house: House) -> dict[str, Any]:
    """Every row that matters, in an order of its own."""
    tables = (alerts, alert_entities, evidence, alert_values, incident_links)
    with house.database.read() as connection:
        rows = {table.name: sorted(map(repr, connection.execute(_without_version(table)))) for table in tables}
    incidents = house.workbench.incidents.page(make.IncidentQuery(top=100)).items
    rows["incidents"] = [repr((one.id, one.name, one.score, one.alert_count, one.impact)) for one in incidents]
    rows["page"] = [repr((row.id, row.score)) for row in house.workbench.page(AlertQuery()).items]
    return rows


def _without_version(table: Any) -> Any:
    """A version counts the calls that changed a row, so it may differ with the cuts; nothing else may."""
    return select(*[column for column in table.c if column.name != "version"])


# ---- an alert whose first match came late ----
def renamed(match: ModelMatch, was: ModelMatch, **more: Any) -> ModelMatch:
    return replace(match, is_new=False, was=was.fingerprint, **more)


def test_an_alert_gets_the_fingerprint_of_its_true_first_match(house: House) -> None:
    first, late = make.match(make.detection()), make.match(make.detection(2), story="late")
    [alert_id] = house.keep(first)
    assert house.keep(renamed(late, first, suppressed=1)) == []
    detail = house.workbench.get(alert_id)
    assert (detail.row.fingerprint, detail.row.event_count, detail.suppressed) == (late.fingerprint, 2, 1)
    assert house.keep(replace(late, is_new=False, detections=(make.detection(3),))) == []
    assert house.workbench.get(alert_id).row.event_count == 3


def test_in_one_run_too(house: House) -> None:
    first, late = make.match(make.detection()), make.match(make.detection(2), story="late")
    more = replace(late, is_new=False, detections=(make.detection(3),), suppressed=2)
    [alert_id] = house.keep(first, renamed(late, first, suppressed=1), more)
    detail = house.workbench.get(alert_id)
    assert (detail.row.fingerprint, detail.row.event_count, detail.suppressed) == (late.fingerprint, 3, 2)


def test_a_new_name_without_new_evidence_is_kept(house: House) -> None:
    first, late = make.match(make.detection()), make.match(make.detection(2), story="late")
    [alert_id] = house.keep(first)
    assert house.keep(renamed(late, first, detections=())) == []
    assert house.workbench.row(alert_id).fingerprint == late.fingerprint


def test_a_name_that_another_alert_has_is_left_to_it(house: House) -> None:
    first, other = make.match(make.detection()), make.match(make.detection(2), story="late")
    [one, two] = house.keep(first, other)
    house.keep(renamed(other, first))
    assert [house.workbench.row(each).fingerprint for each in (one, two)] == [first.fingerprint, other.fingerprint]
