"""The page at a lab's door: what runs now and next, by an address that can be ended."""

from datetime import datetime, timedelta
from typing import Any

from tests.schools import NOW, WRITES, Schools, schools

BATTERY = {"kind": "resource", "resource_key": "bench:BJ01/battery-01"}
EVIL = "<script>alert(1)</script> 电池检测"


def book(house: Schools, start: datetime, title: str) -> None:
    order = {
        "bench_code": "battery-01",
        "start_at": start.isoformat(),
        "end_at": (start + timedelta(hours=1)).isoformat(),
        "purpose": "class",
        "title": title,
    }
    answer = house.client("bj-teacher").post("/api/v1/bookings", json=order, headers=WRITES)
    assert answer.status_code == 201, answer.text


def door(house: Schools, **order: Any) -> tuple[int, str]:  # noqa: ANN401 - JSON
    asked = {"name": "电池实训室", **order}
    made = house.client("bj-teacher").post("/api/v1/calendar-feeds", json=asked, headers=WRITES)
    assert made.status_code == 201, made.text
    return made.json()["id"], made.json()["path"].removesuffix(".ics") + "/door"


def test_a_door_says_what_runs_now_and_next_without_login(school_url: str) -> None:
    with schools(school_url) as house:
        book(house, NOW, EVIL)
        book(house, NOW + timedelta(hours=2), "绝缘检测")
        _, path = door(house, **BATTERY)
        _, named = door(house, **BATTERY, has_people=True)
        house.clock.move(minutes=5)
        answer = house.client().get(path)
        assert answer.status_code == 200
        assert "script-src 'sha256-" in answer.headers["content-security-policy"]
        page = answer.text
        assert "使用中，到 " in page
        assert "绝缘检测" in page
        assert "<script>alert" not in page
        assert "&lt;script&gt;alert(1)&lt;/script&gt; 电池检测" in page
        assert "bj-teacher" not in page
        assert "bj-teacher" in house.client().get(named).text
        house.clock.move(hours=1)
        later = house.client().get(path).text
        assert "空闲到 " in later
        assert "电池检测" not in later


def test_a_door_of_a_station_has_all_its_rigs_in_the_language_of_its_address(
    school_url: str,
) -> None:
    with schools(school_url) as house:
        order = {"kind": "station", "station_code": "BJ01-T", "language": "en"}
        _, path = door(house, **order)
        page = house.client().get(path).text
        assert page.count("<section") == 2
        assert "Nothing else is booked within seven days" in page


def test_an_address_that_was_ended_or_is_no_doors_says_so_and_nothing_else(
    school_url: str,
) -> None:
    with schools(school_url) as house:
        number, path = door(house, **BATTERY)
        _, own = door(house, kind="mine")
        client = house.client("bj-teacher")
        client.delete(f"/api/v1/calendar-feeds/{number}", headers=WRITES)
        for gone in (path, own, "/calendars/wrong/door"):
            answer = house.client().get(gone)
            assert answer.status_code == 404
            assert "这个地址已停用。" in answer.text
            assert "battery-01" not in answer.text


def test_a_door_of_what_is_under_repair_says_so(school_url: str) -> None:
    with schools(school_url) as house:
        _, path = door(house, **BATTERY)
        client = house.client("bj-master")
        report = {"bench_code": "battery-01", "text": "漏液", "is_blocking": True}
        made = client.post("/api/v1/work-orders", json=report, headers=WRITES)
        assert made.status_code == 201, made.text
        step = {"step": "triage", "is_blocking": True}
        done = client.post(
            f"/api/v1/work-orders/{made.json()['id']}/steps", json=step, headers=WRITES
        )
        assert done.status_code == 200, done.text
        assert "维修中，暂停使用" in house.client().get(path).text
