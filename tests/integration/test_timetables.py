"""A timetable from its file: understood, tried, and booked lesson by lesson, each once."""

import json
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlmodel import col, select

from inventory.accounts.rules import Principal, Role
from inventory.bookings.desk import Desk
from inventory.bookings.table import Booking, BookingSeries
from inventory.requirements.writing import write_rows
from inventory.timetables.importing import import_timetable
from inventory.timetables.trying import TimetableUpload
from tests.databases import Databases
from tests.schools import NOW, WRITES, Schools, schools

PATH = "/api/v1/timetables/file"
HEADER = ["课程名称", "上课班级", "任课教师", "星期", "节次", "周次", "台架", "我的备忘"]
TERM = "2026–2027 学年第二学期"
DIES_AT = 3
"""How often an import of two lessons looks at the clock before the second one is booked."""
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


def test_the_same_file_books_nothing_twice_and_again_what_was_given_back(house: Schools) -> None:
    other = ["电机", "", "", "3", "08:00-09:40", "2,4", "motor-01", ""]
    assert send(house, [GOOD], dry_run="false").status_code == 200
    tried = send(house, [GOOD, other]).json()
    assert [(one["is_known"], one["times"]) for one in tried["rows"]] == [(True, 2), (False, 2)]
    assert tried["bookings"] == 2
    again = send(house, [GOOD, other], dry_run="false").json()
    assert (again["bookings"], again["problems"]) == (2, [])
    assert [one["is_known"] for one in again["rows"]] == [True, False]
    assert len(booked(house)) == 4
    first = next(one.id for one in booked(house) if one.series_id == 1)
    master = house.client("bj-master")
    path = f"/api/v1/bookings/{first}/series/cancellation"
    ended = master.post(path, json={"scope": "all"}, headers=WRITES)
    assert ended.status_code == 200, ended.text
    assert send(house, [GOOD, other], dry_run="false").json()["bookings"] == 2
    runs = master.get("/api/v1/timetables/imports").json()
    assert [(one["rows_booked"], one["rows_known"], one["state"]) for one in runs] == [
        *((1, 1, "done"), (1, 1, "done"), (1, 0, "done"))
    ]
    lines = master.get(f"/api/v1/timetables/imports/{runs[0]['id']}").json()["lines"]
    assert [(one["row"], one["title"], one["times"]) for one in lines] == [
        (2, "电池检测 新能源2301", 2)
    ]


def test_a_row_that_meets_another_booking_or_row_is_told_by_its_time(house: Schools) -> None:
    assert send(house, [GOOD], dry_run="false").status_code == 200
    other = ["别的课", *GOOD[1:]]
    again = send(house, [other], dry_run="false")
    assert again.status_code == 422
    assert {one["value"] for one in again.json()["problems"]} == {
        "2027-03-16 08:00",
        "2027-03-30 08:00",
    }
    rows = [["甲", *GOOD[1:4], "5-6", *GOOD[5:]], ["乙", *GOOD[1:4], "6-7", *GOOD[5:]]]
    told = send(house, rows).json()
    assert [one["row"] for one in told["problems"]] == [3, 3]
    assert "甲" in told["problems"][0]["expected_zh"]
    assert len(booked(house)) == 2


def test_a_stopped_import_has_whole_series_says_which_and_goes_on(house: Schools) -> None:
    other = ["电机", "", "", "3", "1-2", "2,4", "motor-01", ""]
    calls = []

    def dies() -> datetime:
        calls.append(1)
        if len(calls) > DIES_AT:
            raise KeyboardInterrupt
        return NOW

    content = write_rows("t.xlsx", [HEADER, GOOD, other])
    master = Principal(1, "bj-master", Role.STATIONMASTER, "BJ01")
    upload = TimetableUpload("t.xlsx", content, TERM)
    with pytest.raises(KeyboardInterrupt):
        import_timetable(house.database, Desk(master, NOW), upload, dies)
    assert len(booked(house)) == 2, "the first series whole, nothing of the second"
    house.clock.at = NOW + timedelta(minutes=2)
    client = house.client("bj-master")
    (run,) = client.get("/api/v1/timetables/imports").json()
    assert (run["state"], run["rows_total"], run["rows_booked"]) == ("stopped", 2, 1)
    shown = client.get(f"/api/v1/timetables/imports/{run['id']}").json()
    assert [one["title"] for one in shown["lines"]] == ["电池检测 新能源2301"]
    done = send(house, [GOOD, other], dry_run="false").json()
    assert (done["bookings"], [one["is_known"] for one in done["rows"]]) == (2, [True, False])


def test_a_weekday_grid_is_previewed_settled_by_a_person_and_booked(house: Schools) -> None:
    lesson = "电池检测\n张老师\nbattery-01 台架\n2-6周(单周)"
    rows = [
        ["新能源2301班课程表"],
        ["", "节次", "周一", "周二", "周三"],
        ["上午", "1", "", lesson, "语文\n教学楼302"],
        ["", "2", "", lesson, "电机 2-3周 motor-01, 5周 motor-01"],
        ["午休"],
    ]
    told = send(house, rows, header=["某某学校"]).json()
    assert told["form"] == "grid"
    assert [(one["kind"], one["word"]) for one in told["unknown"]] == [
        *(("person", "张老师"), ("thing", "教学楼302"))
    ]
    assert {"kind": "person", "value": "bj-teacher", "shown": "bj-teacher"} in told["choices"]
    own = send(house, rows, "bj-teacher", header=["某某学校"]).json()
    assert {one["kind"] for one in own["choices"]} == {"thing"}, "who books for themselves alone"
    cells = {one["cell"]: one["column"] for one in told["problems"]}
    assert cells == {
        "stationmaster!D4": "holder",
        "stationmaster!E4": "resources",
        "stationmaster!E5": "cell",
    }
    settled = {
        "people": {"张老师": "bj-teacher"},
        "things": {"教学楼302": ""},
        "cells": {"stationmaster!E5": "电机\nmotor-01\n2,4周"},
    }
    form = {"settled": json.dumps(settled)}
    tried = send(house, rows, header=["某某学校"], **form).json()
    assert tried["problems"] == []
    assert [(one["place"], one["why"]) for one in tried["left_out"]] == [
        ("stationmaster!E4", "settled")
    ]
    shown = tried["rows"][0]
    assert (shown["place"], shown["holder"], shown["weekday"]) == (
        "stationmaster!D4",
        "bj-teacher",
        1,
    )
    assert (shown["periods"], shown["weeks"], shown["times"]) == ("1-2", "3,5", 2)
    assert shown["not_held"] == 0
    assert [one["text"] for one in tried["passed"]] == ["午休"]
    assert booked(house) == []
    done = send(house, rows, header=["某某学校"], dry_run="false", **form).json()
    assert done["bookings"] == 4
    found = [(f"{one.start_at:%m-%d %H:%M}", one.holder) for one in booked(house)]
    assert found == [
        *(("03-10 00:55", "bj-master"), ("03-16 00:00", "bj-teacher")),
        *(("03-24 00:55", "bj-master"), ("03-30 00:00", "bj-teacher")),
    ]


def test_lessons_elsewhere_may_be_left_out_and_weeks_nobody_named_are_those_asked_for(
    house: Schools,
) -> None:
    rows = [["节次", "周一", "周二"], ["1-2", "语文\n教学楼302", "电池\nbattery-01"]]
    told = send(house, rows[1:], header=rows[0], only_known="true", weeks="2-4").json()
    assert [one["why"] for one in told["left_out"]] == ["elsewhere"]
    assert (told["problems"], told["rows"][0]["weeks"]) == ([], "2-4")
    whole = send(house, rows[1:], header=rows[0], only_known="true").json()
    assert whole["rows"][0]["weeks"] == "1-20"
    for name, bad in (("weeks", "often"), ("settled", "[]"), ("settled", '{"x": {}}')):
        answer = send(house, rows[1:], header=rows[0], **{name: bad})
        assert (answer.status_code, answer.json()["field"]) == (422, name)
    foreign = json.dumps({"things": {"教学楼302": "bench:GX02/battery-02"}})
    answer = send(house, rows[1:], header=rows[0], settled=foreign)
    assert (answer.status_code, answer.json()["field"]) == (422, "settled")


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
    for form in ("list", "grid"):
        template = house.client("bj-teacher").get(f"/api/v1/timetables/template?form={form}")
        assert template.content[:2] == b"PK"
    (run,) = house.client("bj-master").get("/api/v1/timetables/imports").json()
    one = f"/api/v1/timetables/imports/{run['id']}"
    assert house.client("bj-teacher").get(one).json()["started_by"] == "bj-teacher"
    assert house.client("gx-master").get(one).status_code == 404
    assert house.client("gx-master").get("/api/v1/timetables/imports").json() == []
    for who in ("visitor", "evaluator"):
        assert house.client(who).get(one).status_code == 403


def test_what_is_over_is_left_out_and_an_unknown_term_is_told(house: Schools) -> None:
    house.clock.at = NOW + timedelta(days=110)
    told = send(house, [GOOD]).json()
    assert (told["rows"][0]["times"], told["rows"][0]["first_at"]) == (1, "2027-03-30T00:00:00Z")
    unknown = send(house, [GOOD], term="第九学期")
    assert (unknown.status_code, unknown.json()["field"]) == (422, "term")
    csv = send(house, [GOOD], name="t.csv")
    assert csv.status_code == 200
