"""A browser as somebody of the demo uses it; an error of a script fails the test."""

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

if TYPE_CHECKING:
    from tests.e2e.conftest import Demo

CHROMIUM = Path("/usr/bin/chromium")
DESKTOP = {"width": 1400, "height": 900}
PHONE = {"width": 390, "height": 844}
SLOW_MS = 30_000
"""How long anything may take beside the other tests."""
expect.set_options(timeout=SLOW_MS)
_Seat = tuple[str, str, int]
_SEATS: WeakKeyDictionary[Browser, dict[_Seat, BrowserContext]] = WeakKeyDictionary()
"""Of a browser: where somebody has logged in, on a screen of some width."""


@contextlib.contextmanager
def opened_browser() -> Iterator[Browser]:
    if not CHROMIUM.exists():
        pytest.skip("no browser: sudo apt-get install chromium fonts-noto-cjk")
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield found
        found.close()


def fresh_seat(
    browser: Browser, demo: "Demo", size: dict[str, int], locale: str | None = None
) -> BrowserContext:
    """A place that nobody has used: no login, nothing kept of any page."""
    context = browser.new_context(
        viewport=size,  # type: ignore[arg-type]
        base_url=demo.facts["base_url"],
        locale=locale,
    )
    context.set_default_timeout(SLOW_MS)
    return context


def seat(
    browser: Browser,
    demo: "Demo",
    username: str,
    size: dict[str, int],
    password: str | None = None,
) -> BrowserContext:
    """Where somebody has logged in; a second visit finds the login and the scripts of the pages.

    Without these a page takes twice as long to come.
    """
    known = _SEATS.setdefault(browser, {})
    key = (demo.facts["base_url"], username, size["width"])
    context = known.get(key)
    if context is None:
        context = known[key] = fresh_seat(browser, demo, size)
    if not context.request.get("/api/v1/me").ok:
        login = {"username": username, "password": password or demo.password(username)}
        assert context.request.post("/api/v1/login", data=login).ok
    return context


@contextlib.contextmanager
def entered(
    browser: Browser,
    demo: "Demo",
    username: str | None,
    size: dict[str, int] = DESKTOP,
    password: str | None = None,
) -> Iterator[Page]:
    """A page of somebody who has logged in, of a stranger where there is no name.

    The password is the demo's where none is given.
    """
    with contextlib.ExitStack() as left:
        if username is None:
            context = fresh_seat(browser, demo, size)
            left.callback(context.close)
        else:
            context = seat(browser, demo, username, size, password)
        wrong: list[str] = []
        page = context.new_page()
        left.callback(page.close)
        page.on("pageerror", lambda error: wrong.append(str(error)))
        yield page
    assert wrong == []


def fits(page: Page) -> bool:
    """Whether nothing of the page lies beside a phone's screen."""
    return bool(page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"])
