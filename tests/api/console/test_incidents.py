from hinomi.api.console.incidents import IncidentDetailShape, IncidentPage
from tests.api.house import Running
from tests.api.test_envelope import told

INCIDENTS = "/console/api/incidents"


def test_incidents_are_listed_linked_unlinked_and_worked_on(worked: Running) -> None:
    person = worked.person()
    listed = person.get(INCIDENTS, params={"status": "Open", "orderBy": "score desc"}).json()
    IncidentPage.model_validate(listed)
    path = f"{INCIDENTS}/{listed['items'][0]['id']}"
    detail = person.get(path).json()
    IncidentDetailShape.model_validate(detail)
    assert detail["alertCount"] == len(detail["alerts"]) == 2
    assert all(link["reason"]["ja"] for link in detail["links"])
    alone = worked.alert_of("PC-6")
    linked = person.post(f"{path}/link", json={"alertId": alone, "reason": "the same person"}).json()
    IncidentDetailShape.model_validate(linked)
    assert alone in {alert["id"] for alert in linked["alerts"]}
    unlinked = person.post(f"{path}/unlink", json={"alertId": alone}).json()
    assert alone not in {alert["id"] for alert in unlinked["alerts"]}
    closed = person.patch(path, json={"status": "Closed"}).json()
    assert closed["status"] == "Closed"
    shown = person.get(f"/console/api/workbench/alerts/{detail['alerts'][0]['id']}").json()
    assert shown["incident"]["id"] == detail["id"]
    assert len(shown["incident"]["alerts"]) == 2
    told(person.get(f"{INCIDENTS}/IC-7-20200101-00001"), 404, "NotFound")
