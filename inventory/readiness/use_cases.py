"""Checking stations from the database, with live evidence, fast enough to redo at every change."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial

from sqlmodel import Session, col, select

from inventory.accounts.rules import Action, Principal
from inventory.benches.live import LiveBenches
from inventory.database import Database
from inventory.equipment.rules import EquipmentItem, stands_in
from inventory.equipment.use_cases import items_of
from inventory.moments import today
from inventory.organisations.table import Organisation
from inventory.readiness.evidence import LivePicture
from inventory.readiness.findings import Question, Readiness
from inventory.readiness.gathering import live_stamp, picture
from inventory.readiness.memory_stamp import STAMP
from inventory.readiness.preparing import Ground, Preparation, ReadinessMemory, StationCase
from inventory.readiness.rules import PaperCase, decide
from inventory.stations.rules import Level, StationUse
from inventory.stations.table import Station
from inventory.stations.use_cases import station, visible_stations
from inventory.work_orders.repairs import repairs

_PAPER_KEPT, _RESULTS_KEPT, _LISTS_KEPT = 2048, 32_768, 16


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked of a station; None leaves it to the station (use), today and the list."""

    module: str
    level: Level
    use: StationUse | None = None
    on_date: date | None = None
    list_version: str | None = None


@dataclass(frozen=True, slots=True)
class StationCells:
    """A station with its answers, one per module and level asked."""

    station: Station
    is_demonstration: bool
    answers: tuple[Readiness, ...]


@dataclass(frozen=True, slots=True)
class Overview:
    """Answers for all stations a caller may see."""

    on_date: date
    is_silence_known: bool
    stations: tuple[StationCells, ...]


@dataclass(frozen=True, slots=True)
class CheckGround:
    """Everything an answer to one question rests on.

    `elsewhere` are things of the school that stand in its other stations.
    """

    case: PaperCase
    question: Question
    live: LivePicture | None
    elsewhere: tuple[EquipmentItem, ...] = ()


class ReadinessDesk:
    """Answers questions about stations."""

    def __init__(self, database: Database, live: LiveBenches, memory: ReadinessMemory) -> None:
        self._database = database
        self._live = live
        self._memory = memory

    def check(self, principal: Principal, code: str, asked: Asked, now: datetime) -> Readiness:
        """One answer with all its findings, worked out anew on the live side.

        Raises:
            UnknownStation: there is none, or the caller may not know of it.
            NotAllowed: the caller's role does not include readiness.
            UnknownList: no such version as was asked for.
        """
        ground = self.ground(principal, code, asked, now)
        return decide(ground.case, ground.question, ground.live)

    def ground(
        self,
        principal: Principal,
        code: str,
        asked: Asked,
        now: datetime,
        *,
        has_elsewhere: bool = False,
    ) -> CheckGround:
        """What `check` answers from, for plans and questions of what would be if.

        Raises as `check` does.
        """
        on = asked.on_date or today(now)
        with self._database.read() as db:
            # held, so that everything that asks for station or owner finds it loaded
            stamp, held = _station_and_owner(db, code)
            found = station(db, principal, code, Action.READ_READINESS)
            owners = [owner for owner, _ in held]
            out_of_use = repairs(db, {found.organisation_code})
            ground = Ground(on, stamp, asked.list_version, out_of_use)
            case = Preparation(db, self._memory, ground).case(found)
            live = picture(db, self._live, owners, out_of_use, now)
            elsewhere = _elsewhere(db, found) if has_elsewhere else ()
        question = Question(asked.module, asked.level, asked.use or found.use, on)
        return CheckGround(case.paper, question, live, elsewhere)

    def overview(
        self,
        principal: Principal,
        on_date: date | None,
        modules: Sequence[str],
        now: datetime,
    ) -> Overview:
        """Answers for every station the caller may see, module and level, each for its own use."""
        on = on_date or today(now)
        with self._database.read() as db:
            stamp, seen = _seen(db, principal)
            owners = {owner.code: owner for _, owner in seen}
            out_of_use = repairs(db, owners)
            preparation = Preparation(db, self._memory, Ground(on, stamp, out_of_use=out_of_use))
            cases = [(found, preparation.case(found)) for found, _ in seen]
            live = picture(db, self._live, owners.values(), out_of_use, now)
        rows = [
            StationCells(
                found,
                owners[found.organisation_code].is_demonstration,
                self._answers(case, live, _questions(found, modules, on), stamp),
            )
            for found, case in cases
        ]
        rows.sort(key=lambda row: row.station.code)
        return Overview(on, live.is_silence_known, tuple(rows))

    def _answers(
        self,
        case: StationCase,
        live: LivePicture,
        questions: Sequence[Question],
        stamp: int,
    ) -> tuple[Readiness, ...]:
        defects = live_stamp(case.bench_codes, live)
        return tuple(
            self._memory.answers.get(
                (case.station_code, question),
                (stamp, case.paper.settings, defects),
                partial(decide, case.paper, question, live),
            )
            for question in questions
        )


def _seen(db: Session, principal: Principal) -> tuple[int, list[tuple[Station, Organisation]]]:
    """What the caller may see, with its owners, school by school; the stamp comes first."""
    query = (
        select(Station, Organisation, STAMP)
        .join(Organisation, col(Organisation.code) == col(Station.organisation_code))
        .where(visible_stations(principal))
        .order_by(col(Station.organisation_code), col(Station.code))
    )
    rows = db.exec(query).all()
    return (rows[0][2] or 0 if rows else 0), [(found, owner) for found, owner, _ in rows]


def _station_and_owner(db: Session, code: str) -> tuple[int, list[tuple[Organisation, Station]]]:
    query = (
        select(Organisation, Station, STAMP)
        .join(Station, col(Station.organisation_code) == col(Organisation.code))
        .where(Station.code == code)
    )
    rows = db.exec(query).all()
    return (rows[0][2] or 0 if rows else 0), [(owner, found) for owner, found, _ in rows]


def _elsewhere(db: Session, found: Station) -> tuple[EquipmentItem, ...]:
    items = items_of(db, found.organisation_code)
    return tuple(item for item in items if not stands_in(item, found.code))


def _questions(found: Station, modules: Sequence[str], on: date) -> list[Question]:
    return [Question(module, level, found.use, on) for module in modules for level in Level]
