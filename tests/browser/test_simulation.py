"""What is done without a sensor, in the browser: the simulation with its script and its replay, and the collector kit."""

import os
import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser

Opens = Callable[..., Page]


@pytest.mark.parametrize("language", ["en", "ja"])
def test_the_simulation_is_three_levels_down(page: Opens, language: str) -> None:
    words = {"en": ("Simulation", "Try simulation"), "ja": ("シミュレーション", "シミュレーションを試す")}[language]
    seen = page("/workbench", language=language)
    seen.get_by_role("button", name=words[0]).click()
    seen.get_by_role("menuitem", name="Workbench").hover()
    seen.get_by_role("menuitem", name=words[1]).click()
    entry = seen.get_by_role("region").filter(has_text="T1003")
    expect(entry.get_by_test_id("simulation-password")).to_have_text(re.compile(r"\S{4,}"))
    with seen.expect_download() as got:
        entry.get_by_role("link", name=re.compile("Download demo script|デモスクリプトをダウンロード")).click()
    assert got.value.suggested_filename == "T1003_Demo_Script.zip"


def test_a_replay_raises_its_alert(page: Opens) -> None:
    seen = page("/simulations/workbench")
    entry = seen.get_by_role("region").filter(has_text="T1003")
    expect(entry.get_by_role("region", name="Check an endpoint beforehand")).to_be_visible()
    entry.get_by_role("button", name="Replay the recording").click()
    expect(seen.get_by_role("status").filter(has_text="replayed; the alert will come")).to_be_visible()
    seen.get_by_role("button", name="To the Workbench").click()
    expect(seen).to_have_url(re.compile("/workbench"))


@pytest.mark.slow
@pytest.mark.parametrize("language", ["en", "ja"])
def test_the_kit_is_fetched_run_and_its_report_read(page: Opens, tmp_path: Path, language: str) -> None:
    words = {"en": ("Download", "Upload a report", "Suspicious", "Processes", "Reports"), "ja": ("ダウンロード", "レポートをアップロード", "不審な項目", "プロセス", "レポート")}[language]  # fmt: skip
    seen = page("/forensics/kit", language=language)
    with seen.expect_download() as got:
        seen.get_by_role("region", name="linux").get_by_role("link", name=words[0]).click()
    place = tmp_path / "place"
    place.mkdir()
    hidden = place / f"invoice-{language}.pdf.sh"
    hidden.write_text("#!/bin/sh\necho harmless\n")
    hidden.chmod(0o755)
    kit = ["sh", str(got.value.path()), "--minutes", "2", "--places", str(place)]
    subprocess.run(kit, cwd=tmp_path, check=True, capture_output=True, timeout=300)
    (made,) = tmp_path.glob("hinomi-*.zip")
    seen.get_by_label(words[1]).first.set_input_files(made)
    expect(seen.get_by_role("heading", level=1)).to_contain_text(os.uname().nodename)
    findings = seen.get_by_role("region", name=re.compile(words[2]))
    expect(findings).to_contain_text(hidden.name)
    seen.locator("summary", has_text=words[3]).first.click()
    findings.locator("[data-object=file]", has_text=hidden.name).click(button="right")
    expect(seen.get_by_test_id("object-menu")).to_contain_text(hidden.name)
