import httpx
import pytest

from hinomi.api.v3.custom_scripts import CustomScripts
from hinomi.schema.principal import Role
from tests.api.house import Running
from tests.make_endpoints import facts

PATH = "/v3.0/response/customScripts"
TEXT = b"#!/bin/bash\necho here $1\n"


@pytest.fixture
def house(worked: Running) -> Running:
    return worked


def save(key: httpx.Client, name: str, path: str = PATH, **fields: str) -> httpx.Response:
    return key.post(path, data={"fileType": "bash"} | fields, files={"file": (name, TEXT, "text/plain")})


def names(key: httpx.Client, text: str = "") -> list[str]:
    reply = key.get(PATH, params={"filter": text} if text else {})
    assert reply.status_code == 200, reply.text
    return [one.file_name for one in CustomScripts.model_validate(reply.json()).items]


def test_a_script_of_the_library_from_its_upload_to_its_run(house: Running) -> None:
    key = house.key()
    made = save(key, "who.sh", description="says hello")
    assert made.status_code == 201
    path = made.headers["Location"]
    assert path.startswith(f"{house.url}{PATH}/")
    text = key.get(path)
    assert (text.content, text.headers["content-type"]) == (TEXT, "text/plain; charset=utf-8")
    assert save(key, "where.sh", f"{path}/update").status_code == 204
    rows = {row["fileName"]: row for row in key.get(PATH).json()["items"]}
    assert rows["where.sh"]["description"] == "says hello"
    guid = "eeeeeeee-0000-4000-8000-000000000002"
    house.house.inventory.seen(guid, at_ms=5, connected=False, facts=facts("runs-2"))
    wish = [{"agentGuid": guid, "fileName": "where.sh", "parameter": "'two words' x"}]
    (item,) = key.post("/v3.0/response/endpoints/runScript", json=wish).json()
    assert item["status"] == 202, item
    task = house.house.response.tasks.get(item["headers"][0]["value"].rpartition("/")[2])
    assert (task.parameters["text"].encode(), task.parameters["arguments"]) == (TEXT, ["two words", "x"])
    assert key.delete(path).status_code == 204
    assert key.get(path).status_code == 404


def test_the_filter_knows_name_and_type(house: Running) -> None:
    key = house.key()
    made = [save(key, name).headers["Location"] for name in ("one.sh", "two.sh")]
    assert names(key, "fileName eq 'ONE.sh'") == ["one.sh"]
    assert names(key, "fileName eq 'one.sh' and fileType eq 'powershell'") == []
    assert names(key, "not (fileName eq 'one.sh') and fileType eq 'bash'") == ["two.sh"]
    assert key.get(PATH, params={"filter": "owner eq 'x'"}).status_code == 400
    for each in made:
        key.delete(each)


def test_a_key_without_the_right_gets_nothing(house: Running) -> None:
    weak = house.key(Role.ANALYST)
    assert weak.get(PATH).status_code == 403
    assert save(weak, "weak.sh").status_code == 403
    assert save(weak, "weak.sh", f"{PATH}/x/update").status_code == 403
    assert weak.delete(f"{PATH}/x").status_code == 403
