import pytest

from hinomi.attack.crosswalk import (
    CROSSWALK,
    current_tactics,
    current_technique,
    normalise_technique,
    parent_of,
    same_technique,
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("T1003.002", "T1003.002"),
        ("t1003-002", "T1003.002"),
        ("attack.t1003.002", "T1003.002"),
        ("V9.T1003.002", "T1003.002"),
        ("MITREV9.T1059", "T1059"),
        ("attack.mitre.org/techniques/T1003/002/", "T1003.002"),
        ("T1003", "T1003"),
        ("T10035", None),
        ("XT1003", None),
        ("TA0006", None),
        ("", None),
    ],
)
def test_an_id_is_read_in_every_spelling(text: str, expected: str | None) -> None:
    assert normalise_technique(text) == expected


def test_old_ids_become_current_ones() -> None:
    assert current_technique("T1562-001") == "T1685"
    assert current_technique("T1070.001") == "T1685.005"
    assert current_technique("T1003.002") == "T1003.002"
    assert current_technique("no id") == "no id"


def test_no_target_of_the_crosswalk_is_itself_old() -> None:
    assert not set(CROSSWALK) & set(CROSSWALK.values())


@pytest.mark.parametrize(
    ("first", "second", "same"),
    [
        ("T1003.002", "T1003.002", True),
        ("T1003", "T1003.002", True),
        ("T1003.002", "T1003", True),
        ("T1003.001", "T1003.002", False),
        ("T1562.002", "T1685.001", True),
        ("T1562.002", "T1562", True),
        ("T1070.001", "T1562.002", False),
        ("T1070.001", "T1070", False),
        ("T1574.002", "T1574.001", True),
        ("T1003", "T1004", False),
    ],
)
def test_techniques_are_compared_after_the_crosswalk(first: str, second: str, same: bool) -> None:
    assert same_technique(first, second) is same
    assert same_technique(second, first) is same


def test_the_tactic_of_an_evasion_depends_on_the_technique() -> None:
    assert current_tactics("T1562.001", ["defense-evasion"]) == ("TA0112",)
    assert current_tactics("T1112", ["attack", "defense-evasion", "persistence"]) == ("TA0112", "TA0003")
    assert current_tactics("T1218.011", ["TA0005", "stealth"]) == ("TA0005",)


def test_parent_of_a_subtechnique() -> None:
    assert parent_of("T1003.002") == "T1003"
    assert parent_of("T1003") is None
