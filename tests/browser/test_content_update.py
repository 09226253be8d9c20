"""Content that changes from outside: a shipped text under a person's edit, and a zip. In a house with a small folder of its own."""

import io
import shutil
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import House, logged_in, running_house

pytestmark = pytest.mark.browser

Opens = Callable[..., Page]
SHIPPED = Path(__file__).resolve().parents[2] / "content"
FILTER = "process_reg_save_hive"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A content folder with one filter, which the tests may change as an update would."""
    folder = tmp_path_factory.mktemp("content")
    file = next((SHIPPED / "filters").rglob(f"{FILTER}.yml"))
    (folder / "filters" / "windows").mkdir(parents=True)
    (folder / "models").mkdir()
    shutil.copy(file, folder / "filters" / "windows")
    return folder


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory, folder: Path) -> Iterator[House]:
    with running_house(tmp_path_factory.mktemp("small") / "data", content=str(folder)) as running:
        yield running


@pytest.fixture(scope="module")
def session(browser: Browser, house: House) -> Any:
    return logged_in(browser, house)


def edit(page: Page, old: str, new: str, comment: str) -> None:
    """Changes the text of the filter in the editor and saves it."""
    page.goto(f"/filters/{FILTER}/edit")
    field = page.get_by_role("textbox", name="Filter as Sigma rule")
    text = page.request.get(f"/console/api/filters/{FILTER}").json()["text"]
    assert old in text
    field.click()
    field.press("Control+a")
    page.keyboard.insert_text(text.replace(old, new))
    save = page.get_by_role("button", name="Save")
    expect(save).to_be_enabled()
    save.click()
    dialog = page.get_by_role("dialog", name="Save as a new version")
    dialog.get_by_label("What changed, and why").fill(comment)
    dialog.get_by_role("button", name="Save").click()
    expect(page.get_by_text("edited", exact=True)).to_be_visible()


def reload_content(page: Page) -> None:
    """As `hinomi` does when its folders have changed."""
    csrf = page.request.get("/console/api/session").json()["csrf"]
    assert page.request.post("/console/api/content/reload", headers={"X-CSRF-Token": csrf}).ok


def test_an_edit_outlives_an_update_until_a_person_decides(page: Opens, folder: Path) -> None:
    seen = page("/filters")
    edit(seen, "level: high", "level: critical", "graver here")
    expect(seen.get_by_role("button", name="Risk of").first).to_contain_text("Critical")

    file = folder / "filters" / "windows" / f"{FILTER}.yml"
    file.write_text(file.read_text().replace("status: stable", "status: test"))
    reload_content(seen)
    seen.reload()
    expect(seen.get_by_role("button", name="Risk of").first).to_contain_text("Critical")
    seen.get_by_role("link", name="Decide").click()
    expect(seen.get_by_role("heading", name="Shipped text and your edit")).to_be_visible()
    sides = seen.get_by_role("region", name="Difference")
    expect(sides.nth(0).locator(".came")).to_contain_text("status: test")
    expect(sides.nth(1).locator(".came")).to_contain_text("level: critical")
    expect(seen.get_by_text("no conflicts")).to_be_visible()
    seen.get_by_role("button", name="Save both together").click()
    expect(seen.get_by_text("The merged text is in effect.")).to_be_visible()
    expect(seen.get_by_role("link", name="Decide")).to_have_count(0)
    text = seen.request.get(f"/console/api/filters/{FILTER}").json()["text"]
    assert "status: test" in text
    assert "level: critical" in text


def test_both_sides_of_one_line_are_a_conflict_that_a_person_resolves(page: Opens, folder: Path) -> None:
    seen = page("/filters")
    edit(seen, "level: critical", "level: low", "calmer here")
    file = folder / "filters" / "windows" / f"{FILTER}.yml"
    file.write_text(file.read_text().replace("level: high", "level: medium"))
    reload_content(seen)
    seen.goto(f"/filters/{FILTER}/conflict")
    expect(seen.get_by_text("1 conflict")).to_be_visible()
    merged = seen.get_by_role("button", name="Save both together")
    expect(merged).to_be_disabled()
    seen.get_by_role("button", name="Keep my edit").click()
    expect(seen.get_by_text("Your edit stays.")).to_be_visible()
    expect(seen.get_by_role("button", name="Risk of").first).to_contain_text("Low")
    seen.get_by_role("button", name="Back to the shipped text").click()
    seen.get_by_role("dialog", name="Back to the shipped text?").get_by_role(
        "button", name="Back to the shipped text"
    ).click()
    expect(seen.get_by_role("button", name="Risk of").first).to_contain_text("Medium")


def test_what_was_saved_is_undone_from_its_message(page: Opens) -> None:
    seen = page("/filters")
    edit(seen, "level: medium", "level: high", "a slip")
    expect(seen.get_by_role("button", name="Risk of").first).to_contain_text("High")
    seen.get_by_role("button", name="Undo").click()
    expect(seen.get_by_text("Taken back.")).to_be_visible()
    expect(seen.get_by_role("button", name="Risk of").first).to_contain_text("Medium")
    seen.get_by_role("link", name="Versions").click()
    expect(seen.locator(".version").first).to_contain_text("Undone right after saving")


def test_somebody_elses_newer_version_is_not_overwritten_unasked(open_page: Opens, session: Any) -> None:
    seen, other = open_page(f"/filters/{FILTER}/edit", state=session), open_page("/filters", state=session)
    field = seen.get_by_role("textbox", name="Filter as Sigma rule")
    expect(field).to_contain_text("level: medium")
    edit(other, "level: medium", "level: low", "quicker")
    field.press("Control+End")
    seen.keyboard.insert_text("# mine\n")
    save = seen.get_by_role("button", name="Save")
    expect(save).to_be_enabled()
    save.click()
    dialog = seen.get_by_role("dialog", name="Save as a new version")
    dialog.get_by_role("button", name="Save").click()
    expect(dialog.get_by_text("Somebody else saved a newer version")).to_be_visible()
    dialog.get_by_role("button", name="Save mine as the next version").click()
    expect(seen.get_by_role("button", name="Risk of").first).to_contain_text("Medium")
    open_page.errors.clear()  # type: ignore[attr-defined]  # the browser reports the 412 itself


def test_content_goes_out_and_comes_in_as_a_zip(page: Opens) -> None:
    seen = page("/filters")
    seen.get_by_role("checkbox", name=f"Select {FILTER}").check()
    with seen.expect_download() as waiting:
        seen.get_by_role("toolbar").get_by_role("link", name="Export").click()
    packed = Path(waiting.value.path()).read_bytes()
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        name = next(one for one in archive.namelist() if one.endswith(f"{FILTER}.yml"))
        text = archive.read(name).decode()
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr(name, text)
        archive.writestr(name.replace(FILTER, "custom_hive_again"), text.replace("level:", "level: critical #"))
        archive.writestr(name.replace(FILTER, "custom_broken"), "title: [")
        archive.writestr("notes.txt", "nothing")

    seen.get_by_role("button", name="New", exact=True).click()
    seen.get_by_role("menuitem", name="Import a zip").click()
    dialog = seen.get_by_role("dialog", name="Import a zip")
    dialog.locator("input[type=file]").set_input_files(
        {"name": "content.zip", "mimeType": "application/zip", "buffer": made.getvalue()}
    )
    table = dialog.get_by_role("table", name="What the import would do")
    expect(table.get_by_role("row").filter(has_text="custom_hive_again")).to_contain_text("new")
    expect(table.get_by_role("row").filter(has_text="custom_broken")).to_contain_text("broken")
    expect(dialog.get_by_text("notes.txt")).to_be_visible()
    dialog.get_by_role("button", name="Import 1").click()
    expect(seen.get_by_text("1 imported.")).to_be_visible()
    expect(seen.locator('tr[data-key="custom_hive_again"]')).to_contain_text("Critical")
