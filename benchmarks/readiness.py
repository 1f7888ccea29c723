"""What a readiness check costs: the full draft list against 200, 2,000 and 20,000 pieces.

python benchmarks/readiness.py [STATIONS]

Each piece is a row of the register of its own; one in ten has lost its proof, one in thirty is
under repair, one row in twenty has nothing. "Complete" is every module of both certificates at
every level, from the database, in one process without HTTP; "module" is one question asked anew.
STATIONS (default 30) are then checked one after the other as on a new edition of the list, each
with a register of 300 pieces of its own; 3,000 are extrapolated from the median of one.
"""

import argparse
import gc
import math
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from random import Random

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from sqlalchemy import event

from inventory.accounts.rules import Principal, Role
from inventory.benches.live_memory import MemoryLiveBenches
from inventory.database import Database, open_database
from inventory.equipment.columns import register_rows
from inventory.equipment.rules import EquipmentItem, EquipmentStatus
from inventory.equipment.use_cases import RegisterUpload, import_register
from inventory.migrations.run import upgrade
from inventory.organisations.schema import OrganisationFields
from inventory.organisations.use_cases import create_organisation
from inventory.proofs.rules import ProofKind
from inventory.readiness.preparing import ReadinessMemory
from inventory.readiness.use_cases import Asked, ReadinessDesk
from inventory.requirements.reading import read_list
from inventory.requirements.rules import Requirement
from inventory.requirements.use_cases import bundled_draft, import_list
from inventory.requirements.writing import write_rows
from inventory.stations.rules import Level
from inventory.stations.schema import StationFields
from inventory.stations.use_cases import create_station
from stationmaster.demo_data import EXAM_STATION_FACTS as FACTS
from stationmaster.demo_register import SchoolPlan, register

NOW = datetime(2026, 11, 22, 8, tzinfo=UTC)
TODAY = date(2026, 11, 22)
MODULES = tuple(f"{certificate}-{module}" for certificate in (1, 2) for module in range(1, 6))
PIECES = (200, 2_000, 20_000)
OF_A_STATION = 300
RUNS = 3


def pieces(requirements: tuple[Requirement, ...], count: int, seed: int) -> list[EquipmentItem]:
    """A register of so many pieces, each with an asset number of its own; the same for a seed."""
    random = Random(seed)  # noqa: S311
    missing = frozenset(row.row_id for row in requirements if random.random() < 1 / 20)
    plan = SchoolPlan("S", (), FACTS, (), missing)
    kinds = [item for item in register(plan, requirements, TODAY) if item.quantity_unit == ""]
    singles = [item for item in kinds for _ in range(math.ceil(item.quantity))]
    random.shuffle(singles)
    chosen = [singles[n % len(singles)] for n in range(count)]
    return [_worn(item, n, random) for n, item in enumerate(chosen)]


def _worn(item: EquipmentItem, n: int, random: Random) -> EquipmentItem:
    named = () if n % 2 else item.serves_rows
    item = replace(item, asset_number=f"A{n:06d}", quantity=1.0, serves_rows=named)
    chance = random.random()
    if chance < 1 / 30:
        return replace(item, status=EquipmentStatus.UNDER_REPAIR)
    if chance < 1 / 30 + 1 / 10:
        return replace(
            item, proofs=tuple(one for one in item.proofs if one.kind is not ProofKind.CALIBRATION)
        )
    return item


def station(database: Database, code: str, items: list[EquipmentItem]) -> str:
    """A school with one exam station and a register."""
    fields = {"code": code, "kind": "school", "name_zh": "学校", "name_en": code}
    create_organisation(database, OrganisationFields.model_validate(fields), who="bench")
    told = FACTS.model_dump() | {
        "code": f"{code}-E",
        "organisation_code": code,
        "use": "exam",
        "name_zh": "考核站",
        "modules": list(MODULES),
    }
    create_station(database, StationFields.model_validate(told), who="bench")
    content = write_rows("r.csv", register_rows(items))
    import_register(database, RegisterUpload("r.csv", content, code), who="bench")
    return f"{code}-E"


def complete(desk: ReadinessDesk, principal: Principal) -> float:
    """Seconds for every module and level of what the caller may see."""
    started = time.perf_counter()
    desk.overview(principal, TODAY, MODULES, NOW)
    return time.perf_counter() - started


def single(desk: ReadinessDesk, principal: Principal, code: str) -> float:
    """Seconds for one module that nobody asked before."""
    started = time.perf_counter()
    desk.check(principal, code, Asked("2-1", Level.INTERMEDIATE, on_date=TODAY), NOW)
    return time.perf_counter() - started


def statements(database: Database) -> Iterator[list[str]]:
    """The SQL statements since it was called."""
    said: list[str] = []

    def note(*about: object) -> None:
        said.append(str(about[2]))

    event.listen(database.engine, "before_cursor_execute", note)
    yield said
    event.remove(database.engine, "before_cursor_execute", note)


def main() -> None:
    """Print the table."""
    arguments = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    arguments.add_argument("stations", nargs="?", type=int, default=30, help="default: 30")
    many: int = arguments.parse_args().stations
    gc.freeze()  # as the program does once its modules are loaded
    draft = bundled_draft()
    requirements = read_list(draft.name, draft.content).requirements
    with tempfile.TemporaryDirectory() as folder:
        print("| pieces | complete check | one module, first | again | statements |")  # noqa: T201
        print("|---:|---:|---:|---:|---:|")  # noqa: T201
        for count in PIECES:
            print(figures(Path(folder) / f"{count}.db", requirements, count))  # noqa: T201
        each = edition(Path(folder) / "many.db", requirements, many)
        print(f"one station on a new edition: {each * 1e3:.0f} ms")  # noqa: T201
        print(f"3,000 stations: {each * 3000 / 60:.1f} min on one core")  # noqa: T201


def figures(file: Path, requirements: tuple[Requirement, ...], count: int) -> str:
    """A line of the table; medians, each run with a memory of its own."""
    database = fresh(file)
    code = station(database, "S01", pieces(requirements, count, 1))
    principal = Principal(1, "bench", Role.ADMINISTRATOR, "S01")
    whole, first, again = [], [], []
    sql = 0
    for _ in range(RUNS):
        for said in statements(database):
            whole.append(complete(desk_of(database), principal))
            sql = len(said)
        desk = desk_of(database)
        first.append(single(desk, principal, code))
        again.append(single(desk, principal, code))
    database.close()
    times = (statistics.median(ones) for ones in (whole, first, again))
    return f"| {count:,} | {' | '.join(f'{one * 1e3:.0f} ms' for one in times)} | {sql} |"


def edition(file: Path, requirements: tuple[Requirement, ...], many: int) -> float:
    """Seconds of processor time for a station when everything has to be worked out anew."""
    database = fresh(file)
    for number in range(many):
        station(database, f"S{number:03d}", pieces(requirements, OF_A_STATION, number))
    desk = desk_of(database)
    took = []
    for number in range(many):
        principal = Principal(1, "bench", Role.ADMINISTRATOR, f"S{number:03d}")
        started = time.process_time()
        desk.overview(principal, TODAY, MODULES, NOW)
        took.append(time.process_time() - started)
    database.close()
    return statistics.median(took)


def fresh(file: Path) -> Database:
    """A database with the draft list."""
    database = open_database(f"sqlite:///{file}")
    upgrade(database.engine)
    import_list(database, bundled_draft(), who="bench", now=NOW)
    return database


def desk_of(database: Database) -> ReadinessDesk:
    """A desk that remembers nothing yet."""
    return ReadinessDesk(database, MemoryLiveBenches(), ReadinessMemory())


if __name__ == "__main__":
    main()
