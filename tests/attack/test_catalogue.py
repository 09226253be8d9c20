from hinomi.attack.catalogue import load_attack
from hinomi.attack.crosswalk import CROSSWALK
from hinomi.attack.tactics import TACTICS


def test_techniques_are_found_in_every_spelling_and_by_name() -> None:
    attack = load_attack()
    wanted = attack.techniques["T1003.002"]
    assert wanted.name == "Security Account Manager"
    assert wanted.parent == "T1003"
    assert wanted.tactics == ("TA0006",)
    assert attack.technique("t1003-002") is wanted
    assert attack.technique("security account manager") is wanted
    assert attack.technique("nothing of the kind") is None


def test_old_ids_find_what_they_became() -> None:
    attack = load_attack()
    assert attack.technique_name("T1562.001") == "Disable or Modify Tools"
    assert attack.technique_name("T1086") == "PowerShell"
    assert attack.technique_name("T9999") == "T9999"
    assert not set(CROSSWALK) & set(attack.techniques)


def test_every_relation_leads_somewhere() -> None:
    attack = load_attack()
    tactics = {tactic.id for tactic in TACTICS}
    for technique in attack.techniques.values():
        assert technique.tactics
        assert set(technique.tactics) <= tactics
        assert technique.parent is None or technique.id in attack.techniques[technique.parent].subtechniques
        assert set(technique.groups + technique.software) <= set(attack.names)
    assert set(attack.revoked.values()) <= set(attack.techniques)


def test_users_of_a_replaced_technique_move_along() -> None:
    attack = load_attack()
    mimikatz = next(id_ for id_, name in attack.names.items() if name == "Mimikatz")
    assert mimikatz in attack.techniques["T1003.002"].software
    assert attack.techniques["T1685"].groups


def test_find_lists_the_exact_id_first() -> None:
    found = [technique.id for technique in load_attack().find("T1003")]
    assert found[0] == "T1003"
    assert "T1003.002" in found
    assert [technique.id for technique in load_attack().find("dcsync")] == ["T1003.006"]


def test_no_sentence_of_the_data_is_kept() -> None:
    longest = max(load_attack().techniques.values(), key=lambda technique: len(technique.name))
    assert len(longest.name) < 80
