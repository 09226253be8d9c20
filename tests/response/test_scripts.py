from collections.abc import Iterator
from pathlib import Path

import pytest

from hinomi.errors import Forbidden, InputError, NotFound, Refused, TooLarge
from hinomi.response.scripts import MAX_BYTES, SCRIPTS, Draft, split
from hinomi.schema.principal import Role
from tests.make_access import person
from tests.make_response import ASKER, Desk

DRAFT = Draft("who.sh", "bash", "#!/bin/bash\nid $1\n", "who am I", "USER")


@pytest.fixture
def made(tmp_path: Path) -> Iterator[Desk]:
    found = Desk(tmp_path)
    yield found
    found.close()


def test_a_script_runs_by_its_name_with_its_signed_text(made: Desk) -> None:
    script = made.desk.scripts.add(ASKER, DRAFT)
    task = made.ask("run_script", parameters={"name": "who.sh", "arguments": "'a b' c", "timeout_s": 9})
    assert task.parameters["text"] == DRAFT.text
    assert (task.parameters["arguments"], task.parameters["timeout_s"]) == (["a b", "c"], 9)
    by_id = made.ask("run_script", parameters={"script": script.id})
    assert by_id.parameters["text_sha256"] == script.sha256
    assert made.told()[0] == ("script.add", "success")


@pytest.mark.parametrize("column", ["text", "name", "kind"])
def test_one_that_was_changed_behind_the_library_does_not_run(made: Desk, column: str) -> None:
    script = made.desk.scripts.add(ASKER, DRAFT)
    with made.database.begin() as connection:
        connection.execute(SCRIPTS.update().values(**{column: "powershell" if column == "kind" else "other"}))
    with pytest.raises(Refused) as refusal:
        made.ask("run_script", parameters={"script": script.id})
    assert refusal.value.code == "NotSigned"


@pytest.mark.parametrize(
    "given", [{}, {"name": 5}, {"name": "who.sh", "text": "rm -rf /"}, {"name": "who.sh", "arguments": "'"}]
)
def test_only_the_library_runs(made: Desk, given: dict[str, object]) -> None:
    made.desk.scripts.add(ASKER, DRAFT)
    with pytest.raises(InputError):
        made.ask("run_script", parameters=given)


def test_one_that_is_not_there_is_not_found(made: Desk) -> None:
    with pytest.raises(NotFound):
        made.ask("run_script", parameters={"name": "none.sh"})


@pytest.mark.parametrize(
    ("draft", "error"),
    [
        (Draft("", "bash", "id"), InputError),
        (Draft("../x", "bash", "id"), InputError),
        (Draft("x", "perl", "id"), InputError),
        (Draft("x", "bash", " \n"), InputError),
        (Draft("x", "bash", "a\0b"), InputError),
        (Draft("x", "bash", "x" * (MAX_BYTES + 1)), TooLarge),
        (Draft("x", "bash", "id", "x" * 1001), InputError),
    ],
)
def test_what_is_no_script_is_refused(made: Desk, draft: Draft, error: type[Exception]) -> None:
    with pytest.raises(error):
        made.desk.scripts.add(ASKER, draft)
    assert made.desk.scripts.all() == []


def test_a_name_is_taken_once_and_a_change_signs_anew(made: Desk) -> None:
    first = made.desk.scripts.add(ASKER, DRAFT)
    made.desk.scripts.add(ASKER, Draft("other.sh", "bash", "id"))
    for clash in (
        lambda: made.desk.scripts.add(ASKER, DRAFT),
        lambda: made.desk.scripts.change(ASKER, "other.sh", DRAFT),
    ):
        with pytest.raises(Refused) as refusal:
            clash()
        assert refusal.value.code == "Exists"
    changed = made.desk.scripts.change(ASKER, first.id, Draft("who.sh", "bash", "whoami\n"))
    assert made.desk.scripts.is_signed(changed)
    assert made.desk.scripts.get("who.sh").text == "whoami\n"
    made.desk.scripts.remove(ASKER, first.id)
    assert [one.name for one in made.desk.scripts.all()] == ["other.sh"]


def test_who_may_not_open_a_shell_writes_no_script(made: Desk) -> None:
    with pytest.raises(Forbidden):
        made.desk.scripts.add(person("yui", Role.ANALYST), DRAFT)


def test_arguments_are_split_as_a_shell_does_and_nothing_is_expanded() -> None:
    assert split("a 'b c' \"$HOME\" *") == ["a", "b c", "$HOME", "*"]
    with pytest.raises(InputError):
        split(" ".join("x" * 65))
