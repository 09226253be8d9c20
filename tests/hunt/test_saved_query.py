import pytest

from hinomi.errors import Forbidden, InputError, NotFound
from hinomi.hunt.saved_query import Wish
from tests.hunt.conftest import AUDITOR, HANAKO, JIRO, SENIOR, Room


def test_a_query_is_saved_changed_and_removed_with_its_owner(room: Room) -> None:
    saved = room.desk.queries
    made = saved.create(
        HANAKO, Wish(" Hives ", "objectCmd: *save*hklm*", "who saves hives", "endpoint", ("t1003-002",))
    )
    assert (made.wish.name, made.owner, made.wish.techniques) == ("Hives", "hanako", ("T1003.002",))
    changed = saved.change(HANAKO, made.id, Wish("Hives", "objectCmd: hklm"))
    assert (changed.wish.query, changed.created_ms) == ("objectCmd: hklm", made.created_ms)
    saved.remove(HANAKO, made.id)
    assert saved.all() == []
    with pytest.raises(NotFound):
        saved.get(made.id)
    assert room.actions() == ["hunt.query.remove", "hunt.query.save", "hunt.query.save"]


def test_another_persons_query_is_changed_only_by_who_may_change_content(room: Room) -> None:
    made = room.desk.queries.create(HANAKO, Wish("Mine", "*"))
    for refused in (JIRO, AUDITOR):
        with pytest.raises(Forbidden):
            room.desk.queries.remove(refused, made.id)
    with pytest.raises(Forbidden):
        room.desk.queries.create(AUDITOR, Wish("No", "*"))
    assert room.desk.queries.change(SENIOR, made.id, Wish("Ours", "*")).owner == "hanako"


@pytest.mark.parametrize(
    ("wish", "said"),
    [
        (Wish("", "*"), "name"),
        (Wish("x", "objectCmdd: y"), "objectCmd"),
        (Wish("x", "*", dataset="moon"), "data set"),
        (Wish("x", "*", techniques=("T9999",)), "T9999"),
        (Wish("x" * 201, "*"), "name"),
        (Wish("x\0", "*"), "NUL"),
        (Wish("x", "objectCmdd: y", dataset="detections"), "objectCmd"),
    ],
)
def test_what_cannot_be_asked_is_not_saved(room: Room, wish: Wish, said: str) -> None:
    with pytest.raises(InputError, match=said):
        room.desk.queries.create(HANAKO, wish)
    assert room.desk.queries.all() == []
