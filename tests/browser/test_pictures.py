"""A picture of each page in both languages.

With HINOMI_PICTURES=1 they are written to docs/images, else to the test's own folder: a plain test run changes no file of
the repository.
"""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.png import SIGNATURE, shrink
from tests.browser.test_time_travel import MODEL

pytestmark = pytest.mark.browser

IMAGES = Path(__file__).resolve().parents[2] / "docs" / "images"
DEMO = {"en": "Demo - Credential Dumping via Registry", "ja": "デモ"}
Opens = Callable[..., Page]


def open_demo(page: Page, language: str) -> None:
    page.get_by_role("row").filter(has_text=DEMO[language]).locator("a.mono").first.click()
    expect(page.get_by_test_id("correlation-graph").locator(".thing").first).to_be_visible()


def open_profile(page: Page, language: str) -> None:
    open_demo(page, language)
    page.get_by_role("tab").nth(1).click()
    expect(page.get_by_test_id("profile-graph").locator(".box").first).to_be_visible()


def open_menu(page: Page, language: str) -> None:
    open_demo(page, language)
    page.locator(".highlights dd .object-value").first.click(button="right")
    expect(page.get_by_test_id("object-menu")).to_be_visible()


def open_flyout(page: Page, language: str) -> None:
    page.get_by_role("row").filter(has_text=DEMO[language]).first.locator(".severity").click()
    expect(page.get_by_role("complementary").locator(".highlight-card").first).to_be_visible()


def open_incident(page: Page, _language: str) -> None:
    page.locator("tbody tr a.mono").first.click()
    expect(page.locator("tbody tr").nth(1)).to_be_visible()


def open_first_filter(page: Page, _language: str) -> None:
    page.locator(".tree .tree button").first.click()
    expect(page.locator("pre").first).to_be_visible()


def see_rows(page: Page, _language: str) -> None:
    expect(page.locator("tbody tr").first).to_be_visible()


def see_figures(page: Page, _language: str) -> None:
    expect(page.locator(".figure, .card").first).to_be_visible()


def travel_with_a_text(page: Page, _language: str) -> None:
    page.locator(".page-head button[aria-expanded=false]").last.click()
    page.locator(".travel-draft [role=textbox]").click()
    page.keyboard.insert_text(MODEL)
    page.keyboard.press("Control+Enter")
    page.locator("tbody tr").first.click()
    expect(page.locator(".travel-evidence").first).to_be_visible()


def try_a_filter(page: Page, _language: str) -> None:
    """A draft that is judged, and tried on what was recorded."""
    code = page.locator(".editor-main .cm-content")
    expect(page.locator(".editor-problems svg")).to_be_visible()
    code.click()
    code.press("Control+a")
    page.keyboard.insert_text(DRAFT)
    expect(page.locator(".editor-side .facts")).to_contain_text("T1003.002")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_test_id("preview-result")).to_have_attribute("data-state", "done")
    expect(page.locator(".sample").first).to_be_visible()
    code.press("Control+Home")


def see_bill(page: Page, _language: str) -> None:
    expect(page.get_by_test_id("bill")).to_be_visible()
    page.locator("textarea[required]").last.fill("admin@hinomi.example 2026-11-22")


def have_an_exception(page: Page, _language: str) -> None:
    """One that touches no recording, so that other tests see what they always see."""
    if page.request.get("/console/api/exceptions").json()["items"]:
        return
    csrf = page.request.get("/console/api/session").json()["csrf"]
    terms = {"field": "objectCmd", "operator": "contains", "value": "backup-agent.exe --nightly"}
    more = {
        "filterId": "process_reg_save_hive",
        "scope": {"endpoints": ["SRV-*"]},
        "reason": "nightly backup, ticket 4711",
    }
    made = page.request.post("/console/api/exceptions", data=terms | more, headers={"X-CSRF-Token": csrf})
    assert made.ok, made.text()
    page.reload()
    see_rows(page, _language)


def complete_a_query(page: Page, language: str) -> None:
    """The line while it is typed, over the rows of the query before."""
    see_rows(page, language)
    expect(page.locator(".facet-value").first).to_be_visible()
    line = page.locator(".query textarea")
    line.press("End")
    line.press_sequentially(" and objectU")
    expect(page.get_by_role("option").first).to_be_visible()


SAVED = {
    "en": (
        "Hives saved to a file",
        "Passwords are read out of hives. If one is found: isolate, ask the person, reset.",
    ),
    "ja": (
        "ハイブのファイル保存",
        "ハイブからはパスワードが読み取られます。見つかったら隔離し、本人に確認し、リセットします。",
    ),
}


def have_saved_queries(page: Page, language: str) -> None:
    """One query that is watched, taken away again: other tests see what they always see."""
    csrf = {"X-CSRF-Token": page.request.get("/console/api/session").json()["csrf"]}
    name, description = SAVED[language]
    wish = {"name": name, "description": description, "query": "objectCmd: *reg*save*", "techniques": ["T1003.002"]}
    made = page.request.post("/console/api/hunts/queries", data=wish, headers=csrf)
    assert made.ok, made.text()
    address = f"/console/api/hunts/queries/{made.json()['id']}"
    page.request.put(f"{address}/watch", data={"everyMinutes": 60, "lookbackMinutes": 1440}, headers=csrf)
    page.reload()
    expect(page.locator("tbody .badge").first).to_be_visible()
    page.request.delete(address, headers=csrf)


def see_entity(page: Page, _language: str) -> None:
    expect(page.locator(".entity-days rect").first).to_be_attached()
    expect(page.locator("tbody tr").first).to_be_visible()


DRAFT = """title: Registry Hive Saved to a File
id: 3d0d6a0e-5f5e-4b44-9a86-8d1f6f1f7c55
status: experimental
description: A hive with credentials was saved to a file; attackers read password hashes from it.
tags: [attack.t1003.002]
logsource: {product: windows, category: process_creation}
detection:
  saved:
    CommandLine|contains|all: [' save ', 'hklm\\sam']
  backup:
    ParentImage|endswith: '\\backup-agent.exe'
  condition: saved and not backup
falsepositives: [Backup software]
level: high
hinomi:
  class: behaviour
  highlights: [objectCmd, processCmd, endpointHostName]
  ja:
    title: レジストリハイブのファイル保存
    description: 認証情報を含むハイブがファイルに保存されました。攻撃者はここからパスワードハッシュを読み取ります。
    falsepositives: [バックアップソフトウェア]
tests:
  fires:
    - {Image: 'C:\\Windows\\System32\\reg.exe', CommandLine: 'reg save hklm\\sam C:\\t\\s.hiv'}
  silent:
    - {Image: 'C:\\Windows\\System32\\reg.exe', CommandLine: 'reg query hklm\\sam'}
"""

PAGES: list[tuple[str, str, Callable[[Page, str], None]]] = [
    ("workbench", "/workbench?status=all", see_rows),
    ("flyout", "/workbench?status=all", open_flyout),
    ("alert", "/workbench?status=all", open_demo),
    ("context-menu", "/workbench?status=all", open_menu),
    ("profile", "/workbench?status=all", open_profile),
    ("incident", "/workbench?tab=incidents&status=all", open_incident),
    ("detections", "/detections?range=24h", see_rows),
    ("models", "/models", see_rows),
    ("model", "/models/credential_dumping_mimikatz", open_first_filter),
    ("time-travel", "/time-travel?range=all", travel_with_a_text),
    ("filters", "/filters", see_rows),
    ("editor", "/filters/new?tab=text", try_a_filter),
    ("exception", "/exceptions/new?field=endpointHostName&value=PC-SATO&filter=process_registry_discovery", see_bill),
    ("exceptions", "/exceptions", have_an_exception),
    ("search", "/search?range=24h&query=eventId: process", complete_a_query),
    ("hunts", "/hunts?tab=queries", have_saved_queries),
    ("entity", "/entities/endpoint?value=PC-TANAKA", see_entity),
    ("technique", "/attack/techniques/T1003", see_figures),
    ("status", "/operations/status", see_figures),
]


@pytest.mark.parametrize("language", ["en", "ja"])
@pytest.mark.parametrize(("name", "path", "act"), PAGES, ids=[page[0] for page in PAGES])
def test_picture(
    page: Opens, tmp_path: Path, name: str, path: str, act: Callable[[Page, str], None], language: str
) -> None:
    seen = page(path, language=language)
    act(seen, language)
    seen.wait_for_load_state("networkidle")
    expect(seen.locator("html")).to_have_attribute("lang", language)
    keep(seen, tmp_path, f"{name}-{language}.png")


@pytest.mark.parametrize("language", ["en", "ja"])
def test_picture_of_the_login(open_page: Opens, tmp_path: Path, language: str) -> None:
    seen = open_page("/login", language=language)
    expect(seen.locator("input[name=user]")).to_be_visible()
    expect(seen.locator("html")).to_have_attribute("lang", language)
    keep(seen, tmp_path, f"login-{language}.png")


def keep(seen: Page, tmp_path: Path, name: str) -> None:
    folder = IMAGES if os.environ.get("HINOMI_PICTURES") == "1" else tmp_path
    folder.mkdir(parents=True, exist_ok=True)
    small = shrink(seen.screenshot(animations="disabled"))
    (folder / name).write_bytes(small)
    assert small.startswith(SIGNATURE)
    assert len(small) < 200_000
