from hinomi.attack.catalogue import load_attack
from hinomi.detect.content import Content
from hinomi.operations.attack_coverage import counts_in, coverage_of
from tests import make_workbench
from tests.make_workbench import found_filter, model


def test_a_technique_is_covered_by_what_names_its_parts() -> None:
    content = make_workbench.content(model(filters=("hive_saved",)))
    covered = coverage_of(content, load_attack())
    assert set(covered) == {"T1003", "T1003.002"}
    assert list(covered["T1003"].filters) == list(covered["T1003.002"].filters) == ["hive_saved"]


def test_old_ids_cover_what_they_became() -> None:
    content = Content(
        (found_filter("a", techniques=("T1562.001", "T9999")), found_filter("b", techniques=("T1685",))), ()
    )
    covered = coverage_of(content, load_attack())
    assert {id_: list(one.filters) for id_, one in covered.items()} == {"T1685": ["a", "b"]}


def test_counts_stand_under_the_catalogue_s_ids() -> None:
    assert counts_in(load_attack(), [("T1562.001", 2), ("T1685", 3), ("T9999", 9)]) == {"T1685": 5}
