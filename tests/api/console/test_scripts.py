from typing import Any

import httpx
import pytest

from hinomi.api.console.scripts import ScriptDetail, ScriptList
from hinomi.schema.principal import Role
from tests.api.house import Running

PATH = "/console/api/scripts"
TEXT = "#!/bin/bash\necho こんにちは $1\n"


@pytest.fixture
def house(worked: Running) -> Running:
    return worked


def save(client: httpx.Client, name: str, text: bytes = TEXT.encode(), **fields: str) -> httpx.Response:
    data = {"kind": "bash", "description": "says hello"} | fields
    return client.post(PATH, data=data, files={"file": (name, text, "text/plain")})


def test_a_script_is_saved_signed_read_changed_and_removed(house: Running) -> None:
    person = house.person()
    made = save(person, "hello.sh", parameters="NAME")
    assert made.status_code == 201, made.text
    path = f"{PATH}/{made.json()['id']}"
    found = ScriptDetail.model_validate(person.get(path).json())
    assert (found.text, found.signed, found.parameters, found.name) == (TEXT, True, "NAME", "hello.sh")
    changed = person.put(path, data={"kind": "bash", "name": "hi.sh"}, files={"file": ("x", b"id\n")})
    assert (changed.json()["name"], changed.json()["sizeBytes"]) == ("hi.sh", 3)
    rows = ScriptList.model_validate(person.get(PATH).json()).items
    assert ("hi.sh", True) in [(row.name, row.signed) for row in rows]
    assert person.delete(path).status_code == 204
    assert person.get(path).status_code == 404


def test_one_that_was_changed_behind_the_library_is_shown_as_unsigned_and_does_not_run(house: Running) -> None:
    from hinomi.response.scripts import SCRIPTS
    from tests.make_endpoints import facts

    person = house.person()
    made = save(person, "changed.sh").json()
    with house.house.database.begin() as connection:
        connection.execute(SCRIPTS.update().where(SCRIPTS.c.id == made["id"]).values(text="rm -rf /"))
    assert person.get(f"{PATH}/{made['id']}").json()["signed"] is False
    guid = "eeeeeeee-0000-4000-8000-000000000001"
    house.house.inventory.seen(guid, at_ms=5, connected=False, facts=facts("runs-1"))
    wish: dict[str, Any] = {"action": "run_script", "targets": [{"kind": "endpoint", "id": guid}]}
    reply = person.post("/console/api/response/tasks", json=wish | {"parameters": {"name": "changed.sh"}}).json()
    assert reply["items"][0]["error"]["code"] == "NotSigned"
    person.delete(f"{PATH}/{made['id']}")


@pytest.mark.parametrize(
    ("name", "text", "fields", "status"),
    [
        ("a.sh", b"\xff\xfe", {}, 400),
        ("a.sh", b"", {}, 400),
        ("a.sh", b"x" * 70_000, {}, 413),
        ("a.sh", b"id", {"kind": "perl"}, 400),
        ("../../etc/cron.d/x", b"id", {}, 400),
    ],
)
def test_what_is_no_script_is_refused(
    house: Running, name: str, text: bytes, fields: dict[str, str], status: int
) -> None:
    assert save(house.person(), name, text, **fields).status_code == status


def test_a_name_is_taken_once(house: Running) -> None:
    person = house.person()
    first = save(person, "once.sh").json()
    assert save(person, "once.sh").status_code == 409
    person.delete(f"{PATH}/{first['id']}")


def test_who_may_what(house: Running) -> None:
    first = save(house.person(), "roles.sh").json()
    analyst, siem = house.person(Role.ANALYST), house.key(Role.SIEM)
    assert analyst.get(f"{PATH}/{first['id']}").status_code == 200
    assert siem.get(PATH).status_code == 200
    assert siem.get(f"{PATH}/{first['id']}").status_code == 403
    assert save(analyst, "other.sh").status_code == 403
    assert analyst.delete(f"{PATH}/{first['id']}").status_code == 403
    house.person().delete(f"{PATH}/{first['id']}")
