from hinomi.api.console.filters import FilterPage, FilterShape
from hinomi.schema.principal import Role
from tests.api.house import ATTACKED, Running
from tests.api.test_envelope import told

API = "/console/api"
FILTER = f"{API}/filters/whoami_run"


def ids(found: dict[str, object]) -> list[str]:
    FilterPage.model_validate(found)
    return [item["id"] for item in found["items"]]  # type: ignore[attr-defined]


def test_a_filter_is_shown_with_its_text(shared: Running) -> None:
    person = shared.person()
    shown = person.get(f"{API}/filters/sam_hive_saved").json()
    FilterShape.model_validate(shown)
    assert shown["models"][0]["id"] == "credential_dumping_registry"
    assert "condition: hive" in shown["sigma"]
    assert shown["text"] == shown["sigma"]
    assert (shown["version"], shown["origin"], shown["hits"]) == (0, "shipped", ATTACKED)
    assert (shown["confidence"], shown["measured"]) == ("unmeasured", None)
    told(person.get(f"{API}/filters/none"), 404, "NotFound")


def test_filters_are_searched_sorted_and_paged(shared: Running) -> None:
    person = shared.person()

    def asked(**parameters: str) -> list[str]:
        return ids(person.get(f"{API}/filters", params=parameters).json())

    assert asked() == ["sam_hive_saved", "whoami_run"]
    assert asked(search="HIVE reg.exe") == ["sam_hive_saved"]
    assert asked(search="利用者") == ["whoami_run"]
    assert asked(technique="T1003") == ["sam_hive_saved"]
    assert asked(risk="low") == ["whoami_run"]
    assert asked(origin="custom,sigma") == []
    assert asked(enabled="false") == []
    assert asked(confidence="high") == []
    assert asked(orderBy="risk asc") == ["whoami_run", "sam_hive_saved"]
    assert asked(orderBy="modelCount desc, id desc") == ["sam_hive_saved", "whoami_run"]
    first = person.get(f"{API}/filters", params={"top": "1"}).json()
    assert first["totalCount"] == 2
    assert asked(top="1", skipToken=first["skipToken"]) == ["whoami_run"]
    told(person.get(f"{API}/filters", params={"orderBy": "colour"}), 400, "BadRequest")
    told(person.get(f"{API}/filters", params={"risk": "huge"}), 400, "BadRequest")
    told(person.get(f"{API}/filters", params={"skipToken": "x"}), 400, "BadRequest")


def test_a_filter_is_switched_and_graded(worked: Running) -> None:
    person = worked.person()
    off = person.patch(FILTER, json={"enabled": False, "risk": "high"}).json()
    FilterShape.model_validate(off)
    assert (off["enabled"], off["risk"], off["defaultRisk"]) == (False, "high", "low")
    assert worked.house.content.filter["whoami_run"] not in worked.house.content.enabled_filters
    on = person.patch(FILTER, json={"enabled": True, "risk": None}).json()
    assert (on["enabled"], on["risk"]) == (True, "low")
    told(person.patch(FILTER, json={"risk": "huge"}), 400, "BadRequest")
    told(person.patch(f"{API}/filters/none", json={"risk": "low"}), 404, "NotFound")
    told(worked.key(Role.ANALYST).patch(FILTER, json={"enabled": False}), 403, "AccessDenied")
