"""The Workbench list: defaults, columns, filters, search, flyout, keyboard."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

pytestmark = pytest.mark.browser

Opens = Callable[..., Page]
DEMO = "Demo - Credential Dumping via Registry"


def row_of(page: Page, text: str) -> Locator:
    return page.get_by_role("row").filter(has_text=text).first


def scores(page: Page) -> list[int]:
    return [int(text) for text in page.locator("tbody .score-ring text").all_text_contents()]


def test_the_defaults_are_open_and_in_progress_last_24_hours_all_models_highest_score_first(page: Opens) -> None:
    seen = page("/workbench")
    expect(row_of(seen, DEMO)).to_be_visible()
    for chip in ("Status Open + In progress", "Created Last 24 hours", "Model All"):
        expect(seen.get_by_role("button", name=chip)).to_be_visible()
    found = scores(seen)
    assert len(found) > 1
    assert found == sorted(found, reverse=True)


def test_the_golden_row(page: Opens) -> None:
    row = row_of(page("/workbench"), DEMO)
    expect(row.locator(".score-ring text")).to_have_text("66")
    expect(row.locator(".severity")).to_have_text("High")
    expect(row.get_by_role("button", name="Endpoints: 1")).to_be_visible()
    expect(row.get_by_role("button", name="Accounts: 1")).to_be_visible()
    expect(row.get_by_role("link", name=re.compile(r"^WB-\w+-\d{8}-\d{5}$"))).to_be_visible()
    row.get_by_role("button", name="Accounts: 1").click()
    expect(row.page.get_by_role("dialog").get_by_text("hinomi\\sato")).to_be_visible()


@pytest.mark.parametrize("what", ["id", "PC-SATO", "hinomi\\sato"])
def test_id_endpoint_and_user_find_the_alert(page: Opens, what: str) -> None:
    seen = page("/workbench")
    if what == "id":
        what = row_of(seen, DEMO).locator("a.mono").inner_text()
    box = seen.get_by_placeholder("Workbench ID, endpoint, user, mail")
    box.fill(what)
    seen.get_by_role("button", name="Apply").click()
    expect(seen).to_have_url(re.compile("search="))
    expect(row_of(seen, DEMO)).to_be_visible()


def test_what_fits_nothing_says_how_to_go_on(page: Opens) -> None:
    seen = page("/workbench?search=no-such-endpoint")
    expect(seen.get_by_text("No alert fits these filters")).to_be_visible()
    seen.get_by_role("button", name="Clear all filters").click()
    expect(row_of(seen, DEMO)).to_be_visible()


def test_an_empty_day_offers_what_is_older(page: Opens) -> None:
    """The recordings are young, so the question for the last day is narrowed on its way to find nothing."""
    seen = page("/login")
    seen.route(
        "**/workbench/alerts?*created=24h*", lambda route: route.continue_(url=f"{route.request.url}&search=none")
    )
    seen.goto("/workbench")
    expect(seen.get_by_text("No alerts: Last 24 hours")).to_be_visible()
    seen.get_by_role("button", name=re.compile(r"^Show all \d+")).click()
    expect(row_of(seen, DEMO)).to_be_visible()
    expect(seen).to_have_url(re.compile("created=all"))


def test_alerts_stand_grouped_by_endpoint(page: Opens) -> None:
    seen = page("/workbench")
    seen.get_by_role("button", name="Group None").click()
    seen.get_by_role("menuitemradio", name="Endpoint").click()
    expect(seen.locator("tr.group").filter(has_text="PC-SATO")).to_be_visible()
    expect(seen).to_have_url(re.compile("group=endpoint"))


def test_a_severity_filter_stands_in_the_address_and_survives_a_reload(page: Opens) -> None:
    seen = page("/workbench")
    seen.get_by_role("button", name="Severity All").click()
    seen.get_by_role("menuitemcheckbox", name="Critical").click()
    seen.keyboard.press("Escape")
    expect(seen).to_have_url(re.compile("severity=critical"))
    expect(row_of(seen, DEMO)).to_have_count(0)
    seen.reload()
    expect(seen.locator("tbody .severity").first).to_have_text("Critical")
    assert set(seen.locator("tbody .severity").all_inner_texts()) == {"Critical"}
    seen.get_by_role("button", name="Reset").click()
    expect(row_of(seen, DEMO)).to_be_visible()


def test_a_click_opens_the_flyout_and_the_list_stays(page: Opens) -> None:
    seen = page("/workbench")
    row_of(seen, DEMO).locator(".severity").click()
    flyout = seen.get_by_role("complementary")
    expect(flyout.get_by_text("Demo - Possible Credential Dumping via Registry Hive").first).to_be_visible()
    expect(flyout.get_by_text("objectCmd", exact=True).first).to_be_visible()
    expect(row_of(seen, DEMO)).to_be_visible()
    address = seen.url
    seen.reload()
    expect(flyout.get_by_text("objectCmd", exact=True).first).to_be_visible()
    assert seen.url == address
    seen.keyboard.press("Escape")
    expect(flyout).to_have_count(0)


def test_the_keyboard_moves_marks_and_opens(page: Opens) -> None:
    seen = page("/workbench")
    expect(row_of(seen, DEMO)).to_be_visible()
    rows = seen.locator("tbody tr")
    second = rows.nth(1).get_attribute("data-key")
    for key in "jjjk":
        seen.keyboard.press(key)
    expect(rows.nth(1)).to_have_class(re.compile("cursor"))
    seen.keyboard.press("x")
    expect(seen.get_by_role("toolbar").get_by_text("1 selected")).to_be_visible()
    seen.keyboard.press("e")
    expect(seen.get_by_role("menuitem", name="Normal administration work")).to_be_visible()
    seen.keyboard.press("Escape")
    expect(seen.get_by_role("menu")).to_have_count(0)
    seen.keyboard.press("?")
    expect(seen.get_by_role("dialog").get_by_text("Next row, previous row")).to_be_visible()
    seen.keyboard.press("Escape")
    expect(seen.get_by_role("dialog")).to_have_count(0)
    seen.keyboard.press("Enter")
    expect(seen).to_have_url(re.compile(f"/workbench/alerts/{second}"))


def test_many_are_assigned_at_once(page: Opens) -> None:
    seen = page("/workbench")
    for at in (0, 1):
        seen.locator("tbody tr").nth(at).get_by_role("checkbox").check()
    seen.get_by_role("toolbar").get_by_role("button", name="Assign to me").click()
    expect(seen.get_by_text("2 alerts changed.")).to_be_visible()
    expect(seen.locator("tbody tr").first.get_by_role("cell", name="admin")).to_be_visible()


def test_ctrl_k_finds_screens_by_their_english_name_in_japanese_too(page: Opens) -> None:
    seen = page("/workbench")
    expect(row_of(seen, DEMO)).to_be_visible()
    seen.keyboard.press("Control+k")
    seen.get_by_role("combobox").fill("T1003.002")
    expect(seen.get_by_role("option").filter(has_text="Security Account Manager").first).to_be_visible()
    seen.keyboard.press("Escape")
    seen.get_by_text("日本語").click()
    seen.keyboard.press("Control+k")
    seen.get_by_role("combobox").fill("Observed Attack")
    seen.get_by_role("option", name="観測された攻撃手法").click()
    expect(seen.get_by_role("heading", name="観測された攻撃手法")).to_be_visible()
    with seen.expect_response(lambda answer: answer.url.endswith("/me")):
        seen.get_by_text("EN", exact=True).click()
