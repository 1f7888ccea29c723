"""The demo's people, rooms, consumables, and what its schools state of other conditions."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from sqlmodel import select

from inventory.accounts.logins import principal_of
from inventory.accounts.use_cases import user
from inventory.conditions.lists import bundled_conditions, import_conditions
from inventory.conditions.schema import StatementOrder
from inventory.conditions.table import ConditionStatement
from inventory.conditions.use_cases import state
from inventory.consumables.importing import StockUpload, import_stock
from inventory.consumables.reading import Counted, write_stock
from inventory.consumables.table import Consumable
from inventory.database import Database
from inventory.moments import today
from inventory.places.importing import PlaceUpload, import_places
from inventory.places.keeping import all_rooms
from inventory.places.reading import write_places
from inventory.places.rules import Room, RoomKind, Workstation, WorkstationKind
from inventory.staff.importing import StaffUpload, import_staff
from inventory.staff.keeping import members_of
from inventory.staff.rules import (
    Affiliation,
    Certificate,
    CertificateKind,
    StaffMember,
    StaffRole,
)
from inventory.staff.writing import write_staff
from inventory.stations.rules import Level

WHO = "demo"
SCHOOLS = ("BJ01", "GX02")
_KIND, _ROLE = CertificateKind, StaffRole
_STATED = {
    "COND-003": "近 3 年招生简章，档案柜 2-1",
    "COND-005": "制度汇编（2026 版），档案柜 2-3",
    "COND-014": "校企标准审定表，档案柜 2-4",
    "COND-036": "诚信承诺书，档案柜 2-5",
    "COND-037": "廉政协议（附件3），档案柜 1-2",
    "COND-038": "收费备案表，档案柜 3-1",
}
"""What the Beijing school states of its training station; the rest is left for whoever tries."""


def furnish(database: Database, now: datetime) -> None:
    """Add what a school has beside equipment; what is there already stays as it is."""
    import_conditions(database, bundled_conditions(), who=WHO, now=now)
    for code in SCHOOLS:
        with database.read() as db:
            has_staff = bool(members_of(db, code))
            has_rooms = bool(all_rooms(db, code))
            query = select(Consumable.id).where(Consumable.organisation_code == code)
            has_stock = db.exec(query).first() is not None
        if not has_staff:
            content = write_staff("s.csv", list(_staff(code, today(now))))
            import_staff(database, StaffUpload("s.csv", content, code), who=WHO, now=now)
        if not has_rooms and code == "BJ01":
            content = write_places("r.csv", list(_rooms()))
            import_places(database, PlaceUpload("r.csv", content, code), who=WHO)
        if not has_stock:
            content = write_stock("c.csv", list(_stock(code)))
            import_stock(database, StockUpload("c.csv", content, code), who=WHO, now=now)
    _state(database, now)


def _state(database: Database, now: datetime) -> None:
    with database.read() as db:
        master = principal_of(user(db, "bj-master"))
        query = select(ConditionStatement.id)
        if db.exec(query).first() is not None:
            return
    until = today(now) + timedelta(days=300)
    for condition_id, note in _STATED.items():
        order = StatementOrder(is_met=True, note=note, valid_until=until)
        state(database, master, ("BJ01-T", condition_id), order, now=now)


def _staff(code: str, day: date) -> Iterator[StaffMember]:
    """A team that meets the shares in Beijing; in Guangxi a paper has ended and experts lack."""
    year = timedelta(days=365)
    is_good = code == "BJ01"
    taught = Certificate(_KIND.SKILL_LEVEL, f"{code}-JN", Level.ADVANCED, ("2-*",), day - 3 * year)
    trainer = Certificate(
        _KIND.TRAINER,
        f"{code}-SZ",
        valid_until=day + (year if is_good else -timedelta(days=20)),
    )
    dual = Certificate(_KIND.DUAL_QUALIFIED, f"{code}-SS", issued_on=day - 2 * year)
    papers = (taught, trainer, dual, Certificate(_KIND.DEGREE), Certificate(_KIND.TEACHER_LICENCE))
    since = day - 9 * year
    names = ("王老师", "李老师", "张老师", "赵老师")
    for number, name in enumerate(names, 1):
        roles = (_ROLE.TEACHER, _ROLE.TRAINER) if number < len(names) else (_ROLE.TEACHER,)
        held = papers if number < len(names) else papers[3:]
        yield StaffMember(f"T-{number:02}", name, roles=roles, trade_since=since, certificates=held)
    letter = Certificate(_KIND.EMPLOYER_LETTER, f"{code}-PQ", valid_until=day + year)
    yield StaffMember(
        "E-01",
        "周工（企业）",
        Affiliation.INDUSTRY,
        (_ROLE.TEACHER,),
        certificates=(letter,) if is_good else (),
    )
    yield StaffMember("O-01", "陈校长", roles=(_ROLE.OFFICE_DIRECTOR,), is_school_leader=True)
    yield StaffMember("O-02", "刘主任", roles=(_ROLE.TRAINING_STATIONMASTER,))
    yield StaffMember("O-03", "孙主任", roles=(_ROLE.EXAM_STATIONMASTER, _ROLE.OFFICE_MEMBER))
    yield from _examiners(day, is_good=is_good)


def _examiners(day: date, *, is_good: bool) -> Iterator[StaffMember]:
    electrician = Certificate(
        _KIND.ELECTRICIAN, "DG-8812", issued_on=day - timedelta(days=700 if is_good else 1200)
    )
    yield StaffMember("A-01", "吴组长", roles=(_ROLE.LEAD_ASSESSOR,))
    for number in range(2, 6):
        outside = Affiliation.OTHER_SCHOOL if number == 5 else Affiliation.SCHOOL  # noqa: PLR2004
        yield StaffMember(f"A-{number:02}", f"考评员 {number}", outside, (_ROLE.ASSESSOR,))
    for number in range(1, 5):
        yield StaffMember(f"R-{number:02}", f"监考 {number}", roles=(_ROLE.INVIGILATOR,))
        yield StaffMember(f"S-{number:02}", f"技术 {number}", roles=(_ROLE.TECHNICIAN,))
    for number in range(1, 3):
        yield StaffMember(
            f"W-{number:02}",
            f"监护 {number}",
            roles=(_ROLE.SAFETY_WATCHER,),
            certificates=(electrician,),
        )


def _rooms() -> Iterator[Room]:
    vehicle, bench = WorkstationKind.VEHICLE, WorkstationKind.BENCH
    for name in ("A101", "A102"):
        places = tuple(
            Workstation(
                f"{name}-{n:02}",
                vehicle if n <= 2 else bench,  # noqa: PLR2004 - two cars a room
                f"{'ABCD'[(n - 1) % 4]}{(n + 3) // 4}",
                exam_tasks=((n - 1) % 4 + 1,),
            )
            for n in range(1, 9)
        )
        exam = RoomKind.EXAM_ROOM
        yield Room(name, f"实训楼 {name}", f"Hall {name}", exam, ("BJ01-E",), 180, places)
    places = tuple(
        Workstation(f"B201-{n:02}", vehicle if n <= 4 else bench)  # noqa: PLR2004 - four cars
        for n in range(1, 13)
    )
    kind = RoomKind.TRAINING_ROOM
    yield Room("B201", "实训楼 B201", "Hall B201", kind, ("BJ01-T",), 320, places)
    for number in (1, 2):
        yield Room(f"HV{number}", f"高压作业区 {number}", f"HV area {number}", RoomKind.HV_AREA)
    yield Room("C1", "工具库房", "Tool store", RoomKind.STORE)


def _stock(code: str) -> Iterator[Counted]:
    amounts = {"BJ01": (26, 40, 12), "GX02": (12, 40, 0)}[code]
    things = (
        ("COOLANT", "冷却液", "coolant", "L", 20),
        ("GLOVES", "棉纱手套", "cotton gloves", "副", 30),
        ("TAPE", "绝缘胶带", "insulating tape", "卷", 10),
    )
    for (number, zh, en, unit, minimum), amount in zip(things, amounts, strict=True):
        yield Counted(number, zh, en, unit, minimum * 1000, (), "", amount * 1000)
