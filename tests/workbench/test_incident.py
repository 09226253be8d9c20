"""What joins: the decision alone, and names and reasons of what was joined."""

from hinomi.schema.content import Severity, Text
from hinomi.schema.entity import Entity, EntityType
from hinomi.workbench.incident import Candidate, Link, Member, decide, name_incident, worst
from tests.make_workbench import text

HOST, ACCOUNT = EntityType.HOST, EntityType.ACCOUNT


def near(alert: str, incident: str | None, kind: EntityType = HOST) -> Candidate:
    return Candidate(alert, incident, kind, "PC-1")


def test_nothing_near_is_nothing_to_do() -> None:
    assert decide("A9", None, [], set()) is None
    assert decide("A9", "I1", [near("A1", "I1")], set()) is None


def test_two_alerts_alone_make_a_new_incident_each_with_its_reason() -> None:
    decision = decide("A9", None, [near("A1", None)], set())
    assert decision is not None
    assert (decision.target, decision.merged) == (None, ())
    assert decision.links == (Link("A9", "A1", HOST, "PC-1"), Link("A1", "A9", HOST, "PC-1"))


def test_an_alert_joins_the_incident_that_is_there() -> None:
    decision = decide("A9", None, [near("A1", "I1"), near("A2", None)], set())
    assert decision is not None
    assert (decision.target, [link.alert_id for link in decision.links]) == ("I1", ["A9", "A2"])


def test_one_alert_that_links_two_incidents_merges_them_into_the_older() -> None:
    decision = decide("A9", None, [near("A2", "I2"), near("A1", "I1"), near("A3", "I3")], set())
    assert decision is not None
    assert (decision.target, decision.merged) == ("I1", ("I2", "I3"))
    assert decision.links == (Link("A9", "A1", HOST, "PC-1"),)


def test_the_endpoint_is_the_better_reason() -> None:
    decision = decide("A9", None, [near("A1", "I1", ACCOUNT), near("A2", "I1")], set())
    assert decision is not None
    assert decision.links[0].type is HOST


def test_what_a_person_took_out_stays_out() -> None:
    assert decide("A9", None, [near("A1", "I1")], {("A9", "I1")}) is None
    decision = decide("A9", None, [near("A1", "I1"), near("A2", None)], {("A2", "I1")})
    assert decision is not None
    assert [link.alert_id for link in decision.links] == ["A9"]


def test_incidents_that_a_person_keeps_apart_are_not_merged() -> None:
    decision = decide("A9", None, [near("A1", "I1"), near("A2", "I2")], {("I2", "I1")})
    assert decision is not None
    assert (decision.target, decision.merged) == ("I1", ())
    assert decide("A9", "I2", [near("A1", "I1")], {("I2", "I1")}) is None


def test_the_order_of_the_candidates_does_not_matter() -> None:
    candidates = [near("A1", "I1"), near("A2", None), near("A3", "I2", ACCOUNT), near("A2", None, ACCOUNT)]
    assert decide("A9", None, candidates, set()) == decide("A9", None, candidates[::-1], set())


def _member(number: int, model: str, score: int) -> Member:
    return Member(f"A{number}", model, text(model), Severity.HIGH, score, is_active=True, is_harmless=False)


def test_an_incident_is_named_for_its_gravest_model_and_where_it_is() -> None:
    hosts = [Entity(HOST, str(number), f"PC-{number}") for number in range(3)]
    members = [_member(1, "scan", 43), _member(2, "dump", 66), _member(3, "dump", 66), _member(4, "script", 23)]
    assert name_incident(members[:1], []) == text("scan")
    assert name_incident(members[:1], hosts[:1]) == Text("scan on PC-0", "PC-0 での「scan（日本語）」")
    assert name_incident(members, hosts).en == "dump and 2 more on PC-0 and 2 more endpoints"
    assert name_incident(members, hosts).ja == "PC-0 ほか 2 台 での「dump（日本語） ほか 2 件」"
    assert name_incident(members, hosts[:2]).en == "dump and 2 more on PC-0 and 1 more endpoint"
    assert name_incident([], []).en == "Empty incident"


def test_an_incident_is_as_grave_as_its_gravest_alert() -> None:
    assert worst([_member(1, "a", 1)]) is Severity.HIGH
    assert worst([]) is Severity.LOW
