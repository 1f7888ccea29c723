"""Everything conditions of a station are worked out from (pure)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from inventory.conditions.recognising import Numbers
from inventory.places.rules import Workstation
from inventory.proofs.rules import ProofKind, ProofState
from inventory.readiness.findings import Status
from inventory.staff.rules import StaffMember
from inventory.stations.rules import Level


@dataclass(frozen=True, slots=True)
class SelfCheck:
    """The answer of the equipment self-check for a module and level."""

    module: str
    level: Level
    status: Status
    binding_count: int


@dataclass(frozen=True, slots=True)
class Instrument:
    """A proof that a thing in service has, or must have and lacks."""

    asset_number: str
    kind: ProofKind
    state: ProofState
    until: date | None


@dataclass(frozen=True, slots=True)
class AnnualReportState:
    """How far a school is with its report of a year."""

    year: int
    written: int
    sections: int
    batches: int


@dataclass(frozen=True, slots=True)
class StationGround:
    """A station on a day.

    `staff` is who works there; `is_staff_kept` is whether the school keeps a staff register at all.
    `facts` are the ones that apply; `out_of_use` names equipment that is not in working order.
    `exam_minutes` are those of a whole exam; `equipment_names` are of all that is in service.
    `annual_report` is the one furthest on of this year and the last, None where nothing is written.
    """

    on: date
    modules: Sequence[str]
    levels: Sequence[Level]
    facts: Mapping[str, int | None]
    staff: Sequence[StaffMember] = ()
    is_staff_kept: bool = False
    workstations: Sequence[Workstation] = ()
    out_of_use: frozenset[str] = frozenset()
    self_checks: Sequence[SelfCheck] = ()
    instruments: Sequence[Instrument] = ()
    exam_minutes: int | None = None
    equipment_names: Sequence[str] = ()
    consumable_count: int = 0
    annual_report: AnnualReportState | None = None


@dataclass(frozen=True, slots=True)
class Ask:
    """A condition being worked out: its numbers and whether they are exact."""

    numbers: Numbers
    rule: str
    ground: StationGround = field(repr=False)
