from collections.abc import Iterator

import pytest

from hinomi.api.console.enforcement import EnforcementShape
from hinomi.schema.principal import COMMAND_LINE, Role
from tests.api.house import Running

PATH = "/console/api/block-list"


@pytest.fixture
def house(worked: Running) -> Iterator[Running]:
    yield worked
    held = [one.key for one in worked.house.response.block_list.all()]
    if held:
        worked.house.response.block_list.remove(COMMAND_LINE, held)


def found(house: Running, value: str, **more: str) -> EnforcementShape:
    reply = house.person(Role.ANALYST).get(f"{PATH}/enforcement", params={"value": value, **more})
    assert reply.status_code == 200, reply.text
    return EnforcementShape.model_validate(reply.json())


def test_a_sender_is_not_enforced_for_there_is_no_mail_connector(house: Running) -> None:
    house.house.response.block_list.add(COMMAND_LINE, [{"type": "senderMailAddress", "value": "mallory@bad.example"}])
    told = found(house, "mallory@bad.example")
    (mail,) = [place for place in told.places if place.kind == "mail"]
    assert (mail.state, mail.reasons[0].text.en) == ("notEnforced", "There is no mail connector.")
    assert (told.type, told.state) == ("senderMailAddress", "notEnforced")


def test_a_key_that_fetches_the_file_makes_it_handed_on_in_the_list_too(house: Running) -> None:
    url = "https://bad.example/x?y=1"
    house.house.response.block_list.add(COMMAND_LINE, [{"type": "url", "value": url}])
    assert house.key(Role.SIEM).get(f"{PATH}/export", params={"format": "proxy"}).status_code == 200
    told = found(house, url, type="url")
    assert {place.name: place.state for place in told.places if place.kind == "export"}["proxy"] == "handedOn"
    (item,) = house.person().get(PATH).json()["items"]
    assert (item["state"], told.state) == ("handedOn", "handedOn")


def test_what_is_not_on_the_list_is_not_found(house: Running) -> None:
    person = house.person()
    assert person.get(f"{PATH}/enforcement", params={"value": "192.0.2.200"}).status_code == 404
    assert person.get(f"{PATH}/enforcement", params={"value": "nonsense", "type": "ip"}).status_code == 400
    assert person.get(f"{PATH}/enforcement").status_code == 400
