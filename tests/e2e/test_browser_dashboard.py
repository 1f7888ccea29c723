import contextlib
import json
import re
from collections.abc import Callable, Iterator

import psutil
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.browsers import DESKTOP, PHONE, fresh_seat, seat
from tests.e2e.conftest import Demo
from tests.e2e.sim_faults import fault

CELL = '[data-cell="BJ01-T|2-1|intermediate"]'
RED_WITHIN_MS = 10_000
"""Beside the other tests; that it takes 3 s at most is for benchmarks/fault_round_trip.py."""
Enter = Callable[..., Page]


@pytest.fixture
def enter(browser: Browser, demo: Demo) -> Iterator[Enter]:
    """Opens a page as somebody; errors of scripts and requests to elsewhere fail the test."""
    wrong: list[str] = []
    base = str(demo.facts["base_url"])
    with contextlib.ExitStack() as left:

        def open_page(
            username: str | None, path: str = "/", size: dict[str, int] = DESKTOP
        ) -> Page:
            if username is None:
                context = fresh_seat(browser, demo, size)
                left.callback(context.close)
            else:
                context = seat(browser, demo, username, size)
            page = context.new_page()
            left.callback(page.close)
            page.on("pageerror", lambda error: wrong.append(str(error)))
            page.on("request", lambda asked: _note_foreign(asked.url, base, wrong))
            page.goto(path)
            return page

        yield open_page
    assert wrong == []


def _note_foreign(url: str, base: str, wrong: list[str]) -> None:
    host = base.partition("://")[2]
    if not re.match(rf"(https?|wss?)://{re.escape(host)}|data:|blob:", url):
        wrong.append(f"request to {url}")


def test_logging_in_and_out_by_the_form(enter: Enter, demo: Demo) -> None:
    page = enter(None)
    page.get_by_label("用户名").fill("bj-master")
    page.get_by_label("密码").fill("wrong password")
    page.get_by_role("button", name="登录").click()
    expect(page.get_by_text("用户名或密码不正确。")).to_be_visible()
    page.get_by_label("密码").fill(demo.password("bj-master"))
    page.get_by_role("button", name="登录").click()
    expect(page.get_by_role("heading", name="站点", exact=True)).to_be_visible()
    page.get_by_role("button", name="北京 站长").click()
    page.get_by_role("button", name="退出登录").click()
    expect(page.get_by_label("密码")).to_be_visible()


@pytest.mark.parametrize("path", ["/", "/bench?bench=battery-01"])
def test_a_login_that_ends_elsewhere_leads_to_the_login_page(enter: Enter, path: str) -> None:
    page = enter("bj-teacher", path)
    expect(page.locator(".sm").last).to_be_visible()
    expect(page.get_by_role("button", name="北京 教师")).to_be_visible()
    answer = page.context.request.post("/api/v1/logout", headers={"X-Stationmaster": "1"})
    assert answer.ok
    expect(page.get_by_label("密码")).to_be_visible()


def test_a_fault_turns_its_cell_red_without_reloading_and_back(enter: Enter, demo: Demo) -> None:
    page = enter("bj-master")
    cell = page.locator(CELL)
    expect(cell).to_have_attribute("data-status", re.compile("ready|advice_only"))
    page.evaluate("window.isSamePage = true")
    with fault(demo, "battery-01", "isolation-low"):
        expect(cell).to_have_attribute("data-status", "fault", timeout=RED_WITHIN_MS)
        expect(page.locator('[data-figure="stations.faults"] .value')).to_have_text("1")
        cell.click()
        drawer = page.get_by_role("dialog")
        expect(drawer).to_contain_text("P0AA6")
        expect(drawer).to_contain_text("断开高压")
        page.keyboard.press("Escape")
        expect(drawer).not_to_be_visible()
    expect(cell).not_to_have_attribute("data-status", "fault")
    assert page.evaluate("window.isSamePage") is True


def test_the_station_page_follows_a_fault_and_leads_to_the_bench(enter: Enter, demo: Demo) -> None:
    page = enter("evaluator", "/station?station=BJ01-T&module=2-1&level=intermediate")
    banner = page.locator("[data-status]").first
    expect(banner).to_have_attribute("data-status", re.compile("ready|advice_only"))
    with fault(demo, "battery-01", "isolation-low"):
        expect(banner).to_have_attribute("data-status", "not_ready", timeout=RED_WITHIN_MS)
        finding = page.locator('[data-kind="bench_fault"]').first
        for words in ("battery-01", "P0AA6", "台架功能正常", "培训评价组织文件", "DRAFT-0.1"):
            expect(finding).to_contain_text(words)
        expect(page.get_by_text("草案，非官方清单").first).to_be_visible()
        page.get_by_text("查看台架 battery-01").first.click()
        expect(page.locator('[data-dtc="P0AA6"]')).to_be_visible()
        assert "bench=battery-01" in page.url


def test_the_live_page_shows_values_as_they_come(enter: Enter) -> None:
    page = enter("bj-master", "/bench?bench=battery-01")
    expect(page.get_by_role("status").first).to_contain_text("数据正常")
    expect(page.get_by_text("模拟台架", exact=True)).to_be_visible()
    decoded = page.locator(".meta")
    before = decoded.inner_text()
    expect(decoded).not_to_have_text(before)
    page.get_by_text("其他信号").click()
    expect(page.locator("details table tbody tr").first).to_be_visible()
    drawn = page.locator("canvas").first.evaluate(
        "c => c.getContext('2d').getImageData(0, 0, c.width, c.height).data.some(v => v > 0)"
    )
    assert drawn is True


@pytest.mark.parametrize(("lang", "words"), [("zh", "断开|闭合"), ("en", "open|closed")])
def test_a_word_in_two_languages_is_shown_in_that_of_the_page(
    enter: Enter, lang: str, words: str
) -> None:
    page = enter("bj-master", f"/bench?bench=battery-01&lang={lang}")
    contactor = page.locator('[data-signal="contactor_positive_closed"] .number')
    expect(contactor).to_have_text(re.compile(f"^({words})$"))


def test_leaving_the_live_page_closes_its_stream(enter: Enter) -> None:
    page = enter("bj-master", "/bench?bench=motor-01")
    expect(page.get_by_role("status").first).to_contain_text("数据正常")
    page.evaluate(
        """() => {
          const close = EventSource.prototype.close
          window.endedStreams = []
          EventSource.prototype.close = function () {
            window.endedStreams.push(this.url)
            close.call(this)
          }
        }"""
    )
    page.get_by_role("link", name="站点", exact=True).first.click()
    expect(page.locator(CELL)).to_be_visible()
    page.wait_for_function(
        "window.endedStreams.some((url) => url.endsWith('/benches/motor-01/live'))"
    )


def test_a_broken_connection_is_said_and_heals(enter: Enter) -> None:
    page = enter("bj-master")
    expect(page.locator(CELL)).to_be_visible()
    page.route("**/live", lambda route: route.abort())
    page.goto("/bench?bench=gateway-01")
    state = page.get_by_role("status").first
    expect(state).to_contain_text("连接中断")
    page.unroute("**/live")
    expect(state).to_contain_text("数据正常")


def test_a_bench_that_falls_silent_turns_red_after_three_seconds(enter: Enter, demo: Demo) -> None:
    page = enter("gx-master", "/bench?bench=motor-02")
    state = page.get_by_role("status").first
    expect(state).to_contain_text("数据正常")
    bridge = next(
        child
        for child in psutil.Process(demo.process.pid).children(recursive=True)
        if "motor-02" in child.cmdline()
    )
    bridge.suspend()
    try:
        expect(state).to_contain_text("数据中断")
        expect(page.locator(".card .number").first).not_to_have_text("—")
    finally:
        bridge.resume()
    expect(state).to_contain_text("数据正常")


def test_english_is_one_click_away_and_stays_over_pages(enter: Enter) -> None:
    page = enter("bj-master")
    expect(page.locator(CELL)).to_be_visible()
    page.get_by_role("radio", name="EN").click()
    expect(page.get_by_role("heading", name="Stations")).to_be_visible()
    assert "lang=en" in page.url
    page.get_by_role("link", name="BJ01-T").first.click()
    expect(page.get_by_role("heading", name="Station", exact=True)).to_be_visible()
    expect(page.get_by_text("Demonstration data").first).to_be_visible()
    assert "lang=en" in page.url
    page.get_by_role("link", name="Live bench").first.click()
    expect(page.get_by_role("status").first).to_contain_text("Data OK")


def test_a_cell_can_be_reached_and_opened_by_keyboard(enter: Enter) -> None:
    page = enter("bj-master")
    page.locator(CELL).focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("Escape")
    assert page.evaluate(
        "(() => { let at = document.activeElement;"
        " while (at?.shadowRoot?.activeElement) at = at.shadowRoot.activeElement;"
        " return at?.dataset?.cell ?? null })()"
    ) == CELL.removeprefix('[data-cell="').removesuffix('"]')


def test_a_visitor_sees_shared_stations_without_counts(enter: Enter) -> None:
    page = enter("visitor")
    expect(page.locator('[data-station="BJ01-T"]')).to_be_visible()
    expect(page.locator('[data-station="BJ01-E"]')).to_have_count(0)
    page.locator('[data-cell="BJ01-T|2-1|elementary"]').click()
    expect(page.get_by_role("dialog")).to_contain_text("该站点已开放共享")


@pytest.mark.parametrize(
    "path", ["/", "/station?station=BJ01-T&module=2-2", "/bench?bench=battery-01"]
)
def test_nothing_needs_sideways_scrolling_on_a_phone(enter: Enter, path: str) -> None:
    page = enter("bj-master", path, PHONE)
    expect(page.locator(".sm").last).to_be_visible()
    page.wait_for_timeout(700)
    wide = page.evaluate(
        """() => [...document.querySelectorAll('[data-testid="stMain"], body')]
             .filter((node) => node.scrollWidth > node.clientWidth + 1)
             .map((node) => `${node.tagName} ${node.scrollWidth}`)"""
    )
    assert wide == []


def _heights_of_cells(page: Page) -> list[float]:
    """Heights in pixels; looked up again while live data replaces the cells under the measure."""
    for _ in range(50):
        heights: list[float] = page.locator("[data-cell]").evaluate_all(
            "cells => cells.map((cell) => cell.getBoundingClientRect().height)"
        )
        if heights and min(heights) > 0:
            return heights
        page.wait_for_timeout(100)
    pytest.fail("the matrix never stood still for 5 s")


def test_cells_are_large_enough_for_a_thumb(enter: Enter) -> None:
    page = enter("bj-master", "/", PHONE)
    expect(page.locator(CELL)).to_be_visible()
    heights = _heights_of_cells(page)
    assert min(heights) >= 40, json.dumps(heights)
