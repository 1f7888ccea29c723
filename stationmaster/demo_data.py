"""What the demo shows: two schools, who looks at them, their stations, benches and registers."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlmodel import select

from inventory.accounts.api_keys import KeyOwner, create_api_key
from inventory.accounts.passwords import Passwords
from inventory.accounts.rules import Role
from inventory.accounts.schema import ApiKeyCreate, UserFields
from inventory.accounts.use_cases import create_user, user, users
from inventory.benches.schema import BenchFields
from inventory.benches.table import Bench
from inventory.benches.use_cases import create_bench
from inventory.database import Database
from inventory.equipment.columns import register_rows
from inventory.equipment.use_cases import RegisterUpload, import_register, items_of
from inventory.moments import today
from inventory.organisations.schema import OrganisationFields
from inventory.organisations.table import Organisation
from inventory.organisations.use_cases import create_organisation
from inventory.requirements.reading import read_list
from inventory.requirements.use_cases import bundled_draft, import_list
from inventory.requirements.writing import write_rows
from inventory.stations.schema import StationFacts, StationFields
from inventory.stations.table import Station
from inventory.stations.use_cases import create_station
from stationmaster.demo_register import (
    LiveBench,
    SchoolPlan,
    borrowed_until,
    expired_on,
    register,
    standing_in,
    stating,
)
from stationmaster.demo_school import furnish

WHO = "demo"
KEY_DAYS = 365
STATIONS = ("BJ01-T", "BJ01-E", "GX02-T", "GX02-E")
BENCHES_OF: Mapping[str, tuple[str, ...]] = {
    "BJ01": ("battery-01", "motor-01", "gateway-01"),
    "GX02": ("battery-02", "motor-02", "gateway-02"),
}
BENCHES = tuple(code for codes in BENCHES_OF.values() for code in codes)
REPLAY_BENCH = "car-01"
"""A bench for recorded traffic; no requirement row counts it."""
_ORGANISATIONS: tuple[dict[str, Any], ...] = (
    {
        "code": "EVAL",
        "kind": "evaluation_organisation",
        "name_zh": "示范培训评价组织",
        "name_en": "Demonstration evaluation organisation",
    },
    {
        "code": "BJ01",
        "kind": "school",
        "name_zh": "北京示范汽车职业学院",
        "name_en": "Beijing Demonstration Automotive College",
        "evaluated_by": "EVAL",
    },
    {
        "code": "GX02",
        "kind": "school",
        "name_zh": "广西示范交通职业技术学校",
        "name_en": "Guangxi Demonstration Transport School",
        "evaluated_by": "EVAL",
    },
    {
        "code": "CAR01",
        "kind": "company",
        "name_zh": "示范汽车服务公司",
        "name_en": "Demonstration Car Service Company",
    },
)
_PEOPLE: Mapping[str, tuple[Role, str, str, str]] = {
    "bj-admin": (Role.ADMINISTRATOR, "BJ01", "北京 管理员", "管理员"),
    "bj-master": (Role.STATIONMASTER, "BJ01", "北京 站长", "站长"),
    "bj-teacher": (Role.INSTRUCTOR, "BJ01", "北京 教师", "教师"),
    "gx-master": (Role.STATIONMASTER, "GX02", "广西 站长", "站长"),
    "evaluator": (Role.EVALUATOR, "EVAL", "评价组织 督导", "评价组织"),
    "visitor": (Role.VISITOR, "CAR01", "企业 访客", "访客"),
}
USERNAMES = tuple(_PEOPLE)
EXAM_STATION_FACTS = StationFacts(
    workstations=16,
    vehicle_workstations=4,
    bench_workstations=12,
    exam_rooms=2,
    hv_areas=2,
    vehicles=4,
    examinees=60,
    exam_tasks=4,
)
"""A usual exam station of the demo; measurements take the same."""
_STATION_FACTS: Mapping[str, StationFacts] = {
    "BJ01-T": EXAM_STATION_FACTS.model_copy(update={"workstations": 12, "bench_workstations": 8}),
    "BJ01-E": EXAM_STATION_FACTS,
    # a gap of the demo: nobody said how many cars can be worked on
    "GX02-T": EXAM_STATION_FACTS.model_copy(
        update={"vehicle_workstations": None, "vehicles": None}
    ),
    "GX02-E": EXAM_STATION_FACTS.model_copy(update={"examinees": 45}),
}
_BENCH_KINDS: Mapping[str, tuple[str, str, str]] = {
    "battery": ("动力电池台架", "Traction battery bench", "C2-1-001"),
    "motor": ("电机控制台架", "Motor control bench", "C2-1-004"),
    "gateway": ("CAN 网关台架", "CAN gateway bench", "C2-4-004"),
}


def fill(
    database: Database,
    passwords: Mapping[str, str],
    *,
    now: datetime | None = None,
    hashing: Passwords | None = None,
) -> list[dict[str, str]]:
    """Fill an empty inventory; what is there already stays as it is.

    Args:
        database: migrated inventory.
        passwords: by user name, for all `USERNAMES`.
        now: the day registers are made for; None is today.
        hashing: of the passwords; tests pass a cheap one.

    Returns:
        The logins for display and scripts: role, role_zh, username, password, organisation.
    """
    now = now or datetime.now(UTC)
    import_list(database, bundled_draft(), who=WHO, now=now)
    _organisations(database)
    _people(database, passwords, now, hashing or Passwords())
    for code in STATIONS:
        _station(database, code)
    _benches(database)
    _registers(database, today(now))
    furnish(database, now)
    names = {one["code"]: one["name_zh"] for one in _ORGANISATIONS}
    return [
        {
            "username": username,
            "password": passwords[username],
            "role": role.value,
            "role_zh": role_zh,
            "organisation": names[organisation],
        }
        for username, (role, organisation, _, role_zh) in _PEOPLE.items()
    ]


def make_api_key(database: Database) -> str:
    """A new reading key that acts as the evaluator, who sees both schools."""
    with database.read() as db:
        owner = user(db, "evaluator")
    order = ApiKeyCreate(name="demo", days=KEY_DAYS)
    return create_api_key(database, KeyOwner(owner, WHO), order, now=datetime.now(UTC)).key


def plans(today: date) -> tuple[SchoolPlan, ...]:
    """How the two schools' registers differ from perfect ones."""
    return (
        SchoolPlan(
            "BJ01",
            ("BJ01-T", "BJ01-E"),
            EXAM_STATION_FACTS,
            _live_benches("BJ01"),
            missing=frozenset({"C2-2-006", "C2-4-007"}),
            changes={"C2-5-019": expired_on(today - timedelta(days=20))},
        ),
        SchoolPlan(
            "GX02",
            ("GX02-T", "GX02-E"),
            EXAM_STATION_FACTS,
            _live_benches("GX02"),
            missing=frozenset({"C2-1-011", "C2-2-008", "C2-3-007", "C2-4-024", "C2-5-012"}),
            changes={
                "C2-X-037": expired_on(today - timedelta(days=3)),
                "C2-X-046": standing_in("GX02-E"),
                "C2-1-017": stating(""),
                "C2-2-013": borrowed_until(today - timedelta(days=12)),
            },
        ),
    )


def _live_benches(school: str) -> list[LiveBench]:
    return [LiveBench(code, _BENCH_KINDS[code[:-3]][2]) for code in BENCHES_OF[school]]


def _organisations(database: Database) -> None:
    with database.read() as db:
        known = set(db.exec(select(Organisation.code)).all())
    for facts in _ORGANISATIONS:
        if facts["code"] not in known:
            fields = OrganisationFields.model_validate(facts | {"is_demonstration": True})
            create_organisation(database, fields, who=WHO)


def _people(
    database: Database, passwords: Mapping[str, str], now: datetime, hashing: Passwords
) -> None:
    with database.read() as db:
        known = {account.username for account in users(db)}
    for username, (role, organisation, name, _) in _PEOPLE.items():
        fields = UserFields(username=username, name=name, role=role, organisation_code=organisation)
        if username not in known:
            create_user(database, hashing, fields, passwords[username], who=WHO, now=now)


def _station(database: Database, code: str) -> None:
    with database.read() as db:
        if db.get(Station, code) is not None:
            return
    school, kind = code.split("-")
    is_exam = kind == "E"
    facts = _STATION_FACTS[code].model_dump() | {
        "code": code,
        "organisation_code": school,
        "use": "exam" if is_exam else "training",
        "name_zh": f"智能新能源汽车{'考核站' if is_exam else '培训站'}",
        "name_en": f"NEV {'exam' if is_exam else 'training'} station",
        "is_shared": code == "BJ01-T",
    }
    create_station(database, StationFields.model_validate(facts), who=WHO)


def _benches(database: Database) -> None:
    with database.read() as db:
        known = set(db.exec(select(Bench.code)).all())
    for school, codes in BENCHES_OF.items():
        for code in codes:
            name_zh, name_en, _ = _BENCH_KINDS[code[:-3]]
            fields = {
                "code": code,
                "organisation_code": school,
                "station_code": f"{school}-T",
                "profile": code[:-3],
                "name_zh": f"{name_zh} {code[-2:]}",
                "name_en": f"{name_en} {code[-2:]}",
                "is_shared": code in {"battery-01", "motor-01"},
            }
            if code not in known:
                create_bench(database, BenchFields.model_validate(fields), who=WHO)
    if REPLAY_BENCH not in known:
        fields = {
            "code": REPLAY_BENCH,
            "organisation_code": "BJ01",
            "profile": "kona",
            "name_zh": "整车记录回放",
            "name_en": "Replay of a car's log",
        }
        create_bench(database, BenchFields.model_validate(fields), who=WHO)


def _registers(database: Database, day: date) -> None:
    requirements = read_list(bundled_draft().name, bundled_draft().content).requirements
    of_certificate = [row for row in requirements if row.module_code.startswith("2-")]
    for plan in plans(day):
        with database.read() as db:
            if items_of(db, plan.code):
                continue
        rows = register_rows(register(plan, of_certificate, day))
        upload = RegisterUpload("register.csv", write_rows("register.csv", rows), plan.code)
        import_register(database, upload, who=WHO)
