"""Checking stations from the database, with live evidence, fast enough to redo at every change."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
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
from inventory.places.applying import applied_facts
from inventory.readiness.at_once import Offered
from inventory.readiness.evidence import LivePicture
from inventory.readiness.findings import Question, Readiness
from inventory.readiness.gathering import live_stamp, picture
from inventory.readiness.memory import Memory
from inventory.readiness.memory_stamp import STAMP
from inventory.readiness.rules import PaperCase, decide, paper_case
from inventory.readiness.substitution import decided_for
from inventory.requirements.errors import UnknownList
from inventory.requirements.publishing import publishers_for
from inventory.requirements.rules import ListSettings, Requirement
from inventory.requirements.table import RequirementList
from inventory.requirements.use_cases import (
    applicable_list,
    requirement_list,
    requirements_of,
    settings_of,
)
from inventory.stations.rules import Level, StationUse
from inventory.stations.table import Station
from inventory.stations.use_cases import station, stations
from inventory.work_orders.repairs import Repairs, repairs

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
class Ground:
    """What paper answers rest on; `stamp` is the latest audit entry that concerns paper.

    Whatever takes a piece out of use or gives it back leaves such an entry too.
    """

    on_date: date
    stamp: int
    list_version: str | None = None
    out_of_use: Repairs = field(default_factory=Repairs)


@dataclass(frozen=True, slots=True)
class StationCase:
    """A station's paper case and the benches its equipment is linked to."""

    station_code: str
    paper: PaperCase
    bench_codes: tuple[str, ...]


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


@dataclass(slots=True)
class ReadinessMemory:
    """Paper cases and answers of one process.

    Everything on paper changes only by use cases that leave an audit entry, so the number of the
    latest such entry tells whether it is still true.
    """

    lists: Memory[tuple[Requirement, ...]] = field(default_factory=lambda: Memory(_LISTS_KEPT))
    papers: Memory[StationCase] = field(default_factory=lambda: Memory(_PAPER_KEPT))
    answers: Memory[Readiness] = field(default_factory=lambda: Memory(_RESULTS_KEPT))


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
            case = self._paper(db, found, ground)
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
            seen, _ = stations(db, principal, limit=None)
            stamp, owners = _owners(db, {one.organisation_code for one in seen})
            out_of_use = repairs(db, {row.code for row in owners})
            ground = Ground(on, stamp, out_of_use=out_of_use)
            cases = [self._paper(db, one, ground) for one in seen]
            live = picture(db, self._live, owners, out_of_use, now)
            demonstrations = {row.code for row in owners if row.is_demonstration}
        rows = tuple(
            StationCells(
                one,
                one.organisation_code in demonstrations,
                self._answers(case, live, _questions(one, modules, on), ground.stamp),
            )
            for one, case in zip(seen, cases, strict=True)
        )
        return Overview(on, live.is_silence_known, rows)

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

    def _paper(self, db: Session, found: Station, ground: Ground) -> StationCase:
        """The station's case, kept while its ground is the same.

        Which list applies changes only with an audit entry, or with the day.
        """

        def work_out() -> StationCase:
            requirements, settings = self._list(db, found, ground)
            items = [_marked(item, found, ground.out_of_use) for item in _items(db, found)]
            offered = Offered(
                frozenset(found.modules),
                frozenset(map(Level, found.levels)),
                tuple(frozenset(group) for group in found.modules_at_once),
            )
            facts = applied_facts(db, found)
            paper = paper_case(requirements, items, facts, settings, ground.on_date)
            paper = replace(paper, offered=offered, exams=found)
            codes = sorted({item.bench_code for item in items if item.bench_code is not None})
            return StationCase(found.code, paper, tuple(codes))

        key = (found.code, ground.list_version, ground.on_date)
        return self._memory.papers.get(key, ground.stamp, work_out)

    def _list(
        self, db: Session, found: Station, ground: Ground
    ) -> tuple[tuple[Requirement, ...], ListSettings]:
        """The list that was asked for, or the one that applies; no rows where none does."""
        try:
            applied = _applied(db, found, ground)
        except UnknownList:
            if ground.list_version is not None:
                raise
            return (), ListSettings(version="")
        requirements = self._memory.lists.get(
            applied.version,
            (applied.sha256, applied.settled_revision),
            lambda: requirements_of(db, applied.version),
        )
        publishers = publishers_for(db, found.organisation_code)
        return decided_for(requirements, publishers), settings_of(applied)


def _applied(db: Session, found: Station, ground: Ground) -> RequirementList:
    if ground.list_version is None:
        return applicable_list(db, ground.on_date, found.organisation_code)
    publishers = publishers_for(db, found.organisation_code)
    return requirement_list(db, ground.list_version, publishers)


def _owners(db: Session, codes: Collection[str]) -> tuple[int, list[Organisation]]:
    query = select(Organisation, STAMP).where(col(Organisation.code).in_(codes))
    rows = db.exec(query).all()
    return (rows[0][1] or 0 if rows else 0), [owner for owner, _ in rows]


def _station_and_owner(db: Session, code: str) -> tuple[int, list[tuple[Organisation, Station]]]:
    query = (
        select(Organisation, Station, STAMP)
        .join(Station, col(Station.organisation_code) == col(Organisation.code))
        .where(Station.code == code)
    )
    rows = db.exec(query).all()
    return (rows[0][2] or 0 if rows else 0), [(owner, found) for owner, found, _ in rows]


def _items(db: Session, found: Station) -> list[EquipmentItem]:
    return [item for item in items_of(db, found.organisation_code) if stands_in(item, found.code)]


def _marked(item: EquipmentItem, found: Station, out_of_use: Repairs) -> EquipmentItem:
    """The item with the order that keeps it out of use; of a bench the live side tells."""
    repair = out_of_use.of_asset.get((found.organisation_code, item.asset_number))
    if repair is None or item.bench_code is not None:
        return item
    return replace(item, repair=repair)


def _elsewhere(db: Session, found: Station) -> tuple[EquipmentItem, ...]:
    items = items_of(db, found.organisation_code)
    return tuple(item for item in items if not stands_in(item, found.code))


def _questions(found: Station, modules: Sequence[str], on: date) -> list[Question]:
    return [Question(module, level, found.use, on) for module in modules for level in Level]
