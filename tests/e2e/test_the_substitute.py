"""A bench fails before a class: its holder hears of it and takes the one beside it by a click.

The spare stays registered, so this comes after whatever counts the benches of the demo.
"""

import contextlib
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from inventory.benches.schema import BenchFields
from inventory.benches.use_cases import create_bench
from inventory.database import open_database
from inventory.moments import SCHOOL_ZONE
from tests.e2e.browsers import PHONE, entered, fits
from tests.e2e.conftest import Demo
from tests.e2e.open_hours import CHANGING
from tests.e2e.sim_faults import fault
from tests.rig import POSIX_ONLY

pytestmark = [POSIX_ONLY, pytest.mark.timeout(240)]
RIG, SPARE = "bench:BJ01/battery-01", "bench:BJ01/battery-03"
TITLE = "新能源2499 绝缘检测"
SOON, LASTS = timedelta(minutes=40), timedelta(minutes=45)
"""So near that nobody waits whether the trouble passes by itself."""
Wait = Callable[..., None]


def register_the_spare(demo: Demo) -> None:
    database = open_database(f"sqlite:///{demo.folder / 'inventory.sqlite'}")
    bench = {"code": "battery-03", "organisation_code": "BJ01", "station_code": "BJ01-T"}
    fields = bench | {"profile": "battery", "name_zh": "动力电池备用台架"}
    fields["name_en"] = "Spare battery bench"
    create_bench(database, BenchFields.model_validate(fields), who="test")
    database.close()


@contextlib.contextmanager
def booked(page: Page) -> Iterator[str]:
    """The path of a class that begins soon; the slot is free again afterwards."""
    start = datetime.now(SCHOOL_ZONE) + SOON
    order = {
        "resources": [RIG],
        "start_at": start.isoformat(),
        "end_at": (start + LASTS).isoformat(),
        "purpose": "class",
        "title": TITLE,
    }
    answer = page.request.post("/api/v1/bookings", data=order, headers=CHANGING)
    assert answer.ok, answer.text()
    path = f"/api/v1/bookings/{answer.json()['id']}"
    yield path
    step = {"step": "cancel", "reason": "test"}
    assert page.request.post(f"{path}/steps", data=step, headers=CHANGING).ok


def choose_quiet_hours(page: Page) -> None:
    page.goto("/inbox")
    page.get_by_role("button", name="接收设置").click()
    panel = page.locator("dialog.panel")
    panel.get_by_label("免打扰开始").fill("21:30")
    panel.get_by_label("每日汇总时间").fill("07:15")
    panel.locator('[data-focus="rig_failed_substitute_proposed"]').select_option("digest")
    panel.get_by_role("button", name="保存").click()
    expect(panel.get_by_role("status")).to_have_text("已保存。")
    expect(panel.get_by_label("免打扰开始")).to_have_value("21:30")
    told = page.request.get("/api/v1/notifications/preferences").json()
    assert (told["quiet_from"], told["digest_at"]) == ("21:30", "07:15")


def failures_told(page: Page) -> list[Any]:
    found = page.request.get("/api/v1/inbox?unread=true&limit=100").json()["items"]
    return [one for one in found if one["kind"] == "rig_failed_substitute_proposed"]


def take_what_is_proposed(page: Page) -> None:
    page.goto("/inbox")
    message = page.locator("[data-message]").filter(has_text="台架不可用")
    expect(message).to_contain_text("P0AA6")
    expect(message).to_contain_text("建议改用：动力电池备用台架")
    message.get_by_role("link").click()
    panel = page.locator("dialog.panel")
    expect(panel.locator("[data-affected]")).to_contain_text("P0AA6")
    panel.locator(f'[data-substitute="{SPARE}"]').click()
    expect(panel.locator('[data-part="done"]')).to_have_text("已换用替代台架。")
    expect(panel.locator('[data-fact="what"]')).to_have_text("battery-03 动力电池备用台架")
    expect(panel.locator("[data-affected]")).to_have_count(0)


def test_a_bench_fails_its_holder_is_told_and_takes_the_substitute(
    browser: Browser, demo: Demo, wait_until: Wait
) -> None:
    register_the_spare(demo)
    with (
        entered(browser, demo, "bj-teacher") as page,
        entered(browser, demo, "bj-teacher", PHONE) as phone,
        booked(page) as booking,
        fault(demo, "battery-01", "isolation-low"),
    ):
        phone.goto("/bookings?tab=mine&lang=en")
        affected = phone.locator('[data-group="affected"]').locator(".affected")
        affected = affected.filter(has_text=TITLE)
        expect(affected).to_contain_text("open blocking fault P0AA6")
        expect(affected.locator("[data-substitute]")).to_have_text(
            "⇄ battery-03 Spare battery bench"
        )
        assert fits(phone)
        choose_quiet_hours(page)
        wait_until(lambda: failures_told(page), within_s=60, what="the holder is told")
        take_what_is_proposed(page)
        assert failures_told(page) == [], "whoever followed a message has read it"
        expect(affected).to_have_count(0)
        taken = page.request.get(booking).json()["parts"]
        assert [one["resource_key"] for one in taken] == [SPARE]
