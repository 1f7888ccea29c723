import contextlib
import re
import sqlite3
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.browsers import PHONE, entered
from tests.e2e.conftest import Demo

ALERT_WITHIN_MS = 30_000
WRITES = {"X-Stationmaster": "1"}


def book_a_bench_that_is_away(demo: Demo, page: Page) -> int:
    """The bench for replays, which is not there, with a limit of ten seconds."""
    with contextlib.closing(sqlite3.connect(demo.folder / "inventory.sqlite", timeout=10)) as db:
        db.execute("UPDATE bench SET silence_limit_s = 10 WHERE code = 'car-01'")
        db.commit()
    now = datetime.now(UTC)
    order = {
        "bench_code": "car-01",
        "start_at": (now - timedelta(hours=1)).isoformat(),
        "end_at": (now + timedelta(hours=1)).isoformat(),
        "purpose": "class",
    }
    answer = page.context.request.post("/api/v1/bookings", data=order, headers=WRITES)
    assert answer.ok, answer.text()
    return int(answer.json()["id"])


def test_a_bench_that_is_away_in_a_booked_slot_alarms_is_acknowledged_and_done_with(
    browser: Browser, demo: Demo
) -> None:
    with entered(browser, demo, "bj-master") as page:
        page.goto("/health")
        figure = page.locator('[data-figure="health.alerts"]')
        expect(page.locator('tr[data-bench="battery-01"] [data-state]')).to_be_visible()
        booking = book_a_bench_that_is_away(demo, page)
        alert = page.locator('[data-alert="bench_silent"]')
        expect(alert).to_contain_text("预约时段内台架无数据", timeout=ALERT_WITHIN_MS)
        expect(figure).to_contain_text("1 条无人确认")
        expect(page.get_by_role("status").filter(has_text="1 条告警")).to_be_visible(
            timeout=ALERT_WITHIN_MS
        )
        alert.get_by_label("处理说明（可不填）").fill("整车今天不用")
        alert.get_by_role("button", name="确认").click()
        expect(alert).to_contain_text("bj-master")
        expect(alert).to_contain_text("整车今天不用")
        path = f"/api/v1/bookings/{booking}/cancellation"
        assert page.context.request.post(path, headers=WRITES).ok
        expect(page.locator("summary").filter(has_text="最近的告警")).to_be_visible(
            timeout=ALERT_WITHIN_MS
        )
        expect(figure).to_contain_text("目前没有告警")


def test_the_table_sorts_by_any_column_and_stays_sorted(browser: Browser, demo: Demo) -> None:
    with entered(browser, demo, "evaluator") as page:
        page.goto("/health?lang=en")
        page.get_by_role("button", name="Delay p50 / p99").click()
        head = page.locator("th.delay")
        expect(head).to_have_attribute("aria-sort", "descending")
        first_shown = page.locator("tbody td.rows").first.inner_text()
        # figures move on by themselves while the order stays
        expect(page.locator("tbody td.rows").first).not_to_have_text(first_shown)
        expect(head).to_have_attribute("aria-sort", "descending")


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_phone_shows_cards_without_scrolling_sideways(
    browser: Browser, demo: Demo, lang: str
) -> None:
    with entered(browser, demo, "bj-teacher", PHONE) as page:
        page.goto(f"/health?lang={lang}")
        expect(page.locator('article[data-bench="battery-01"]')).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
        word = re.compile("今日断档" if lang == "zh" else "Gaps today")
        expect(
            page.locator('article[data-bench="battery-01"] dt').filter(has_text=word).first
        ).to_be_visible()
