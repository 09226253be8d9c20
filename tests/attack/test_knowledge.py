from typing import Any

import pytest

from hinomi.attack.catalogue import load_attack
from hinomi.attack.crosswalk import CROSSWALK
from hinomi.attack.facts import Entry, Facts
from hinomi.attack.knowledge import attack_of
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
        assert set(technique.mitigations) <= set(attack.names)
    for actor in attack.actors.values():
        assert set(actor.techniques) <= set(attack.techniques)
        assert all(actor.id in attack.actors[other].others for other in actor.others)
    assert set(attack.revoked.values()) <= set(attack.techniques) | set(attack.actors)
    assert not set(attack.deprecated) & (set(attack.techniques) | set(attack.actors))


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


@pytest.mark.parametrize("wanted", ["G0016", "g0016", "APT29 (G0016)", "APT29", "cozy bear"])
def test_a_group_is_found_by_id_and_by_any_name(wanted: str) -> None:
    found = load_attack().actor(wanted)
    assert found is not None
    assert (found.id, found.name, found.kind) == ("G0016", "APT29", "group")
    assert "T1003.002" in found.techniques
    assert found.others


def test_software_says_what_it_is_and_who_uses_it() -> None:
    attack = load_attack()
    found = attack.actor("Mimikatz (S0002)")
    assert found is not None
    assert (found.id, found.kind, found.form) == ("S0002", "software", "tool")
    assert "T1003.001" in found.techniques
    assert "G0016" in found.others
    assert attack.find_actors("mimikatz")[0] is found
    assert attack.actor("S9999") is None


def test_mitigations_lead_to_techniques_and_back() -> None:
    attack = load_attack()
    assert attack.techniques["T1003.001"].mitigations
    one = attack.actors[attack.techniques["T1003.001"].mitigations[0]]
    assert one.kind == "mitigation"
    assert "T1003.001" in one.techniques


def facts(*entries: Entry, **more: Any) -> Facts:
    return Facts("20.0", entries, **more)


def test_a_later_version_brings_its_own_tactics_and_ids() -> None:
    attack = attack_of(
        facts(
            Entry("TA0999", "Boredom", "tactic", form="boredom"),
            Entry("T2001", "Yawn", "technique", ("boredom", "impact")),
            Entry("T2001.001", "Sigh", "technique", ("boredom",)),
            revoked={"T1485": "T2001", "T1486": "T1485", "T1487": "T1487"},
        )
    )
    assert attack.tactics[-1].id == "TA0999"
    assert attack.techniques["T2001"].tactics == ("TA0040", "TA0999")
    assert attack.techniques["T2001"].subtechniques == ("T2001.001",)
    found = attack.technique("T1486")
    assert found is not None
    assert found.id == "T2001"
    assert attack.technique("T1487") is None


def test_an_older_version_is_carried_over_to_our_ids() -> None:
    old = facts(
        Entry("T1562.001", "Disable or Modify Tools", "technique", ("defense-evasion",)),
        Entry("G0001", "Somebody", "group"),
        uses=(("G0001", "T1562.001"),),
    )
    found = attack_of(old).technique("T1562.001")
    assert found is not None
    assert (found.id, found.tactics, found.groups) == ("T1685", ("TA0112",), ("G0001",))


def test_no_sentence_of_the_data_is_kept() -> None:
    longest = max(load_attack().techniques.values(), key=lambda technique: len(technique.name))
    assert len(longest.name) < 80
