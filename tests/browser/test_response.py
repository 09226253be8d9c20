"""Response in the browser, in both languages: from a host in an alert to the task, its file, approvals, lists and roles.

The server is real and its rooms are at hand, so that the test can say what a sensor would: here none runs.
"""

import hashlib
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from playwright.sync_api import Browser, Locator, Page, expect

from hinomi.api.server import create_app
from hinomi.schema.principal import COMMAND_LINE, Role
from hinomi.schema.task import Target, TargetKind
from hinomi.wire.message import UpdateOutcome
from hinomi.wire.update import sign_package
from tests.api.house import PASSWORD, Running, running, served
from tests.browser.conftest import BUILT, House, logged_in
from tests.browser.test_pictures import keep
from tests.make_endpoints import facts
from tests.make_package import small_package

pytestmark = pytest.mark.browser

Opens = Callable[..., Page]
GUID = "eeeeeeee-0000-4000-8000-0000000000{:02d}"
WORDS = {
    "en": {
        "menu": "RESPONSE", "isolate": "Isolate endpoint", "title": "Isolate Endpoint Task", "create": "Create", "cancel": "Cancel",
        "sure": re.compile("Yes: Isolate"), "offline": "PC-3 is offline", "open": "Open the task", "queued": "Queued",
        "office": "Office / Dep", "cancel_task": "Cancel the task", "cancelled": "Cancelled",
    },
    "ja": {
        "menu": "レスポンス", "isolate": "エンドポイントの隔離", "title": "エンドポイントの隔離タスク", "create": "作成", "cancel": "キャンセル",
        "sure": re.compile("はい、1 件の対象に"), "offline": "PC-3 はオフライン", "open": "タスクを開く", "queued": "待機中",
        "office": "オフィス / 部署", "cancel_task": "タスクを取り消す", "cancelled": "取り消し",
    },
}  # fmt: skip


@pytest.fixture(scope="module")
def rooms(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with running(tmp_path_factory.mktemp("responding")) as found:
        inventory = found.house.inventory
        inventory.seen(GUID.format(3), at_ms=found.api.now_ms(), connected=False, facts=facts("PC-3", type="desktop"))
        cannot = {"isolate_endpoint": "nftables is not installed"}
        inventory.seen(GUID.format(4), at_ms=found.api.now_ms(), connected=True, facts=facts("PC-4", cannot=cannot))
        found.house.endpoints.set_group(COMMAND_LINE, GUID.format(3), "Sales")
        yield found


@pytest.fixture(scope="module")
def house(rooms: Running) -> Iterator[House]:
    """The same rooms with the console before them."""
    for name, role in (("hanako", Role.ADMINISTRATOR), ("jiro", Role.SENIOR_ANALYST), ("aki", Role.ANALYST)):
        rooms.house.access.users.create(COMMAND_LINE, name, role, PASSWORD)
    with served(create_app(replace(rooms.api, console=BUILT.parent))) as url:
        yield House(url, "hanako", PASSWORD)


@pytest.fixture(scope="module")
def session(browser: Browser, house: House) -> Any:
    return logged_in(browser, house)


def session_of(browser: Browser, house: House, name: str) -> Any:
    return logged_in(browser, House(house.url, name, PASSWORD))


def open_menu(page: Page, rooms: Running, number: int) -> Locator:
    page.goto(f"/workbench/alerts/{rooms.alert_of(f'PC-{number}')}")
    page.locator(".three .object-value", has_text=f"PC-{number}").first.click(button="right")
    menu = page.get_by_test_id("object-menu")
    expect(menu.get_by_role("menuitem").first).to_be_visible()
    return menu


@pytest.mark.parametrize("language", ["en", "ja"])
def test_a_host_is_isolated_from_its_alert(page: Opens, rooms: Running, language: str) -> None:
    words: dict[str, Any] = WORDS[language]
    seen = page("/workbench", language=language)
    menu = open_menu(seen, rooms, 3)
    expect(menu.get_by_text(words["menu"], exact=True)).to_be_visible()
    menu.get_by_role("menuitem", name=words["isolate"]).click()
    dialog = seen.get_by_role("dialog", name=words["title"])
    target = dialog.get_by_test_id("target")
    expect(target).to_contain_text("PC-3 (192.0.2.10")
    expect(target).to_contain_text("Debian GNU/Linux 12")
    expect(target).to_contain_text(words["office"])
    expect(target).to_contain_text("Sales")
    expect(dialog.get_by_test_id("offline")).to_contain_text(words["offline"])
    create = dialog.get_by_role("button", name=words["create"])
    expect(create).to_be_disabled()
    dialog.get_by_role("button", name=words["cancel"]).click()
    expect(dialog).to_be_hidden()
    assert rooms.house.response.tasks.living([GUID.format(3)]) == {}

    menu = open_menu(seen, rooms, 3)
    menu.get_by_role("menuitem", name=words["isolate"]).click()
    dialog.get_by_label(words["sure"]).check()
    create.click()
    seen.get_by_role("button", name=words["open"]).click()
    expect(seen.get_by_test_id("task-bar").locator("[data-state]")).to_have_text(words["queued"])
    expect(seen.get_by_role("link", name=rooms.alert_of("PC-3"))).to_be_visible()
    seen.get_by_role("button", name=words["cancel_task"]).click()
    seen.get_by_role("dialog").get_by_role("button", name=words["cancel_task"]).click()
    expect(seen.get_by_test_id("task-bar").locator("[data-state]")).to_have_text(words["cancelled"])


def test_what_cannot_be_done_says_why(
    page: Opens, rooms: Running, open_page: Opens, browser: Browser, house: House
) -> None:
    seen = page("/workbench")
    item = open_menu(seen, rooms, 4).get_by_role("menuitem", name="Isolate endpoint")
    expect(item).to_be_disabled()
    expect(item).to_contain_text("nftables is not installed")
    item = open_menu(seen, rooms, 5).get_by_role("menuitem", name="Isolate endpoint")
    expect(item).to_contain_text("No sensor on this host")
    analyst = open_page("/workbench", state=session_of(browser, house, "aki"))
    item = open_menu(analyst, rooms, 3).get_by_role("menuitem", name="Isolate endpoint")
    expect(item).to_be_disabled()
    expect(item).to_contain_text("Your role does not allow this")


def brought(rooms: Running, path: str, data: bytes) -> str:
    """A task whose file has come, as the gateway would tell it; its id."""
    desk, guid = rooms.house.response, GUID.format(3)
    task = desk.tasks.ask(COMMAND_LINE, "collect_file", Target(TargetKind.ENDPOINT, guid), {"path": path})
    command = desk.tasks.command_id(task.id)
    assert desk.tasks.handed_out(task.id)
    desk.tasks.received(command, guid, rooms.api.now_ms())
    desk.tasks.executing(command, guid, rooms.api.now_ms())
    rooms.api.files.begin(command, sensor=guid, name="sample.zip")
    rooms.api.files.append(command, 0, data)
    sha256 = hashlib.sha256(data).hexdigest()
    rooms.api.files.finish(command, sha256)
    result = {"path": path, "sha1": "b" * 40, "sha256": "c" * 64, "size_bytes": 7, "upload_sha256": sha256}
    desk.tasks.finished(command, guid, result | {"password": "Kurage-Tsuki-Yama-77"})
    desk.verification.work()
    desk.verification.settle()
    return task.id


@pytest.mark.parametrize("language", ["en", "ja"])
def test_a_collected_file_is_verified_downloaded_and_made_a_pattern(page: Opens, rooms: Running, language: str) -> None:
    words = {
        "en": (
            "Verified",
            "Download",
            "Show the password",
            "Submission package",
            "Add its hash to the patterns",
            "Package, as it lies here",
        ),
        "ja": (
            "検証済み",
            "ダウンロード",
            "パスワードを表示",
            "検体提出パッケージ",
            "ハッシュをパターンに追加",
            "保存したパッケージ",
        ),
    }[language]
    id_ = brought(rooms, f"/tmp/T1003_Demo_Script_{language}.sh", b"PK of " + language.encode())
    seen = page(f"/response?search={id_}&cursor={id_}", language=language)
    flyout = seen.get_by_role("complementary", name=id_)
    expect(flyout.get_by_test_id("task-bar").locator("[data-state]")).to_have_text(words[0])
    expect(flyout.get_by_test_id("proof")).to_contain_text(words[5])
    with seen.expect_download() as got:
        flyout.get_by_role("link", name=words[1]).first.click()
    assert got.value.path().read_bytes() == b"PK of " + language.encode()
    flyout.get_by_role("button", name=words[2]).click()
    seen.get_by_role("dialog").get_by_role("button", name=words[2]).click()
    expect(flyout.get_by_test_id("file-password")).to_have_text("Kurage-Tsuki-Yama-77")
    flyout.get_by_role("button", name=words[3]).click()
    expect(seen.get_by_test_id("request-text")).to_contain_text("Kurage-Tsuki-Yama-77")
    with seen.expect_download() as got:
        seen.get_by_role("link", name="submission.zip").click()
    assert got.value.suggested_filename == "submission.zip"
    seen.keyboard.press("Escape")
    if language == "en":  # the same hash is a pattern only once
        flyout.get_by_role("button", name=words[4]).click()
        seen.goto("/patterns")
        expect(seen.get_by_role("row").filter(has_text="c" * 20)).to_be_visible()
        expect(seen.get_by_test_id("pattern-versions")).to_contain_text(re.compile("Version [1-9]"))


def test_the_list_is_narrowed_grouped_and_cancelled_together(page: Opens, rooms: Running) -> None:
    tasks = rooms.house.response.tasks
    targets = [Target(TargetKind.ENDPOINT, GUID.format(number)) for number in (3, 4)]
    made = tasks.ask_many(COMMAND_LINE, "collect_evidence", targets, {}, description="together")
    seen = page("/response?search=together&group=together")
    rows = seen.get_by_role("table", name="Response Management").get_by_role("row")
    expect(rows.filter(has_text="Collect evidence")).to_have_count(2)
    expect(seen.locator("tr.group")).to_contain_text("Queued")
    seen.get_by_label("Select all").check()
    seen.get_by_role("button", name="Cancel 2 tasks").click()
    seen.get_by_role("dialog").get_by_role("button", name="Cancel 2 tasks").click()
    expect(rows.filter(has_text="Collect evidence").filter(has_text="Cancelled")).to_have_count(2)
    assert {tasks.get(one.id).state.value for one in made if not isinstance(one, Exception)} == {"cancelled"}
    seen.goto("/response?state=failed")
    expect(seen.get_by_test_id("empty")).to_contain_text("No task fits")


@pytest.mark.parametrize("language", ["en", "ja"])
def test_a_second_person_approves(
    open_page: Opens, rooms: Running, browser: Browser, house: House, language: str
) -> None:
    words = {"en": ("Approval policy", "Add a rule", "Save", "Somebody else must decide", "Approve"), "ja": ("承認ポリシー", "規則を追加", "保存", "別の担当者が判断します", "承認")}[language]  # fmt: skip
    hanako, jiro = (
        open_page("/response/policy", state=session_of(browser, house, name), language=language)
        for name in ("hanako", "jiro")
    )
    try:
        hanako.get_by_role("button", name=words[1]).click()
        hanako.get_by_role("button", name=words[2], exact=True).click()
        expect(hanako.get_by_role("status")).to_contain_text(words[0])
        answer = hanako.request.post(
            "/console/api/response/tasks",
            data={"action": "isolate_endpoint", "targets": [{"kind": "endpoint", "id": GUID.format(3)}]},
            headers={"X-CSRF-Token": hanako.request.get("/console/api/session").json()["csrf"]},
        )
        id_ = answer.json()["items"][0]["task"]["id"]
        hanako.goto("/response/approvals")
        expect(hanako.get_by_role("row").filter(has_text=id_)).to_contain_text(words[3])
        jiro.goto("/response/approvals")
        jiro.get_by_role("row").filter(has_text=id_).get_by_role("button", name=words[4], exact=True).click()
        jiro.get_by_role("dialog").get_by_role("button", name=words[4], exact=True).click()
        expect(jiro.get_by_role("row").filter(has_text=id_)).to_have_count(0)
        assert rooms.house.response.tasks.get(id_).state.value == "queued"
    finally:
        rooms.person(Role.ADMINISTRATOR).put("/console/api/response/approval-policy", json={"rules": []})
        for task in (
            rooms.person()
            .get("/console/api/response/tasks", params={"state": "queued,pending_approval"})
            .json()["items"]
        ):
            rooms.person().post(f"/console/api/response/tasks/{task['id']}/cancel")


@pytest.mark.parametrize("language", ["en", "ja"])
def test_the_alert_leads_through_the_work(page: Opens, rooms: Running, language: str) -> None:
    seen = page(f"/workbench/alerts/{rooms.alert_of('PC-3')}?tab=respond", language=language)
    steps = seen.get_by_test_id("checklist").get_by_role("listitem")
    expect(steps).to_have_count(7)  # no demo: submit, pattern and full scan too
    order = [steps.nth(at).get_attribute("data-step") for at in range(7)]
    assert order.index("isolate") < order.index("collect")
    seen.locator(".alert-head").get_by_test_id("respond").click()
    first = seen.get_by_role("menuitem").first
    expect(first).to_have_attribute("title", "Isolate endpoint")
    seen.get_by_role("textbox").last.fill("YARA")
    expect(seen.get_by_role("menuitem")).to_have_count(1)


@pytest.mark.parametrize("language", ["en", "ja"])
def test_endpoints_are_listed_and_opened(page: Opens, language: str) -> None:
    words = {"en": ("Endpoints", "Online", "Offline", "Software (1)"), "ja": ("エンドポイント", "オンライン", "オフライン", "ソフトウェア (1)")}[language]  # fmt: skip
    seen = page("/endpoints", language=language, scheme="dark")
    table = seen.get_by_role("table", name=words[0])
    expect(table.get_by_role("row").filter(has_text="PC-3")).to_contain_text(words[2])
    expect(table.get_by_role("row").filter(has_text="PC-4")).to_contain_text(words[1])
    seen.goto("/endpoints?connected=true")
    expect(table.get_by_role("row").filter(has_text="PC-3")).to_have_count(0)
    table.get_by_role("link", name="PC-4").click()
    expect(seen.get_by_role("heading", level=1)).to_contain_text("PC-4")
    expect(seen.get_by_role("region", name=words[3])).to_contain_text("openssl")
    expect(seen.get_by_text("nftables is not installed")).to_be_visible()


def test_a_sensor_policy_gets_a_new_version(page: Opens, rooms: Running) -> None:
    seen = page("/endpoints/policies")
    seen.get_by_label("Exclusions").fill("process.exe = /usr/bin/backup*")
    seen.get_by_label("What changed").fill("the backup is ours")
    seen.get_by_role("button", name="Save as a new version").click()
    versions = seen.get_by_role("region", name="Versions")
    expect(versions).to_contain_text("the backup is ours")
    policy = rooms.house.endpoints.policies.current("")
    assert policy is not None
    assert policy.policy is not None
    assert [(one.field, one.value, one.kind) for one in policy.policy.exclusions] == [
        ("exe", "/usr/bin/backup*", "process")
    ]


@pytest.mark.parametrize("language", ["en", "ja"])
def test_mount_points_are_chosen_checked_kept_and_seen_again(page: Opens, rooms: Running, language: str) -> None:
    words = {
        "en": ("Refuse listed files", "Own mount points", "Mount points", "neither auto nor", "Save as a new version", "Nowhere", "refused once seen"),
        "ja": ("ファイルの起動拒否", "マウントポイントを指定", "マウントポイント", "auto でも絶対パスでもありません", "新しいバージョンとして保存", "なし", "確認後に拒否"),
    }[language]  # fmt: skip
    group = f"mounts-{language}"
    seen = page(f"/endpoints/policies?group={group}", language=language)
    seen.get_by_role("radiogroup", name=words[0]).get_by_text(words[1], exact=True).click()
    points, save = seen.get_by_label(words[2], exact=True), seen.get_by_role("button", name=words[4])
    expect(save).to_be_disabled()
    points.fill("/srv\nhome")
    expect(seen.get_by_text(words[3])).to_be_visible()
    points.fill("/srv\n/home")
    save.click()
    expect(seen.get_by_role("listitem")).to_have_count(1)  # of the versions
    seen.reload()
    expect(points).to_have_value("/srv\n/home")
    kept = rooms.house.endpoints.policies.current(group)
    assert kept is not None
    assert kept.policy is not None
    assert kept.policy.block_mounts == ("/srv", "/home")
    seen.get_by_role("radiogroup", name=words[0]).get_by_text(words[5], exact=True).click()
    expect(seen.get_by_text(words[6])).to_be_visible()
    save.click()
    expect(seen.get_by_role("listitem")).to_have_count(2)
    seen.reload()
    expect(seen.get_by_role("radio", name=words[5])).to_be_checked()


@pytest.mark.parametrize("language", ["en", "ja"])
def test_a_sensor_package_is_shared_and_stopped(page: Opens, rooms: Running, tmp_path: Path, language: str) -> None:
    words = {
        "en": ("Share", "Shared with", "Nobody yet", "Stop", "Rolled back", "Delete", "No packages"),
        "ja": ("配布", "配布先", "未配布", "停止", "切り戻し", "削除", "パッケージはありません"),
    }[language]
    keeper, key = rooms.house.sensor_packages, Ed25519PrivateKey.generate()
    package = small_package(tmp_path, "9.1" if language == "en" else "9.2")
    added = keeper.add(COMMAND_LINE, package, lambda one: sign_package(key, one), 1).offer
    seen = page("/endpoints", language=language)
    seen.locator("a[href='/endpoints/packages']").click()
    row = seen.get_by_role("row").filter(has_text=added.sensor_version)
    expect(row).to_contain_text(words[2])
    row.get_by_role("button", name=words[0], exact=True).click()
    dialog = seen.get_by_role("dialog")
    dialog.get_by_role("textbox").first.fill("25")
    dialog.get_by_role("button", name=words[0], exact=True).click()
    expect(row).to_contain_text("25 %")
    assert keeper.packages.find(added.sha256).percent == 25
    outcome = UpdateOutcome(added.sha256, added.sensor_version, "rolled_back", "no <b>welcome</b>")
    keeper.packages.became(GUID.format(4), outcome)
    row.get_by_role("button", name=words[4]).click()
    expect(seen.get_by_role("dialog")).to_contain_text("PC-4")
    expect(seen.get_by_role("dialog")).to_contain_text("no <b>welcome</b>")
    seen.keyboard.press("Escape")
    row.get_by_role("button", name=words[3], exact=True).click()
    expect(row).to_contain_text(words[2])
    row.get_by_role("button", name=words[5], exact=True).click()
    seen.get_by_role("dialog").get_by_role("button", name=words[5], exact=True).click()
    expect(seen.get_by_text(words[6])).to_be_visible()


def test_a_process_of_the_chain_has_a_menu_of_its_own(page: Opens, rooms: Running) -> None:
    seen = page(f"/workbench/alerts/{rooms.alert_of('PC-3')}?tab=profile")
    box = seen.get_by_test_id("profile-graph").locator(".box", has_text="cmd.exe").first
    box.click(button="right")
    menu = seen.get_by_test_id("object-menu")
    expect(menu.get_by_role("menuitem", name="Terminate process")).to_be_visible()
    expect(menu.get_by_role("menuitem", name="Isolate endpoint")).to_have_count(0)
    menu.get_by_role("menuitem", name="Collect file").click()
    dialog = seen.get_by_role("dialog", name="Collect File Task")
    expect(dialog.get_by_test_id("target")).to_contain_text("PC-3")
    expect(dialog.get_by_label("Path")).to_have_value(re.compile("cmd.exe$"))


@pytest.mark.parametrize("language", ["en", "ja"])
def test_mailboxes_are_connected_and_let_go(page: Opens, tmp_path: Path, language: str) -> None:
    words = {
        "en": ("Mail connectors", "Add", "Name", "Folder of the mailboxes", "Remove"),
        "ja": ("メールコネクター", "追加", "名前", "メールボックスのフォルダ", "解除"),
    }[language]
    seen = page("/administration/connectors", language=language)
    panel = seen.get_by_role("region", name=words[0])
    panel.get_by_role("button", name=words[1]).click()
    dialog = seen.get_by_role("dialog", name=words[0])
    dialog.get_by_text("Maildir").click()
    dialog.get_by_label(words[2]).fill(f"post-{language}")
    dialog.get_by_label(words[3]).fill(str(tmp_path))
    dialog.get_by_role("button", name=words[1]).click()
    row = panel.get_by_role("row").filter(has_text=f"post-{language}")
    expect(row).to_contain_text(str(tmp_path))
    row.get_by_role("button", name=words[4]).click()
    seen.get_by_role("dialog").get_by_role("button", name=words[4]).click()
    expect(row).to_have_count(0)


@pytest.mark.parametrize("language", ["en", "ja"])
def test_pictures_of_the_respond_phase(page: Opens, rooms: Running, tmp_path: Path, language: str) -> None:
    words: dict[str, Any] = WORDS[language]
    seen = page("/workbench", language=language)
    menu = open_menu(seen, rooms, 3)
    expect(menu.get_by_role("menuitem", name=words["isolate"])).to_be_visible()
    keep(seen, tmp_path, f"response-menu-{language}.png")
    menu.get_by_role("menuitem", name=words["isolate"]).click()
    expect(seen.get_by_test_id("target")).to_contain_text("PC-3")
    keep(seen, tmp_path, f"response-dialog-{language}.png")
    id_ = brought(rooms, f"/home/taro/picture_{language}.sh", b"PK")
    seen.goto(f"/response?cursor={id_}")
    expect(seen.get_by_role("complementary", name=id_).get_by_test_id("steps")).to_be_visible()
    keep(seen, tmp_path, f"response-{language}.png")
    seen.goto("/endpoints")
    expect(seen.get_by_role("row").filter(has_text="PC-4")).to_be_visible()
    keep(seen, tmp_path, f"endpoints-{language}.png")
    items = [
        {"type": "domain", "value": f"{language}.bad.example", "description": "phishing"},
        {"type": "ip", "value": "203.0.113.7", "description": "scanner"},
    ]
    rooms.person().post("/console/api/block-list", json={"items": items})
    seen.goto("/block-list")
    expect(seen.get_by_role("row").filter(has_text="203.0.113.7")).to_be_visible()
    keep(seen, tmp_path, f"block-list-{language}.png")
