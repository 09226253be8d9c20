"""Incidents on a real database: joined by entity and time, merged, linked and unlinked by hand."""

import random
from pathlib import Path
from typing import Any

import pytest

from hinomi.errors import Conflict, InputError, NotFound
from hinomi.schema.alert import AlertChange, Finding, Status
from hinomi.schema.content import Severity
from hinomi.schema.incident import IncidentChange, IncidentDetail, IncidentQuery
from hinomi.schema.principal import Role
from hinomi.workbench.incident import COMMON_ACCOUNT_ALERTS
from tests import make_workbench as make
from tests.make_access import PASSWORD, person
from tests.make_workbench import ANALYST, HOUR_MS, START_MS, House


@pytest.fixture
def house(tmp_path: Path) -> House:
    return House(tmp_path, make.content(make.model(), make.model("odd_script", Severity.LOW)))


def raise_alert(
    house: House, number: int, hours: float = 0, host: str = "PC-1", user: str = "taro", model: str = "hive_dumping"
) -> str:
    fields = {"endpointGuid": f"guid-{host}", "endpointHostName": host, "processUser": user, "objectUser": None}
    found = make.detection(number, at_ms=START_MS + int(hours * HOUR_MS), **fields)
    return house.keep(make.match(found, story=str(number), model_id=model))[0]


def incident_of(house: House, alert_id: str) -> str | None:
    return house.workbench.row(alert_id).incident_id


def detail(house: House, alert_id: str) -> IncidentDetail:
    found = incident_of(house, alert_id)
    assert found is not None
    return house.workbench.incidents.get(found)


def test_one_alert_alone_is_no_incident(house: House) -> None:
    assert incident_of(house, raise_alert(house, 1)) is None
    assert house.workbench.incidents.page(IncidentQuery()).total == 0


def test_two_alerts_of_one_endpoint_make_one(house: House) -> None:
    first = raise_alert(house, 1)
    second = raise_alert(house, 2, 23.9, user="hana", model="odd_script")
    found = detail(house, first)
    assert found.row.id == "IC-1-20260528-00000"
    assert (found.row.score, found.row.severity, found.row.status) == (69, Severity.HIGH, Status.OPEN)
    assert (found.row.alert_count, found.row.active_alert_count) == (2, 2)
    assert [alert.id for alert in found.alerts] == [first, second]
    assert found.row.name.en == "Hive Dumping and 1 more on PC-1"
    assert {entity.name for entity in found.row.impact.entities} == {"PC-1", "corp\\taro", "corp\\hana"}
    assert (found.row.update_reason, found.row.update_text.en) == ("created", "Incident created.")
    reasons = {link.alert_id: (link.reason.en, link.entity, link.by) for link in found.links}
    assert reasons == {
        first: (f"Same endpoint PC-1 as {second}, within 24 hours.", "PC-1", "hinomi"),
        second: (f"Same endpoint PC-1 as {first}, within 24 hours.", "PC-1", "hinomi"),
    }
    assert all("エンドポイント PC-1" in link.reason.ja for link in found.links)


def test_an_account_joins_across_endpoints(house: House) -> None:
    first, second = raise_alert(house, 1, host="PC-1"), raise_alert(house, 2, host="PC-2")
    assert incident_of(house, first) == incident_of(house, second) is not None
    assert detail(house, first).links[0].reason.en.startswith("Same account corp\\taro")


@pytest.mark.parametrize(("hours", "joined"), [(24, True), (24.01, False), (-24, True), (-24.01, False)])
def test_a_day_of_event_time_is_the_limit(house: House, hours: float, joined: bool) -> None:
    first, second = raise_alert(house, 1), raise_alert(house, 2, hours)
    assert (incident_of(house, first) is not None) is joined
    assert incident_of(house, first) == incident_of(house, second)


def test_nothing_shared_is_nothing_joined(house: House) -> None:
    assert incident_of(house, raise_alert(house, 1, host="PC-1", user="taro")) is None
    assert incident_of(house, raise_alert(house, 2, host="PC-2", user="hana")) is None
    assert incident_of(house, raise_alert(house, 3, host="PC-3", user="SYSTEM")) is None


def test_an_alert_that_links_two_incidents_merges_them(house: House) -> None:
    one = [raise_alert(house, number, host="PC-1", user="taro") for number in (1, 2)]
    two = [raise_alert(house, number, host="PC-2", user="hana") for number in (3, 4)]
    older, younger = incident_of(house, one[0]), incident_of(house, two[0])
    assert older != younger
    bridge = raise_alert(house, 5, host="PC-1", user="hana")
    assert {incident_of(house, alert) for alert in [*one, *two, bridge]} == {older}
    found = detail(house, bridge)
    assert (found.row.alert_count, found.row.update_reason) == (5, "merged")
    assert found.row.update_text.en == f"Merged with {younger}."
    assert house.workbench.incidents.get(str(younger)).row.id == older
    assert house.workbench.incidents.page(IncidentQuery()).total == 1


def test_later_evidence_may_join_too(house: House) -> None:
    first = raise_alert(house, 1, host="PC-1", user="taro")
    second = raise_alert(house, 2, hours=40, host="PC-1", user="taro")
    assert incident_of(house, first) is None
    between = make.detection(9, at_ms=START_MS + 20 * HOUR_MS, endpointGuid="guid-PC-1", endpointHostName="PC-1")
    house.keep(make.match(between, story="1"))
    assert incident_of(house, first) == incident_of(house, second) is not None


def test_an_account_of_very_many_alerts_joins_no_more(house: House) -> None:
    ids = [
        raise_alert(house, number, host=f"PC-{number}", user="scanner") for number in range(COMMON_ACCOUNT_ALERTS + 3)
    ]
    joined = [incident_of(house, alert) is not None for alert in ids]
    assert joined == [True] * COMMON_ACCOUNT_ALERTS + [False] * 3


def test_an_endpoint_of_very_many_alerts_goes_on_joining(house: House) -> None:
    ids = [raise_alert(house, number, user=f"user{number}") for number in range(COMMON_ACCOUNT_ALERTS + 3)]
    assert len({incident_of(house, alert) for alert in ids}) == 1


def test_guessing_at_many_accounts_joins_by_the_endpoint_only(house: House) -> None:
    guesses = [
        make.detection(
            number, endpointGuid="guid-DC", endpointHostName="DC", processUser=f"user{number}", objectUser=None
        )
        for number in range(30)
    ]
    [guessing] = house.keep(make.match(*guesses, story="guessing"))
    victim = raise_alert(house, 99, host="PC-9", user="user7")
    assert incident_of(house, guessing) is None
    assert incident_of(house, victim) is None


def test_the_result_of_a_replay_is_the_same(house: House, tmp_path: Path) -> None:
    other = House(tmp_path / "other", house.content)
    chosen = random.Random(7)
    plan = [
        (number, chosen.randrange(0, 900), f"PC-{chosen.randrange(12)}", f"user{chosen.randrange(12)}")
        for number in range(40)
    ]
    for number, hours, host, user in plan:
        raise_alert(house, number, hours, host, user)
    matches = [_match(*entry) for entry in plan]
    other.keep(*matches)
    other.keep(*matches[10:30])
    assert _partition(house) == _partition(other)
    assert 1 < len(_partition(house)) < 40


def _match(number: int, hours: int, host: str, user: str) -> Any:
    fields = {"endpointGuid": f"guid-{host}", "endpointHostName": host, "processUser": user, "objectUser": None}
    return make.match(make.detection(number, at_ms=START_MS + hours * HOUR_MS, **fields), story=str(number))


def _partition(house: House) -> list[Any]:
    rows = house.workbench.incidents.page(IncidentQuery(top=100, order_by=(("id", "asc"),))).items
    details = [house.workbench.incidents.get(row.id) for row in rows]
    return [
        (one.row.id, one.row.name, one.row.score, sorted(alert.id for alert in one.alerts), one.row.impact)
        for one in details
    ]


# ---- by hand --------------------------------------------------------------------------------------------------------
@pytest.fixture
def pair(house: House) -> tuple[str, str]:
    return raise_alert(house, 1), raise_alert(house, 2)


def test_what_was_unlinked_is_not_put_back(house: House, pair: tuple[str, str]) -> None:
    incident = str(incident_of(house, pair[0]))
    found = house.workbench.incidents.unlink(ANALYST, incident, pair[1], "another story")
    assert incident_of(house, pair[1]) is None
    assert ([alert.id for alert in found.alerts], found.row.update_reason) == ([pair[0]], "alert-unlinked")
    assert found.row.update_text.en == f"Alert {pair[1]} was unlinked by mika."
    third = raise_alert(house, 3)
    house.keep(make.match(make.detection(4, endpointGuid="guid-PC-1", endpointHostName="PC-1"), story="2"))
    assert incident_of(house, third) == incident
    assert incident_of(house, pair[1]) is None
    assert house.workbench.get(pair[1]).history[-1].action == "unlinked"


def test_an_incident_is_not_merged_round_an_unlinked_alert(house: House, pair: tuple[str, str]) -> None:
    """Taken out of one incident and put into another, the alert does not come back by a merge of the two."""
    incident = str(incident_of(house, pair[0]))
    elsewhere = [raise_alert(house, number, host="PC-7", user="jiro") for number in (5, 6)]
    other = str(incident_of(house, elsewhere[0]))
    house.workbench.incidents.link(ANALYST, other, pair[1])
    bridge = raise_alert(house, 8, host="PC-7", user="taro")
    assert incident_of(house, bridge) == incident
    assert incident_of(house, elsewhere[0]) == other
    assert incident_of(house, pair[1]) == other


def test_linked_by_hand_with_its_reason(house: House, pair: tuple[str, str]) -> None:
    incident = str(incident_of(house, pair[0]))
    stranger = raise_alert(house, 9, host="PC-9", user="jiro")
    found = house.workbench.incidents.link(ANALYST, incident, stranger, "the same mail")
    assert found.row.alert_count == 3
    [link] = [one for one in found.links if one.alert_id == stranger]
    assert (link.reason.en, link.by, link.entity) == ("Linked by mika. the same mail", "mika", None)
    assert "PC-9" in {entity.name for entity in found.row.impact.entities}
    assert [entry.action for entry in house.access.audit.search().items] == ["incident.link"]
    with pytest.raises(InputError, match="already"):
        house.workbench.incidents.link(ANALYST, incident, stranger)
    house.workbench.incidents.unlink(ANALYST, incident, stranger)
    assert house.workbench.incidents.link(ANALYST, incident, stranger).row.alert_count == 3


def test_linking_takes_the_alert_out_of_its_old_incident(house: House, pair: tuple[str, str]) -> None:
    others = [raise_alert(house, number, host="PC-8", user="jiro") for number in (5, 6, 7)]
    old, new = str(incident_of(house, others[0])), str(incident_of(house, pair[0]))
    house.workbench.incidents.link(ANALYST, new, others[0])
    assert incident_of(house, others[0]) == new
    assert house.workbench.incidents.get(old).row.alert_count == 2


def test_what_cannot_be_linked(house: House, pair: tuple[str, str]) -> None:
    incident = str(incident_of(house, pair[0]))
    for act in (house.workbench.incidents.link, house.workbench.incidents.unlink):
        with pytest.raises(NotFound):
            act(ANALYST, incident, "WB-gone")
        with pytest.raises(NotFound):
            act(ANALYST, "IC-gone", pair[0])
        with pytest.raises(InputError):
            act(ANALYST, incident, pair[0], "x" * 1001)
    stranger = raise_alert(house, 9, host="PC-9", user="jiro")
    with pytest.raises(InputError, match="does not belong"):
        house.workbench.incidents.unlink(ANALYST, incident, stranger)


def test_an_incident_of_which_all_were_unlinked_is_not_listed(house: House, pair: tuple[str, str]) -> None:
    incident = str(incident_of(house, pair[0]))
    for alert in pair:
        house.workbench.incidents.unlink(ANALYST, incident, alert)
    assert house.workbench.incidents.page(IncidentQuery()).total == 0
    assert house.workbench.incidents.get(incident).row.score == 0


def test_status_and_owner(house: House, pair: tuple[str, str]) -> None:
    house.access.users.create(person(), "Mika", Role.ANALYST, PASSWORD)
    incident = str(incident_of(house, pair[0]))
    before = house.workbench.incidents.get(incident).row
    change = IncidentChange(status=Status.IN_PROGRESS, owner="mika")
    after = house.workbench.incidents.change(ANALYST, incident, change, before.etag).row
    assert (after.status, after.owner, after.update_reason) == (Status.IN_PROGRESS, "Mika", "changed")
    with pytest.raises(Conflict):
        house.workbench.incidents.change(ANALYST, incident, change, before.etag)
    assert house.workbench.incidents.change(ANALYST, incident, IncidentChange(owner="")).row.owner is None
    with pytest.raises(InputError):
        house.workbench.incidents.change(ANALYST, incident, IncidentChange(owner="nobody"))


def test_a_closed_incident_opens_again_when_its_story_goes_on(house: House, pair: tuple[str, str]) -> None:
    incident = str(incident_of(house, pair[0]))
    house.workbench.incidents.change(ANALYST, incident, IncidentChange(status=Status.CLOSED))
    raise_alert(house, 3)
    row = house.workbench.incidents.get(incident).row
    assert (row.status, row.update_reason) == (Status.OPEN, "alert-correlated")


def test_a_closed_alert_counts_no_more_and_a_harmless_one_scores_no_more(house: House, pair: tuple[str, str]) -> None:
    low = raise_alert(house, 3, model="odd_script")
    incident = str(incident_of(house, low))
    assert house.workbench.incidents.get(incident).row.score == 69
    for alert in pair:
        closed = AlertChange(status=Status.CLOSED, finding=Finding.BENIGN_TRUE_POSITIVE)
        house.workbench.change(ANALYST, alert, closed)
    row = house.workbench.incidents.get(incident).row
    assert (row.score, row.alert_count, row.active_alert_count) == (26, 3, 1)


def test_the_list_of_incidents(house: House) -> None:
    for number, host in enumerate(("PC-1", "PC-2", "PC-3")):
        for more in (0, 1):
            raise_alert(
                house,
                10 * number + more,
                host=host,
                user=f"user{number}",
                model="odd_script" if number else "hive_dumping",
            )
    house.workbench.incidents.change(ANALYST, "IC-1-20260528-0001", IncidentChange(status=Status.CLOSED))

    def ids(**query: Any) -> list[int]:
        page = house.workbench.incidents.page(IncidentQuery(**query))
        return [int(row.id[-1]) for row in page.items]

    assert ids() == [0, 2, 1]
    assert ids(statuses=(Status.OPEN,)) == [0, 2]
    assert ids(search="pc-3") == [2]
    assert ids(search="user1") == [1]
    assert ids(search="IC-1-20260528-0002") == [2]
    assert ids(search="hive dumping") == [0]
    assert ids(order_by=(("id", "asc"),)) == [0, 1, 2]
    first = house.workbench.incidents.page(IncidentQuery(top=2))
    second = house.workbench.incidents.page(IncidentQuery(top=2, skip_token=first.skip_token))
    assert [int(row.id[-1]) for page in (first, second) for row in page.items] == [0, 2, 1]
    assert (first.total, second.total, second.skip_token) == (3, 3, "")
    with pytest.raises(InputError):
        ids(order_by=(("nope", "asc"),))


@pytest.mark.parametrize("incident_id", ["", "IC-1-20990101-00000", "x" * 10_000])
def test_an_unknown_incident_is_not_found(house: House, incident_id: str) -> None:
    with pytest.raises(NotFound):
        house.workbench.incidents.get(incident_id)
