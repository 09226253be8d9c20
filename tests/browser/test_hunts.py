"""Hunting: a query is saved, watched, made a filter; a report is read, shown and swept; what is known of a value."""

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browser.words import Words

pytestmark = pytest.mark.browser

Opens = Callable[..., Page]
LANGUAGES = pytest.mark.parametrize("language", ["en", "ja"])


@pytest.fixture
def cleared(page: Opens) -> Iterator[None]:
    """The house is shared: no saved query outlives its test."""
    yield
    seen = page("/hunts?tab=queries")
    csrf = seen.request.get("/console/api/session").json()["csrf"]
    for each in seen.request.get("/console/api/hunts/queries").json()["items"]:
        seen.request.delete(f"/console/api/hunts/queries/{each['id']}", headers={"X-CSRF-Token": csrf})


@LANGUAGES
@pytest.mark.usefixtures("cleared")
def test_a_query_is_saved_watched_and_one_step_from_a_filter(page: Opens, language: str) -> None:
    say = Words(language)
    name = f"hives saved {language}"
    seen = page("/search?range=all&query=objectCmd: *reg*save*", language=language)
    seen.get_by_role("button", name=say("hunts.savedShort")).click()
    seen.get_by_role("menuitem", name=say("hunts.saveThis")).click()
    dialog = seen.get_by_role("dialog")
    dialog.get_by_label(say("column.name")).fill(name)
    dialog.get_by_label(say("column.techniques")).fill("T1003.002")
    dialog.get_by_role("button", name=say("action.save")).click()
    expect(dialog).to_have_count(0)

    seen.goto("/hunts?tab=queries")
    row = seen.locator("tbody tr").filter(has_text=name)
    row.get_by_role("button", name=say("hunts.actionsFor", name=name)).click()
    seen.get_by_role("menuitem", name=say("hunts.watchIt")).click()
    dialog.get_by_role("button", name=say("hunts.watch"), exact=True).click()
    expect(row.locator(".badge")).to_be_visible()

    row.get_by_role("button", name=say("hunts.actionsFor", name=name)).click()
    seen.get_by_role("menuitem", name=say("hunts.toFilter")).click()
    dialog.get_by_label(say("hunts.filterId")).fill(f"hunt_hives_{language}")
    dialog.get_by_role("button", name=say("hunts.makeFilter")).click()
    expect(seen).to_have_url(re.compile(f"hunt_hives_{language}"))


@pytest.mark.usefixtures("cleared")
def test_what_a_watch_found_is_done_with_a_note_and_opened_again(page: Opens) -> None:
    say = Words("en")
    seen = page("/hunts?tab=queries")
    csrf = {"X-CSRF-Token": seen.request.get("/console/api/session").json()["csrf"]}
    wish = {"name": "shells seen", "query": "processFilePath: *cmd.exe", "dataset": "all"}
    saved = seen.request.post("/console/api/hunts/queries", data=wish, headers=csrf).json()
    watch = {"everyMinutes": 1, "lookbackMinutes": 1440}
    assert seen.request.put(f"/console/api/hunts/queries/{saved['id']}/watch", data=watch, headers=csrf).ok
    seen.goto(f"/hunts?tab=checkpoints&query={saved['id']}")
    point = seen.get_by_role("article", name="shells seen")
    expect(point).to_contain_text("cmd.exe", timeout=90_000)  # the server asks watches by itself, now and then
    point.get_by_role("button", name=say("hunts.markDone")).click()
    dialog = seen.get_by_role("dialog")
    dialog.get_by_role("textbox").fill("all of them are ours")
    dialog.get_by_role("button", name=say("hunts.markDone")).click()
    expect(dialog).to_have_count(0)
    expect(point).to_have_count(0)
    states = seen.get_by_role("radiogroup", name=say("column.state"))
    states.get_by_text(say("hunts.checkState.done"), exact=True).click()
    expect(point).to_contain_text("all of them are ours")
    point.get_by_role("button", name=say("hunts.reopen")).click()
    expect(point).to_have_count(0)
    states.get_by_text(say("hunts.checkState.open"), exact=True).click()
    expect(point.get_by_role("button", name=say("hunts.markDone"))).to_be_visible()


def test_a_pasted_report_is_shown_before_it_is_swept(page: Opens) -> None:
    say = Words("en")
    seen = page("/hunts/new?kind=report&range=all")
    seen.get_by_role("textbox", name=say("hunts.report"), exact=True).fill(
        "They came from hxxp://updates.evil[.]example/a and dumped SAM (T1003.002)."
    )
    seen.get_by_role("button", name=say("hunts.readReport")).click()
    found = seen.get_by_role("region", name=say("hunts.found"))
    expect(found.get_by_text("updates.evil.example", exact=True)).to_be_visible()
    expect(found).to_contain_text("T1003.002")
    seen.get_by_role("button", name=say("hunts.start"), exact=True).click()
    expect(seen.locator(".badge-ok", has_text=say("hunts.runState.done"))).to_be_visible()
    expect(seen.get_by_role("region", name=say("hunts.indicators")).first).to_contain_text("updates.evil.example")


@pytest.mark.parametrize("place", ["techniques/T1003.002", "groups/G0016"])
def test_a_technique_and_a_group_are_hunted_from_their_own_pages(page: Opens, place: str) -> None:
    say = Words("en")
    seen = page(f"/attack/{place}")
    seen.get_by_role("link", name=say("hunts.huntThis")).click()
    seen.get_by_role("button", name=say("hunts.start"), exact=True).click()
    expect(seen).to_have_url(re.compile("/hunts/runs/"))
    expect(seen.locator(".badge-ok", has_text=say("hunts.runState.done"))).to_be_visible()
    parts = seen.get_by_role("region", name=say("hunts.parts"))
    expect(parts.locator("tbody tr").first).to_be_visible()


def test_todays_checks_are_done_one_by_one(page: Opens) -> None:
    say = Words("en")
    seen = page("/hunts")
    expect(seen.locator(".today-check").first).to_be_visible()
    check = seen.locator('.today-check[data-state="open"]').first
    name = check.locator("a").inner_text()
    check.get_by_role("checkbox").click()
    done = seen.locator('.today-check[data-state="done"]').filter(has_text=name)
    expect(done).to_be_visible()
    expect(done.get_by_role("checkbox", name=say("hunts.doneCheck", name=name))).to_be_checked()


@LANGUAGES
def test_an_endpoint_tells_its_days_neighbours_and_connections(page: Opens, language: str) -> None:
    say = Words(language)
    seen = page("/entities/endpoint?value=PC-SATO&days=365", language=language)
    expect(seen.get_by_role("heading", name="PC-SATO")).to_be_visible()
    expect(seen.locator(".entity-days rect").first).to_be_attached()
    expect(seen.get_by_role("region", name=say("entity.connections"))).to_be_visible()
    neighbours = seen.get_by_role("region", name=say("entity.neighbours"))
    neighbours.get_by_role("link").first.click()
    expect(seen).to_have_url(re.compile("/entities/"))
    expect(seen.get_by_role("region", name=say("entity.recent"))).to_be_visible()


def test_an_address_says_whose_it_is(page: Opens) -> None:
    say = Words("en")
    seen = page("/entities/address?value=10.20.30.41&days=365")
    expect(seen.locator(".entity-head .address-mark")).to_have_text(say("check.internal"))
    expect(seen.locator(".entity-figures")).to_contain_text(say("entity.prevalence"))
