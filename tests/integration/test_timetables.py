"""A timetable from its file: understood, tried, and booked as a whole or not at all."""

import json
from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import col, select

from inventory.bookings.table import Booking, BookingSeries
from inventory.requirements.writing import write_rows
from tests.databases import Databases
from tests.schools import NOW, WRITES, Schools, schools

PATH = "/api/v1/timetables/file"
HEADER = ["课程名称", "上课班级", "任课教师", "星期", "节次", "周次", "台架", "我的备忘"]
TERM = "2026–2027 学年第二学期"
GOOD = ["电池检测", "新能源2301", "bj-teacher", "周二", "1-2", "2-6周 单周", "battery-01", "x"]


@pytest.fixture
def house(databases: Databases, tmp_path: Any) -> Iterator[Schools]:  # noqa: ANN401 - a path
    with databases.fresh("sqlite", "furnished", tmp_path) as url, schools(url) as built:
        yield built


def send(
    house: Schools,
    rows: Sequence[Sequence[str]],
    who: str = "bj-master",
    header: Sequence[str] = HEADER,
    **form: str,
) -> Any:  # noqa: ANN401 - an answer
    name = form.pop("name", "课表.xlsx")
    files = {"file": (name, write_rows(name, [header, *rows]))}
    return house.client(who).post(PATH, data={"term": TERM} | form, files=files, headers=WRITES)


def booked(house: Schools) -> list[Booking]:
    with house.database.read() as db:
        return list(db.exec(select(Booking).order_by(col(Booking.start_at))).all())


def test_a_timetable_is_tried_and_then_booked_as_series(school_url: str) -> None:
    with schools(school_url) as house:
        rows = [GOOD, ["电机", "", "", "3", "08:00-09:40", "2,4", "台架 motor-01", ""]]
        tried = send(house, rows)
        assert tried.status_code == 200, tried.text
        told = tried.json()
        assert told["is_dry_run"] is True
        assert (told["term"], told["term_first_day"]) == (TERM, "2027-03-01")
        assert [(one["row"], one["times"]) for one in told["rows"]] == [(2, 2), (3, 2)]
        assert told["rows"][0]["series_id"] is None
        assert told["ignored_columns"] == ["我的备忘"]
        assert booked(house) == []
        done = send(house, rows, dry_run="false").json()
        assert done["rows"][0]["series_id"] is not None
        found = booked(house)
        assert [f"{one.start_at:%m-%d %H:%M}" for one in found] == [
            *("03-10 00:00", "03-16 00:00", "03-24 00:00", "03-30 00:00")
        ]
        assert [one.holder for one in found] == ["bj-master", "bj-teacher"] * 2
        assert found[1].title == "电池检测 新能源2301"
        with house.database.read() as db:
            assert len(db.exec(select(BookingSeries)).all()) == 2


def test_nothing_is_half_imported_and_every_bad_row_is_told(house: Schools) -> None:
    rows = [
        GOOD,
        ["", "", "", "周八", "1-2,5-6", "每周", "", ""],
        ["x", "", "nobody", "周二", "1-2", "30周", "battery-99", ""],
        ["x", "", "", "周二", "2-3", "3周", "battery-01", ""],
    ]
    refused = send(house, rows, dry_run="false")
    assert refused.status_code == 422
    problems = [(one["row"], one["column"]) for one in refused.json()["problems"]]
    assert sorted(problems) == sorted(
        [
            *((3, name) for name in ("title", "resources", "weekday", "periods", "weeks")),
            *((4, name) for name in ("weeks", "resources", "holder")),
            (5, "weeks"),
        ]
    )
    assert booked(house) == []
    tried = send(house, rows).json()
    assert len(tried["problems"]) == len(problems)
    assert [one["row"] for one in tried["rows"]] == [2]
    assert booked(house) == []


def test_a_row_that_meets_another_booking_is_told_by_its_time(house: Schools) -> None:
    assert send(house, [GOOD], dry_run="false").status_code == 200
    again = send(house, [GOOD], dry_run="false")
    assert again.status_code == 422
    assert {one["value"] for one in again.json()["problems"]} == {
        "2027-03-16 08:00",
        "2027-03-30 08:00",
    }
    assert len(booked(house)) == 2


def test_a_person_says_what_an_unknown_heading_means(house: Schools) -> None:
    header = ["科目", *HEADER[1:6], "用哪台", "台架"]
    lacking = send(house, [GOOD], header=header)
    assert lacking.status_code == 422
    meanings = {"科目": "title", "用哪台": "resources", "台架": ""}
    told = send(house, [GOOD], header=header, columns=json.dumps(meanings)).json()
    assert told["ignored_columns"] == ["台架"]
    assert told["bookings"] == 2
    for wrong in ("[1]", "{", '{"a": []}', '{"a": "b"}'):
        answer = send(house, [GOOD], columns=wrong)
        assert (answer.status_code, answer.json()["field"]) == (422, "columns")


def test_who_may_not_book_imports_nothing_and_an_instructor_only_for_themselves(
    house: Schools,
) -> None:
    assert send(house, [GOOD], "visitor").status_code == 403
    assert send(house, [GOOD], "evaluator").status_code == 403
    assert send(house, [GOOD], "bj-teacher", dry_run="false").status_code == 200
    other = [*GOOD[:2], "bj-master", *GOOD[3:]]
    assert send(house, [other], "bj-teacher", dry_run="false").status_code == 422
    foreign = send(house, [GOOD], "gx-master")
    assert {one["column"] for one in foreign.json()["problems"]} == {"resources", "holder"}
    template = house.client("bj-teacher").get("/api/v1/timetables/template")
    assert template.content[:2] == b"PK"


def test_what_is_over_is_left_out_and_an_unknown_term_is_told(house: Schools) -> None:
    house.clock.at = NOW + timedelta(days=110)
    told = send(house, [GOOD]).json()
    assert (told["rows"][0]["times"], told["rows"][0]["first_at"]) == (1, "2027-03-30T00:00:00Z")
    unknown = send(house, [GOOD], term="第九学期")
    assert (unknown.status_code, unknown.json()["field"]) == (422, "term")
    csv = send(house, [GOOD], name="t.csv")
    assert csv.status_code == 200
