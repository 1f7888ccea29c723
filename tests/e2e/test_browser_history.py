import csv
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.browsers import DESKTOP, PHONE, entered
from tests.e2e.conftest import Demo
from tests.rig import POSIX_ONLY

pytestmark = [POSIX_ONLY, pytest.mark.timeout(240)]


@pytest.fixture
def size() -> dict[str, int]:
    return DESKTOP


@pytest.fixture
def page(size: dict[str, int], browser: Browser, demo: Demo) -> Iterator[Page]:
    with entered(browser, demo, "bj-teacher", size) as found:
        yield found


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_history_is_drawn_and_compared(page: Page) -> None:
    page.goto("/history?bench=battery-01&span=3600&lang=en")
    charts = page.locator(".history-chart canvas")
    expect(charts).to_have_count(4)
    expect(charts.first).to_have_attribute("aria-label", re.compile("minimum .*, maximum"))
    expect(page.locator(".strip .mark.use").first).to_be_attached()
    expect(page.locator(".days .day")).to_have_count(14)
    wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    assert wide <= 0, "nothing makes the page scroll sideways"

    page.locator(".picker summary").click()
    page.locator(".picker .options input").first.uncheck()
    expect(charts).to_have_count(3)
    page.keyboard.press("Escape")
    assert len(re.findall("%2C|,", page.url.partition("signals=")[2].partition("&")[0])) == 2

    page.get_by_role("button", name="Compare").click()
    page.locator(".compare button[type=submit]").click()
    expect(page.locator(".legend .side")).to_have_count(2)
    page.get_by_role("button", name="Stop comparing").click()
    expect(page.locator(".legend .side")).to_have_count(0)


def test_what_is_shown_can_be_fetched_as_a_file(page: Page, tmp_path: Path) -> None:
    page.goto("/history?bench=battery-01&span=3600&lang=en")
    expect(page.locator(".history-chart canvas")).to_have_count(4)
    page.get_by_role("button", name="Export").click()
    page.get_by_role("button", name="Start").click()
    link = page.locator(".job[data-state=done] a").first
    with page.expect_download() as fetched:
        link.click()
    assert fetched.value.suggested_filename.startswith("battery-01_")
    fetched.value.save_as(tmp_path / "rows.csv")
    with (tmp_path / "rows.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) > 10
    assert len(rows[0]) == 3 + 4
    page.locator(".job button").first.click()
    expect(page.locator(".job")).to_have_count(0)


def test_a_day_without_data_says_so(page: Page) -> None:
    page.goto("/history?bench=motor-01&from=2020-01-01T00:00:00Z&to=2020-01-02T00:00:00Z")
    expect(page.locator(".history-charts .empty")).to_contain_text("没有数据")
    expect(page.locator(".lists")).to_contain_text("没有故障")
