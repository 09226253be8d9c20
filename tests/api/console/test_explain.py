from hinomi.api.console.explain import AlertExplanationShape, DetectionExplanationShape, ExplanationShape
from hinomi.schema.exception import ExceptionOperator, ExceptionTerms
from hinomi.schema.principal import COMMAND_LINE
from tests.api.house import COMMAND, Running
from tests.api.test_envelope import told

API = "/console/api"


def test_a_met_and_an_unmet_filter_are_explained(shared: Running) -> None:
    person = shared.person()
    found = person.get(f"{API}/detections", params={"technique": "T1003.002"}).json()["items"][0]
    filter_id, asked = found["filterId"], {"uuid": found["uuid"]}
    met = person.get(f"{API}/explain", params={"filter": filter_id, **asked}).json()
    ExplanationShape.model_validate(met)
    assert (met["filter"], met["met"], met["why"]["kind"]) == (filter_id, True, "all")
    save, hive = met["why"]["parts"][1]["parts"]
    assert {COMMAND[slice(*one["spans"][0])] for one in (save, hive)} == {" save ", "hklm\\sam"}
    assert save["where"]["path"] == "Event.EventData.CommandLine"
    other = person.get(f"{API}/explain", params={"filter": "whoami_run", **asked}).json()
    assert (other["filter"], other["met"]) == ("whoami_run", False)
    assert "\\whoami.exe" in other["reason"]["en"]
    assert other["eventDateTime"] == found["eventDateTime"]


def test_a_detection_tells_its_predicates_and_its_models(shared: Running) -> None:
    person = shared.person()
    found = person.get(f"{API}/detections", params={"technique": "T1003.002"}).json()["items"][0]
    whole = person.get(f"{API}/explain", params={"detection": found["id"]}).json()
    DetectionExplanationShape.model_validate(whole)
    assert (whole["filter"], whole["explanation"]["met"]) == (found["filterId"], True)
    (model,) = whole["models"]
    assert (model["model"], model["rule"]["met"], model["rule"]["counted"]) == ("credential_dumping_registry", True, 1)


def test_a_detection_without_a_model_says_so(shared: Running) -> None:
    person = shared.person()
    found = person.get(f"{API}/detections", params={"technique": "T1033"}).json()["items"][0]
    assert person.get(f"{API}/explain", params={"detection": found["id"]}).json()["models"] == []


def test_an_alert_tells_its_rules_and_the_trees_of_its_filters(shared: Running) -> None:
    person, alert = shared.person(), shared.alert_of("PC-3")
    whole = person.get(f"{API}/explain", params={"alert": alert}).json()
    AlertExplanationShape.model_validate(whole)
    (rule,) = whole["rules"]
    assert (whole["alert"], rule["met"], rule["type"]) == (alert, True, "single")
    assert rule["groupBy"][0]["field"] == "endpointGuid"
    assert len(rule["groupBy"][0]["values"]) == 1
    assert whole["model"]["suppression"]["ja"]
    (tree,) = whole["explanations"]
    assert (tree["met"], tree["endpointHostName"]) == (True, "PC-3")


def test_what_is_not_there_is_said(shared: Running) -> None:
    person = shared.person()
    nobody = "00000000-0000-0000-0000-000000000000"
    told(person.get(f"{API}/explain", params={"filter": "none", "uuid": nobody}), 404, "NotFound")
    shown = person.get(f"{API}/models").json()["items"][0]["rules"][0]["filters"][0]["id"]
    told(person.get(f"{API}/explain", params={"filter": shown, "uuid": nobody}), 404, "NotFound")
    told(person.get(f"{API}/explain", params={"detection": nobody}), 404, "NotFound")
    told(person.get(f"{API}/explain", params={"alert": "WB-7-20260115-99999"}), 404, "NotFound")
    told(person.get(f"{API}/explain"), 400, "BadRequest")
    told(person.get(f"{API}/explain", params={"alert": "a", "detection": nobody}), 400, "BadRequest")


def test_an_exception_in_force_is_named(worked: Running) -> None:
    person = worked.person()
    found = person.get(f"{API}/detections", params={"technique": "T1003.002"}).json()["items"][0]
    asked = {"filter": found["filterId"], "uuid": found["uuid"]}
    assert person.get(f"{API}/explain", params=asked).json()["obstacles"] == []
    terms = ExceptionTerms("endpointHostName", ExceptionOperator.EQUALS, found["endpointName"], found["filterId"])
    made = worked.house.exceptions.add(COMMAND_LINE, terms, reason="a test of the backup", override=True)
    told_now = person.get(f"{API}/explain", params=asked).json()
    worked.house.exceptions.remove(COMMAND_LINE, made.id)
    ExplanationShape.model_validate(told_now)
    assert [(one["kind"], one["id"]) for one in told_now["obstacles"]] == [("exception", made.id)]
    assert told_now["met"] is True
