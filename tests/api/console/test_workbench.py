import pytest

from hinomi.api.console.alert_detail import AlertDetailShape, GraphShape
from hinomi.api.console.alert_row import NoteShape
from hinomi.api.console.profile import ProfileShape
from hinomi.api.console.workbench import AlertPage, BulkResult, Summary
from tests.api.house import ATTACKED, Running
from tests.api.test_envelope import told

WORKBENCH = "/console/api/workbench"


def test_the_summary_counts(shared: Running) -> None:
    found = shared.person().get(f"{WORKBENCH}/summary").json()
    Summary.model_validate(found)
    assert found["open"] == {"critical": 0, "high": ATTACKED, "medium": 0, "low": 0}
    assert found["oldestOpenHigh"]["id"].startswith("WB-7-")


LISTS = [
    ({}, ATTACKED),
    ({"created": "24h", "status": "Open,In Progress"}, ATTACKED),
    ({"created": "all", "severity": "high,critical", "model": "credential_dumping_registry"}, ATTACKED),
    ({"status": "Closed"}, 0),
    ({"search": "pc-3"}, 1),
    ({"search": "corp\\user4"}, 1),
    ({"technique": "T1003-002"}, ATTACKED),
    ({"technique": "T1059"}, 0),
]


@pytest.mark.parametrize(("parameters", "expected"), LISTS)
def test_the_list_is_filtered(shared: Running, parameters: dict[str, str], expected: int) -> None:
    found = shared.person().get(f"{WORKBENCH}/alerts", params=parameters).json()
    AlertPage.model_validate(found)
    assert found["totalCount"] == expected


def test_the_list_pages_and_ends_without_a_token(shared: Running) -> None:
    person, seen, parameters = shared.person(), [], {"top": "5", "orderBy": "score desc, id asc"}
    while True:
        page = person.get(f"{WORKBENCH}/alerts", params=parameters).json()
        seen += [row["id"] for row in page["items"]]
        if "skipToken" not in page:
            break
        parameters["skipToken"] = page["skipToken"]
    assert seen == sorted(seen)
    assert len(seen) == ATTACKED
    told(person.get(f"{WORKBENCH}/alerts", params={"status": "Done"}), 400, "BadRequest")
    told(person.get(f"{WORKBENCH}/alerts", params={"created": "1y"}), 400, "BadRequest")
    told(person.get(f"{WORKBENCH}/alerts", params={"orderBy": "score up"}), 400, "BadRequest")


def test_an_alert_graph_and_profile(shared: Running) -> None:
    person = shared.person()
    found = person.get(f"{WORKBENCH}/alerts", params={"search": "pc-1"}).json()["items"]
    path = next(
        f"{WORKBENCH}/alerts/{row['id']}" for row in found if row["impactScope"]["entities"][0]["name"] == "PC-1"
    )
    reply = person.get(path)
    detail = reply.json()
    AlertDetailShape.model_validate(detail)
    assert reply.headers["ETag"] == detail["etag"]
    assert detail["scoreParts"]["base"] + detail["scoreParts"]["scope"] == detail["score"]
    assert detail["rules"][0]["filters"][0]["techniques"] == [{"id": "T1003.002", "name": "Security Account Manager"}]
    assert detail["model"]["ja"] != detail["model"]["en"]

    graph = person.get(f"{path}/graph").json()
    GraphShape.model_validate(graph)
    assert {edge["from"] for edge in graph["edges"]} <= {node["id"] for node in graph["nodes"]}

    uuid = detail["highlights"][0]["uuid"]
    profile = person.get(f"{path}/profile", params={"uuid": uuid}).json()
    ProfileShape.model_validate(profile)
    nodes = {node["id"]: node for node in profile["nodes"]}
    focus = nodes[profile["focus"]]
    assert focus["process"]["cmd"].startswith("cmd.exe /c echo")
    assert [each["filterId"] for each in focus["flagged"]] == ["sam_hive_saved"]
    assert focus["childCount"] == 5  # whoami, five times
    assert "explorer.exe" in {node["label"] for node in nodes.values()}

    process = focus["process"]
    key = {"endpointGuid": process["endpointGuid"], "hashId": process["hashId"]}
    again = person.get("/console/api/profile", params=key).json()
    ProfileShape.model_validate(again)
    assert again["focus"] == profile["focus"]
    by_pid = {"endpointGuid": process["endpointGuid"], "pid": process["pid"], "at": process["startDateTime"]}
    assert person.get("/console/api/profile", params=by_pid).json()["focus"] == profile["focus"]
    told(person.get("/console/api/profile", params={"endpointGuid": "x", "hashId": "1"}), 404, "NotFound")
    told(person.get("/console/api/profile", params={"endpointGuid": "x"}), 400, "BadRequest")
    told(person.get(f"{path}/profile", params={"uuid": "other"}), 404, "NotFound")


def test_alerts_are_worked_on(worked: Running) -> None:
    person = worked.person()
    name = person.get("/console/api/session").json()["user"]["name"]
    path, other = f"{WORKBENCH}/alerts/{worked.alert_of('PC-4')}", worked.alert_of("PC-5")
    first = {"If-Match": person.get(path).headers["ETag"]}
    changed = person.patch(path, json={"owner": name}, headers=first).json()
    AlertDetailShape.model_validate(changed)
    assert changed["owner"] == name
    told(person.patch(path, json={"owner": None}, headers=first), 412, "ConditionNotMet")
    assert person.patch(path, json={"owner": None}).json()["owner"] is None
    closing = {"status": "Closed", "investigationResult": "Benign True Positive", "reason": "a test"}
    closed = person.patch(path, json=closing).json()
    assert (closed["status"], closed["investigationResult"]) == ("Closed", "Benign True Positive")
    assert closed["history"]

    note = person.post(f"{path}/notes", json={"content": "seen"})
    NoteShape.model_validate(note.json())
    assert note.status_code == 201
    assert person.patch(f"{path}/notes/1", json={"content": "seen twice"}).json()["content"] == "seen twice"
    assert person.delete(f"{path}/notes/1").status_code == 204
    told(person.delete(f"{path}/notes/1"), 404, "NotFound")

    ids = [other, "WB-7-20200101-99999"]
    bulk = person.post(f"{WORKBENCH}/alerts/bulk", json={"ids": ids, "changes": {"status": "In Progress"}}).json()
    BulkResult.model_validate(bulk)
    assert [each["ok"] for each in bulk["results"]] == [True, False]
    assert bulk["results"][1]["error"]["code"] == "NotFound"
    told(person.post(f"{WORKBENCH}/alerts/bulk", json={"ids": [], "changes": {}}), 400, "BadRequest")
