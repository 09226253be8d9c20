"""Observed attack techniques, models, search, incidents and administration."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser

Opens = Callable[..., Page]


def test_detections_narrow_by_facet_and_hide_noise(page: Opens) -> None:
    seen = page("/detections?range=all")
    expect(seen.get_by_role("row").nth(1)).to_be_visible()
    facets = seen.get_by_role("complementary", name="Facets")
    facets.get_by_role("button", name=re.compile("^High")).click()
    expect(seen).to_have_url(re.compile("risk=high"))
    expect(seen.locator("tbody .severity-info")).to_have_count(0)
    assert set(seen.locator("tbody .severity").all_inner_texts()) == {"High"}
    first = seen.locator("tbody tr").first
    title = first.locator("td").nth(2).inner_text()
    first.hover()
    first.get_by_role("button", name=re.compile("^Hide")).click()
    expect(seen).to_have_url(re.compile("hidden="))
    expect(seen.locator("tbody").get_by_role("link", name=title, exact=True)).to_have_count(0)
    seen.get_by_role("button", name="Views").click()
    seen.get_by_label("Name of the view").fill("without noise")
    seen.get_by_role("button", name="Save").click()
    seen.goto("/detections")
    seen.get_by_role("button", name="Views").click()
    seen.get_by_role("menuitem", name="without noise").click()
    expect(seen).to_have_url(re.compile("hidden="))


def test_a_detection_opens_its_record_and_profile(page: Opens) -> None:
    seen = page('/detections?range=all&search=filterId: "demo_registry_hive_saved" or objectCmd: *hinomi-test*')
    seen.locator("tbody tr .severity").first.click()
    flyout = seen.get_by_role("complementary", name="Activity")
    expect(flyout.get_by_role("region", name="Raw record")).to_contain_text("EventID")
    expect(flyout.get_by_role("region", name="Mapped fields")).to_contain_text("endpointHostName")
    flyout.get_by_role("link", name="Execution profile").click()
    expect(seen.get_by_test_id("profile-graph").locator('[data-label="T1003_Demo_Script.bat"]')).to_be_visible()


def test_dragging_the_histogram_sets_the_time(page: Opens) -> None:
    seen = page("/detections?range=24h")
    chart = seen.locator(".histogram svg")
    expect(chart).to_be_visible()
    box = chart.bounding_box()
    assert box is not None
    seen.mouse.move(box["x"] + box["width"] * 0.9, box["y"] + 40)
    seen.mouse.down()
    seen.mouse.move(box["x"] + box["width"] - 2, box["y"] + 40)
    seen.mouse.up()
    expect(seen).to_have_url(re.compile("from=.*to="))


def test_a_model_shows_its_filters_and_is_switched_off_only_when_confirmed(page: Opens) -> None:
    seen = page("/models?search=mimikatz")
    name = "Credential Dumping via Mimikatz"
    switch = seen.get_by_role("switch", name=re.compile(name))
    expect(switch).to_be_checked()
    seen.locator("label", has=switch).last.click() if switch.count() > 1 else switch.click(force=True)
    dialog = seen.get_by_role("dialog", name="Switch this model off?")
    expect(dialog).to_contain_text(name)
    dialog.get_by_role("button", name="Cancel").click()
    expect(switch).to_be_checked()
    seen.get_by_role("link", name=name).click()
    seen.locator(".tree .tree button").first.click()
    expect(seen.locator("pre").first).to_contain_text("detection:")
    seen.locator(".tree .tree a").first.click()
    expect(seen.get_by_text("Used by models")).to_be_visible()
    expect(seen.get_by_role("link", name=name)).to_be_visible()


def test_an_incident_says_why_its_alerts_belong_and_lets_one_go_and_return(page: Opens) -> None:
    seen = page("/workbench")
    seen.get_by_role("tab", name="Incidents").click()
    seen.locator("tbody tr a.mono").first.click()
    expect(seen.get_by_role("heading", name="Alerts of this incident")).to_be_visible()
    rows = seen.locator("tbody tr")
    expect(rows.nth(1)).to_be_visible()
    count = rows.count()
    last = rows.nth(count - 1)
    id_ = last.locator("a.mono").inner_text()
    assert len(last.locator("td").nth(7).inner_text()) > 10
    last.get_by_role("button", name="Unlink").click()
    dialog = seen.get_by_role("dialog", name="Unlink this alert?")
    expect(dialog).to_contain_text(id_)
    dialog.get_by_role("button", name="Unlink").click()
    expect(rows).to_have_count(count - 1)
    seen.get_by_role("button", name="Link an alert").click()
    dialog = seen.get_by_role("dialog")
    dialog.get_by_label("Workbench ID").fill(id_)
    dialog.get_by_label("Reason").fill("the same person told us")
    dialog.get_by_role("button", name="Link an alert").click()
    expect(rows).to_have_count(count)
    expect(seen.locator(f'tr[data-key="{id_}"]')).to_contain_text("the same person told us")


def test_users_keys_and_the_audit_log(page: Opens) -> None:
    seen = page("/administration/users")
    seen.get_by_role("button", name="New user").click()
    dialog = seen.get_by_role("dialog")
    dialog.get_by_label("User name").fill("tanaka")
    dialog.get_by_role("textbox", name="Password").fill("kazaguruma-hinomi-7")
    dialog.get_by_role("button", name="New user").click()
    row = seen.get_by_role("row").filter(has_text="tanaka")
    expect(row).to_be_visible()
    row.get_by_role("button", name="Delete").click()
    asked = seen.get_by_role("dialog", name="Delete this user?")
    expect(asked).to_contain_text("tanaka")
    asked.get_by_role("button", name="Delete").click()
    expect(row).to_have_count(0)

    seen.goto("/administration/tokens")
    seen.get_by_role("button", name="New API key").click()
    seen.get_by_role("dialog").get_by_label("Name").fill("our siem")
    seen.get_by_role("dialog").get_by_role("button", name="New API key").click()
    assert len(seen.get_by_test_id("new-token").inner_text()) > 20
    seen.get_by_role("dialog").get_by_role("button", name="Close", exact=True).last.click()
    key = seen.get_by_role("row").filter(has_text="our siem")
    key.get_by_role("button", name="Revoke").click()
    seen.get_by_role("dialog", name="Revoke this key?").get_by_role("button", name="Revoke").click()
    expect(key).to_have_count(0)

    seen.goto("/administration/audit?search=tanaka")
    expect(seen.get_by_role("row").filter(has_text="tanaka").first).to_be_visible()


def test_the_system_says_how_it_is(page: Opens) -> None:
    seen = page("/operations/status")
    expect(seen.locator(".figure").first).to_contain_text(re.compile(r"Activities\s*[\d,]+"))
    expect(seen.get_by_text("Every record could be read.")).to_be_visible()


def test_every_page_prints_without_the_frame(page: Opens) -> None:
    seen = page("/models")
    expect(seen.get_by_role("row").nth(1)).to_be_visible()
    seen.emulate_media(media="print")
    expect(seen.locator(".frame-rail")).to_be_hidden()
    expect(seen.get_by_role("heading", name="Detection models")).to_be_visible()
