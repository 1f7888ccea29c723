"""What an evaluator compares, and what a school plans by."""

import pytest
from playwright.sync_api import Browser, expect

from tests.e2e.browsers import PHONE, SLOW_MS, entered
from tests.e2e.conftest import Demo

ROW = "C2-4-024"
pytestmark = pytest.mark.timeout(240)


def test_an_evaluator_compares_stations_and_sees_what_an_edition_would_change(
    browser: Browser, demo: Demo
) -> None:
    with entered(browser, demo, "evaluator") as page:
        page.goto("/reviews?show=all")
        for station in ("BJ01-T", "GX02-E"):
            page.locator(f'tr[data-station="{station}"] input[type=checkbox]').check()
        page.get_by_role("link", name="对比所选站点（2）").click()
        heads = page.locator("table.side").first.locator("thead th")
        expect(heads).to_have_count(3, timeout=SLOW_MS)
        expect(page.locator(f'tr[data-row="{ROW}"]')).to_contain_text("0/2")
        page.get_by_role("radio", name="新版清单影响").click()
        cell = page.locator('[data-station="GX02-E"] [data-cell="2-1|intermediate"]')
        expect(cell).to_contain_text("变差", timeout=SLOW_MS)
        cell.click()
        expect(page.locator("dialog.panel")).to_contain_text("高压互锁回路检测盒")


def test_the_plan_names_the_one_thing_to_buy_and_how_many_can_be_examined(
    browser: Browser, demo: Demo
) -> None:
    with entered(browser, demo, "gx-master") as page:
        page.goto("/plan?station=GX02-E&module=2-4&level=intermediate")
        expect(page.locator("[data-actions='1'] [data-step=buy]")).to_contain_text(
            ROW, timeout=SLOW_MS
        )
        expect(page.locator("[data-most='64']")).to_be_visible()
        page.locator("[data-field=examinees]").fill("70")
        page.locator("[data-field=examinees]").press("Enter")
        expect(page.get_by_text("当天只能开 4 场")).to_be_visible()
        expect(page.locator('.broken [data-asset="GX02-0064"]')).to_contain_text("未就绪")


@pytest.mark.parametrize(
    ("lang", "pages"),
    [
        ("zh", {"/reviews?show=all": "table.desk", "/reviews?review=1": ".needed"}),
        ("en", {"/reviews?review=2": ".needed", "/plan?station=GX02-E": ".capacity"}),
    ],
)
def test_reviews_and_plan_fit_a_phone(
    browser: Browser, demo: Demo, lang: str, pages: dict[str, str]
) -> None:
    with entered(browser, demo, "evaluator", PHONE) as page:
        for path, ready in pages.items():
            page.goto(f"{path}&lang={lang}")
            expect(page.locator(ready).first).to_be_visible(timeout=SLOW_MS)
            wide = page.evaluate(
                """() => [...document.querySelectorAll('[data-testid="stMain"], html')]
                     .map((node) => node.scrollWidth)"""
            )
            assert max(wide) <= PHONE["width"], path
