import pytest

from hinomi.api.console.attack import ActorShape, AttackStatusShape, HitList, TacticList, TechniqueShape
from hinomi.api.console.attack_matrix import MatrixShape
from hinomi.attack.catalogue import NOTICE
from tests.api.house import ATTACKED, Running
from tests.api.test_envelope import told

ATTACK = "/console/api/attack"


def test_a_technique_is_shown_beside_what_we_have_of_it(shared: Running) -> None:
    person = shared.person()
    found = person.get(f"{ATTACK}/techniques/t1003-002").json()
    TechniqueShape.model_validate(found)
    assert found["name"] == "Security Account Manager"
    assert found["parent"] == {"id": "T1003", "name": "OS Credential Dumping"}
    assert [each["id"] for each in found["filters"]] == ["sam_hive_saved"]
    assert [each["id"] for each in found["models"]] == ["credential_dumping_registry"]
    assert found["detectionCount"] == ATTACKED
    assert found["notice"] == NOTICE
    assert found["groups"]
    parent = person.get(f"{ATTACK}/techniques/T1003").json()
    assert parent["detectionCount"] == ATTACKED
    assert {"id": "T1003.002", "name": "Security Account Manager"} in parent["subtechniques"]
    assert person.get(f"{ATTACK}/techniques/T1003.001").json()["detectionCount"] == 0
    assert found["asked"] is None
    assert found["mitigations"]
    old = person.get(f"{ATTACK}/techniques/T1562.001").json()
    assert (old["id"], old["asked"]) == ("T1685", "T1562.001")
    told(person.get(f"{ATTACK}/techniques/T9999"), 404, "NotFound")


def test_tactics_come_in_the_order_of_the_matrix_with_the_notice(shared: Running) -> None:
    found = shared.person().get(f"{ATTACK}/tactics").json()
    TacticList.model_validate(found)
    assert found["items"][0]["id"] == "TA0043"
    assert found["notice"] == NOTICE


def test_a_withdrawn_technique_says_that_it_is(shared: Running) -> None:
    refused = shared.person().get(f"{ATTACK}/techniques/T1064")
    told(refused, 404, "NotFound")
    assert "withdrawn" in refused.json()["error"]["message"]
    japanese = shared.person().get(f"{ATTACK}/techniques/T1064", headers={"Accept-Language": "ja"})
    assert "後継なしで廃止" in japanese.json()["error"]["message"]


@pytest.mark.parametrize(
    ("path", "id_", "name"),
    [
        ("groups/G0016", "G0016", "APT29"),
        ("groups/cozy bear", "G0016", "APT29"),
        ("software/s0002", "S0002", "Mimikatz"),
        ("software/Mimikatz (S0002)", "S0002", "Mimikatz"),
        ("mitigations/M1041", "M1041", "Encrypt Sensitive Information"),
    ],
)
def test_who_uses_a_technique_has_a_page(shared: Running, path: str, id_: str, name: str) -> None:
    found = shared.person().get(f"{ATTACK}/{path}").json()
    ActorShape.model_validate(found)
    assert (found["id"], found["name"], found["notice"]) == (id_, name, NOTICE)
    assert found["techniques"]
    sam = [one for one in found["techniques"] if one["id"] == "T1003.002"]
    assert [(one["filters"], one["models"], one["tactics"]) for one in sam] in ([], [(1, 1, ["TA0006"])])
    assert found["covered"] == sum(one["filters"] + one["models"] > 0 for one in found["techniques"])


def test_a_group_is_no_software(shared: Running) -> None:
    person = shared.person()
    told(person.get(f"{ATTACK}/software/G0016"), 404, "NotFound")
    told(person.get(f"{ATTACK}/groups/G9999"), 404, "NotFound")


@pytest.mark.parametrize(
    ("text", "first"),
    [("G0016", "G0016"), ("Mimikatz (S0002)", "S0002"), ("t1003-002", "T1003.002"), ("dcsync", "T1003.006")],
)
def test_search_finds_what_is_meant_first(shared: Running, text: str, first: str) -> None:
    found = shared.person().get(f"{ATTACK}/search", params={"q": text}).json()
    HitList.model_validate(found)
    assert found["items"][0]["id"] == first


def test_search_for_nothing_finds_nothing(shared: Running) -> None:
    assert shared.person().get(f"{ATTACK}/search", params={"q": " x"}).json() == {"items": []}


def test_the_matrix_has_every_tactic_with_coverage_and_detections(shared: Running) -> None:
    person = shared.person()
    found = person.get(f"{ATTACK}/matrix").json()
    MatrixShape.model_validate(found)
    assert [one["id"] for one in found["tactics"]][:2] == ["TA0043", "TA0042"]
    column = next(one for one in found["tactics"] if one["id"] == "TA0006")
    dumping = next(one for one in column["techniques"] if one["id"] == "T1003")
    assert (dumping["filters"], dumping["models"], dumping["detections"]) == (1, 1, ATTACKED)
    sam = next(one for one in dumping["subtechniques"] if one["id"] == "T1003.002")
    assert (sam["filters"], sam["detections"]) == (1, ATTACKED)
    assert found["totals"]["covered"] == found["totals"]["seen"] == 2
    earlier = person.get(f"{ATTACK}/matrix", params={"to": "2026-01-01T00:00:00Z"}).json()
    assert earlier["totals"]["seen"] == 0
    assert earlier["totals"]["covered"] == 2


def test_the_version_in_use_is_told(shared: Running) -> None:
    found = shared.person().get(f"{ATTACK}/status").json()
    AttackStatusShape.model_validate(found)
    assert (found["source"], found["imported"], found["notice"]) == ("bundled", None, NOTICE)
