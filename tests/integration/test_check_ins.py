"""Checking in by the label on a thing: what it offers, to whom, and when."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect, sync_playwright

from inventory.bookable import BookingPurpose
from inventory.equipment.table import Equipment
from inventory.labels.rules import new_code
from inventory.labels.table import EquipmentLabel
from inventory.places.table import RoomRow, WorkstationRow
from tests.asgi_server import AsgiServer
from tests.databases import Databases
from tests.measured_use import HOUR, at, book
from tests.rig import POSIX_ONLY
from tests.schools import NOW, PASSWORD, WRITES, Schools, schools

MINUTE = timedelta(minutes=1)
START = NOW.replace(hour=1) + timedelta(days=1)
RIG = "bench:BJ01/battery-01"
CHROMIUM = Path("/usr/bin/chromium")


@pytest.fixture(scope="module")
def house(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Schools]:
    folder = tmp_path_factory.mktemp("check-ins")
    with databases.fresh("sqlite", "furnished", folder) as url, schools(url) as built:
        yield built


@pytest.fixture(autouse=True)
def _clock_as_it_was(house: Schools) -> None:
    house.clock.at = NOW


def booked(house: Schools, key: str, after: timedelta = timedelta()) -> int:
    start = START + after
    span = {"start_at": start.isoformat(), "end_at": (start + HOUR).isoformat()}
    order = {"resources": [key], "purpose": "class", "title": "电池检测"} | span
    client = house.client("bj-teacher")
    answer = client.post("/api/v1/bookings", json=order, headers=WRITES)
    assert answer.status_code == 201, answer.text
    return int(answer.json()["id"])


def report_code(house: Schools, bench: str = "battery-01") -> str:
    order = {"bench_code": bench}
    client = house.client("bj-master")
    answer = client.post("/api/v1/report-links", json=order, headers=WRITES)
    return str(answer.json()["token"])


def labelled(house: Schools, asset_number: str, bench: str | None = None) -> str:
    code = new_code()
    with house.database.begin() as db:
        piece = {"asset_number": asset_number, "item_zh": "示波器", "bench_code": bench}
        db.add(Equipment.model_validate({"organisation_code": "BJ01", **piece}))
        db.flush()
        db.add(
            EquipmentLabel(
                code=code, organisation_code="BJ01", asset_number=asset_number, made_at=NOW
            )
        )
    return code


def scan(house: Schools, label: str, username: str = "bj-teacher", status: int = 200) -> Any:  # noqa: ANN401 - JSON
    answer = house.client(username).get("/api/v1/check-ins", params={"label": label})
    assert answer.status_code == status, answer.text
    return answer.json()


def step(house: Schools, booking_id: int, name: str, status: int = 200) -> None:
    path = f"/api/v1/bookings/{booking_id}/steps"
    answer = house.client("bj-teacher").post(path, json={"step": name}, headers=WRITES)
    assert answer.status_code == status, answer.text


def test_who_booked_a_rig_checks_in_and_ends_by_its_label(house: Schools) -> None:
    number, label = booked(house, RIG), report_code(house)
    house.clock.at = START - 31 * MINUTE
    (early,) = scan(house, label)["bookings"]
    assert (early["steps"], early["opens_at"]) == ([], "2026-12-02T00:30:00Z")
    step(house, number, "check_in", 422)
    house.clock.at = START - 30 * MINUTE
    found = scan(house, f"http://school.example/report/{label}")
    assert (found["code"], found["name_zh"]) == ("battery-01", "台架 battery-01")
    assert found["bookings"][0]["steps"] == ["check_in"]
    step(house, number, "check_in")
    (come,) = scan(house, label)["bookings"]
    assert (come["steps"], come["checked_in_at"]) == ([], "2026-12-02T00:30:00Z")
    house.clock.at = START + MINUTE
    assert scan(house, label)["bookings"][0]["steps"] == ["end_early"]
    step(house, number, "end_early")
    assert scan(house, label)["bookings"] == []


def test_a_label_of_the_register_stands_for_its_bench_and_for_its_workstation(
    house: Schools,
) -> None:
    on_bench, alone = labelled(house, "A-1", "battery-01"), labelled(house, "A-2")
    with house.database.begin() as db:
        room = RoomRow.model_validate(
            {"organisation_code": "BJ01", "code": "101", "name_zh": "实训室"}
        )
        db.add(room)
        db.flush()
        place = {"organisation_code": "BJ01", "code": "W3", "kind": "bench", "asset_number": "A-2"}
        db.add(WorkstationRow.model_validate({**place, "room_id": room.id}))
    rig = booked(house, RIG, 3 * HOUR)
    desk = booked(house, "workstation:BJ01/W3", 3 * HOUR)
    house.clock.at = START + 3 * HOUR
    assert [one["booking_id"] for one in scan(house, on_bench)["bookings"]] == [rig]
    assert [one["booking_id"] for one in scan(house, alone)["bookings"]] == [desk]
    step(house, desk, "check_in")


def test_a_label_tells_nobody_of_bookings_that_are_not_theirs(house: Schools) -> None:
    booked(house, RIG, 5 * HOUR)
    label, code = report_code(house), labelled(house, "A-3")
    house.clock.at = START + 5 * HOUR
    assert scan(house, label, "bj-master")["bookings"] == []
    for scanned in (label, code, "ABCD-EFGH", "nonsense"):
        assert scan(house, scanned, "gx-master", 404)["type"].endswith("unknown-label")
        scan(house, scanned, "evaluator", 404)
        scan(house, scanned, "visitor", 403)
    anybody = house.client().get("/api/v1/check-ins", params={"label": label})
    assert anybody.status_code == 401


def test_who_uses_a_rig_of_another_school_finds_the_booking_by_its_label(house: Schools) -> None:
    facts = {"purpose": BookingPurpose.OPEN_SHARING, "holder": "gx-master"}
    number = book(house, "motor-01", (9, 10), **facts, requester_organisation_code="GX02")
    label = report_code(house, "motor-01")
    house.clock.at = at(9)
    (one,) = scan(house, label, "gx-master")["bookings"]
    assert (one["booking_id"], one["steps"]) == (number, ["check_in"])
    house.clock.at = at(11)
    scan(house, label, "gx-master", 404)


def test_a_code_that_was_replaced_checks_nobody_in(house: Schools) -> None:
    label = report_code(house)
    master = house.client("bj-master")
    (link,) = [
        one for one in master.get("/api/v1/report-links").json()["items"] if one["token"] == label
    ]
    assert master.delete(f"/api/v1/report-links/{link['id']}", headers=WRITES).status_code == 204
    scan(house, label, status=404)


def test_the_pages_say_nothing_of_bookings_by_themselves(house: Schools) -> None:
    booked(house, RIG, 7 * HOUR)
    label = report_code(house)
    house.clock.at = START + 7 * HOUR
    for username in (None, "visitor", "bj-teacher"):
        shown = house.client(username).get(f"/report/{label}")
        assert f'href="/check-in/{label}?lang=zh"' in shown.text
        assert "电池检测" not in shown.text
        assert "script-src 'sha256-" in shown.headers["content-security-policy"]
    english = house.client().get(f"/check-in/{label}?lang=en")
    assert '<html lang="en">' in english.text
    assert house.client().get("/check-in/a%3Cb%3E").status_code == 404


@POSIX_ONLY
def test_a_phone_logs_in_and_checks_in_and_next_time_one_tap_does(house: Schools) -> None:
    if not CHROMIUM.exists():
        pytest.skip("no browser: sudo apt-get install chromium fonts-noto-cjk")
    booked(house, RIG, 9 * HOUR)
    label = report_code(house)
    house.clock.at = START + 9 * HOUR + MINUTE
    server = AsgiServer(house.app)
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
            page = browser.new_page(base_url=server.url, viewport={"width": 390, "height": 844})
            page.goto(f"/report/{label}")
            page.get_by_role("link", name="登录签到").click()
            page.locator("#username").fill("bj-teacher")
            page.locator("#password").fill(PASSWORD)
            page.get_by_role("button", name="登录").click()
            expect(page.locator("[data-booking]")).to_contain_text("12/2 周三 18:00–19:00")
            # whoever is logged in has it on the page a label leads to
            page.goto(f"/report/{label}")
            page.get_by_role("button", name="签到").click()
            expect(page.get_by_role("status")).to_have_text("签到成功。")
            expect(page.locator("[data-state]")).to_have_text("✓ 已签到（18:01）")
            page.get_by_role("button", name="提前结束").click()
            page.get_by_role("button", name="确认结束").click()
            expect(page.get_by_role("status")).to_have_text("已结束，剩余时间已释放。")
            expect(page.locator("#text")).to_be_visible()
            browser.close()
    finally:
        server.stop()
