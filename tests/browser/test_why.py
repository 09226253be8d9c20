"""Why, and why not: the Why tab of an alert, and the same question from any row, in both languages, by mouse and keyboard."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

pytestmark = pytest.mark.browser

Opens = Callable[..., Page]
DEMO = "Demo - Credential Dumping via Registry"
DEMO_JA = re.compile("デモ")


def why(page: Page, model: str | re.Pattern[str], tab: str) -> Page:
    """The Why tab of an alert of the model."""
    page.get_by_role("row").filter(has_text=model).first.locator("a.mono").click()
    page.get_by_role("tab", name=tab, exact=True).click()
    expect(page.get_by_role("tree").first).to_be_visible()
    return page


def colour(mark: Locator) -> str:
    found: str = mark.evaluate("element => getComputedStyle(element).backgroundColor")
    return found


def test_the_why_tab_shows_what_matched_and_where(page: Opens) -> None:
    seen = why(page("/workbench?status=all&created=all"), DEMO, "Why")
    rule = seen.get_by_test_id("rule")
    expect(rule).to_contain_text("One detection of any of its filters is enough.")
    expect(rule).to_contain_text("endpointGuid")
    tree = seen.get_by_role("tree").first
    predicate = tree.locator('[data-kind="predicate"]').first
    expect(predicate.get_by_role("img", name="Met", exact=True)).to_be_visible()
    expect(predicate.locator("mark")).to_contain_text(r"reg.exe save hklm\sam")
    expect(predicate).to_contain_text("Event.EventData.CommandLine")
    assert predicate.locator("mark").evaluate("element => element.childElementCount") == 0


def test_the_tree_is_walked_and_folded_by_keyboard(page: Opens) -> None:
    seen = why(page("/workbench?status=all&created=all"), "Recovery Removed", "Why")
    tree = seen.get_by_role("tree").first
    items = tree.get_by_role("treeitem")
    items.first.focus()
    seen.keyboard.press("ArrowDown")
    branch = tree.locator('[role=treeitem][data-kind="any"]').first
    expect(branch).to_be_focused()
    count = items.count()
    seen.keyboard.press("ArrowLeft")
    expect(branch).to_have_attribute("aria-expanded", "false")
    assert items.count() < count
    seen.keyboard.press("ArrowRight")
    expect(items).to_have_count(count)
    seen.keyboard.press("Home")
    expect(items.first).to_be_focused()


def test_a_count_says_how_many_of_how_many(page: Opens) -> None:
    seen = why(page("/workbench?status=all&created=all"), "Password Spraying", "Why")
    rule = seen.get_by_test_id("rule").first
    expect(rule).to_contain_text(re.compile(r"\d+ of 10 different values of eventDataTargetUserName within 10 min"))
    expect(rule).to_contain_text("10.20.30.41")


def test_alternatives_that_did_not_matter_are_there_for_the_asking(page: Opens) -> None:
    seen = why(page("/workbench?status=all&created=all"), "Password Spraying", "Why")
    tree = seen.get_by_role("tree").first
    expect(tree.locator('[data-met="false"]')).to_have_count(0)
    tree.get_by_role("button", name=re.compile(r"Show \d+ more")).first.click()
    expect(tree.locator('[data-met="false"]').first).to_be_visible()


def test_why_in_japanese_and_in_the_dark(page: Opens) -> None:
    light = why(page("/workbench?status=all&created=all", language="ja"), DEMO_JA, "検知の理由")
    expect(light.get_by_test_id("explanation").first).to_contain_text("条件に一致しました")
    expect(light.get_by_test_id("rule").first).to_contain_text("フィルタのいずれか 1 件の検知で成立します。")
    dark = why(page("/workbench?status=all&created=all", language="ja", scheme="dark"), DEMO_JA, "検知の理由")
    expect(dark.get_by_role("tree").first.get_by_role("img", name="一致", exact=True).first).to_be_visible()
    assert colour(light.locator("mark").first) != colour(dark.locator("mark").first)


def test_why_not_from_a_search_row_with_any_filter(page: Opens) -> None:
    seen = page("/search?query=objectCmd: hinomi-test.hive&range=all")
    seen.get_by_role("row").filter(has_text="hinomi-test.hive").first.click()
    panel = seen.get_by_role("complementary")
    panel.get_by_role("button", name="Why did, or did not, a filter fire here?").click()
    picker = panel.get_by_role("combobox", name="Filter")
    picker.fill("security_logon_failed")
    seen.get_by_role("option", name="Logon Failed", exact=True).click()
    told = panel.get_by_test_id("explanation")
    expect(told).to_have_attribute("data-met", "false")
    expect(told).to_contain_text("The filter looks at windows/security; this activity is process_creation")
    picker.fill("demo_credential")
    seen.get_by_role("option", name=re.compile("Demo - Possible Credential Dumping via Registry Hive")).click()
    expect(told).to_have_attribute("data-met", "true")
    picker.fill("process_user_identity_discovery")
    seen.get_by_role("option", name=re.compile("^Own Identity")).click()
    expect(told).to_contain_text(re.compile(r"None of \d+ alternatives is met"))


def test_why_from_a_row_of_observed_techniques_with_its_models(page: Opens) -> None:
    seen = page("/detections?filter=demo_credential_dumping_registry_hive&range=all", language="ja")
    seen.get_by_role("row").nth(1).locator("time").click()
    panel = seen.get_by_role("complementary")
    panel.get_by_role("button", name="このフィルタが一致した理由").click()
    expect(panel.get_by_test_id("explanation")).to_have_attribute("data-met", "true")
    models = panel.get_by_test_id("why-models")
    expect(models.get_by_role("link").first).to_be_visible()
    expect(models.get_by_test_id("rule").first).to_have_attribute("data-met", "true")
