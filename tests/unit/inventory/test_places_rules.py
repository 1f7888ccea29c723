import pytest
from hypothesis import given
from hypothesis import strategies as st

from inventory.places.reading import read_places, write_places
from inventory.places.rules import (
    Room,
    RoomFinder,
    RoomKind,
    Workstation,
    WorkstationKind,
    derived,
    facts,
    rooms_of,
)

VEHICLE, BENCH = WorkstationKind.VEHICLE, WorkstationKind.BENCH
HALL = Room(
    "101",
    "实训楼 101",
    kind=RoomKind.EXAM_ROOM,
    station_codes=("BJ01-E",),
    workstations=(Workstation("W1", VEHICLE), Workstation("W2", BENCH), Workstation("W3", BENCH)),
)
AREA = Room("HV1", "高压区", kind=RoomKind.HV_AREA)


def test_rooms_say_how_many_workstations_exam_rooms_and_areas_a_station_has() -> None:
    assert derived(rooms_of([HALL, AREA], "BJ01-E")) == {
        "workstations": 3,
        "vehicle_workstations": 1,
        "bench_workstations": 2,
        "exam_rooms": 1,
        "hv_areas": 1,
    }
    assert derived(rooms_of([HALL, AREA], "BJ01-T"))["workstations"] == 0
    assert derived([]) == {}


def test_what_is_stated_goes_before_what_rooms_say_and_the_difference_is_seen() -> None:
    stated = {"workstations": 4, "vehicle_workstations": None, "bench_workstations": 2}
    told = {one.name: one for one in facts(stated, [HALL])}
    assert (told["workstations"].applied, told["workstations"].differs) == (4, True)
    assert told["vehicle_workstations"].applied == 1
    assert not told["vehicle_workstations"].differs
    assert not told["bench_workstations"].differs
    assert not any(one.differs for one in facts(stated, []))
    assert facts({"hv_areas": 0}, [HALL])[-1].applied == 0


@pytest.mark.parametrize(
    ("location", "code"),
    [
        ("实训楼 101", "101"),
        ("实训楼101 东侧货架", "101"),
        ("实训楼１０１", "101"),
        ("101", "101"),
        ("101-A3", "101"),
        ("101 A3", "101"),
        ("实训楼101 A1", "101"),
        ("1012", None),
        ("实训楼 1015", None),
        ("hv1 内", "HV1"),
        ("高压区东侧", "HV1"),
        ("库房", None),
        ("", None),
    ],
)
def test_a_location_text_means_the_room_it_begins_with(location: str, code: str | None) -> None:
    assert RoomFinder([HALL, AREA]).room_of(location) == code


def test_the_longest_name_wins_and_a_name_of_two_rooms_decides_nothing() -> None:
    inner = Room("101-A", "实训楼 101 内间")
    assert RoomFinder([HALL, inner]).room_of("实训楼101内间 架3") == "101-A"
    twin = Room("201", "实训楼 101")
    assert RoomFinder([HALL, twin]).room_of("实训楼 101") is None
    assert RoomFinder([HALL, twin]).room_of("201") == "201"


codes = st.from_regex(r"[A-Za-z0-9]{1,6}", fullmatch=True)
metres = st.none() | st.integers(0, 9_000_000).map(lambda n: n / 1000)
workstations = st.builds(
    Workstation,
    code=codes,
    kind=st.sampled_from(WorkstationKind),
    position=st.sampled_from(["", "A1", "东侧"]),
    x_m=metres,
    y_m=metres,
    exam_tasks=st.lists(st.integers(1, 99), unique=True, max_size=3).map(tuple),
    asset_number=st.sampled_from(["", "A-1"]),
)
rooms = st.builds(
    Room,
    code=codes,
    name_zh=st.sampled_from(["实训楼 101", "=1+1", "车间"]),
    kind=st.sampled_from(RoomKind),
    station_codes=st.lists(st.sampled_from(["BJ01-T", "BJ01-E"]), unique=True).map(tuple),
    area_m2=st.none() | st.integers(1, 9_000_000).map(lambda n: n / 1000),
    workstations=st.lists(workstations, max_size=3).map(tuple),
)


def codes_differ(found: list[Room]) -> bool:
    inside = [one.code for room in found for one in room.workstations]
    return len(set(inside)) == len(inside)


@given(st.lists(rooms, max_size=4, unique_by=lambda one: one.code).filter(codes_differ))
def test_what_is_written_is_read_back_as_it_was(found: list[Room]) -> None:
    reading = read_places("p.csv", write_places("p.csv", found))
    assert reading.problems == ()
    assert [one.room for one in reading.rooms] == found


def test_everything_wrong_with_a_file_of_rooms_is_told() -> None:
    text = (
        "房间编号,房间名称,房间用途,面积（平方米）,工位编号,工位类型,考核项目\n"
        "101,大厅,考场,0,W1,台架,1;2\n"
        "102,小厅,考场,50,W1,台架,\n"
        "103,小厅,厨房,50,W3,台架,x\n"
        "104,车间,,,W4,整车,\n"
        "104,别名,,,W5,整车,\n"
        "105,,,,,,\n"
    )
    reading = read_places("p.csv", text.encode())
    assert [one.room.name_zh for one in reading.rooms] == ["105"]
    assert [(one.row, one.column) for one in reading.problems] == [
        (2, "area_m2"),
        (3, "workstation_code"),
        (4, "exam_tasks"),
        (4, "room_kind"),
        (6, "room_name"),
    ]
