import pytest

from hinomi.attack.tactics import TACTICS, find_tactic


def test_every_tactic_has_its_own_id_and_names_in_both_languages() -> None:
    assert len({tactic.id for tactic in TACTICS}) == len(TACTICS) == 15
    assert all(tactic.name.ja and tactic.name.ja != tactic.name.en for tactic in TACTICS)


@pytest.mark.parametrize("name", ["TA0006", "ta0006", "credential-access", "credential_access", "Credential Access"])
def test_a_tactic_is_found_by_id_and_name(name: str) -> None:
    found = find_tactic(name)
    assert found is not None
    assert found.id == "TA0006"


def test_the_tactic_before_the_split_is_the_one_that_kept_its_id() -> None:
    found = find_tactic("defense-evasion")
    assert found is not None
    assert found.id == "TA0005"
    assert find_tactic("t1003") is None
