from collections.abc import Iterator

import pytest

from hinomi.app.local_server import LocalServer
from hinomi.app.responding import RespondingDesk, _FolderDesk, _ServerDesk, read_target, wait_for
from hinomi.errors import InputError, NotFound
from hinomi.response.approvals import ApprovalPolicy, ApprovalRule
from hinomi.response.scripts import Draft
from hinomi.schema.principal import COMMAND_LINE, Role
from tests.api.house import PASSWORD, Running, running
from tests.make_endpoints import facts

A = "aaaaaaaa-0000-4000-8000-000000000001"


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with running(tmp_path_factory.mktemp("house")) as found:
        yield found


@pytest.fixture(params=["folder", "server"])
def desk(house: Running, request: pytest.FixtureRequest) -> RespondingDesk:
    """Both ways on the same tasks: what one does the other must show."""
    house.house.inventory.seen(A, at_ms=5, facts=facts("web-1"))
    if request.param == "folder":
        return _FolderDesk(house.house.response)
    return _ServerDesk(LocalServer(house.url, house.key_value(Role.ADMINISTRATOR)))


def test_both_ways_ask_show_cancel_and_list_the_same(house: Running, desk: RespondingDesk) -> None:
    target = read_target("collect_file", "WEB-1")
    made = desk.ask("collect_file", target, {"path": "/tmp/x"}, "look at it", 600)
    assert (made["state"], made["target"]["name"], made["source"]) == ("queued", "web-1", "command-line")
    other = _FolderDesk(house.house.response)
    assert desk.task(made["id"])["steps"] == other.task(made["id"])["steps"]
    with pytest.raises(InputError if isinstance(desk, _ServerDesk) else Exception, match="same task"):
        desk.ask("collect_file", target, {"path": "/tmp/x"}, "", 600)
    assert made["id"] in [row["id"] for row in desk.tasks(["queued"], "web-1")]
    assert desk.cancel(made["id"])["state"] == "cancelled"
    assert wait_for(desk, made["id"], 5)["state"] == "cancelled"
    with pytest.raises(NotFound):
        desk.task("99999999")


def test_a_task_that_does_not_end_is_waited_for_only_so_long(desk: RespondingDesk) -> None:
    made = desk.ask("isolate_endpoint", read_target("isolate_endpoint", A), {}, "", 600)
    assert wait_for(desk, made["id"], 0)["state"] == "queued"
    desk.cancel(made["id"])


def test_both_ways_keep_the_block_list_and_the_scripts(desk: RespondingDesk) -> None:
    assert desk.import_csv(b"type,value\ndomain,bad.example\nip,none\n") == {
        "added": 1, "errors": [{"line": 3, "en": "value: one IP address, no network",
                                "ja": "value: IP アドレスを 1 つ指定してください (ネットワークは不可)"}],
    }  # fmt: skip
    assert [row["value"] for row in desk.block_list()["items"]] == ["bad.example"]
    assert "bad.example CNAME ." in desk.export("rpz")
    desk.save_script(Draft("who.sh", "bash", "id\n"))
    row = desk.save_script(Draft("who.sh", "bash", "whoami\n"))
    assert ([one["name"] for one in desk.scripts()], desk.script("who.sh")["text"]) == (["who.sh"], "whoami\n")
    assert desk.script(row["id"])["signed"] is True
    desk.remove_script("who.sh")
    assert desk.scripts() == []


def test_a_person_approves_with_their_own_password_and_the_key_does_not(house: Running) -> None:
    house.house.response.approvals.set_policy(COMMAND_LINE, ApprovalPolicy((ApprovalRule("scan"),)))
    house.house.inventory.seen(A, at_ms=5, facts=facts("web-1"))
    house.house.access.users.create(COMMAND_LINE, "kenji", Role.SENIOR_ANALYST, PASSWORD)
    desk = _ServerDesk(LocalServer(house.url, house.key_value(Role.ADMINISTRATOR)))
    made = desk.ask("scan", read_target("scan", A), {"kind": "quick"}, "", 600)
    assert made["state"] == "pending_approval"
    for user, password in (("", PASSWORD), ("kenji", "wrong")):
        with pytest.raises(InputError):
            desk.decide(made["id"], None, user, lambda password=password: password)  # type: ignore[misc]
    assert desk.decide(made["id"], None, "kenji", lambda: PASSWORD)["state"] == "queued"
    desk.cancel(made["id"])
    second = desk.ask("scan", read_target("scan", A), {"kind": "full"}, "", 600)
    assert desk.decide(second["id"], "not now", "kenji", lambda: PASSWORD)["state"] == "rejected"


def test_an_action_nobody_knows_is_told_with_those_there_are() -> None:
    with pytest.raises(InputError, match="isolate_endpoint"):
        read_target("explode", "web-1")
