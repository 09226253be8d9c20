"""ATT&CK offline: the matrix by mouse and keyboard, the pages of techniques, groups and software, the look-up."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

pytestmark = pytest.mark.browser

Opens = Callable[..., Page]


def cell(page: Page, tactic: str, id_: str) -> Locator:
    return page.get_by_role("region", name=tactic, exact=True).locator(f'[data-id="{id_}"]')


def ground(found: Locator) -> str:
    colour: str = found.evaluate("element => getComputedStyle(element).backgroundColor")
    return colour


def test_the_matrix_is_coloured_by_coverage_and_by_detections(page: Opens) -> None:
    seen = page("/attack?range=all")
    dumping = cell(seen, "Credential Access", "T1003")
    expect(dumping).to_have_attribute("data-level", "2")
    expect(dumping).to_contain_text("OS Credential Dumping")
    assert ground(dumping) != ground(seen.locator('.matrix-cell[data-level="0"]').first)
    expect(seen.get_by_test_id("matrix-totals")).to_contain_text(re.compile(r"\d+ of \d+ techniques covered, \d+ seen"))
    expect(seen.get_by_text("The MITRE Corporation")).to_be_visible()
    seen.locator("label").filter(has_text="Detections").click()
    expect(seen).to_have_url(re.compile("colour=detections"))
    expect(dumping).to_have_attribute("data-level", re.compile("[123]"))
    seen.locator("label").filter(has_text="Not covered").click()
    expect(dumping).to_have_count(0)
    seen.locator("label").filter(has_text="Seen").click()
    expect(dumping).to_be_visible()


def test_the_matrix_is_walked_by_keyboard(page: Opens) -> None:
    seen = page("/attack")
    columns = seen.locator(".matrix-column")
    first = columns.first.locator("[data-cell]").first
    first.focus()
    seen.keyboard.press("ArrowDown")
    expect(columns.first.locator("[data-cell]").nth(1)).to_be_focused()
    seen.keyboard.press("Home")
    seen.keyboard.press("Space")
    expect(first).to_have_attribute("aria-expanded", "true")
    seen.keyboard.press("ArrowDown")
    expect(columns.first.locator(".matrix-subs [data-cell]").first).to_be_focused()
    seen.keyboard.press("ArrowRight")
    second = columns.nth(1).locator("[data-cell]").nth(1)
    expect(second).to_be_focused()
    wanted = second.get_attribute("data-id")
    seen.keyboard.press("Enter")
    expect(seen).to_have_url(re.compile(f"/attack/techniques/{wanted}$"))


def test_the_matrix_in_japanese_and_in_the_dark(page: Opens) -> None:
    light, dark = page("/attack", language="ja"), page("/attack", language="ja", scheme="dark")
    for seen in (light, dark):
        expect(seen.get_by_role("heading", name="ATT&CK マトリクス")).to_be_visible()
        expect(cell(seen, "認証情報アクセス", "T1003")).to_contain_text("OS Credential Dumping")
        expect(seen.get_by_text("フィルタと検知モデル")).to_be_visible()
    assert ground(cell(light, "認証情報アクセス", "T1003")) != ground(cell(dark, "認証情報アクセス", "T1003"))


def test_a_technique_is_found_in_the_matrix_by_name(page: Opens) -> None:
    seen = page("/attack")
    seen.get_by_role("textbox", name="Id or name of a technique").fill("dcsync")
    seen.get_by_role("button", name="Apply").click()
    expect(seen.locator('.matrix-subs [data-id="T1003.006"]')).to_be_visible()
    expect(seen.locator(".matrix-item .matrix-cell")).to_have_count(1)


def test_from_technique_to_group_to_software_and_back(page: Opens) -> None:
    seen = page("/attack/techniques/T1003.002")
    expect(seen.get_by_role("region", name="Mitigations").get_by_role("link").first).to_be_visible()
    seen.get_by_role("region", name="Groups that use it").get_by_role("link", name="G0016 APT29").click()
    expect(seen.get_by_role("heading", name="G0016 APT29")).to_be_visible()
    expect(seen.get_by_text("Cozy Bear")).to_be_visible()
    expect(seen.get_by_text(re.compile(r"\d+ of \d+ techniques"))).to_be_visible()
    seen.get_by_role("region", name="Software used").get_by_role("link", name="S0002 Mimikatz").click()
    expect(seen.get_by_role("heading", name="S0002 Mimikatz")).to_be_visible()
    expect(seen.get_by_text("Tool", exact=True)).to_be_visible()
    access = seen.get_by_role("region", name="Credential Access")
    access.get_by_role("link", name="T1003.002 Security Account Manager").click()
    expect(seen.get_by_role("heading", name="T1003.002 Security Account Manager")).to_be_visible()


def test_pages_of_groups_and_mitigations_in_japanese(page: Opens) -> None:
    seen = page("/attack/groups/G0016", language="ja")
    expect(seen.get_by_text("別名")).to_be_visible()
    expect(seen.get_by_role("region", name="使用するソフトウェア").get_by_role("link").first).to_be_visible()
    expect(seen.get_by_role("region", name="認証情報アクセス")).to_be_visible()
    seen = page("/attack/mitigations/M1041", language="ja")
    expect(seen.get_by_text("対象のテクニック")).to_be_visible()


def test_a_replaced_id_leads_to_what_it_became_and_says_so(page: Opens) -> None:
    seen = page("/attack/techniques/T1562.001")
    expect(seen.get_by_role("heading", name="T1685 Disable or Modify Tools")).to_be_visible()
    expect(seen).to_have_url(re.compile("/attack/techniques/T1685"))
    expect(seen.get_by_text("T1562.001 was replaced: it is T1685 now.")).to_be_visible()


def test_a_withdrawn_id_says_that_it_is(open_page: Opens, session: object) -> None:
    seen = open_page("/attack/techniques/T1064", state=session, language="ja")
    expect(seen.get_by_role("heading", name="T1064 Scripting は後継なしで廃止されました")).to_be_visible()
    errors: list[str] = open_page.errors  # type: ignore[attr-defined]
    assert [error for error in errors if "404" not in error] == []
    errors.clear()  # the browser reports the 404 that the page is about


@pytest.mark.parametrize(
    ("text", "shown", "path"),
    [("G0016", "G0016  APT29", "groups/G0016"), ("Mimikatz (S0002)", "S0002  Mimikatz", "software/S0002")],
)
def test_the_look_up_finds_groups_and_software(page: Opens, text: str, shown: str, path: str) -> None:
    seen = page("/workbench")
    expect(seen.get_by_role("heading", name="Workbench")).to_be_visible()
    seen.keyboard.press("Control+k")
    seen.get_by_role("combobox").fill(text)
    expect(
        seen.get_by_role("option", name=re.compile(re.sub(r"\s+", r"\\s+", re.escape(shown).replace(r"\ ", " "))))
    ).to_be_visible()
    seen.keyboard.press("Enter")
    expect(seen).to_have_url(re.compile(f"/attack/{path}$"))
