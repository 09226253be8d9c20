from pathlib import Path

import orjson
import pytest

from hinomi.api.console.response_actions import OFFERED, ActionList
from hinomi.response.actions import ACTIONS
from hinomi.schema.principal import Role
from tests.api.house import Running
from tests.make_endpoints import facts

CONSOLE = Path(__file__).resolve().parents[3] / "console" / "src"

PATH = "/console/api/response/actions"
GUID = "cccccccc-0000-4000-8000-000000000001"


@pytest.fixture
def house(worked: Running) -> Running:
    facts_ = facts("offer-1", cannot={"isolate_endpoint": "nftables is not installed"})
    worked.house.inventory.seen(GUID, at_ms=5, connected=False, facts=facts_)
    return worked


def offered(house: Running, role: Role, kind: str, endpoint: str = "") -> dict[str, tuple[bool, str]]:
    reply = house.person(role).get(PATH, params={"objectType": kind, "endpoint": endpoint})
    page = ActionList.model_validate(reply.json())
    return {one.name: (one.allowed, one.why.en if one.why else "") for one in page.items}


@pytest.mark.parametrize("kind", sorted(OFFERED))
def test_each_kind_of_object_has_its_own_actions_and_none_is_internal(house: Running, kind: str) -> None:
    found = offered(house, Role.ADMINISTRATOR, kind)
    internal = {action.name for action in ACTIONS if action.is_internal}
    assert set(found) == set(OFFERED[kind]) & {action.name for action in ACTIONS}
    assert not set(found) & internal
    assert all(allowed for allowed, _ in found.values())


@pytest.mark.parametrize("kind", sorted(OFFERED))
def test_an_analyst_sees_them_and_may_ask_for_none(house: Running, kind: str) -> None:
    assert all(not allowed and why for allowed, why in offered(house, Role.ANALYST, kind).values())


def test_what_the_host_cannot_do_says_why(house: Running) -> None:
    found = offered(house, Role.SENIOR_ANALYST, "host", GUID)
    assert found["isolate_endpoint"] == (False, "offer-1 cannot do this: nftables is not installed")
    assert found["collect_file"] == (True, "")  # away, so that it waits
    if "remote_shell" in found:
        assert found["remote_shell"] == (False, "The endpoint is offline.")


def test_the_approval_policy_is_shown_with_the_action_and_set_by_administrators(house: Running) -> None:
    path, person = "/console/api/response/approval-policy", house.person(Role.ADMINISTRATOR)
    wanted = {"rules": [{"action": "isolate_endpoint", "group": "", "needs": True}], "fourEyesShell": False}
    assert house.person(Role.SENIOR_ANALYST).put(path, json=wanted).status_code == 403
    assert person.put(path, json=wanted).json() == wanted
    rows = person.get(PATH, params={"objectType": "host"}).json()["items"]
    assert {row["name"]: row["needsApproval"] for row in rows}["isolate_endpoint"] is True
    assert person.put(path, json={"rules": [], "fourEyesShell": False}).status_code == 200
    assert person.put(path, json={"rules": [{"action": "nothing"}]}).status_code == 400


@pytest.mark.parametrize("language", ["en", "ja"])
def test_the_console_calls_each_action_by_its_title(language: str) -> None:
    """Lists and "take back" name actions without asking the server for them."""
    words = orjson.loads((CONSOLE / "locales" / f"{language}.json").read_bytes())["action_name"]
    titles = {action.name: getattr(action.title, language) for action in ACTIONS}
    assert words == {name: titles.get(name) for name in words}
