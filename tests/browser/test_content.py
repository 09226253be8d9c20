"""Detection Model Management in the browser: switches and severity, a filter from its first mistake to its roll-back, read-only eyes."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import House, log_in

pytestmark = pytest.mark.browser

Opens = Callable[..., Page]
MODEL = "Credential Dumping via Mimikatz"

FILTER = """title: {title}
id: 0b6e2c0e-6f0e-4d0a-9f0e-5a3c1f7d9e21
status: experimental
description: A hive of the registry was saved to a file.
tags: [attack.t1003.002]
logsource: {{product: windows, category: process_creation}}
detection:
  saved:
    {field}: 'hinomi-test.hive'
  condition: saved
level: medium
hinomi:
  class: behaviour
  highlights: [objectCmd, endpointHostName]
  ja: {{title: レジストリハイブの保存の試験, description: レジストリハイブがファイルに保存されました。}}
tests:
  fires:
    - {{Image: 'C:\\Windows\\System32\\cmd.exe', CommandLine: 'reg save hklm\\sam C:\\t\\hinomi-test.hive'}}
  silent:
    - {{Image: 'C:\\Windows\\System32\\cmd.exe', CommandLine: 'dir'}}
"""


def switch_of(page: Page, name: str) -> Locator:
    return page.get_by_role("switch", name=f"{name} on or off")


def write(page: Page, label: str, text: str) -> None:
    """Puts a text into the code field in the place of what stands there, as pasting does."""
    field = page.get_by_role("textbox", name=label, exact=True)
    field.click()
    field.press("Control+a")
    page.keyboard.insert_text(text)


def test_a_model_is_switched_off_and_on_again(page: Opens) -> None:
    seen = page("/models?search=mimikatz")
    switch = switch_of(seen, MODEL)
    expect(switch).to_be_checked()
    switch.click(force=True)
    seen.get_by_role("dialog", name="Switch this model off?").get_by_role("button", name="Switch off").click()
    expect(switch).not_to_be_checked()
    expect(seen.get_by_text(f"{MODEL} is off.")).to_be_visible()
    seen.reload()
    expect(switch).not_to_be_checked()
    expect(seen.get_by_role("row").filter(has_text=MODEL)).to_contain_text("admin")
    switch.click(force=True)
    expect(switch).to_be_checked()


def test_a_rule_is_switched_off_alone(page: Opens) -> None:
    seen = page("/models/credential_dumping_mimikatz")
    rule = switch_of(seen, "Mimikatz opened LSASS")
    rule.click(force=True)
    expect(rule).not_to_be_checked()
    seen.reload()
    expect(rule).not_to_be_checked()
    expect(switch_of(seen, "Mimikatz was run")).to_be_checked()
    expect(switch_of(seen, MODEL)).to_be_checked()
    rule.click(force=True)
    expect(rule).to_be_checked()


def test_severity_is_changed_and_taken_back(page: Opens) -> None:
    seen = page("/models?search=mimikatz")
    seen.get_by_role("button", name=f"Severity of {MODEL}: High").click()
    seen.get_by_role("menuitem", name="Critical").click()
    changed = seen.get_by_role("button", name=f"Severity of {MODEL}: Critical")
    expect(changed).to_be_visible()
    seen.reload()
    expect(changed).to_be_visible()
    changed.click()
    seen.get_by_role("menuitem", name="High (as it came)").click()
    expect(seen.get_by_role("button", name=f"Severity of {MODEL}: High")).to_be_visible()
    seen.get_by_role("button", name="Undo").click()
    expect(changed).to_be_visible()
    changed.click()
    seen.get_by_role("menuitem", name="High (as it came)").click()
    expect(seen.get_by_role("button", name=f"Severity of {MODEL}: High")).to_be_visible()


def test_models_that_lack_their_data_say_what_they_need_and_refuse_to_be_switched_on(
    open_page: Opens, session: object
) -> None:
    seen = open_page("/models?state=unavailable", state=session)
    row = seen.locator("tbody tr").first
    expect(row).to_contain_text("not available: needs")
    switch = row.get_by_role("switch")
    name = row.locator(".model-name a").inner_text()
    switch.click(force=True)
    with seen.expect_response(lambda answer: answer.request.method == "PATCH"):
        seen.get_by_role("dialog", name="Switch this model off?").get_by_role("button", name="Switch off").click()
    expect(switch).not_to_be_checked()
    expect(seen.get_by_role("dialog")).to_have_count(0)  # while it fades it takes the click
    expect(switch).to_be_enabled()
    with seen.expect_response(lambda answer: answer.status == 409):
        switch.click(force=True)
    expect(seen.get_by_role("status").filter(has_text=f"{name}: not available: needs")).to_be_visible()
    expect(switch).not_to_be_checked()
    open_page.errors.clear()  # type: ignore[attr-defined]  # the browser reports the 409 itself


def test_many_models_are_switched_at_once_with_the_keyboard(page: Opens) -> None:
    seen = page("/models?search=mimikatz&state=on")
    expect(seen.locator("tbody tr").first).to_be_visible()
    seen.keyboard.press("j")
    seen.keyboard.press("x")
    bar = seen.get_by_role("toolbar", name="Change the selected rows")
    expect(bar).to_contain_text("1 selected")
    bar.get_by_role("button", name="Switch off").click()
    seen.get_by_role("dialog", name="Switch 1 off?").get_by_role("button", name="Switch off").click()
    expect(seen.get_by_text("1 switched off.")).to_be_visible()
    seen.goto("/models?search=mimikatz&state=off")
    seen.get_by_role("checkbox", name="Select all rows").check()
    bar.get_by_role("button", name="Switch on").click()
    expect(seen.get_by_text("1 switched on.")).to_be_visible()


def test_the_funnel_says_what_each_layer_took_away(page: Opens) -> None:
    seen = page("/models")
    funnel = seen.get_by_role("region", name="Last 30 days")
    counts = [int(one.replace(",", "")) for one in funnel.locator("dd strong").all_inner_texts()]
    expect(funnel.locator("dd strong")).to_have_count(4)
    counts = [int(one.replace(",", "")) for one in funnel.locator("dd strong").all_inner_texts()]
    assert counts[0] >= counts[1] >= counts[2] >= counts[3] > 0


def test_filters_are_found_and_narrowed(page: Opens) -> None:
    seen = page("/filters?search=mimikatz")
    expect(seen.get_by_role("link", name="Mimikatz Command Words on a Command Line")).to_be_visible()
    seen.get_by_role("button", name="Kind All").click()
    seen.get_by_role("menuitemcheckbox", name="Signature").click()
    seen.keyboard.press("Escape")
    expect(seen).to_have_url(re.compile("class=signature"))
    kinds = seen.locator("tbody tr td:nth-child(4)")
    expect(kinds.first).to_have_text("Signature")
    expect(kinds.filter(has_not_text="Signature")).to_have_count(0)


def test_a_filter_from_its_first_mistake_to_its_roll_back(page: Opens) -> None:
    seen = page("/filters/new?tab=text")
    label = "Filter as Sigma rule"
    write(seen, label, FILTER.format(title="Hive Saved, First Try", field="CommandLine|containz"))
    problems = seen.get_by_role("region", name="Problems")
    problem = problems.get_by_role("button").first
    expect(problem).to_contain_text("9:5")
    expect(problem).to_contain_text("unknown modifier 'containz'; nearest: 'contains'")
    expect(seen.locator(".cm-lintRange-error").first).to_have_text("CommandLine|containz")
    expect(seen.get_by_role("button", name="Save")).to_be_disabled()
    problem.click()
    expect(seen.get_by_label(label, exact=True)).to_be_focused()

    write(seen, label, FILTER.format(title="Hive Saved, First Try", field="CommandLine|contains"))
    expect(problems.locator("[data-problem=error]")).to_have_count(0)
    expect(seen.get_by_text("As Hinomi reads it")).to_be_visible()
    seen.keyboard.press("Control+Enter")
    result = seen.get_by_test_id("preview-result")
    expect(result).to_have_attribute("data-state", "done")
    expect(result).to_contain_text(re.compile(r"[1-9]\d* activit(y|ies) match"))
    expect(seen.locator(".sample").first).to_contain_text("PC-SATO")

    seen.get_by_label(label, exact=True).click()
    seen.keyboard.press("Control+s")
    dialog = seen.get_by_role("dialog", name="Save as a new version")
    dialog.get_by_label("What changed, and why").fill("the first one")
    dialog.get_by_role("button", name="Save").click()
    expect(seen.get_by_role("heading", name="Hive Saved, First Try")).to_be_visible()
    expect(seen.get_by_text("Saved as version 1.")).to_be_visible()

    seen.get_by_role("link", name="Edit").click()
    write(seen, label, FILTER.format(title="Hive Saved, Better", field="CommandLine|contains"))
    expect(seen.get_by_text("Not saved")).to_be_visible()
    save = seen.get_by_role("button", name="Save")
    expect(save).to_be_enabled()
    save.click()
    dialog.get_by_label("What changed, and why").fill("a better title")
    dialog.get_by_role("button", name="Save").click()
    expect(seen.get_by_role("heading", name="Hive Saved, Better")).to_be_visible()

    seen.get_by_role("link", name="Versions").click()
    difference = seen.get_by_role("region", name="Difference")
    expect(difference.locator(".went").last).to_contain_text("Hive Saved, First Try")
    expect(difference.locator(".came").last).to_contain_text("Hive Saved, Better")
    seen.get_by_text("Unified").click()
    expect(difference.locator("tr.came")).to_have_count(1)
    expect(seen.get_by_text("a better title")).to_be_visible()
    seen.locator(".version").filter(has_text="the first one").get_by_role("button", name="Roll back").click()
    asked = seen.get_by_role("dialog", name="Roll back to this version?")
    expect(asked).to_contain_text("the first one")
    asked.get_by_role("button", name="Roll back").click()
    expect(seen.locator(".version").filter(has_text="Version 3")).to_contain_text("in effect")
    seen.locator(".page-head a.mono").click()
    expect(seen.get_by_role("heading", name="Hive Saved, First Try")).to_be_visible()

    seen.get_by_role("button", name="Delete").click()
    seen.get_by_role("dialog", name="Delete this content?").get_by_role("button", name="Delete").click()
    expect(seen.get_by_text("Hive Saved, First Try has been deleted.")).to_be_visible()
    expect(seen).to_have_url(re.compile("/filters$"))


def test_content_with_a_red_proof_is_kept_off(open_page: Opens, session: object) -> None:
    seen = open_page("/filters/new?tab=text", state=session)
    text = FILTER.format(title="Hive Saved, Unproven", field="CommandLine|contains")
    write(seen, "Filter as Sigma rule", text.replace("contains: 'hinomi-test.hive'", "contains: 'other.hive'"))
    failing = seen.get_by_role("region", name="Problems").locator("[data-problem=proof]")
    expect(failing).to_contain_text("fires")
    save = seen.get_by_role("button", name="Save")
    expect(save).to_be_enabled()
    save.click()
    dialog = seen.get_by_role("dialog", name="Save as a new version")
    expect(dialog).to_contain_text("Proofs fail: it will be saved but stay switched off.")
    dialog.get_by_role("button", name="Save").click()
    expect(seen.get_by_text("It is switched off.")).to_be_visible()
    switch = switch_of(seen, "Hive Saved, Unproven")
    expect(switch).not_to_be_checked()
    switch.click(force=True)
    expect(seen.get_by_text("It cannot be switched on while its proofs fail")).to_be_visible()
    expect(switch).not_to_be_checked()
    seen.get_by_role("button", name="Undo").click()
    expect(seen).to_have_url(re.compile("/filters$"))
    expect(seen.get_by_text("Taken back.")).to_be_visible()
    open_page.errors.clear()  # type: ignore[attr-defined]  # the browser reports the 409 itself


def test_a_query_becomes_a_filter(page: Opens) -> None:
    seen = page("/filters/new")
    write(seen, "Query", 'objectCmd: *hinomi-test* AND NOT endpointHostName: "PC-9"')
    seen.get_by_label("Title").fill("Test Hive Named")
    technique = seen.get_by_role("combobox", name="Techniques")
    technique.fill("T1003.002")
    technique.press("Enter")
    made = seen.get_by_label("Becomes this Sigma rule")
    expect(made).to_contain_text("objectCmd")
    expect(made).to_contain_text("attack.t1003.002")
    seen.get_by_text("Sigma (YAML)").click()
    expect(seen.get_by_label("Filter as Sigma rule", exact=True)).to_contain_text("Test Hive Named")
    seen.get_by_role("link", name="Workbench").click()
    asked = seen.get_by_role("dialog", name="Leave without saving?")
    asked.get_by_role("button", name="Cancel").click()
    expect(seen.get_by_label("Filter as Sigma rule", exact=True)).to_contain_text("Test Hive Named")
    seen.get_by_role("link", name="Workbench").click()
    asked.get_by_role("button", name="Leave").click()
    expect(seen.get_by_role("heading", name="Workbench")).to_be_visible()


def test_the_editor_completes_fields_and_modifiers(page: Opens) -> None:
    seen = page("/filters/new?tab=text")
    expect(seen.get_by_text("No problems.")).to_be_visible()
    label = "Filter as Sigma rule"
    write(seen, label, "title: a\ndetection:\n  one:\n    Comma")
    seen.get_by_label(label, exact=True).press("Control+Space")
    option = seen.get_by_role("option").filter(has_text="CommandLine").first
    expect(option).to_be_visible()
    option.click()
    seen.keyboard.type("|cont")
    seen.get_by_role("option").filter(has_text="contains").first.click()
    expect(seen.get_by_label(label, exact=True)).to_contain_text("CommandLine|contains")


def test_an_auditor_reads_and_changes_nothing(open_page: Opens, page: Opens, house: House) -> None:
    admin = page("/administration/users")
    admin.get_by_role("button", name="New user").click()
    dialog = admin.get_by_role("dialog")
    dialog.get_by_label("User name").fill("kansa")
    dialog.get_by_role("combobox", name="Role").click()
    admin.get_by_role("option", name="Auditor").click()
    dialog.get_by_role("textbox", name="Password").fill("kazaguruma-hinomi-9")
    dialog.get_by_role("button", name="New user").click()
    expect(admin.get_by_role("row").filter(has_text="kansa")).to_be_visible()

    seen = open_page("/login")
    log_in(seen, "kansa", "kazaguruma-hinomi-9")
    expect(seen.get_by_role("heading", name="Workbench")).to_be_visible()
    seen.goto("/models?search=mimikatz")
    expect(switch_of(seen, MODEL)).to_be_disabled()
    expect(seen.get_by_role("button", name=f"Severity of {MODEL}: High")).to_be_disabled()
    expect(seen.get_by_role("button", name="New", exact=True)).to_have_count(0)
    expect(seen.get_by_role("button", name="Export")).to_be_visible()
    seen.goto("/filters/process_mimikatz_command")
    expect(seen.get_by_text("Definition")).to_be_visible()
    expect(seen.get_by_role("link", name="Edit")).to_have_count(0)
    for path in ("/filters/new", "/filters/process_mimikatz_command/edit", "/exceptions/new"):
        seen.goto(path)
        expect(seen.get_by_text("Your role does not allow this.")).to_be_visible()
    seen.goto("/exceptions")
    expect(seen.get_by_role("heading", name="Exceptions", exact=True)).to_be_visible()
    expect(seen.get_by_role("link", name="New exception")).to_have_count(0)

    admin.get_by_role("row").filter(has_text="kansa").get_by_role("button", name="Delete").click()
    admin.get_by_role("dialog", name="Delete this user?").get_by_role("button", name="Delete").click()
    expect(admin.get_by_role("row").filter(has_text="kansa")).to_have_count(0)


@pytest.mark.parametrize(
    ("path", "heading"),
    [
        ("/models", "検知モデル"),
        ("/filters", "フィルタ"),
        ("/filters/new", "新しいフィルタ"),
        ("/exceptions", "例外"),
        ("/exceptions/new", "例外を作成"),
        ("/filters/process_mimikatz_command/versions", "版の履歴"),
    ],
)
def test_the_pages_speak_japanese(page: Opens, path: str, heading: str) -> None:
    seen = page(path, language="ja")
    expect(seen.get_by_role("heading", name=heading, exact=True).first).to_be_visible()
    expect(seen.locator("html")).to_have_attribute("lang", "ja")
