"""Exceptions in the browser: from an alert's value to the bill, the saving, the list, and what is refused."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

pytestmark = pytest.mark.browser

Opens = Callable[..., Page]
DEMO = "Demo - Credential Dumping via Registry"


def open_alert(page: Page) -> None:
    page.get_by_role("row").filter(has_text=DEMO).locator("a.mono").first.click()
    expect(page.locator(".highlights .object-value").first).to_be_visible()


def bill_of(page: Page) -> Locator:
    return page.get_by_role("region", name="The bill: what it would have hidden")


def test_an_exception_is_made_from_an_alert_after_its_bill(page: Opens) -> None:
    seen = page("/workbench?status=all&created=all")
    open_alert(seen)
    value = seen.locator(".highlights dd .object-value", has_text="PC-SATO").first
    value.click(button="right")
    seen.get_by_test_id("object-menu").get_by_role("menuitem", name="Make an exception").click()
    expect(seen.get_by_role("heading", name="New exception")).to_be_visible()
    expect(seen.get_by_role("combobox", name="Field")).to_have_value("endpointHostName")
    expect(seen.get_by_label("Value")).to_have_value("PC-SATO")
    figures = seen.get_by_test_id("bill")
    expect(figures).to_contain_text(re.compile(r"[1-9]\d*\s*detections?"))
    expect(figures).to_contain_text(re.compile(r"[1-9]\d*\s*alerts?"))
    expect(bill_of(seen).get_by_role("row").filter(has_text="PC-SATO").first).to_be_visible()
    save = seen.get_by_role("button", name="Save the exception")
    expect(save).to_be_disabled()
    seen.get_by_label("Reason").fill("the demonstration runs on this endpoint")
    expect(save).to_be_enabled()
    seen.get_by_label("Value").fill("PC-SATO-2")
    expect(save).to_be_disabled()
    seen.get_by_role("button", name="Show the bill").click()
    expect(figures).to_contain_text("it would have hidden nothing")
    save.click()

    row = seen.get_by_role("row").filter(has_text="PC-SATO-2")
    expect(row).to_contain_text("the demonstration runs on this endpoint")
    switch = row.get_by_role("switch")
    switch.click(force=True)
    expect(switch).not_to_be_checked()
    row.get_by_role("button", name="Delete").click()
    seen.get_by_role("dialog", name="Delete this exception?").get_by_role("button", name="Delete").click()
    expect(row).to_have_count(0)
    seen.get_by_role("button", name="Undo").click()
    expect(row).to_be_visible()
    row.get_by_role("button", name="Delete").click()
    seen.get_by_role("dialog", name="Delete this exception?").get_by_role("button", name="Delete").click()
    expect(row).to_have_count(0)


def test_what_blinds_a_proof_is_refused_unless_taken_on(page: Opens) -> None:
    seen = page("/exceptions/new?field=objectCmd&operator=contains&value=hklm%5Csam")
    seen.get_by_label("Reason").fill("only to see what happens")
    blinded = seen.get_by_test_id("blinded")
    expect(blinded).to_contain_text(re.compile(r"It would blind \d+ proofs?"))
    save = seen.get_by_role("button", name="Save the exception")
    expect(save).to_be_disabled()
    blinded.get_by_label("Save it all the same; I know what will be missed").check()
    expect(save).to_be_enabled()
    save.click()
    row = seen.get_by_role("table", name="Exceptions").get_by_role("row").filter(has_text="hklm\\sam")
    expect(row).to_be_visible()
    row.get_by_role("button", name="Delete").click()
    seen.get_by_role("dialog", name="Delete this exception?").get_by_role("button", name="Delete").click()
    expect(row).to_have_count(0)


def test_a_filter_leads_to_an_exception_of_its_own(page: Opens) -> None:
    seen = page("/filters/process_mimikatz_command")
    seen.get_by_role("link", name="New exception").click()
    expect(seen).to_have_url(re.compile("filter=process_mimikatz_command"))
    expect(seen.get_by_role("combobox", name="Filter")).to_have_value("Mimikatz Command Words on a Command Line")
    expect(bill_of(seen)).to_contain_text("Fill in field and value")
