from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from hinomi.api.console.block_list import ExceptionList, ItemShape, ListShape
from hinomi.schema.principal import COMMAND_LINE, Role
from tests.api.house import Running

PATH = "/console/api/block-list"


@pytest.fixture
def house(worked: Running) -> Iterator[Running]:
    yield worked
    held = [one.key for one in worked.house.response.block_list.all()]
    if held:
        worked.house.response.block_list.remove(COMMAND_LINE, held)
    for row in worked.house.response.block_list.exceptions():
        worked.house.response.block_list.remove_exception(COMMAND_LINE, row["type"], row["value"])


def listed(client: httpx.Client) -> list[ItemShape]:
    return ListShape.model_validate(client.get(PATH).json()).items


def add(client: httpx.Client, *items: dict[str, Any]) -> list[dict[str, Any]]:
    reply = client.post(PATH, json={"items": [*items]})
    assert reply.status_code == 207, reply.text
    return list(reply.json()["items"])


def test_what_cannot_be_read_says_what_would_be_right_and_stops_no_other(house: Running) -> None:
    person = house.person()
    good, bad, ugly = add(
        person,
        {"type": "domain", "value": "Bad.Example.", "description": "seen"},
        {"type": "domain", "value": "*.bad.example"},
        {"type": "ip", "value": "192.0.2.7", "expires": 1},
    )
    assert (good["item"]["value"], good["item"]["source"]) == ("bad.example", "console")
    assert bad["error"]["text"]["ja"]
    assert "future" in ugly["error"]["message"]
    assert [(one.type, one.value, one.created_by[:6]) for one in listed(person)] == [
        ("domain", "bad.example", "person")
    ]


def test_what_is_taken_off_is_gone_and_twice_is_not_found(house: Running) -> None:
    person = house.person()
    add(person, {"type": "ip", "value": "192.0.2.7"})
    body = {"items": [{"type": "ip", "value": "192.0.2.7"}]}
    assert person.request("DELETE", PATH, json=body).json() == {"removed": 1}
    assert listed(person) == []
    assert person.request("DELETE", PATH, json=body).status_code == 404


def test_an_analyst_reads_and_changes_nothing(house: Running) -> None:
    analyst = house.person(Role.ANALYST)
    body = {"items": [{"type": "ip", "value": "192.0.2.7"}]}
    assert analyst.get(PATH).status_code == 200
    assert analyst.post(PATH, json=body).status_code == 403
    assert analyst.request("DELETE", PATH, json=body).status_code == 403
    assert analyst.post(f"{PATH}/import", files={"file": ("a.csv", b"type,value\n")}).status_code == 403
    assert analyst.post(f"{PATH}/exceptions", json=body["items"][0]).status_code == 403


def test_a_siem_key_fetches_what_is_in_effect_in_each_format(house: Running) -> None:
    add(
        house.person(),
        {"type": "domain", "value": "bad.example"},
        {"type": "domain", "value": "watched.example", "action": "log"},
        {"type": "url", "value": "https://bad.example/x?y=1"},
    )
    key = house.key(Role.SIEM)
    texts = {name: key.get(f"{PATH}/export", params={"format": name}) for name in ("csv", "rpz", "hosts", "proxy")}
    assert all(reply.status_code == 200 for reply in texts.values())
    assert texts["csv"].headers["content-type"].startswith("text/csv")
    assert "watched.example,log" in texts["csv"].text
    assert "*.bad.example CNAME ." in texts["rpz"].text
    assert "0.0.0.0 bad.example" in texts["hosts"].text
    assert "bad.example/x?y=1" in texts["proxy"].text
    assert all("watched.example" not in texts[name].text for name in ("rpz", "hosts", "proxy"))
    assert key.get(f"{PATH}/export", params={"format": "exe"}).status_code == 400


def test_a_csv_file_is_taken_in_and_bad_rows_are_told_with_their_line(house: Running) -> None:
    person, raw = house.person(), b"type,value,risk\nip,192.0.2.9,low\nip,nonsense,low\nfileSha1,ABCD,low\n"
    reply = person.post(f"{PATH}/import", files={"file": ("list.csv", raw)}).json()
    assert reply["added"] == 1
    assert [each["line"] for each in reply["errors"]] == [3, 4]
    assert [(one.value, one.risk, one.source) for one in listed(person)] == [("192.0.2.9", "low", "import")]
    too_large = person.post(f"{PATH}/import", files={"file": ("list.csv", b"x" * (2 << 20))})
    assert too_large.status_code == 413


def test_an_exception_wins(house: Running) -> None:
    person = house.person()
    assert person.post(f"{PATH}/exceptions", json={"type": "ip", "value": "192.0.2.7"}).status_code == 204
    add(person, {"type": "ip", "value": "192.0.2.7"})
    assert [one.excepted for one in listed(person)] == [True]
    assert "192.0.2.7" not in person.get(f"{PATH}/export").text
    rows = ExceptionList.model_validate(person.get(f"{PATH}/exceptions").json()).items
    assert [row.value for row in rows] == ["192.0.2.7"]
    assert person.request("DELETE", f"{PATH}/exceptions", json={"type": "ip", "value": "192.0.2.7"}).status_code == 204
    assert "192.0.2.7" in person.get(f"{PATH}/export").text
