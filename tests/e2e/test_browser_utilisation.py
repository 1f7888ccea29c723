"""What was used is drawn, and every figure opens down to the data it was measured from."""

import re
from datetime import datetime

import pytest
from playwright.sync_api import Browser, Page, expect

from inventory.moments import SCHOOL_ZONE
from tests.e2e.browsers import PHONE, entered, fits
from tests.e2e.conftest import Demo
from tests.e2e.open_hours import rig_open_all_day
from tests.rig import POSIX_ONLY

pytestmark = [POSIX_ONLY, pytest.mark.timeout(240)]
SOME = re.compile("[1-9]")
RIG = "bench:BJ01/battery-01"


def drawn_heights(page: Page) -> list[float]:
    heights: list[float] = page.locator('[data-part="trend"] .b-used').evaluate_all(
        "bars => bars.map((bar) => bar.getBoundingClientRect().height)"
    )
    return heights


def test_use_is_drawn_and_opens_down_to_its_telemetry(browser: Browser, demo: Demo) -> None:
    now = datetime.now(SCHOOL_ZONE)
    with (
        entered(browser, demo, "bj-master") as page,
        rig_open_all_day(page, now.date(), RIG),
    ):
        page.goto(f"/utilisation?from={now:%Y-%m-%d}&to={now:%Y-%m-%d}")
        expect(page.locator('[data-tile="utilisation"] strong')).to_have_text(SOME)
        cells = page.locator('[data-part="heat"] tbody td[title*="使用"]')
        expect(cells.filter(has_text=SOME).first).to_be_visible()
        assert max(drawn_heights(page)) > 10
        page.locator('[data-focus="row-battery-01"]').click()
        used = page.locator('dialog.panel [data-part="sessions"] li').first
        expect(used).to_contain_text("未预约")
        used.get_by_role("link", name="历史数据").click()
        expect(page.locator(".history-chart canvas").first).to_be_visible()
        assert "bench=battery-01" in page.url
    with entered(browser, demo, "evaluator", PHONE) as page:
        page.goto("/utilisation?lang=en&by=station")
        expect(page.locator('[data-row="BJ01-T"]')).to_be_visible()
        expect(page.locator('[data-tile="occupancy"]')).to_contain_text("h booked")
        assert fits(page)
