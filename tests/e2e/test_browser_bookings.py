"""Classes that recur are booked and given back, and a whole timetable is read from its file."""

from datetime import date, datetime, timedelta

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from inventory.moments import SCHOOL_ZONE
from inventory.requirements.writing import write_rows
from tests.e2e.browsers import PHONE, entered, fits
from tests.e2e.conftest import Demo
from tests.e2e.open_hours import CHANGING
from tests.rig import POSIX_ONLY

pytestmark = [POSIX_ONLY, pytest.mark.timeout(240)]
RIG = "bench:BJ01/gateway-01"
THURSDAY, SECOND_PAIR = 3, 1
TITLE = "智网2499 网关诊断"
LESSON = "电机拆装"
GRID = [
    ["班级：车电2498"],
    ["节次", "星期一", "星期二", "星期三", "星期四", "星期五"],
    ["5-6节", "", "", "", f"{LESSON}\n孙老师\nmotor-01 台架\n2-6周(双周)"],
]


def quiet_monday(on: date) -> date:
    """The next Monday with three weeks without holidays of China and classes of the demo."""
    for year in (on.year, on.year + 1):
        for about in (date(year, 3, 8), date(year, 6, 1), date(year, 11, 1)):
            monday = about + timedelta(days=(-about.weekday()) % 7)
            if monday > on + timedelta(days=50):
                return monday
    raise AssertionError(on)


def free_slot(page: Page) -> Locator:
    return page.locator(f'[data-slot="{RIG} {THURSDAY} {SECOND_PAIR}"]')


def book_a_series(page: Page) -> None:
    free_slot(page).click()
    form = page.locator('[data-part="new"]')
    expect(form.locator(f'[data-key="{RIG}"]')).to_contain_text("CAN 网关台架 01")
    expect(form.locator("input[name=from]")).to_have_value("10:00")
    form.locator("input[name=title]").fill(TITLE)
    form.locator("select[name=repeat]").select_option("weekly")
    form.locator("input[name=times]").fill("3")
    form.locator('[data-focus="book"]').click()
    expect(page.locator("dialog h2")).to_have_text("已预约 3 次。")
    page.get_by_role("button", name="关闭").click()
    expect(free_slot(page)).to_have_count(0)


def be_refused_and_take_the_nearest(page: Page, monday: date) -> None:
    page.get_by_role("button", name="＋ 新建预约").click()
    form = page.locator('[data-part="new"]')
    form.locator("select[name=add]").select_option(RIG)
    form.locator("input[name=day]").fill(str(monday + timedelta(days=THURSDAY)))
    form.locator("input[name=from]").fill("10:00")
    form.locator("input[name=to]").fill("11:40")
    form.locator('[data-focus="book"]').click()
    refusal = form.locator('[data-part="refusal"]')
    expect(refusal).to_contain_text("gateway-01 CAN 网关台架 01 在 10:00–11:40 已被预约。")
    expect(refusal.locator('[data-focus="wait"]')).to_be_visible()
    refusal.locator('[data-focus="nearest-0"]').click()
    form.locator('[data-focus="book"]').click()
    expect(page.locator("dialog")).to_contain_text("已预约")
    expect(page.locator('dialog [data-fact="what"]')).to_contain_text("gateway-01")
    page.get_by_role("button", name="关闭").click()


def give_back_what_follows(page: Page) -> None:
    titled = page.locator(f'[data-booking]:has-text("{TITLE[:4]}")').first
    first = titled.get_attribute("data-booking")
    page.get_by_role("button", name="下一周").click()
    # until the next week is there, this one stays and can be clicked
    expect(page.locator(f'[data-booking="{first}"]')).to_have_count(0)
    titled.click()
    panel = page.locator("dialog.panel")
    panel.locator('[data-part="act"]').get_by_label("这次及以后").check()
    panel.locator('[data-step="cancel"]').click()
    panel.get_by_role("button", name="确认取消？时段会放出").click()
    expect(panel).to_contain_text("已取消")
    page.get_by_role("button", name="关闭").click()
    expect(free_slot(page)).to_be_visible()


def test_an_instructor_books_a_class_that_recurs_and_gives_the_later_ones_back(
    browser: Browser, demo: Demo
) -> None:
    monday = quiet_monday(datetime.now(SCHOOL_ZONE).date())
    with entered(browser, demo, "bj-teacher") as page:
        page.goto(f"/bookings?week={monday}")
        book_a_series(page)
        be_refused_and_take_the_nearest(page, monday)
        give_back_what_follows(page)
    with entered(browser, demo, "bj-teacher", PHONE) as page:
        page.goto(f"/bookings?week={monday}&day={THURSDAY}&lang=en")
        rig = page.locator(f'[data-rig="{RIG}"]')
        expect(rig.locator(".event").first).to_contain_text(TITLE)
        assert fits(page)
        page.goto("/bookings?tab=mine&lang=en")
        expect(page.locator('[data-group="coming"]')).to_contain_text(TITLE)
        expect(page.locator('[data-group="past"]')).to_contain_text("Cancelled")
        assert fits(page)


def hand_in(page: Page, rows: list[list[str]]) -> None:
    sheet = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    content = write_rows("课表.xlsx", rows)
    file = {"name": "课表.xlsx", "mimeType": sheet, "buffer": content}
    page.locator('[data-part="timetable"] input[type=file]').set_input_files(file)  # type: ignore[arg-type]
    page.locator('[data-focus="try"]').click()


def end_series_of(page: Page, title: str) -> None:
    found = page.request.get("/api/v1/bookings?state=booked&limit=200").json()["items"]
    one = next(one["id"] for one in found if title in one["title"])
    path = f"/api/v1/bookings/{one}/series/cancellation"
    order = {"scope": "all", "reason": "test"}
    assert page.request.post(path, data=order, headers=CHANGING).ok


def test_a_timetable_is_tried_settled_and_booked_from_a_spreadsheet(
    browser: Browser, demo: Demo
) -> None:
    with entered(browser, demo, "bj-master", PHONE) as page:
        page.goto("/school_settings?tab=timetable")
        term = page.locator('[data-focus="term"]')
        # one that is surely ahead
        term.select_option(term.locator("option").last.get_attribute("value"))
        hand_in(page, GRID)
        report = page.locator('[data-part="report"]')
        expect(report).to_contain_text("有 1 处需要处理，未写入任何预约。")
        page.locator('[data-settle="person"] select').select_option("bj-teacher")
        page.locator('[data-focus="try"]').click()
        expect(report).to_contain_text("1 门课，3 次预约。")
        assert fits(page)
        page.locator('[data-focus="book-all"]').click()
        expect(report).to_contain_text("已导入")
        expect(page.locator("[data-run]").first).to_contain_text("课表.xlsx")
        end_series_of(page, LESSON)
