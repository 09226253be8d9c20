from hinomi.api.console.content_editing import Completion, Verdict
from hinomi.api.console.content_versions import Difference, ThreeWay, VersionList
from hinomi.api.console.filters import FilterShape
from hinomi.api.console.models import ModelShape
from hinomi.schema.principal import Role
from tests.api.house import WHO_FILTER, Running
from tests.api.test_envelope import told
from tests.operations.test_book import PROVEN, RED, TOOL, USER

API = "/console/api/content"


def test_what_may_be_typed_is_told(shared: Running) -> None:
    found = shared.person().get(f"{API}/completion").json()
    Completion.model_validate(found)
    fields = {field["name"]: field for field in found["fields"]}
    assert "CommandLine" in fields["objectCmd"]["sigma"]
    assert fields["dpt"]["type"] == "integer"
    assert "process_creation" in [source["category"] for source in found["logsources"]]
    assert {"id": "T1003.002", "name": "Security Account Manager"} in found["techniques"]
    assert [one["id"] for one in found["filters"]] == ["sam_hive_saved", "whoami_run"]


def test_a_text_is_validated(shared: Running) -> None:
    person = shared.person()
    good = person.post(f"{API}/validate", json={"kind": "filter", "text": PROVEN}).json()
    Verdict.model_validate(good)
    assert (good["ok"], good["proof"]) == (True, {"state": "green", "failures": []})
    assert good["summary"]["predicates"] == 1
    asked = {"kind": "filter", "text": TOOL.replace("Image|endswith: '\\tool.exe'", "CommandLine|re: tool")}
    advice = person.post(f"{API}/validate", json=asked).json()["warnings"]
    assert [(one["line"], one["column"]) for one in advice if "contains" in one["message"]["en"]] == [(4, 3)], advice
    assert any("tests" in one["message"]["en"] for one in advice)
    red = person.post(f"{API}/validate", json={"kind": "filter", "text": RED}).json()
    assert (red["ok"], red["proof"]["state"], red["proof"]["failures"][0]["test"]) == (True, "red", "fires 1")
    bad = person.post(f"{API}/validate", json={"kind": "model", "text": USER}).json()
    Verdict.model_validate(bad)
    assert (bad["ok"], bad["summary"], bad["proof"]) == (False, None, None)
    assert (bad["errors"][0]["line"], bad["errors"][0]["column"]) == (4, 5)
    model = USER.replace("custom_tool_seen", "whoami_runs")
    near = person.post(f"{API}/validate", json={"kind": "model", "text": model}).json()
    assert near["errors"][0]["suggestion"] == "whoami_run"


def test_a_query_becomes_a_filter_text(shared: Running) -> None:
    person = shared.person()
    asked = {"kind": "filter", "query": "objectCmd: *save*sam*", "title": "Saved", "risk": "high"}
    found = person.post(f"{API}/validate", json={**asked, "techniques": ["T1003.002"]}).json()
    Verdict.model_validate(found)
    assert found["ok"]
    assert found["summary"]["techniques"] == ["T1003.002"]
    assert "objectCmd: '*save*sam*'" in found["text"]
    wrong = person.post(f"{API}/validate", json={**asked, "query": "dpt: 5 objectCmdd: x"}).json()
    assert (wrong["ok"], wrong["errors"][0]["line"], wrong["errors"][0]["column"]) == (False, 1, 8)
    assert "nearest" in wrong["errors"][0]["message"]["en"]
    assert person.post(f"{API}/validate", json={**asked, "title": ""}).json()["ok"] is False
    told(person.post(f"{API}/validate", json={**asked, "kind": "model"}), 400, "BadRequest")


def test_content_is_made_changed_compared_and_removed(worked: Running) -> None:
    person = worked.person()
    made = person.post(f"{API}/filters", json={"text": TOOL, "comment": "first"})
    assert made.status_code == 201
    FilterShape.model_validate(made.json())
    id_ = made.json()["id"]
    assert made.headers["Location"] == f"/console/api/filters/{id_}"
    assert (made.json()["origin"], made.json()["version"], made.json()["proof"]["state"]) == ("custom", 1, "unproven")
    path = f"{API}/filters/{id_}"

    saved = person.put(path, json={"text": PROVEN, "comment": "tests"}, headers={"If-Match": "1"})
    assert (saved.json()["version"], saved.json()["proof"]["state"], saved.headers["ETag"]) == (2, "green", "2")
    told(person.put(path, json={"text": TOOL}, headers={"If-Match": "1"}), 412, "ConditionNotMet")
    told(person.put(path, json={"text": TOOL}, headers={"If-Match": "two"}), 400, "BadRequest")

    versions = person.get(f"{path}/versions").json()
    VersionList.model_validate(versions)
    assert [(one["version"], one["comment"], one["current"]) for one in versions["items"]] == [
        (2, "tests", True),
        (1, "first", False),
    ]
    assert person.get(f"{path}/versions/1").json()["text"] == TOOL
    difference = person.get(f"{path}/difference", params={"from": 1, "to": 2}).json()
    Difference.model_validate(difference)
    assert next(line["text"] for line in difference["lines"] if line["op"] == "+") == "tests:"

    back = person.post(f"{path}/rollback", json={"version": 1, "comment": "no tests"})
    assert (back.json()["version"], back.json()["text"]) == (3, TOOL)
    told(person.post(f"{path}/rollback", json={"version": 9}), 404, "NotFound")

    model = person.post(f"{API}/models", json={"text": USER.replace("custom_tool_seen", id_)}).json()
    ModelShape.model_validate(model)
    used = person.delete(path)
    told(used, 409, "InUse")
    assert used.json()["error"]["models"] == [model["id"]]
    assert person.delete(f"{API}/models/{model['id']}").status_code == 204
    assert person.delete(path).status_code == 204
    told(person.get(f"/console/api/filters/{id_}"), 404, "NotFound")
    assert len(person.get(f"{path}/versions").json()["items"]) == 3
    told(person.delete(path), 404, "NotFound")


def test_red_content_is_saved_off_and_not_enabled(worked: Running) -> None:
    person = worked.person()
    made = person.post(f"{API}/filters", json={"text": RED.replace("Tool seen", "Red tool")}).json()
    assert (made["enabled"], made["proof"]["state"]) == (False, "red")
    refused = person.patch(f"/console/api/filters/{made['id']}", json={"enabled": True})
    told(refused, 409, "RedProof")
    assert refused.json()["error"]["proof"]["failures"][0]["test"] == "fires 1"


def test_a_model_without_its_data_is_not_enabled(worked: Running) -> None:
    person = worked.person()
    text = USER.replace("custom_tool_seen", "whoami_run").replace("Tool used", "Cloud") + "products: [aws_cloudtrail]\n"
    made = person.post(f"{API}/models", json={"text": text, "enable": False}).json()
    assert (made["available"], made["enabled"]) == (False, False)
    assert made["unavailable"] == {"en": "not available: needs AWS CloudTrail", "ja": "利用不可: AWS CloudTrail が必要"}
    refused = person.patch(f"/console/api/models/{made['id']}", json={"enabled": True})
    told(refused, 409, "NotAvailable")
    assert refused.json()["error"]["text"]["ja"].startswith("利用不可")


def test_an_edit_is_held_against_the_shipped_text(worked: Running) -> None:
    person = worked.person()
    path = f"{API}/filters/whoami_run"
    mine = WHO_FILTER.replace("level: low", "level: medium")
    edited = person.put(path, json={"text": mine, "comment": "x"}, headers={"If-Match": "0"}).json()
    assert (edited["origin"], edited["edited"], edited["risk"]) == ("shipped", True, "medium")
    shown = person.get(f"{path}/three-way").json()
    ThreeWay.model_validate(shown)
    assert (shown["base"], shown["shipped"], shown["mine"]) == (WHO_FILTER, WHO_FILTER, mine)
    assert (shown["merged"].strip(), shown["conflicts"]) == (mine.strip(), [])
    assert [one["version"] for one in person.get(f"{path}/versions").json()["items"]] == [1, 0]
    resolved = person.post(f"{path}/resolve", json={"take": "shipped"}).json()
    assert (resolved["edited"], resolved["version"]) == (False, 0)
    told(person.get(f"{path}/three-way"), 404, "NotFound")


def test_what_cannot_be_used_says_why(worked: Running) -> None:
    person = worked.person()
    refused = person.post(f"{API}/filters", json={"text": "title: a"})
    told(refused, 400, "BadRequest")
    assert refused.json()["error"]["errors"][0]["line"] == 1
    told(person.post(f"{API}/playbooks", json={"text": TOOL}), 400, "BadRequest")
    told(person.put(f"{API}/filters/none", json={"text": TOOL}), 404, "NotFound")


def test_reading_is_not_writing(worked: Running) -> None:
    analyst = worked.key(Role.ANALYST)
    path = f"{API}/filters/whoami_run"
    assert analyst.get(f"{path}/versions").status_code == 200
    for refused in (
        analyst.post(f"{API}/validate", json={"kind": "filter", "text": TOOL}),
        analyst.post(f"{API}/filters", json={"text": TOOL}),
        analyst.put(path, json={"text": TOOL}),
        analyst.delete(path),
        analyst.post(f"{path}/rollback", json={"version": 0}),
        analyst.post(f"{path}/resolve", json={"take": "mine"}),
    ):
        told(refused, 403, "AccessDenied")
