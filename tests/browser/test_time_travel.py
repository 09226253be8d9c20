"""Time travel: choose, run, three groups, a row's evidence, an alert's page, cancel; in both languages and themes."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser

Opens = Callable[..., Page]

MODEL = """name: Any Command Shell
severity: low
suppress: 24h
rules:
  - {id: shell, name: A shell, type: single, filters: [demo_credential_dumping_registry_hive], group_by: [endpointGuid]}
"""


def groups(seen: Page) -> dict[str, int]:
    """Group -> number, as the tabs say."""
    tabs = seen.get_by_test_id("travel-groups").get_by_role("tab")
    expect(tabs).to_have_count(3)
    return {
        str(tab.get_attribute("data-group")): int(tab.locator("strong").inner_text().replace(",", ""))
        for tab in tabs.all()
    }


def test_then_and_now_agree_and_each_alert_opens(page: Opens) -> None:
    seen = page("/workbench")
    seen.get_by_role("navigation", name="Main navigation").get_by_role("link", name="Time travel").click()
    expect(seen.get_by_text("Choose a time and run it")).to_be_visible()
    seen.goto("/time-travel?range=all")
    seen.get_by_role("button", name="Run", exact=True).click()
    expect(seen).to_have_url(re.compile("job="))
    found = groups(seen)
    assert (found["onlyNow"], found["onlyThen"], found["both"] > 0) == (0, 0, True)
    expect(seen.get_by_role("tab", selected=True)).to_contain_text("then and now")
    rows = seen.get_by_role("table", name="Compared alerts").locator("tbody tr")
    expect(rows).to_have_count(found["both"])
    seen.keyboard.press("j")
    flyout = seen.get_by_role("complementary", name="One compared alert")
    expect(flyout).to_contain_text("would be raised again")
    seen.reload()  # the address restores the result
    expect(flyout).to_be_visible()
    flyout.get_by_role("link", name="Open the alert").click()
    expect(seen).to_have_url(re.compile("/workbench/alerts/WB-"))


@pytest.mark.parametrize(
    ("language", "scheme", "words"),
    [
        ("en", "light", ("Try another text", "Text to try", "Run", "only now", "not raised", "It would rest on")),
        (
            "ja",
            "dark",
            ("別のテキストで試す", "試すテキスト", "実行", "今だけ", "出ていない", "証拠となるアクティビティ"),
        ),
    ],
)
def test_a_text_is_tried_and_shows_its_evidence(
    page: Opens, language: str, scheme: str, words: tuple[str, ...]
) -> None:
    draft, field, run, only_now, not_raised, rests = words
    seen = page("/time-travel?range=all", language=language, scheme=scheme)
    seen.get_by_role("button", name=draft).click()
    text = seen.get_by_role("textbox", name=field)
    text.click()
    seen.keyboard.insert_text(MODEL)
    seen.keyboard.press("Control+Enter")
    found = groups(seen)
    assert (found["onlyNow"] > 0, found["onlyThen"], found["both"]) == (True, 0, 0)
    expect(seen.get_by_role("tab", selected=True)).to_contain_text(only_now)
    row = seen.locator("tbody tr").first
    expect(row).to_contain_text(not_raised)
    row.click()
    expect(seen.get_by_text(rests, exact=True)).to_be_visible()
    evidence = seen.locator(".travel-evidence").first
    expect(evidence).to_contain_text("objectCmd")
    evidence.get_by_role("button").last.click()
    seen.get_by_role("button", name=run, exact=True).click()
    assert groups(seen) == found


def test_what_cannot_be_read_is_told_and_nothing_is_lost(open_page: Opens, session: object) -> None:
    seen = open_page("/time-travel", state=session)
    seen.get_by_role("button", name="Try another text").click()
    seen.get_by_role("textbox", name="Text to try").click()
    seen.keyboard.insert_text("name: only a name\n")
    seen.get_by_role("button", name="Run", exact=True).click()
    expect(seen.get_by_role("alert")).to_contain_text("cannot be used")
    expect(seen.get_by_role("textbox", name="Text to try")).to_contain_text("only a name")
    seen.goto("/time-travel?job=0123456789abcdef")
    expect(seen.get_by_role("alert")).to_be_visible()
    expected = re.compile("status of 40[04]")
    open_page.errors[:] = [one for one in open_page.errors if not expected.search(one)]  # type: ignore[attr-defined]


def test_it_can_be_cancelled(page: Opens) -> None:
    """The server's answer is held back, so that it is still running when the button is pressed."""
    seen = page("/time-travel?range=all")
    running = {"state": "running", "progress": 0.4, "read": 40, "total": 100, "seconds": 0, "error": None}

    def answer(route: object) -> None:
        request = route.request  # type: ignore[attr-defined]
        if request.method == "GET":
            state = "cancelled" if dropped else "running"
            route.fulfill(json={"job": "j", **running, "state": state})  # type: ignore[attr-defined]
        elif request.method == "DELETE":
            dropped.append(request.url)
            route.fulfill(status=204)  # type: ignore[attr-defined]

    dropped: list[str] = []
    seen.route(re.compile("/console/api/time-travel/"), answer)
    seen.get_by_role("button", name="Run", exact=True).click()
    expect(seen.get_by_text("40 of 100 activities")).to_be_visible()
    expect(seen.get_by_role("progressbar")).to_have_attribute("aria-valuenow", "40")
    seen.get_by_role("button", name="Cancel").click()
    expect(seen.get_by_text("Nothing was compared")).to_be_visible()
    assert len(dropped) == 1
