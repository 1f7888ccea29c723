"""What of a station is read before it can be checked, and how long it is remembered."""

from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property

from sqlmodel import Session

from inventory.equipment.rules import EquipmentItem, stands_in
from inventory.equipment.use_cases import items_of
from inventory.places.applying import applied_facts, outlines
from inventory.places.rules import Room
from inventory.readiness.at_once import Offered
from inventory.readiness.findings import Readiness
from inventory.readiness.memory import Memory
from inventory.readiness.rules import PaperCase, paper_case
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
from inventory.stations.rules import Level
from inventory.stations.table import Station
from inventory.work_orders.repairs import Repairs

_PAPER_KEPT, _RESULTS_KEPT, _LISTS_KEPT = 2048, 32_768, 16


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


@dataclass(slots=True)
class ReadinessMemory:
    """Paper cases and answers of one process.

    Everything on paper changes only by use cases that leave an audit entry, so the number of the
    latest such entry tells whether it is still true.
    """

    lists: Memory[tuple[Requirement, ...]] = field(default_factory=lambda: Memory(_LISTS_KEPT))
    papers: Memory[StationCase] = field(default_factory=lambda: Memory(_PAPER_KEPT))
    answers: Memory[Readiness] = field(default_factory=lambda: Memory(_RESULTS_KEPT))


class Preparation:
    """Prepares stations within one transaction.

    What a school's stations have in common is read once while they come one after the other.
    """

    def __init__(self, db: Session, memory: ReadinessMemory, ground: Ground) -> None:
        self._db = db
        self._memory = memory
        self._ground = ground
        self._last: _School | None = None

    def case(self, found: Station) -> StationCase:
        """The station's case, kept while its ground is the same.

        Which list applies changes only with an audit entry, or with the day.

        Raises:
            UnknownList: no such version as was asked for.
        """
        key = (found.code, self._ground.list_version, self._ground.on_date)
        stamp = self._ground.stamp
        return self._memory.papers.get(key, stamp, lambda: self._worked_out(found))

    def _worked_out(self, found: Station) -> StationCase:
        school = self._school(found.organisation_code)
        requirements, settings = school.list
        items = [item for item in school.items if stands_in(item, found.code)]
        facts = applied_facts(found, lambda: school.rooms)
        paper = paper_case(requirements, items, facts, settings, self._ground.on_date)
        offered = Offered(
            frozenset(found.modules),
            frozenset(map(Level, found.levels)),
            tuple(frozenset(group) for group in found.modules_at_once),
        )
        paper = replace(paper, offered=offered, exams=found)
        codes = sorted({item.bench_code for item in items if item.bench_code is not None})
        return StationCase(found.code, paper, tuple(codes))

    def _school(self, code: str) -> "_School":
        if self._last is None or self._last.code != code:
            self._last = _School(self._db, self._memory, self._ground, code)
        return self._last


class _School:
    """What all stations of an organisation rest on, each part read when it is first needed."""

    def __init__(self, db: Session, memory: ReadinessMemory, ground: Ground, code: str) -> None:
        self._db = db
        self._memory = memory
        self._ground = ground
        self.code = code

    @cached_property
    def items(self) -> list[EquipmentItem]:
        """The register with the orders that keep things out of use."""
        return [self._marked(item) for item in items_of(self._db, self.code)]

    @cached_property
    def rooms(self) -> list[Room]:
        """Rooms and workstations as far as counting them needs."""
        return outlines(self._db, self.code)

    @cached_property
    def list(self) -> tuple[tuple[Requirement, ...], ListSettings]:
        """The list that was asked for, or the one that applies; no rows where none does."""
        try:
            applied = self._applied()
        except UnknownList:
            if self._ground.list_version is not None:
                raise
            return (), ListSettings(version="")
        requirements = self._memory.lists.get(
            applied.version,
            (applied.sha256, applied.settled_revision),
            lambda: requirements_of(self._db, applied.version),
        )
        publishers = publishers_for(self._db, self.code)
        return decided_for(requirements, publishers), settings_of(applied)

    def _applied(self) -> RequirementList:
        version = self._ground.list_version
        if version is None:
            return applicable_list(self._db, self._ground.on_date, self.code)
        return requirement_list(self._db, version, publishers_for(self._db, self.code))

    def _marked(self, item: EquipmentItem) -> EquipmentItem:
        """Of a bench the live side tells."""
        repair = self._ground.out_of_use.of_asset.get((self.code, item.asset_number))
        if repair is None or item.bench_code is not None:
            return item
        return replace(item, repair=repair)
