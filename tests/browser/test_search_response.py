"""From a row of Search to a task: the context menu of a value, the dialog, Response Management. A real server; the test says what a sensor would."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from hinomi.api.server import create_app
from hinomi.schema.principal import COMMAND_LINE, Role
from hinomi.schema.task import TaskState
from tests import make
from tests.api.house import PASSWORD, Running, running, served
from tests.browser.conftest import BUILT, House, logged_in
from tests.browser.test_response_screens import worked
from tests.browser.words import Words
from tests.make_endpoints import facts

pytestmark = pytest.mark.browser

Opens = Callable[..., Page]
LANGUAGES = pytest.mark.parametrize("language", ["en", "ja"])
GUID = "cccccccc-0000-4000-8000-000000000003"
COLUMNS = "endpointHostName,processUser,processFilePath,objectFilePath,objectFileHashSha1,dst,hostName,objectIps"
HOST = "PC-SEARCH"


@pytest.fixture(scope="module")
def rooms(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with running(tmp_path_factory.mktemp("search-response")) as found:
        seen = facts(HOST, type="desktop", actions=("isolate_endpoint",))
        found.house.inventory.seen(GUID, at_ms=found.api.now_ms(), connected=True, facts=seen)
        image, sum_ = r"C:\Users\u\bad.exe", "SHA1=3395856CE81F2B7382DEE72602F798B642F14140"
        told = {"computer": HOST, "User": r"CORP\ann", "ProcessId": 7000, "Image": image}
        start = make.record(1, record_id=1, CommandLine="bad.exe -q", Hashes=sum_, ParentProcessId=4, **told)
        talk = make.record(3, record_id=2, DestinationIp="203.0.113.9", DestinationPort=443, Initiated="true", Protocol="tcp", **told)  # fmt: skip
        asked = make.record(22, record_id=3, QueryName="bad.example", QueryStatus=0, QueryResults="::ffff:203.0.113.10;::ffff:203.0.113.11;", **told)  # fmt: skip
        found.house.append(make.record_batch(start, talk, asked))
        found.house.pipeline.drain()
        yield found


@pytest.fixture(scope="module")
def house(rooms: Running) -> Iterator[House]:
    rooms.house.access.users.create(COMMAND_LINE, "hanako", Role.ADMINISTRATOR, PASSWORD)
    with served(create_app(replace(rooms.api, console=BUILT.parent))) as url:
        yield House(url, "hanako", PASSWORD)


@pytest.fixture(scope="module")
def session(browser: Browser, house: House) -> Any:
    return logged_in(browser, house)


def menu_of(seen: Page, value: str, kind: str) -> Locator:
    """The context menu of a value that stands in a row."""
    seen.keyboard.press("Escape")
    seen.locator(f"tbody tr[data-key] .object-value[data-object={kind}]", has_text=value).first.click(button="right")
    menu = seen.get_by_test_id("object-menu")
    expect(menu.locator(".object-menu-value")).to_have_text(value)
    return menu


def search(page: Opens, language: str) -> Page:
    return page(f"/search?range=all&query=endpointHostName: {HOST}&columns={COLUMNS}", language=language)


@LANGUAGES
def test_each_kind_of_value_offers_what_can_be_done_with_it(page: Opens, language: str) -> None:
    say, seen = Words(language), search(page, language)
    for value, kind, action in (
        (HOST, "host", "isolate_endpoint"),
        ("ann", "account", "disable_account"),
        (r"C:\Users\u\bad.exe", "process", "terminate_process"),
        (r"C:\Users\u\bad.exe", "file", "collect_file"),
        ("3395856ce81f2b7382dee72602f798b642f14140", "hash", "block_object"),
        ("203.0.113.9", "address", "block_object"),
        ("bad.example", "domain", "block_object"),
        ("203.0.113.11", "address", "block_object"),
    ):
        menu = menu_of(seen, value, kind)
        expect(menu.get_by_role("menuitem", name=say(f"action_name.{action}")).first).to_be_visible()


@LANGUAGES
def test_a_host_of_a_row_is_isolated_and_the_task_stands_in_response_management(
    page: Opens, rooms: Running, language: str
) -> None:
    say, seen = Words(language), search(page, language)
    menu_of(seen, HOST, "host").get_by_role("menuitem", name=say("action_name.isolate_endpoint")).click()
    dialog = seen.get_by_role("dialog")
    expect(dialog.get_by_test_id("target")).to_contain_text(HOST)
    dialog.get_by_role("checkbox").check()
    dialog.get_by_role("button", name=say("respond.create"), exact=True).click()
    expect(dialog).to_have_count(0)
    seen.goto("/response")
    row = seen.get_by_role("table", name=say("nav.response")).get_by_role("row").filter(has_text=HOST).first
    expect(row).to_contain_text(say("action_name.isolate_endpoint"))
    expect(row).to_contain_text(say("taskState.queued"))
    tasks = rooms.house.response.tasks
    (task,) = tasks.waiting(GUID)
    assert (task.action, task.source, task.state) == ("isolate_endpoint", "search", TaskState.QUEUED)
    tasks.cancel(COMMAND_LINE, task.id)


@LANGUAGES
def test_an_address_of_a_row_is_put_on_the_block_list(page: Opens, rooms: Running, language: str) -> None:
    say, seen = Words(language), search(page, language)
    value = {"en": "203.0.113.9", "ja": "203.0.113.11"}[language]  # the second is one of several that a name has
    menu_of(seen, value, "address").get_by_role("menuitem", name=say("action_name.block_object")).click()
    dialog = seen.get_by_role("dialog")
    dialog.get_by_role("button", name=say("respond.create"), exact=True).click()
    expect(dialog).to_have_count(0)
    worked(rooms)
    seen.goto("/response")
    row = seen.get_by_role("table", name=say("nav.response")).get_by_role("row").filter(has_text=value).first
    expect(row).to_contain_text(say("action_name.block_object"))
    assert value in {one.value for one in rooms.house.response.block_list.all() if one.type == "ip"}
    seen.goto("/block-list")
    listed = seen.get_by_role("table", name=say("nav.blockList")).get_by_role("row").filter(has_text=value)
    expect(listed).to_contain_text(say("enforcement.waiting"))
