"""The guide's workflow as both sides go through it, and what the evaluator compares."""

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
ROW = "C2-4-024"
pytestmark = pytest.mark.timeout(240)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    if not CHROMIUM.exists():
        pytest.skip("no browser: sudo apt-get install chromium fonts-noto-cjk")
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield found
        found.close()


@contextlib.contextmanager
def entered(
    browser: Browser, demo: Demo, username: str, size: dict[str, int] = DESKTOP
) -> Iterator[Page]:
    """The page as somebody sees it; an error of a script fails the test."""
    context = browser.new_context(viewport=size, base_url=demo.facts["base_url"])  # type: ignore[arg-type]
    context.set_default_timeout(SLOW_MS)
    login = {"username": username, "password": demo.password(username)}
    assert context.request.post("/api/v1/login", data=login).ok
    wrong: list[str] = []
    page = context.new_page()
    page.on("pageerror", lambda error: wrong.append(str(error)))
    yield page
    context.close()
    assert wrong == []


def stands_at(page: Page, state: str) -> None:
    """Waits until the page says so by itself."""
    banner = page.locator(f'[data-review-state="{state}"]')
    expect(banner).to_be_visible(timeout=SLOW_MS)


def take(page: Page, step: str, words: str = "") -> None:
    page.locator("[data-field=words]").fill(words)
    page.locator(f'.needed [data-step="{step}"]').click()


def send_comment(page: Page, words: str) -> None:
    page.locator("[data-field=comment]").fill(words)
    page.get_by_role("button", name="发送").click()
    expect(page.locator(".said .text").filter(has_text=words)).to_be_visible(timeout=SLOW_MS)
    page.get_by_role("button", name="关闭").click()


def hand_in(school: Page) -> None:
    school.goto("/reviews")
    school.locator('tr[data-station="GX02-E"]').get_by_role("link", name="打开").click()
    stands_at(school, "selection_submitted")
    take(school, "complete_conditions", "建设条件已备齐")
    stands_at(school, "conditions_completed")


def return_it(evaluator: Page) -> None:
    stands_at(evaluator, "conditions_completed")
    stage = evaluator.locator('[data-stage="pass_conditions"]')
    expect(stage).to_have_attribute("data-stage-state", "now")
    evaluator.get_by_role("button", name="全部 ").click()
    evaluator.locator(f'[data-comment-on="{ROW}"]').click()
    send_comment(evaluator, "请补充通信矩阵的版本说明")
    take(evaluator, "return")
    expect(evaluator.get_by_text("请先写明理由")).to_be_visible()
    take(evaluator, "return", "2-4 模块缺少必备设备")


def answer_and_hand_in_again(school: Page) -> None:
    # the page follows by itself
    stands_at(school, "conditions_returned")
    expect(school.locator(".back-words")).to_contain_text("2-4 模块缺少必备设备")
    school.get_by_role("button", name="有意见 1").click()
    school.locator(f'[data-comment-on="{ROW}"]').click()
    school.locator("[data-reply]").click()
    send_comment(school, "版本说明已补入台账")
    take(school, "complete_conditions", "已按意见整改")
    stands_at(school, "conditions_completed")


def pass_it(evaluator: Page) -> None:
    stands_at(evaluator, "conditions_completed")
    take(evaluator, "pass_conditions")
    expect(evaluator.get_by_text("仍要通过，请写明理由")).to_be_visible()
    take(evaluator, "pass_conditions", "现场已核实")
    stands_at(evaluator, "conditions_passed")
    evaluator.locator('[data-entry="pass_conditions"] [data-snapshot]').click()
    expect(evaluator.locator("[data-intact=true]")).to_be_visible(timeout=SLOW_MS)


def test_what_a_school_hands_in_is_returned_with_comments_mended_and_passed(
    browser: Browser, demo: Demo
) -> None:
    with (
        entered(browser, demo, "gx-master") as school,
        entered(browser, demo, "evaluator") as evaluator,
    ):
        hand_in(school)
        evaluator.goto(school.url)
        return_it(evaluator)
        answer_and_hand_in_again(school)
        pass_it(evaluator)
        stands_at(school, "conditions_passed")


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
