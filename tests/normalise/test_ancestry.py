from typing import Any

from hinomi.normalise.ancestry import Ancestry, Creator, Identity
from hinomi.schema.activity import ActivityBatch, ActivityKind

KIND = ActivityKind("windows", frozenset({"process_creation"}), frozenset({"sysmon"}), "Sysmon", 1)


def starts(*rows: tuple[str, int | None, int, str]) -> ActivityBatch:
    """(host, creator, new process, command line of the creator)"""
    columns: dict[str, list[Any]] = {
        "endpointGuid": [host for host, *_ in rows],
        "processHashId": [creator for _, creator, *_ in rows],
        "objectProcessHashId": [new for _, _, new, _ in rows],
        "processCmd": [command for *_, command in rows],
    }
    return ActivityBatch(KIND, len(rows), columns)


def test_the_parent_comes_from_the_start_of_the_creator_on_the_same_machine() -> None:
    batch = starts(("A", 1, 2, "explorer"), ("A", 2, 3, "bat"), ("B", 2, 4, "other"))
    Ancestry().complete([batch])
    assert batch.fields["parentCmd"] == [None, "explorer", None]
    assert batch.fields["parentHashId"] == [None, 1, None]


def test_it_is_remembered_over_batches_and_order_within_one_does_not_matter() -> None:
    ancestry = Ancestry()
    ancestry.complete([starts(("A", 1, 2, "explorer"))])
    later = starts(("A", 3, 4, "grandchild"), ("A", 2, 3, "child"))
    ancestry.complete([later])
    assert later.fields["parentCmd"] == ["child", "explorer"]


def test_what_is_not_remembered_is_asked_once() -> None:
    asked: list[list[Identity]] = []

    def missing(identities: list[Identity]) -> dict[Identity, Creator]:
        asked.append(identities)
        return {("A", 2): ("path", "from the lake", 7, 1, "user", "domain")}

    ancestry = Ancestry(missing)
    for _ in range(2):
        batch = starts(("A", 2, 5, "x"), ("A", 9, 6, "y"))
        ancestry.complete([batch])
        assert batch.fields["parentCmd"] == ["from the lake", None]
    assert asked == [[("A", 2), ("A", 9)]]


def test_a_parent_that_is_known_is_not_overwritten() -> None:
    batch = starts(("A", 1, 2, "explorer"), ("A", 2, 3, "bat"))
    batch.fields["parentCmd"] = [None, "as recorded"]
    Ancestry().complete([batch])
    assert batch.fields["parentCmd"] == [None, "as recorded"]
