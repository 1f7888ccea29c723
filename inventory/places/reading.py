"""How rows of a file become rooms with workstations, and back."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from inventory.places.rules import Room, RoomKind, Workstation, WorkstationKind
from inventory.places.template import (
    CHINESE_NAMES,
    PLACE_COLUMNS,
    ROOM_COLUMNS,
    WORKSTATION_COLUMNS,
)
from inventory.requirements.cells import RowReader, Unexpected, one_of, text
from inventory.requirements.reading import demand_columns
from inventory.requirements.tabular import PassedOver, RowProblem, SourceRow, read_table
from inventory.requirements.writing import write_rows

_PLACE_CODE = re.compile(r"[^\s;|'\"=+@#-][^\s;|'\"]{0,31}")
_STATION = re.compile(r"[A-Z0-9](?:[A-Z0-9-]{0,30}[A-Z0-9])?")
_TASK = re.compile(r"[1-9]\d?")
_NUMBER = re.compile(r"\d{1,6}(?:\.\d{1,3})?")
_ROOM_KIND = one_of(
    RoomKind,
    {
        "": RoomKind.OTHER,
        "考场": RoomKind.EXAM_ROOM,
        "培训教室": RoomKind.TRAINING_ROOM,
        "实训室": RoomKind.TRAINING_ROOM,
        "高压作业区": RoomKind.HV_AREA,
        "库房": RoomKind.STORE,
        "其他": RoomKind.OTHER,
    },
)
_KIND = one_of(WorkstationKind, {"整车": WorkstationKind.VEHICLE, "台架": WorkstationKind.BENCH})


@dataclass(frozen=True, slots=True)
class PlaceRow:
    """A readable room; `number` is its first row, `assets` the rows that name equipment."""

    number: int
    room: Room


@dataclass(frozen=True, slots=True)
class PlaceReading:
    """What a file of places says: whole rooms, and the problems of the others' rows."""

    rooms: tuple[PlaceRow, ...]
    problems: tuple[RowProblem, ...]
    ignored_columns: tuple[str, ...]
    passed_over: tuple[PassedOver, ...] = ()


def read_places(name: str, content: bytes) -> PlaceReading:
    """Read rooms; a room's further workstations follow in rows with the same room code.

    Such a row leaves the room's other cells empty or repeats them. A room of which one row is bad
    is not read at all.

    Raises:
        UnreadableFile: the file as a whole can't be read or lacks columns.
    """
    table = read_table(name, content, CHINESE_NAMES)
    demand_columns(table.columns, ("room_code",))
    rooms: dict[str, PlaceRow] = {}
    firsts: dict[str, SourceRow] = {}
    workstations: dict[str, int] = {}
    bad: set[str] = set()
    problems = list(table.problems)
    for row in table.rows:
        room, found = _read_row(row, firsts)
        found += [one for place in room.workstations for one in _repeated(row, place, workstations)]
        code = row.cells.get("room_code", "")
        known = rooms.get(code)
        if known is None:
            rooms[code] = PlaceRow(row.number, room)
        else:
            both = known.room.workstations + room.workstations
            rooms[code] = replace(known, room=replace(known.room, workstations=both))
        problems += found
        bad |= {code} if found else set()
    named = {column.name for column in PLACE_COLUMNS}
    ignored = tuple(column for column in table.columns if column not in named)
    good = tuple(one for code, one in rooms.items() if code not in bad)
    return PlaceReading(
        good, tuple(sorted(problems, key=lambda one: one.row)), ignored, table.comments
    )


def write_places(name: str, rooms: Iterable[Room]) -> bytes:
    """Rooms as a file that `read_places` reads back as they were."""
    rows: list[Sequence[str]] = [
        [column.name for column in PLACE_COLUMNS],
        ["#" + PLACE_COLUMNS[0].zh, *(column.zh for column in PLACE_COLUMNS[1:])],
    ]
    for room in rooms:
        cells = [
            room.code,
            room.name_zh,
            room.name_en,
            room.kind.value,
            ";".join(room.station_codes),
            _shown(room.area_m2),
        ]
        places = [_workstation_cells(one) for one in room.workstations]
        rows.append(cells + (places[0] if places else [""] * len(WORKSTATION_COLUMNS)))
        beside = [room.code] + [""] * (len(ROOM_COLUMNS) - 1)
        rows += [beside + place for place in places[1:]]
    return write_rows(name, rows)


def _read_row(row: SourceRow, firsts: dict[str, SourceRow]) -> tuple[Room, list[RowProblem]]:
    reader = RowReader(row)
    code = reader.read("room_code", _place_code)
    first = firsts.setdefault(code or "", row)
    workstations: tuple[Workstation, ...] = ()
    if any(row.cells.get(column.name) for column in WORKSTATION_COLUMNS):
        workstations = (_workstation(reader),)
    if first is not row:
        for column in ROOM_COLUMNS:
            cell, before = row.cells.get(column.name, ""), first.cells.get(column.name, "")
            if cell not in {"", before}:
                same = f"空白，或与第 {first.number} 行相同"
                reader.refuse(
                    column.name, Unexpected(same, f"nothing, or the same as in row {first.number}")
                )
        return Room(code, "", workstations=workstations), reader.problems
    room = Room(
        code=code,
        name_zh=reader.read("room_name", text(120)) or code,
        name_en=reader.read("room_name_en", text(120)),
        kind=reader.read("room_kind", _ROOM_KIND),
        station_codes=reader.read("station_codes", _matching(_STATION, "BJ01-T")),
        area_m2=reader.read("area_m2", _number),
        workstations=workstations,
    )
    if room.area_m2 == 0:
        reader.refuse("area_m2", Unexpected("正数", "a positive number"))
    return room, reader.problems


def _workstation(reader: RowReader) -> Workstation:
    tasks = reader.read("exam_tasks", _matching(_TASK, "1")) or ()
    return Workstation(
        code=reader.read("workstation_code", _place_code),
        kind=reader.read("workstation_kind", _KIND),
        position=reader.read("position", text(40)),
        x_m=reader.read("x_m", _number),
        y_m=reader.read("y_m", _number),
        exam_tasks=tuple(map(int, tasks)),
        asset_number=reader.read("asset_number", text(64)),
    )


def _repeated(row: SourceRow, place: Workstation, seen: dict[str, int]) -> list[RowProblem]:
    first = seen.setdefault(place.code, row.number)
    if first == row.number:
        return []
    expected = (f"工位编号不重复（第 {first} 行已有）", f"a code of its own (row {first} has it)")
    return [RowProblem(row.number, "workstation_code", place.code, *expected)]


def _place_code(cell: str) -> str:
    if not _PLACE_CODE.fullmatch(cell):
        raise Unexpected(
            "1–32 个字符，无空格、引号、分号，不以 = + - @ # 开头",
            "1-32 characters without blanks, quotes or semicolons, not beginning with = + - @ #",
        )
    return cell


def _matching(pattern: re.Pattern[str], example: str) -> Callable[[str], tuple[str, ...]]:
    def parse(cell: str) -> tuple[str, ...]:
        parts = [part.strip() for part in re.split(r"[;；、|]", cell) if part.strip()]
        if not all(pattern.fullmatch(part) for part in parts):
            raise Unexpected(f"如 {example}，用 ; 分隔", f"such as {example}, separated by ;")
        return tuple(dict.fromkeys(parts))

    return parse


def _number(cell: str) -> float | None:
    if not cell:
        return None
    if not _NUMBER.fullmatch(cell):
        raise Unexpected("数字，如 12.5", "a number such as 12.5")
    return float(cell)


def _workstation_cells(one: Workstation) -> list[str]:
    return [
        one.code,
        one.kind.value,
        one.position,
        _shown(one.x_m),
        _shown(one.y_m),
        ";".join(map(str, one.exam_tasks)),
        one.asset_number,
    ]


def _shown(number: float | None) -> str:
    return "" if number is None else f"{number:.3f}".rstrip("0").rstrip(".")
