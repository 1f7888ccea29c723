"""A browser as somebody of the demo uses it; an error of a script fails the test."""

import contextlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.e2e.conftest import Demo

CHROMIUM = Path("/usr/bin/chromium")
DESKTOP = {"width": 1400, "height": 900}
PHONE = {"width": 390, "height": 844}
SLOW_MS = 30_000
"""How long anything may take beside the other tests."""
expect.set_options(timeout=SLOW_MS)


@contextlib.contextmanager
def opened_browser() -> Iterator[Browser]:
    if not CHROMIUM.exists():
        pytest.skip("no browser: sudo apt-get install chromium fonts-noto-cjk")
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield found
        found.close()


@contextlib.contextmanager
def entered(
    browser: Browser,
    demo: Demo,
    username: str | None,
    size: dict[str, int] = DESKTOP,
    password: str | None = None,
) -> Iterator[Page]:
    """A page of somebody who has logged in, of a stranger where there is no name.

    The password is the demo's where none is given.
    """
    context = browser.new_context(viewport=size, base_url=demo.facts["base_url"])  # type: ignore[arg-type]
    context.set_default_timeout(SLOW_MS)
    if username is not None:
        login = {"username": username, "password": password or demo.password(username)}
        assert context.request.post("/api/v1/login", data=login).ok
    wrong: list[str] = []
    page = context.new_page()
    page.on("pageerror", lambda error: wrong.append(str(error)))
    yield page
    context.close()
    assert wrong == []


def fits(page: Page) -> bool:
    """Whether nothing of the page lies beside a phone's screen."""
    return bool(page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"])
