"""What stands beside the tasks, each driven as a person would: messages, accounts, live shells, exceptions, findings, undo.

The server is real and its rooms are at hand, so that the test can say what a sensor would: here none runs.
"""

import hashlib
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from hinomi.api.server import create_app
from hinomi.response.actions import BY_NAME
from hinomi.response.block_list import APPLY
from hinomi.response.life import SERVER
from hinomi.response.shell_store import ShellPolicy
from hinomi.schema.principal import COMMAND_LINE, Role
from hinomi.schema.task import Target, TargetKind
from tests.api.house import PASSWORD, Running, running, served
from tests.browser.conftest import BUILT, House, logged_in
from tests.browser.words import Words
from tests.make_endpoints import facts
from tests.make_mail import ID, SAMPLE, deliver, letter, maildir
from tests.make_shell import Endpoint

pytestmark = pytest.mark.browser

Opens = Callable[..., Page]
GUID = "dddddddd-0000-4000-8000-0000000000{:02d}"
DIGEST = hashlib.sha256(SAMPLE).hexdigest()


@pytest.fixture(scope="module")
def rooms(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with running(tmp_path_factory.mktemp("screens")) as found:
        for number, name in ((3, "PC-3"), (4, "PC-4"), (7, "PC-5"), (8, "PC-5")):
            seen = facts(name, type="desktop")
            found.house.inventory.seen(GUID.format(number), at_ms=found.api.now_ms(), connected=True, facts=seen)
        yield found


@pytest.fixture(scope="module")
def house(rooms: Running) -> Iterator[House]:
    for name, role in (("hanako", Role.ADMINISTRATOR), ("jiro", Role.SENIOR_ANALYST)):
        rooms.house.access.users.create(COMMAND_LINE, name, role, PASSWORD)
    with served(create_app(replace(rooms.api, console=BUILT.parent))) as url:
        yield House(url, "hanako", PASSWORD)


@pytest.fixture(scope="module")
def session(browser: Browser, house: House) -> Any:
    return logged_in(browser, house)


def worked(rooms: Running) -> None:
    """What the server's own threads would do: carry what it carries itself, and prove it."""
    desk = rooms.house.response
    desk.carry()
    desk.verification.work()
    desk.verification.settle()


def created(page: Page, rooms: Running, state: str) -> None:
    """The open dialog's task, worked on and opened."""
    page.get_by_role("dialog").locator("button[type=submit]").click()
    page.get_by_role("button", name=re.compile("^Open the task|^タスクを開く")).click()
    worked(rooms)
    expect(page.get_by_test_id("task-bar").locator("[data-state]")).to_have_text(state)


@pytest.mark.parametrize("language", ["en", "ja"])
def test_every_copy_of_a_message_is_taken_away_and_put_back(
    page: Opens, rooms: Running, tmp_path: Path, language: str
) -> None:
    words = {
        "en": ("Messages", "Copies of the message", "In the mailbox", "Quarantine message", "In quarantine", "Verified", "Take back"),
        "ja": ("メッセージ検索", "メッセージのコピー", "メールボックス内", "メッセージの隔離", "隔離済み", "検証済み", "元に戻す"),
    }[language]  # fmt: skip
    for name in ("anna", "ben"):
        deliver(maildir(tmp_path, name), letter(to=f"{name}@example.com"))
    connectors = rooms.house.post_office.connectors
    connectors.add(COMMAND_LINE, f"post-{language}", "maildir", {"root": str(tmp_path)}, {})
    try:
        seen = page("/messages", language=language)
        seen.get_by_role("searchbox").or_(seen.get_by_role("textbox")).last.fill(DIGEST)
        seen.keyboard.press("Enter")
        table = seen.get_by_role("table", name=words[1])
        expect(table.get_by_text(words[2])).to_have_count(2)
        expect(table).to_contain_text("請求書のご確認")
        seen.get_by_role("button", name=re.compile(words[3])).click()
        created(seen, rooms, words[5])
        expect(table.get_by_text(words[4])).to_have_count(2)
        assert not [*tmp_path.glob("*/cur/*")]
        seen.get_by_role("button", name=re.compile(words[6])).click()
        seen.get_by_role("dialog").get_by_role("button", name=re.compile(words[6])).click()
        expect(seen.get_by_role("status").last).to_be_visible()
        worked(rooms)
        assert len([*tmp_path.glob("*/cur/*")]) == 2
        seen.goto(f"/messages?find={ID.strip('<>')}")
        expect(table.get_by_text(words[2])).to_have_count(2)
    finally:
        connectors.remove(COMMAND_LINE, f"post-{language}")


def test_messages_say_what_is_missing(page: Opens) -> None:
    seen = page("/messages")
    expect(seen.get_by_test_id("empty")).to_contain_text("No mail server is connected")
    seen.get_by_role("link", name="Connectors").last.click()
    expect(seen).to_have_url(re.compile("/administration/connectors"))


def test_another_persons_shell_is_watched_live(
    page: Opens, open_page: Opens, rooms: Running, browser: Browser, house: House
) -> None:
    shells = rooms.house.shells
    shells.set_policy(COMMAND_LINE, ShellPolicy(watch=True))
    endpoint = Endpoint(shells, GUID.format(4))
    hanako = page("/response")
    asked = hanako.request.post(
        "/console/api/shells",
        data={"endpoint": GUID.format(4), "reason": "look round"},
        headers={"X-CSRF-Token": hanako.request.get("/console/api/session").json()["csrf"]},
    )
    task = asked.json()["taskId"]
    endpoint.run(rooms.house.response.tasks.get(task).parameters)
    hanako.goto(f"/response/shell/{task}")
    expect(hanako.get_by_test_id("shell-people")).to_contain_text("Keys count only while a second person looks on")
    jiro = open_page("/response/shells", state=logged_in(browser, House(house.url, "jiro", PASSWORD)))
    expect(jiro.locator(".content-tab[aria-current=page]")).to_have_text("Remote shells")
    row = jiro.get_by_role("row").filter(has_text="look round")
    expect(row).to_contain_text("hanako")
    row.get_by_role("link", name="Look on").click()
    expect(jiro.get_by_test_id("shell-people")).to_contain_text("You look on; only who asked for it may type.")
    expect(hanako.get_by_test_id("shell-people")).to_contain_text("Looking on: jiro")
    hanako.get_by_test_id("terminal").click()
    hanako.keyboard.type("echo hinomi-$((40+2))\n")
    expect(jiro.get_by_test_id("terminal").locator(".xterm-rows")).to_contain_text("hinomi-42")
    jiro.get_by_role("button", name="End the shell").click()
    expect(hanako.get_by_text("The shell has ended.")).to_be_visible()
    endpoint.join()
    shells.set_policy(COMMAND_LINE, ShellPolicy())


@pytest.mark.parametrize("language", ["en", "ja"])
def test_the_shell_policy_is_set(page: Opens, rooms: Running, language: str) -> None:
    words = {"en": ("Remote shells", "Ends after minutes without a key", "Save the shell policy", "second person looks on", "Shell policy saved"), "ja": ("リモートシェル", "無操作で終了するまで (分)", "シェルのポリシーを保存", "もう一人が立ち会って", "シェルのポリシーを保存しました")}[language]  # fmt: skip
    seen = page("/response/policy", language=language)
    panel = seen.get_by_role("region", name=words[0])
    panel.get_by_label(words[1]).fill("5")
    panel.get_by_label(re.compile(words[3])).check()
    panel.get_by_role("button", name=words[2]).click()
    expect(seen.get_by_role("status").filter(has_text=words[4])).to_be_visible()
    assert rooms.house.shells.policy() == ShellPolicy(idle_s=300, watch=True)
    rooms.house.shells.set_policy(COMMAND_LINE, ShellPolicy())


@pytest.mark.parametrize("language", ["en", "ja"])
def test_a_value_is_never_blocked(page: Opens, rooms: Running, language: str) -> None:
    words = {"en": ("Never blocked", "Add an exception", "Value", "Reason", "Domain", "Remove"), "ja": ("ブロックの例外", "例外を追加", "値", "理由", "ドメイン", "解除")}[language]  # fmt: skip
    value = f"mail.{language}.example"
    seen = page("/block-list", language=language)
    seen.get_by_role("link", name=words[0]).click()
    seen.get_by_role("button", name=words[1]).click()
    dialog = seen.get_by_role("dialog")
    dialog.get_by_label(words[2]).fill(value)
    expect(dialog).to_contain_text(words[4])
    dialog.get_by_label(words[3]).fill("our own")
    dialog.get_by_role("button", name=words[1]).click()
    row = seen.get_by_role("row").filter(has_text=value)
    expect(row).to_contain_text("our own")
    assert value in {one["value"] for one in rooms.house.response.block_list.exceptions()}
    row.get_by_role("button", name=words[5]).click()
    seen.get_by_role("dialog").get_by_role("button", name=words[5]).click()
    expect(row).to_have_count(0)


@pytest.mark.parametrize("language", ["en", "ja"])
def test_it_is_told_where_an_entry_is_enforced_and_why_not_elsewhere(
    page: Opens, rooms: Running, language: str
) -> None:
    say = Words(language)
    value = f"198.51.100.{31 if language == 'en' else 32}"
    desk, reason = rooms.house.response, "nft is not installed (package nftables)"
    desk.block_list.add(COMMAND_LINE, [{"type": "ip", "value": value}])
    for number, word, why in ((3, "blocked", {}), (4, "unsupported", {"ip": reason})):
        guid = GUID.format(number)
        parameters = desk.block_list.sent()[0]
        task = desk.tasks.ask(SERVER, APPLY, Target(TargetKind.ENDPOINT, guid), parameters)
        assert desk.tasks.handed_out(task.id)
        told = {"version": parameters["version"], "enforced": {"ip": word}, "reasons": why}
        desk.tasks.finished(desk.tasks.command_id(task.id), guid, told)
    seen = page("/block-list", language=language)
    row = seen.get_by_role("row").filter(has_text=value)
    expect(row).to_contain_text(say("enforcement.partly"))
    expect(row).to_contain_text("1 / 4")
    row.get_by_role("button", name=say("blockList.where.open", value=value)).click()
    panel = seen.get_by_role("complementary", name=say("blockList.where.title"))
    place = panel.get_by_role("region", name=say("blockList.where.endpoints", platform="Linux"))
    expect(place).to_contain_text(say("blockList.where.count", enforced="1", total="4"))
    expect(place).to_contain_text(reason if language == "en" else "nft がインストールされていません")
    place.get_by_text(re.compile(f"^{say('enforcement.notEnforced')} 1$")).click()
    expect(place.get_by_role("link", name="PC-4")).to_be_visible()
    proxy = panel.get_by_role("region", name=say("blockList.where.export", format=say("blockFormat.proxy")))
    expect(proxy).to_contain_text(say("enforcement.notEnforced"))
    desk.block_list.handed_on("proxy")
    seen.reload()
    expect(proxy).to_contain_text(say("enforcement.handedOn"))
    row.get_by_role("button", name=say("action.remove")).click()
    seen.get_by_role("dialog").get_by_role("button", name=say("action.remove")).click()
    expect(panel).to_have_count(0)


def test_a_blocked_address_is_taken_back(page: Opens, rooms: Running) -> None:
    rooms.house.response.block_list.add(COMMAND_LINE, [{"type": "ip", "value": "198.51.100.9"}], source="test")
    seen = page("/block-list")
    row = seen.get_by_role("row").filter(has_text="198.51.100.9")
    row.locator(".object-value").click(button="right")
    seen.get_by_test_id("object-menu").get_by_role("menuitem", name="Remove from block list").click()
    created(seen, rooms, "Not verified")
    assert "198.51.100.9" not in {one.value for one in rooms.house.response.block_list.all()}


def found(rooms: Running, action: str, parameters: dict[str, Any], result: dict[str, Any]) -> str:
    """A finished task of an endpoint, as the gateway would tell it; its id."""
    desk, guid = rooms.house.response, GUID.format(4)
    task = desk.tasks.ask(COMMAND_LINE, action, Target(TargetKind.ENDPOINT, guid), parameters)
    command = desk.tasks.command_id(task.id)
    assert desk.tasks.handed_out(task.id)
    desk.tasks.received(command, guid, rooms.api.now_ms())
    desk.tasks.executing(command, guid, rooms.api.now_ms())
    desk.tasks.finished(command, guid, result)
    worked(rooms)
    return task.id


@pytest.mark.parametrize("language", ["en", "ja"])
def test_what_a_scan_found_can_be_acted_upon(page: Opens, rooms: Running, language: str) -> None:
    path = f"/opt/{language}/tool"
    match = {"path": path, "sha1": "1" * 40, "sha256": "2" * 64, "size_bytes": 9, "pattern": "bad_tool", "kind": "yara"}
    result = {"files": 9, "bytes": 99, "seconds": 1, "errors": 0, "pattern_version": 0, "matches": [match]}
    id_ = found(rooms, "scan", {"kind": "full"}, result)
    seen = page(f"/response/tasks/{id_}", language=language)
    table = seen.get_by_test_id("found")
    expect(table).to_contain_text("bad_tool")
    table.locator("[data-object=file]").click(button="right")
    menu = seen.get_by_test_id("object-menu")
    menu.get_by_role("menuitem", name={"en": "Collect file", "ja": "ファイルの収集"}[language]).click()
    dialog = seen.get_by_role("dialog")
    expect(dialog.get_by_test_id("target")).to_contain_text("PC-4")
    expect(dialog.locator("input").first).to_have_value(path)


def test_yara_rules_that_found_nothing_say_so(page: Opens, rooms: Running) -> None:
    rules = "rule nothing { condition: false }"
    given = {"rules": rules, "target": "file", "path": "/tmp"}
    id_ = found(rooms, "run_yara", given, {"files": 3, "seconds": 0.1, "errors": 0, "matches": []})
    seen = page(f"/response/tasks/{id_}")
    expect(seen.get_by_text("Nothing was found.")).to_be_visible()


def test_of_two_hosts_with_one_name_the_person_chooses(page: Opens, rooms: Running) -> None:
    """The alert's source knows the host by its name only, and two endpoints have it."""
    seen = page(f"/workbench/alerts/{rooms.alert_of('PC-5')}")
    seen.locator(".three .entity [data-object=host]").click(button="right")
    seen.get_by_test_id("object-menu").get_by_role("menuitem", name="Isolate endpoint").click()
    dialog = seen.get_by_role("dialog")
    expect(dialog.get_by_role("alert")).to_contain_text("Several endpoints are called PC-5")
    dialog.get_by_role("checkbox").check()
    expect(dialog.get_by_role("button", name="Create")).to_be_disabled()
    dialog.get_by_label("Endpoints").click()
    seen.get_by_role("option", name="PC-5 (192.0.2.10)").nth(1).click()
    expect(dialog.get_by_test_id("target").locator("dl")).to_have_count(1)
    seen.keyboard.press("Escape")
    expect(dialog.get_by_role("button", name="Create")).to_be_enabled()


@pytest.mark.parametrize("language", ["en", "ja"])
def test_an_account_of_a_directory_is_disabled(page: Opens, rooms: Running, language: str) -> None:
    words = {
        "en": ("Directories (LDAP, Active Directory)", "Add", "Name", "Host", "Base DN", "Bind DN", "Password", "Disable account", "Where the account lives"),
        "ja": ("ディレクトリ (LDAP / Active Directory)", "追加", "名前", "ホスト", "ベース DN", "バインド DN", "パスワード", "アカウントの無効化", "アカウントの所在"),
    }[language]  # fmt: skip
    name = f"corp-{language}"
    seen = page("/administration/connectors", language=language)
    panel = seen.get_by_role("region", name=words[0])
    panel.get_by_role("button", name=words[1]).click()
    dialog = seen.get_by_role("dialog", name=words[0])
    dialog.get_by_text("OpenLDAP").click()
    values = (name, "ldap.example", "dc=example", "cn=hinomi,dc=example", "secret")
    for label, value in zip(words[2:7], values, strict=True):
        dialog.get_by_label(label, exact=False).first.fill(value)
    dialog.get_by_role("button", name=words[1]).click()
    expect(panel.get_by_role("row").filter(has_text=name)).to_contain_text("ldap.example")
    seen.goto("/endpoints")
    row = seen.get_by_role("row").filter(has_text="PC-4")
    row.locator("[data-object=account]").click(button="right")
    seen.get_by_test_id("object-menu").get_by_role("menuitem", name=words[7]).click()
    dialog = seen.get_by_role("dialog")
    expect(dialog.locator('input[value="hanako"]')).to_have_count(1)  # which account is asked once
    dialog.get_by_label(words[8]).click()
    seen.get_by_role("option", name=name).click()
    dialog.get_by_role("checkbox").check()
    dialog.locator("button[type=submit]").click()
    seen.get_by_role("button", name=re.compile("^Open the task|^タスクを開く")).click()
    expect(seen.locator("body")).to_contain_text(f"ldap:{name}")
    rooms.house.directories.remove(COMMAND_LINE, name)


@pytest.mark.parametrize("language", ["en", "ja"])
def test_what_was_never_run_on_windows_is_marked_before_it_is_asked_for(
    page: Opens, rooms: Running, language: str
) -> None:
    say, guid = Words(language), GUID.format(10)
    windows = {"os_platform": "windows", "os_name": "Windows 11", "untested": ("isolate_endpoint",)}
    told = facts("win-1", actions=("isolate_endpoint", "collect_evidence"), **windows)
    rooms.house.inventory.seen(guid, at_ms=rooms.api.now_ms(), connected=True, facts=told)
    seen = page(f"/endpoints/{guid}", language=language)
    mark = say("endpoints.untested").partition("{{")[0]
    expect(seen.get_by_role("note").filter(has_text=mark)).to_have_count(1)
    seen.goto("/endpoints")
    for action, marks in (("isolate_endpoint", 1), ("collect_evidence", 0)):
        seen.get_by_role("row").filter(has_text="win-1").locator("[data-object=host]").first.click(button="right")
        title = getattr(BY_NAME[action].title, language)
        seen.get_by_test_id("object-menu").get_by_role("menuitem", name=title).click()
        dialog = seen.get_by_role("dialog")
        expect(dialog.get_by_test_id("target")).to_contain_text("win-1")
        expect(dialog.get_by_test_id("untested")).to_have_count(marks)
        if marks:
            expect(dialog.get_by_test_id("untested")).to_contain_text(say("respond.untested", names="win-1"))
            expect(dialog.get_by_test_id("untested")).to_contain_text(say("respond.untestedHelp"))
        seen.keyboard.press("Escape")
        expect(dialog).to_have_count(0)


def test_an_endpoint_is_revoked_and_removed(page: Opens, rooms: Running) -> None:
    guid = GUID.format(9)
    rooms.house.inventory.seen(guid, at_ms=rooms.api.now_ms(), connected=False, facts=facts("old-pc"))
    seen = page(f"/endpoints/{guid}")
    for verb in ("Revoke", "Remove"):
        seen.get_by_role("button", name="More").click()
        seen.get_by_role("menuitem", name=re.compile(verb)).click()
        seen.get_by_role("dialog").get_by_role("button", name=re.compile(verb)).click()
        expect(seen.get_by_role("dialog")).to_have_count(0)
    expect(seen).to_have_url(re.compile("/endpoints$"))
    expect(seen.get_by_role("row").filter(has_text="old-pc")).to_have_count(0)


def test_a_detection_row_offers_its_process_to_response(page: Opens) -> None:
    seen = page("/detections?range=all")
    seen.get_by_role("row").filter(has_text="PC-3").locator("[data-object=host]").first.click(button="right")
    menu = seen.get_by_test_id("object-menu")
    expect(menu.get_by_role("menuitem", name="Isolate endpoint")).to_be_enabled()
