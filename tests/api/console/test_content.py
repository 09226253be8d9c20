from hinomi.api.console.content import FilterShape, ModelList, ModelShape
from tests.api.house import ATTACKED, Running
from tests.api.test_envelope import told

API = "/console/api"


def test_models_and_filters_are_shown(shared: Running) -> None:
    person = shared.person()
    found = person.get(f"{API}/models").json()
    ModelList.model_validate(found)
    model = found["items"][0]
    assert model["available"] is True
    assert model["alertCount"] == ATTACKED
    assert model["rules"][0]["filters"][0]["id"] == "sam_hive_saved"
    assert person.get(f"{API}/models/{model['id']}").json() == model
    shown = person.get(f"{API}/filters/sam_hive_saved").json()
    FilterShape.model_validate(shown)
    assert shown["models"][0]["id"] == model["id"]
    assert "condition: hive" in shown["sigma"]
    told(person.get(f"{API}/models/none"), 404, "NotFound")
    told(person.get(f"{API}/filters/none"), 404, "NotFound")


def test_a_model_is_switched_off_and_on(worked: Running) -> None:
    person = worked.person()
    path = f"{API}/models/credential_dumping_registry"
    off = person.patch(path, json={"enabled": False}).json()
    ModelShape.model_validate(off)
    assert off["enabled"] is False
    assert person.get(path).json()["enabled"] is False
    assert person.patch(path, json={"enabled": True}).json()["enabled"] is True
    told(person.patch(f"{API}/models/none", json={"enabled": True}), 404, "NotFound")
    told(person.patch(path, json={"enabled": "maybe"}), 400, "BadRequest")
