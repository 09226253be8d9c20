"""Logging in, in either language, and what is kept for the person."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import House, log_in

pytestmark = pytest.mark.browser


def test_wrong_password_is_refused_and_the_right_one_leads_to_the_page_asked_for(
    open_page: Callable[..., Page], house: House
) -> None:
    page = open_page("/models?search=mimikatz")
    expect(page.get_by_label("User name")).to_be_visible()
    log_in(page, house.user, "not the password")
    expect(page.get_by_role("alert")).to_have_text("User name or password is wrong.")
    open_page.errors.clear()  # type: ignore[attr-defined]  # the browser reports the refusal itself
    log_in(page, house.user, house.password)
    expect(page.get_by_role("heading", name="Detection models")).to_be_visible()
    assert page.url.endswith("/models?search=mimikatz")


def test_log_out_ends_the_session(open_page: Callable[..., Page], house: House) -> None:
    page = open_page("/login")
    log_in(page, house.user, house.password)
    page.get_by_role("button", name=house.user).click()
    page.get_by_role("menuitem", name="Log out").click()
    expect(page.get_by_label("User name")).to_be_visible()
    page.goto("/workbench")
    expect(page.get_by_label("User name")).to_be_visible()


def test_the_login_page_speaks_japanese(open_page: Callable[..., Page]) -> None:
    page = open_page("/login", language="ja")
    expect(page.get_by_label("ユーザ名")).to_be_visible()
    page.get_by_text("English").click()
    expect(page.get_by_label("User name")).to_be_visible()


def test_language_and_theme_stay_with_the_person(open_page: Callable[..., Page], house: House) -> None:
    page = open_page("/login")
    log_in(page, house.user, house.password)
    # the page before has the same words; and each choice is kept by a request of its own, which the next must not be taken for
    expect(page.get_by_role("navigation").get_by_text("Detection models")).to_be_visible()
    with page.expect_response(lambda answer: answer.url.endswith("/me")):
        page.get_by_text("日本語").click()
    expect(page.get_by_role("navigation").get_by_text("検知モデル")).to_be_visible()
    page.get_by_role("button", name="表示", exact=True).click()
    with page.expect_response(lambda answer: answer.url.endswith("/me")):
        page.get_by_role("menuitem", name="ダーク").click()
    expect(page.locator("html")).to_have_attribute("data-mantine-color-scheme", "dark")
    page.reload()
    expect(page.locator("html")).to_have_attribute("data-mantine-color-scheme", "dark")
    expect(page.locator("html")).to_have_attribute("lang", "ja")
    with page.expect_response(lambda answer: answer.url.endswith("/me")):
        page.get_by_text("EN", exact=True).click()
    page.get_by_role("button", name="Appearance").click()
    with page.expect_response(lambda answer: answer.url.endswith("/me")):
        page.get_by_role("menuitem", name="As the system").click()
    expect(page.get_by_role("navigation").get_by_text("Detection models")).to_be_visible()
