import os
import subprocess
import sys
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.browsers import entered, fresh_seat
from tests.e2e.conftest import ROOT, Demo
from tests.rig import POSIX_ONLY

pytestmark = [POSIX_ONLY, pytest.mark.timeout(240)]


def log_in(page: Page, demo: Demo, username: str) -> None:
    page.locator("input").first.fill(username)
    page.locator('input[type="password"]').fill(demo.password(username))
    page.keyboard.press("Enter")


def replay(demo: Demo, log: Path, dbc: Path, speed: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "stationmaster", "bridge", "replay", str(log)]
    options = ["--dbc", str(dbc), "--bench", "car-01", "--speed", speed]
    environment = {**demo.environment, "STATIONMASTER_BROKER_PORT": str(demo.broker_port)}
    return subprocess.Popen([*command, *options], cwd=ROOT, env={**os.environ, **environment})


def test_a_replayed_car_shows_on_the_live_page(browser: Browser, demo: Demo, shared: Path) -> None:
    log = shared / "can/logs/kona2019_pcan_ccan_off_on_ready_off.gvret.csv"
    with entered(browser, demo, "bj-master") as page:
        page.goto("/bench?bench=car-01")
        running = replay(demo, log, shared / "can/dbc/kona_pcan.dbc", "1")
        see_the_car(page, running)


def see_the_car(page: Page, running: subprocess.Popen[bytes]) -> None:
    try:
        voltage = page.locator('[data-signal="Batt_HV_Status.VBatt"] .number')
        expect(voltage).to_contain_text("355")
        expect(page.locator('[data-signal="Batt_HV_Status.IBatt"] .number')).not_to_have_text("—")
        inverter = page.locator('[data-signal="InverterStatus.V_Inverter"] .number')
        contactor = page.locator('[data-signal="BMS_5A3.ContactorClosed"] .number')
        expect(inverter).not_to_have_text("—")
        expect(contactor).not_to_have_text("—")
        expect(page.locator(".stApp")).to_contain_text("回放")
    finally:
        assert running.wait(60) == 0


@pytest.mark.parametrize("width", [1440, 390])
def test_no_page_scrolls_sideways_or_asks_another_host(
    browser: Browser, demo: Demo, width: int
) -> None:
    context = fresh_seat(browser, demo, {"width": width, "height": 844}, locale="zh-CN")
    page = context.new_page()
    foreign: list[str] = []
    base = demo.facts["base_url"]
    page.on(
        "request",
        lambda request: (
            None
            if request.url.startswith((base, "data:", "blob:"))
            or request.url.startswith(base.replace("http", "ws"))
            else foreign.append(request.url)
        ),
    )
    page.goto(base)
    log_in(page, demo, "evaluator")
    expect(page.locator(".stApp")).to_contain_text("GX02-E")
    for path in ("/", "/station?station=GX02-T&module=2-4", "/bench?bench=motor-02"):
        page.goto(base + path)
        expect(page.locator(".sm").nth(1)).to_be_visible()
        page.wait_for_timeout(1_000)  # streams never end, so there is no idle network to wait for
        assert page.locator(".stException").count() == 0, path
        scroll = page.evaluate("document.documentElement.scrollWidth")
        assert scroll <= width, f"{path} is {scroll} px wide"
    assert foreign == []
    context.close()
