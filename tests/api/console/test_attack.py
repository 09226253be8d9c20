from hinomi.api.console.attack import TacticList, TechniqueShape
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
    assert person.get(f"{ATTACK}/techniques/T1562.001").json()["id"] == "T1685"
    told(person.get(f"{ATTACK}/techniques/T9999"), 404, "NotFound")


def test_tactics_come_in_the_order_of_the_matrix_with_the_notice(shared: Running) -> None:
    found = shared.person().get(f"{ATTACK}/tactics").json()
    TacticList.model_validate(found)
    assert found["items"][0]["id"] == "TA0043"
    assert found["notice"] == NOTICE
