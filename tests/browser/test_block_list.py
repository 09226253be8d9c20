"""Block list, scripts and the collector kit in the browser, in both languages."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser

Opens = Callable[..., Page]


@pytest.mark.parametrize("language", ["en", "ja"])
def test_pasted_values_are_told_apart_and_blocked(page: Opens, language: str) -> None:
    words = {
        "en": ("Add values", "Values", "Add 2 values", "Block list", "Remove"),
        "ja": ("値を追加", "値", "2 件を追加", "ブロックリスト", "解除"),
    }[language]
    seen = page("/block-list", language=language)
    seen.get_by_role("button", name=words[0]).click()
    dialog = seen.get_by_role("dialog")
    dialog.get_by_role("textbox").first.fill(f"hxxp://evil[.]example/{language}\nbad-{language}.example ???")
    expect(dialog.get_by_test_id("recognised").get_by_role("listitem")).to_have_count(2)
    expect(dialog.get_by_role("alert")).to_contain_text("???")
    dialog.get_by_role("button", name=words[2]).click()
    row = seen.get_by_role("table", name=words[3]).get_by_role("row").filter(has_text=f"bad-{language}.example")
    expect(row).to_be_visible()
    with seen.expect_download() as got:
        seen.evaluate("() => { const a = document.createElement('a'); a.href = '/console/api/block-list/export?format=hosts'; a.download = ''; document.body.append(a); a.click() }")  # fmt: skip
    assert f"0.0.0.0 bad-{language}.example" in got.value.path().read_text()
    row.get_by_role("button", name=words[4]).click()
    seen.get_by_role("dialog").get_by_role("button", name=words[4]).click()
    expect(row).to_have_count(0)
    assert "cursor=" not in seen.url, "a click in the dialog is none on the row"


def test_a_list_is_imported_but_for_what_cannot_be_read(page: Opens) -> None:
    seen = page("/block-list")
    raw = b"type,value,description\ndomain,imported.example,from a report\nip,nonsense,\n"
    seen.get_by_label("Import").set_input_files({"name": "list.csv", "mimeType": "text/csv", "buffer": raw})
    expect(seen.get_by_role("row").filter(has_text="imported.example")).to_be_visible()
    expect(seen.get_by_text("1 imported, 1 lines were not understood")).to_be_visible()


@pytest.mark.parametrize("language", ["en", "ja"])
def test_a_script_is_written_signed_and_offered_to_run(page: Opens, language: str) -> None:
    words = {
        "en": ("Name", "Save and sign", "signed", "Run", "Run Custom Script Task", "Script"),
        "ja": ("名前", "保存して署名", "署名済み", "実行", "カスタムスクリプトの実行タスク", "スクリプト"),
    }[language]
    seen = page("/scripts/new", language=language)
    seen.get_by_label(words[0]).fill(f"who_{language}.sh")
    seen.locator(".script-text .cm-content").click()
    seen.keyboard.insert_text("id\n")
    seen.get_by_role("button", name=words[1]).click()
    row = seen.get_by_role("row").filter(has_text=f"who_{language}.sh")
    expect(row).to_contain_text(words[2])
    row.get_by_role("button", name=words[3]).click()
    dialog = seen.get_by_role("dialog", name=words[4])
    expect(dialog.get_by_label(words[5]).first).to_have_value(f"who_{language}.sh")


@pytest.mark.parametrize("language", ["en", "ja"])
def test_the_kit_is_downloaded(page: Opens, language: str) -> None:
    words = {"en": ("Download", "Not yet run on Windows"), "ja": ("ダウンロード", "Windows 上では未検証")}[language]
    seen = page("/forensics/kit", language=language)
    with seen.expect_download() as got:
        seen.get_by_role("region", name="linux").get_by_role("link", name=words[0]).click()
    assert got.value.suggested_filename == "hinomi-kit-linux.sh"
    expect(seen.get_by_role("region", name="windows")).to_contain_text(words[1])
