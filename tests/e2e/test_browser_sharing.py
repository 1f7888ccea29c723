"""Another school finds a rig, asks for it, agrees to terms, uses it; the feed says so."""

import contextlib
from collections.abc import Iterator
from datetime import datetime, timedelta

import httpx2
import pytest
from ical.calendar_stream import IcsCalendarStream
from playwright.sync_api import Browser, Page, expect

from inventory.moments import SCHOOL_ZONE
from tests.e2e.browsers import PHONE, entered, fits
from tests.e2e.conftest import Demo
from tests.e2e.open_hours import CHANGING, rig_open_all_day
from tests.rig import POSIX_ONLY

pytestmark = [POSIX_ONLY, pytest.mark.timeout(240)]
RIG = "bench:BJ01/gateway-01"
TITLE = "网关台架开放日"
EASED = ("notice", "opening_hours")
SOON, LASTS = timedelta(minutes=12), timedelta(minutes=20)


@contextlib.contextmanager
def allowed_at_any_time(page: Page) -> Iterator[None]:
    """A school that asks for no notice and closes for nobody; the page says the rule in words."""
    page.goto("/school_settings?tab=policies")
    for code in EASED:
        box = page.locator(f'[data-policy="{code}"]')
        expect(box.locator("select").first).to_be_visible()
        for choice in box.locator("select").all():
            choice.select_option("off")
        box.locator(f'[data-focus="save-{code}"]').click()
        expect(box).to_contain_text("：不限制")
        expect(box).to_contain_text("已保存。")
    try:
        yield
    finally:
        for code in EASED:
            assert page.request.delete(f"/api/v1/booking-policies/{code}", headers=CHANGING).ok


def share_the_rig(page: Page) -> None:
    page.goto("/sharing?tab=own")
    page.get_by_role("button", name="新建共享").click()
    form = page.locator('[data-part="offer"]')
    form.locator("input[name=title_zh]").fill(TITLE)
    form.locator("select[name=station_code]").select_option("BJ01-T")
    form.locator(f'input[name=resources][value="{RIG}"]').check()
    for weekday in ("周六", "周日"):
        form.get_by_label(weekday).check()
    form.get_by_label("开始", exact=True).fill("00:00")
    form.get_by_label("结束", exact=True).fill("23:59")
    form.locator("input[name=least_minutes]").fill("15")
    form.locator("input[name=notice_hours]").fill("0")
    form.locator("input[name=contact_name]").fill("王老师")
    form.locator('[data-focus="save"]').click()
    own = page.locator("[data-own]").filter(has_text=TITLE)
    expect(own).to_contain_text("草稿")
    own.get_by_role("button", name="发布").click()
    expect(own).to_contain_text("已发布")


def find_and_request(page: Page, start: datetime) -> None:
    page.goto("/sharing?q=网关")
    page.locator("[data-offer]").filter(has_text=TITLE).click()
    panel = page.locator("dialog.panel")
    expect(panel).not_to_contain_text("王老师")
    form = panel.locator('[data-part="ask"]')
    form.locator("input[name=day]").fill(f"{start:%Y-%m-%d}")
    form.locator("input[name=from]").fill(f"{start:%H:%M}")
    form.locator("input[name=to]").fill(f"{start + LASTS:%H:%M}")
    form.locator("input[name=purpose]").fill("模块 2-4 考前训练")
    form.locator('[data-focus="send"]').click()
    expect(panel).to_contain_text("已提交申请")
    expect(panel).to_contain_text("待学校答复")


def step(page: Page, name: str, **words: str) -> None:
    panel = page.locator("dialog.panel")
    panel.locator(f'[data-step="{name}"]').click()
    for field, text in words.items():
        panel.locator(f'[data-part="step"] [name="{field}"]').fill(text)
    panel.locator('[data-focus="take-step"]').click()
    expect(panel).to_contain_text("已完成。")


def open_request(page: Page) -> None:
    page.goto("/sharing?tab=requests")
    page.locator("[data-request]").filter(has_text=TITLE).click()


def subscribed_address(page: Page) -> str:
    page.goto("/school_settings")
    form = page.locator('[data-part="new-feed"]')
    form.locator("select[name=kind]").select_option("resource")
    form.locator("select[name=resource_key]").select_option(RIG)
    form.locator("input[name=name]").fill("网关台架")
    form.locator('[data-focus="make"]').click()
    address = page.locator('[data-part="link"]').input_value()
    expect(page.locator('[data-part="door"]')).to_have_attribute(
        "href", address.removesuffix(".ics")[address.index("/calendars") :] + "/door"
    )
    return address


def end_subscription(page: Page) -> None:
    line = page.locator("[data-feed]").filter(has_text="网关台架")
    line.get_by_role("button", name="停用").click()
    line.get_by_role("button", name="确认停用？链接立即失效").click()
    expect(line).to_contain_text("已停用")


def test_another_school_finds_requests_agrees_uses_and_the_feed_says_so(
    browser: Browser, demo: Demo
) -> None:
    now = datetime.now(SCHOOL_ZONE).replace(second=0, microsecond=0)
    with (
        entered(browser, demo, "bj-master") as owner,
        entered(browser, demo, "gx-master", PHONE) as guest,
        rig_open_all_day(owner, now.date(), RIG),
        allowed_at_any_time(owner),
    ):
        share_the_rig(owner)
        find_and_request(guest, now + SOON)
        assert fits(guest)
        open_request(owner)
        step(owner, "offer_terms", terms="自带诊断仪；损坏照价赔偿", price_note="400 元")
        open_request(guest)
        expect(guest.locator('[data-part="terms"]')).to_contain_text("损坏照价赔偿")
        step(guest, "accept")
        expect(guest.locator('[data-fact="contact"]')).to_contain_text("王老师")
        address = subscribed_address(owner)
        calendar = IcsCalendarStream.calendar_from_ics(httpx2.get(address).text)
        assert now + SOON in [one.dtstart for one in calendar.events]
        end_subscription(owner)
        assert httpx2.get(address).status_code == httpx2.codes.NOT_FOUND
        open_request(owner)
        step(owner, "check_in")
        step(owner, "finish")
        open_request(guest)
        step(guest, "feedback", text="设备完好，安排周到")
        expect(guest.locator('[data-part="feedback"]')).to_contain_text("5 分 / 5 分")
        assert fits(guest)
