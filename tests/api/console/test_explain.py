from hinomi.api.console.explain import ExplanationShape
from tests.api.house import Running
from tests.api.test_envelope import told

API = "/console/api"


def test_a_met_and_an_unmet_filter_are_explained(shared: Running) -> None:
    person = shared.person()
    found = person.get(f"{API}/detections", params={"technique": "T1003.002"}).json()["items"][0]
    filter_id, asked = found["filterId"], {"uuid": found["uuid"]}
    met = person.get(f"{API}/explain", params={"filter": filter_id, **asked}).json()
    ExplanationShape.model_validate(met)
    assert (met["filter"], met["met"], met["why"]["kind"]) == (filter_id, True, "all")
    other = person.get(f"{API}/explain", params={"filter": "whoami_run", **asked}).json()
    assert (other["filter"], other["met"]) == ("whoami_run", False)


def test_what_is_not_there_is_said(shared: Running) -> None:
    person = shared.person()
    nobody = "00000000-0000-0000-0000-000000000000"
    told(person.get(f"{API}/explain", params={"filter": "none", "uuid": nobody}), 404, "NotFound")
    shown = person.get(f"{API}/models").json()["items"][0]["rules"][0]["filters"][0]["id"]
    told(person.get(f"{API}/explain", params={"filter": shown, "uuid": nobody}), 404, "NotFound")
    told(person.get(f"{API}/explain"), 400, "BadRequest")
