"""The page of an alert: answers, checks, highlights, graph, execution profile, record, and its closing."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

pytestmark = pytest.mark.browser

Opens = Callable[..., Page]
DEMO = "Demo - Credential Dumping via Registry"
COMMAND = r'cmd.exe /c echo "reg.exe save hklm\sam C:\hinomi-test\hinomi-test.hive"'


@pytest.fixture
def alert(page: Opens) -> Page:
    """The demonstration's alert, whatever its status is by now."""
    seen = page("/workbench?status=all&created=all")
    seen.get_by_role("row").filter(has_text=DEMO).locator("a.mono").click()
    expect(seen.get_by_role("heading", name=DEMO)).to_be_visible()
    return seen


def highlight(page: Page) -> Locator:
    return page.locator(".highlights .highlight-card")


def test_the_golden_page(alert: Page) -> None:
    expect(alert.locator(".alert-head .score-ring text")).to_have_text("66")
    expect(alert.locator(".alert-head")).to_contain_text("Logon information")
    for answer in ("Cause", "Extent", "Severity"):
        expect(alert.get_by_role("heading", name=answer, exact=True)).to_be_visible()
    expect(alert.locator(".alert-facts time")).to_have_count(2)
    card = highlight(alert)
    expect(card.get_by_role("heading")).to_have_text("Demo - Possible Credential Dumping via Registry Hive")
    assert card.locator("dt").all_inner_texts() == [
        "objectCmd",
        "endpointHostName",
        "parentCmd",
        "processCmd",
        "processFilePath",
    ]
    expect(card.locator("dd").first).to_contain_text(COMMAND)
    alert.get_by_role("button", name=re.compile("how it is made up")).click()
    expect(alert.locator(".score-parts tr").first).to_contain_text("60")


def test_the_three_checks(alert: Page) -> None:
    checks = alert.locator(".three").nth(1)
    expect(checks).to_contain_text(COMMAND)
    expect(checks).to_contain_text("Check 2: addresses")
    expect(checks).to_contain_text("processFilePath")
    expect(checks).to_contain_text("FileHashSha256")
    expect(checks).to_contain_text(re.compile(r"on \d+ of \d+ endpoints"))


def test_techniques_lead_to_their_own_page(alert: Page) -> None:
    highlight(alert).get_by_role("link", name=re.compile("^T1003.002")).click()
    expect(alert.get_by_role("heading", name=re.compile("T1003.002 Security Account Manager"))).to_be_visible()
    expect(alert.get_by_role("link", name="Demo - Possible Credential Dumping via Registry Hive")).to_be_visible()
    expect(alert.get_by_text("The MITRE Corporation")).to_be_visible()


def test_the_graph_joins_host_explorer_shell_and_commands_and_lights_with_the_highlight(alert: Page) -> None:
    graph = alert.get_by_test_id("correlation-graph")
    for label in ("PC-SATO", "hinomi\\sato", "cmd.exe"):
        expect(graph.locator(f'[data-label="{label}"]'.replace("\\", "\\\\")).first).to_be_visible()
    expect(graph.locator('[data-label="explorer.exe" i]').first).to_be_visible()
    expect(graph.locator('[data-type="command"]').first).to_be_visible()
    expect(graph.locator('[data-lit="true"]')).to_have_count(0)
    highlight(alert).get_by_role("button", pressed=False).first.click()
    expect(graph.locator('[data-lit="true"]').first).to_be_visible()
    expect(alert).to_have_url(re.compile("uuid="))


def test_right_click_leads_to_the_execution_profile_with_the_script_marked(alert: Page) -> None:
    highlight(alert).locator("dd").first.locator(".object-value").click(button="right")
    menu = alert.get_by_test_id("object-menu")
    expect(menu).to_contain_text("Command line")
    assert menu.get_by_role("menuitem").all_inner_texts() == [
        "Search for this value",
        "Execution profile",
        "Raw record",
        "Filter in",
        "Make an exception",
        "Copy",
    ]
    menu.get_by_role("menuitem", name="Execution profile").click()
    graph = alert.get_by_test_id("profile-graph")
    expect(graph.locator('[data-label="T1003_Demo_Script.bat"]')).to_be_visible()
    expect(graph.locator('[data-label="cmd.exe"]').first).to_be_visible()
    expect(graph.locator('[data-label="explorer.exe" i]').first).to_be_visible()
    expect(graph.locator(".box-flagged").first).to_be_visible()
    graph.locator('[data-label="cmd.exe"]').first.click()
    panel = alert.get_by_role("complementary", name="cmd.exe")
    expect(panel.get_by_text("processCmd", exact=True)).to_be_visible()
    panel.get_by_role("tab", name="Events").click()
    expect(panel.locator(".profile-events li").first).to_be_visible()


def test_the_execution_profile_can_be_read_as_a_list_and_saved(alert: Page) -> None:
    alert.get_by_role("tab", name="Execution profile").click()
    alert.locator(".profile-tools").get_by_text("List").click()
    script = alert.get_by_role("treeitem").get_by_text("T1003_Demo_Script.bat", exact=True)
    expect(script).to_be_visible()
    alert.get_by_role("button", name="Save", exact=True).click()
    with alert.expect_download() as saved:
        alert.get_by_role("menuitem", name="Save as JSON").click()
    assert saved.value.suggested_filename.endswith("-profile.json")
    alert.get_by_role("button", name="Save", exact=True).click()
    with alert.expect_download() as picture:
        alert.get_by_role("menuitem", name="Save as PNG").click()
    assert picture.value.path().read_bytes().startswith(b"\x89PNG")


def test_nothing_moves_under_the_pointer_while_the_evidence_arrives(alert: Page) -> None:
    """A tab that moves between the press and the release of the button is never clicked."""
    alert.route(re.compile("/console/api/(activities|entities|search|attack)"), lambda _route: None)
    alert.reload()
    tab = alert.get_by_role("tab", name="Execution profile")
    with alert.expect_request(re.compile("/console/api/activities")):
        expect(tab).to_be_visible()
    before = tab.bounding_box()
    alert.unroute_all()  # what was held goes on
    expect(alert.locator(".three").nth(1)).to_contain_text(re.compile(r"on \d+ of \d+ endpoints"))
    assert tab.bounding_box() == before


def test_an_encoded_command_shows_what_it_says(page: Opens) -> None:
    seen = page("/workbench?status=all&created=all")
    seen.get_by_role("row").filter(has_text="PowerShell Downloads Code").locator("a.mono").click()
    check = seen.locator(".check-command")
    expect(check.locator(".check-value")).to_contain_text("-Enc ")
    expect(check.locator(".decoded")).to_contain_text("Net.WebClient")


def test_children_of_any_process_are_there_for_the_asking(alert: Page) -> None:
    alert.get_by_role("tab", name="Execution profile").click()
    graph = alert.get_by_test_id("profile-graph")
    graph.locator('[data-label="explorer.exe" i]').first.click()
    with alert.expect_response(re.compile(r"/console/api/profile\?")) as answer:
        alert.get_by_role("button", name="Show what it started").click()
    assert answer.value.ok
    expect(graph.locator('[data-label="T1003_Demo_Script.bat"]')).to_be_visible()


def test_the_menu_searches_for_the_value(alert: Page) -> None:
    highlight(alert).locator("dd").first.locator(".object-value").click(button="right")
    alert.get_by_role("menuitem", name="Search for this value").click()
    expect(alert.get_by_role("textbox", name="Query")).to_have_value(re.compile("^objectCmd: "))
    expect(alert.get_by_role("row").filter(has_text="hinomi-test.hive").first).to_be_visible()


def test_the_menu_opens_by_keyboard_too(alert: Page) -> None:
    highlight(alert).locator("dd").first.locator(".object-value").focus()
    alert.keyboard.press("Shift+F10")
    expect(alert.get_by_test_id("object-menu")).to_be_visible()
    alert.keyboard.press("Escape")
    expect(alert.get_by_test_id("object-menu")).to_have_count(0)


def test_the_record_stands_beside_the_mapped_fields_as_text(alert: Page) -> None:
    alert.get_by_role("tab", name="Events").click()
    expect(alert.get_by_role("region", name="Mapped fields")).to_contain_text("objectCmd")
    record = alert.get_by_role("region", name="Raw record").locator("pre")
    expect(record).to_contain_text('"CommandLine"')
    assert record.evaluate("element => element.childElementCount") == 0


def test_why_shows_rules_filters_and_events(alert: Page) -> None:
    alert.get_by_role("tab", name="Why").click()
    expect(alert.locator(".why")).to_contain_text("one filter is enough")
    alert.locator(".why .why-event button.mono").first.click()
    expect(alert.get_by_role("tab", name="Events")).to_have_attribute("aria-selected", "true")


def test_close_as_benign_takes_two_clicks_and_is_told_in_the_history(alert: Page) -> None:
    alert.get_by_test_id("close-menu").click()
    alert.get_by_test_id("close-benign-administration").click()
    expect(alert.locator(".alert-head .status")).to_have_text("Closed")
    expect(alert.locator(".alert-head")).to_contain_text("Benign true positive")
    alert.get_by_role("tab", name="Notes and history").click()
    history = alert.get_by_role("region", name="History")
    expect(history).to_contain_text("Status: Open → Closed")
    expect(history).to_contain_text("Reason: Normal administration work")
    alert.get_by_role("button", name="Reopen").click()
    expect(alert.locator(".alert-head .status")).to_have_text("Open")


def test_a_false_positive_wants_its_reason(alert: Page) -> None:
    alert.get_by_test_id("close-menu").click()
    alert.get_by_role("menuitem", name="Other reason").nth(1).click()
    dialog = alert.get_by_role("dialog", name="Close as false positive")
    expect(dialog.get_by_role("button", name=re.compile("Close$"))).to_be_disabled()
    dialog.get_by_label("Reason").fill("the recording is our own")
    expect(dialog.get_by_role("button", name=re.compile("False positive"))).to_be_enabled()
    dialog.get_by_role("button", name="Cancel").click()
    expect(alert.locator(".alert-head .status")).not_to_have_text("Closed")


def test_notes_are_written_changed_and_deleted(alert: Page) -> None:
    alert.get_by_role("tab", name="Notes and history").click()
    alert.get_by_label("Write a note for your colleagues").fill("<b>Asked</b> the owner of the script")
    alert.get_by_role("button", name="Add note").click()
    note = alert.locator(".note").filter(has_text="<b>Asked</b> the owner")
    expect(note).to_be_visible()
    note.get_by_role("button", name="Edit").click()
    alert.locator(".note textarea").first.fill("It was a test")
    alert.locator(".note").get_by_role("button", name="Save", exact=True).click()
    changed = alert.locator(".note").filter(has_text="It was a test")
    expect(changed).to_be_visible()
    changed.get_by_role("button", name="Delete").click()
    dialog = alert.get_by_role("dialog", name="Delete this note?")
    expect(dialog).to_contain_text("It was a test")
    dialog.get_by_role("button", name="Delete").click()
    expect(changed).to_have_count(0)


def test_an_alert_that_does_not_exist_says_so(open_page: Opens, session: object) -> None:
    seen = open_page("/workbench/alerts/WB-1-20200101-99999", state=session)
    expect(seen.get_by_text("This does not exist, or no longer does.")).to_be_visible()
    expect(seen.get_by_role("button", name="Try again")).to_be_visible()
    open_page.errors.clear()  # type: ignore[attr-defined]  # the browser reports the 404 itself
