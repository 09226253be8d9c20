"""The guide's walk-through with a mouse, in both languages: everything through the console's own buttons.

The server, the endpoint with a real sensor and the neighbour that probes it are hosts of a small network; the browser
stands on the server's host. Each step is looked at from outside too.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import pyzipper
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.conftest import ARGUMENTS, BUILT, CHROMIUM, House, log_in
from tests.lan import Host, lan, needs_network
from tests.make_field import DEMO, SCRIPT, WITHIN_S, answering, answers, field_house, rules, sensors_on, unpack_demo
from tests.waiting import until

pytestmark = [pytest.mark.browser, pytest.mark.slow, needs_network, pytest.mark.timeout(900)]

Opens = Callable[..., Page]
TASK_MS = 120_000  # from "Create" to the server's own proof, on a busy machine
WORDS = {
    "en": {
        "simulation": "Simulation", "try": "Try simulation", "download demo": "Download demo script", "endpoint": "Endpoint",
        "ready": "Nothing stands in the way.", "model": DEMO, "profile": "Execution profile",
        "isolate": "Isolate endpoint", "collect": "Collect file", "scan": "Scan for malware", "restore": "Restore connection",
        "sure": re.compile("^Yes: "), "create": "Create", "open": "Open the task", "verified": "Verified",
        "download": "Download", "password": "Show the password", "submission": "Submission package",
        "add": "Add its hash to the patterns", "current": "2 endpoints up to date",
        "kind": "What to scan", "these": "These paths", "folders": "Folders and files", "closed": "Closed",
    },
    "ja": {
        "simulation": "シミュレーション", "try": "シミュレーションを試す", "download demo": "デモスクリプトをダウンロード", "endpoint": "エンドポイント",
        "ready": "妨げるものはありません。", "model": "レジストリ", "profile": "実行プロファイル",
        "isolate": "エンドポイントの隔離", "collect": "ファイルの収集", "scan": "マルウェア検索", "restore": "隔離の解除",
        "sure": re.compile("^はい、"), "create": "作成", "open": "タスクを開く", "verified": "検証済み",
        "download": "ダウンロード", "password": "パスワードを表示", "submission": "検体提出パッケージ",
        "add": "ハッシュをパターンに追加", "current": "最新 2 台",
        "kind": "検索範囲", "these": "指定したパス", "folders": "フォルダーとファイル", "closed": "完了",
    },
}  # fmt: skip


@dataclass(frozen=True)
class Field:
    """What stands on the network: the hosts, the sensors' GUIDs by host, and who may log in at the console."""

    hosts: dict[str, Host]
    sensors: dict[str, str]
    console: House
    port: int

    def endpoint_answers(self) -> bool:
        """Anybody: the neighbour or the server."""
        address = self.hosts["endpoint"].address
        return any(answers(self.hosts[name], address, self.port) for name in ("neighbour", "server"))


@pytest.fixture
def field(tmp_path: Path) -> Iterator[Field]:
    assert BUILT.is_file(), "the console has not been built: make setup"
    with (
        lan("server", "endpoint", "neighbour") as hosts,
        field_house(hosts["server"], tmp_path / "data") as (house, first),
        sensors_on(house, {name: hosts[name] for name in ("endpoint", "neighbour")}, tmp_path) as guids,
        answering(hosts["endpoint"], hosts["neighbour"], tmp_path) as port,
    ):
        yield Field(hosts, guids, House(house.server.url, first["user"], first["password"]), port)


@pytest.fixture
def house(field: Field) -> House:
    return field.console


@pytest.fixture
def browser(browser: Browser, field: Field, tmp_path: Path) -> Iterator[Browser]:
    """A browser of its own, on the server's host: playwright speaks to it through pipes, not over the network."""
    there = tmp_path / "chromium"
    there.write_text(f'#!/bin/sh\nexec ip netns exec {field.hosts["server"].namespace} {CHROMIUM} "$@"\n')
    there.chmod(0o755)
    running = browser.browser_type.launch(executable_path=there, args=ARGUMENTS)
    yield running
    running.close()


@dataclass
class Analyst:
    """Somebody before the console, in one language; each method is one step with the mouse."""

    page: Page
    words: dict[str, Any]

    def fetch_demo(self, guid: str, folder: Path) -> Path:
        """The script as the page offers it, after a look whether anything would keep the alert from coming."""
        self.page.get_by_role("button", name=self.words["simulation"]).click()
        self.page.get_by_role("menuitem", name="Workbench").hover()
        self.page.get_by_role("menuitem", name=self.words["try"]).click()
        entry = self.page.get_by_role("region").filter(has_text="T1003")
        with self.page.expect_download() as got:
            entry.get_by_role("link", name=self.words["download demo"]).click()
        self.page.goto(f"{self.page.url}?endpoint={guid}")
        expect(entry.get_by_test_id("preflight")).to_contain_text(self.words["ready"])
        return unpack_demo(got.value.path(), entry.get_by_test_id("simulation-password").inner_text(), folder)

    def open_alert(self) -> str:
        """The address of the demonstration's alert, as soon as the list shows it."""
        row = self.page.get_by_role("row").filter(has_text=self.words["model"])

        def is_listed() -> bool:
            # Two sensors share this machine's kernel: one that takes its rules away may raise an alert of its own, and
            # a list that has rows waits to be asked for more.
            self.page.goto("/workbench", wait_until="networkidle")
            expect(self.page.get_by_role("tablist")).to_be_visible()
            return row.count() > 0

        until(is_listed, "the alert of the demonstration", WITHIN_S)
        row.locator("a.mono").click()
        expect(self.page.locator(".alert-head .score-ring text")).to_have_text("66")
        return self.page.url

    def choose(self, item: Locator, action: str) -> Locator:
        """An action in the context menu of a thing; its dialog."""
        item.click(button="right")
        self.page.get_by_test_id("object-menu").get_by_role("menuitem", name=self.words[action]).click()
        return self.page.get_by_role("dialog")

    def respond(self, action: str) -> Locator:
        """An action under the button Respond; its dialog."""
        self.page.get_by_test_id("respond").first.click()
        self.page.get_by_role("menuitem", name=self.words[action]).click()
        return self.page.get_by_role("dialog")

    def create(self, dialog: Locator, *, sure: bool = False) -> None:
        """Create the task, open it, and wait until the server has proved what it did."""
        if sure:
            dialog.get_by_label(self.words["sure"]).check()
        dialog.get_by_role("button", name=self.words["create"]).click()
        self.page.get_by_role("button", name=self.words["open"]).click()
        state = self.page.get_by_test_id("task-bar").locator("[data-state]")
        expect(state).to_have_text(self.words["verified"], timeout=TASK_MS)

    def download(self, link: str | re.Pattern[str]) -> Path:
        with self.page.expect_download() as got:
            self.page.get_by_role("link", name=link).click()
        return Path(got.value.path())

    def show_password(self) -> str:
        self.page.get_by_role("button", name=self.words["password"]).click()
        self.page.get_by_role("dialog").get_by_role("button", name=self.words["password"]).click()
        return self.page.get_by_test_id("file-password").inner_text()


@pytest.mark.parametrize("language", ["en", "ja"])
def test_the_walk_through(field: Field, open_page: Opens, tmp_path: Path, language: str) -> None:
    words = WORDS[language]
    seen = open_page("/login", language=language)
    log_in(seen, field.console.user, field.console.password)
    analyst = Analyst(seen, words)
    endpoint, before = field.hosts["endpoint"], rules(field.hosts["endpoint"])

    script = analyst.fetch_demo(field.sensors["endpoint"], tmp_path / "demo")
    endpoint.run("sh", script, "1")
    alert = analyst.open_alert()
    expect(seen.locator(".highlights .highlight-card").first).to_contain_text("reg.exe save hklm")

    analyst.create(analyst.choose(seen.locator(".three .entity .object-value[data-object=host]"), "isolate"), sure=True)
    expect(seen.get_by_test_id("proof")).to_be_visible()
    assert not field.endpoint_answers()

    seen.goto(alert)
    seen.get_by_role("tab", name=words["profile"]).click()
    box = seen.get_by_test_id("profile-graph").locator(f'[data-label="{SCRIPT}"]').first
    analyst.create(analyst.choose(box, "collect"))
    collected = analyst.download(words["download"])
    password = analyst.show_password()
    assert len(password) >= 16
    assert opened(collected, password)[script.name] == script.read_bytes()

    seen.get_by_role("button", name=words["submission"]).click()
    expect(seen.get_by_test_id("request-text")).to_contain_text(password)
    package = analyst.download(re.compile("submission.zip"))
    assert collected.read_bytes() in opened(package, "virus").values()
    seen.keyboard.press("Escape")

    seen.get_by_role("button", name=words["add"]).click()
    seen.goto("/patterns")
    expect(seen.get_by_test_id("pattern-versions")).to_contain_text(words["current"])
    seen.goto(f"/endpoints/{field.sensors['endpoint']}")
    dialog = analyst.respond("scan")
    dialog.get_by_label(words["kind"]).click()
    seen.get_by_role("option", name=words["these"]).click()
    dialog.get_by_label(words["folders"]).fill(str(script.parent))
    analyst.create(dialog)
    expect(seen.get_by_test_id("found")).to_contain_text(str(script))

    seen.goto(f"/endpoints/{field.sensors['endpoint']}")
    analyst.create(analyst.respond("restore"), sure=False)
    assert rules(endpoint) == before
    assert field.endpoint_answers()

    seen.goto(alert)
    seen.get_by_test_id("close-menu").click()
    seen.get_by_test_id("close-true-contained").click()
    expect(seen.locator(".alert-head .status")).to_have_text(words["closed"])


def opened(packed: Path, password: str) -> dict[str, bytes]:
    """What an AES zip holds, by the last part of the names."""
    with pyzipper.AESZipFile(packed) as archive:
        archive.setpassword(password.encode())
        return {Path(name).name: archive.read(name) for name in archive.namelist()}
