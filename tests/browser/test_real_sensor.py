"""A real sensor on this machine, enrolled and used through the browser: a file is collected and opened, a shell is typed into."""

import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import pyzipper
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import House, logged_in, running_house
from tests.sensor.audit_lock import audit_lock

pytestmark = pytest.mark.browser

Opens = Callable[..., Page]


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with running_house(tmp_path_factory.mktemp("sensing") / "data", gateway_port="0") as running:
        yield running


@pytest.fixture(scope="module")
def session(browser: Browser, house: House) -> Any:
    return logged_in(browser, house)


@pytest.fixture
def sensor(page: Opens, tmp_path: Path) -> Iterator[str]:
    """The host's name; its sensor runs, enrolled with what the dialog shows."""
    seen = page("/endpoints")
    seen.get_by_role("button", name="Enrol an endpoint").first.click()
    dialog = seen.get_by_role("dialog", name="Enrol an endpoint")
    dialog.get_by_label("Office / Dep").fill("Tokyo")
    dialog.get_by_role("button", name="Make the token").click()
    command = dialog.get_by_test_id("enrol-command").inner_text()
    assert command.startswith("sudo hinomi sensor enrol hs1.")
    folder, log = tmp_path / "sensor", (tmp_path / "sensor.log").open("w")
    words = [sys.executable, "-m", "hinomi", *command.split()[2:], "--folder", str(folder)]
    subprocess.run(words, check=True, capture_output=True, timeout=120)
    with audit_lock(), log:
        running = subprocess.Popen(
            [sys.executable, "-m", "hinomi.sensor", "run", "--folder", str(folder)],
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
        try:
            dialog.get_by_role("button", name="Close").last.click()
            row = seen.get_by_role("table", name="Endpoints").get_by_role("row").filter(has_text=os.uname().nodename)
            expect(row).to_contain_text("Online", timeout=60_000)
            yield os.uname().nodename
        finally:
            running.terminate()
            running.wait(60)


def test_from_the_enrolment_to_the_opened_file_and_the_shell(page: Opens, sensor: str, tmp_path: Path) -> None:
    sample = tmp_path / "T1003_Demo_Script.sh"
    sample.write_text("echo what somebody left here\n")
    seen = page("/endpoints")
    seen.get_by_role("link", name=sensor).click()
    expect(seen.get_by_role("region", name="Facts")).to_contain_text("Tokyo")
    seen.get_by_test_id("respond").click()
    seen.get_by_role("menuitem", name=re.compile("^Collect file")).click()
    dialog = seen.get_by_role("dialog", name="Collect File Task")
    expect(dialog.get_by_test_id("target")).to_contain_text("Online")
    dialog.get_by_label("Path").fill(str(sample))
    dialog.get_by_role("button", name="Create").click()
    seen.get_by_role("button", name="Open the task").click()
    expect(seen.get_by_test_id("task-bar").locator("[data-state]")).to_have_text("Verified", timeout=60_000)
    with seen.expect_download() as got:
        seen.get_by_role("link", name="Download", exact=True).click()
    seen.get_by_role("button", name="Show the password").click()
    seen.get_by_role("dialog").get_by_role("button", name="Show the password").click()
    password = seen.get_by_test_id("file-password").inner_text()
    assert len(password) >= 16
    with pyzipper.AESZipFile(got.value.path()) as archive:
        archive.setpassword(password.encode())
        assert archive.read(archive.namelist()[0]) == sample.read_bytes()

    seen.goto("/endpoints")
    seen.get_by_role("link", name=sensor).click()
    seen.get_by_test_id("respond").click()
    seen.get_by_role("menuitem", name=re.compile("remote shell", re.IGNORECASE)).click()
    dialog = seen.get_by_role("dialog", name=re.compile("Remote Shell.* Task"))
    dialog.get_by_label("Description").fill("look round")
    dialog.get_by_role("button", name="Create").click()
    expect(seen).to_have_url(re.compile("/response/shell/"))
    terminal = seen.get_by_test_id("terminal")
    expect(terminal.locator(".xterm-rows")).to_contain_text(re.compile(r"[$#]"), timeout=60_000)
    terminal.click()
    seen.keyboard.type("echo hinomi-$((40+2))\n")
    expect(terminal.locator(".xterm-rows")).to_contain_text("hinomi-42")
    seen.get_by_role("button", name="End the shell").click()
    seen.get_by_role("link", name="To the task and its recording").first.click()
    recording = seen.get_by_test_id("recording")
    expect(recording.locator(".xterm-rows")).to_contain_text("hinomi-42")
    recording.get_by_role("button", name="Play").click()
    expect(recording.locator(".xterm-rows")).to_contain_text("hinomi-42")
