"""A real server with the built-in recordings, and a real Chromium to look at it.

The console must have been built (`make setup`). Whatever the browser's console reports as an error fails the test.
"""

import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Route, expect, sync_playwright
from playwright.sync_api import Error as PlaywrightError

CHROMIUM = "/usr/bin/chromium"
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-quic",
    "--no-first-run",
    "--disable-component-update",
    "--disable-sync",
]
PATIENCE_MS = 30_000  # on a busy machine; nothing waits this long when all is well
READY = re.compile(r"Hinomi is ready: (\S+) user (\S+) password (\S+)")
BUILT = Path(__file__).resolve().parents[2] / "hinomi" / "console_dist" / "index.html"

expect.set_options(timeout=PATIENCE_MS)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[None]:
    """A test that fails tells what stood on its pages: on another machine nobody can look."""
    report = yield
    opened = getattr(item, "funcargs", {}).get("open_page")
    if report.when == "call" and report.failed and opened is not None:
        report.sections += [("console errors", "\n".join(opened.errors))]
        report.sections += [_shown(page) for page in opened.pages if not page.is_closed()]
    return report


def _shown(page: Page) -> tuple[str, str]:
    try:
        text = page.locator("body").inner_text(timeout=2000)
    except PlaywrightError as error:
        text = str(error)
    return f"page {page.url}", text[:4000]


@dataclass(frozen=True)
class House:
    url: str
    user: str
    password: str


@contextmanager
def running_house(data: Path, **settings: str) -> Iterator[House]:
    """`hinomi up` on a fresh folder, with settings as HINOMI_<NAME>; the folder is removed at the end."""
    process = subprocess.Popen(
        [sys.executable, "-m", "hinomi", "up", "--data", str(data), "--port", "0"],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
        env=os.environ | {f"HINOMI_{name.upper()}": value for name, value in settings.items()},
    )
    assert process.stdout is not None
    try:
        said = []
        for line in process.stdout:
            said.append(line)
            if found := READY.search(line):
                break
        else:
            raise AssertionError(f"the server did not start:\n{''.join(said)}")
        yield House(*found.groups())
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=60)
        process.stdout.close()
        shutil.rmtree(data, ignore_errors=True)


@pytest.fixture(scope="session")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """The built-in recordings are imported when it is ready."""
    assert BUILT.is_file(), "the console has not been built: make setup"
    with running_house(tmp_path_factory.mktemp("house") / "data") as running:
        yield running


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield running
        running.close()


@pytest.fixture(scope="session")
def session(browser: Browser, house: House) -> Any:
    return logged_in(browser, house)


def logged_in(browser: Browser, house: House) -> Any:
    """The cookies of somebody who has logged in."""
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"{house.url}/login")
    log_in(page, house.user, house.password)
    expect(page.get_by_role("heading", name="Workbench")).to_be_visible()
    state = context.storage_state()
    context.close()
    return state


def log_in(page: Page, user: str, password: str) -> None:
    page.locator("input[name=user]").fill(user)
    page.locator("input[name=password]").fill(password)
    page.locator("button[type=submit]").click()


def _without_language(route: Route) -> None:
    answer = route.fetch()
    body = answer.json()
    body.get("user", {})["language"] = ""
    route.fulfill(response=answer, json=body)


@pytest.fixture
def open_page(browser: Browser, house: House) -> Iterator[Callable[..., Page]]:
    """Opens a page of the house; at the end no page may have reported an error."""
    contexts: list[BrowserContext] = []
    errors: list[str] = []
    pages: list[Page] = []

    def listen(message: ConsoleMessage) -> None:
        # Nobody is logged in yet: the browser reports the 401 by which the console learns it.
        if message.type == "error" and not message.location["url"].endswith("/console/api/session"):
            errors.append(f"{message.text} ({message.location['url']})")

    def opened(path: str, *, state: Any = None, language: str = "en", scheme: str = "light") -> Page:
        context = browser.new_context(
            base_url=house.url,
            storage_state=state,
            viewport={"width": 1440, "height": 900},
            locale="ja-JP" if language == "ja" else "en-GB",
            timezone_id="Asia/Tokyo",
            color_scheme="dark" if scheme == "dark" else "light",
        )
        context.set_default_timeout(PATIENCE_MS)
        context.add_init_script(
            f"if (!localStorage.getItem('hinomi.language')) localStorage.setItem('hinomi.language', '{language}')"
        )
        contexts.append(context)
        page = context.new_page()
        pages.append(page)
        page.on("console", listen)
        page.on("pageerror", lambda error: errors.append(str(error)))
        if state is not None:  # tests share the account, and its own language would win over the one that is wished
            page.route("**/console/api/session", _without_language)
        page.goto(path)
        return page

    opened.errors, opened.pages = errors, pages  # type: ignore[attr-defined]
    yield opened
    for context in contexts:
        context.close()
    assert errors == []


@pytest.fixture
def page(open_page: Callable[..., Page], session: Any) -> Callable[..., Page]:
    """Opens a page as somebody who is logged in."""

    def opened(path: str, **wishes: Any) -> Page:
        return open_page(path, state=session, **wishes)

    return opened
