"""The gap matrix as its readers use it."""

import pytest
from playwright.sync_api import Browser, expect

from tests.e2e.browsers import PHONE, SLOW_MS, entered, fits
from tests.e2e.conftest import Demo
from tests.rig import POSIX_ONLY

pytestmark = [POSIX_ONLY, pytest.mark.timeout(240)]


def test_the_gap_matrix_is_filtered_by_its_address_and_fits_a_phone(
    browser: Browser, demo: Demo
) -> None:
    with entered(browser, demo, "evaluator", PHONE) as page:
        page.goto("/gaps?station=GX02-T&show=not_ready&lang=en")
        card = page.locator('article[data-row="C2-4-024"]')
        expect(card).to_be_visible(timeout=SLOW_MS)
        expect(page.locator("article[data-row]")).to_have_count(1)
        assert fits(page)
        card.locator("button[data-status=not_ready]").first.click()
        panel = page.locator("dialog.panel")
        expect(panel.locator("[data-part=served]")).to_contain_text(
            "No equipment counts.", timeout=SLOW_MS
        )
        # an evaluator looks at it, the school makes it a task
        expect(panel.get_by_role("button", name="Make it a task")).to_have_count(0)
        page.keyboard.press("Escape")
        page.get_by_label("Search row, item, category").fill("nothing of that name")
        expect(page.locator(".empty")).to_contain_text("No row fits these filters.")
        page.get_by_role("button", name="Clear filters").click()
        expect(page.locator("article[data-row]").nth(3)).to_be_visible()
        page.wait_for_url(lambda url: "show" not in url)
