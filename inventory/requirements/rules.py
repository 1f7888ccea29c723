"""What a requirement is: the words of a requirement list as types, free of files and tables."""

import re
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from inventory.stations.rules import Level, StationUse

MODULE_CODE = re.compile(r"(?P<certificate>[1-9])-(?P<module>[1-9]\d?|\*)")
"""`2-1`, or `2-*` for all modules of certificate 2."""


class QuantityBasis(StrEnum):
    """What the quantity of a row multiplies by; values are those of the list's column."""

    PER_WORKSTATION = "per_workstation"
    PER_VEHICLE_WORKSTATION = "per_vehicle_workstation"
    PER_BENCH_WORKSTATION = "per_bench_workstation"
    PER_EXAM_TASK = "per_exam_task"
    PER_EXAM_ROOM = "per_exam_room"
    PER_HV_AREA = "per_hv_area"
    PER_MODULE = "per_module"
    PER_STATION = "per_station"
    PER_VEHICLE = "per_vehicle"
    PER_N_EXAMINEES = "per_N_examinees"


class Obligation(StrEnum):
    """A gap against a recommended row is never more than advice."""

    MANDATORY = "mandatory"
    RECOMMENDED = "recommended"


class Authority(StrEnum):
    """Where a statement of the list comes from, strongest first."""

    OFFICIAL = "official"
    EVALUATION_ORG_DOCUMENT = "evaluation_org_document"
    POLICY = "policy"
    RECOMMENDED_STANDARD = "recommended_standard"
    EXAM_REPORT = "exam_report"
    SCHOOL_REPORT = "school_report"
    COMPETITION = "competition"
    TENDER = "tender"
    WEB_GUIDANCE = "web_guidance"
    VENDOR = "vendor"
    INFERENCE = "inference"


DEFAULT_BINDING = frozenset(
    {Authority.OFFICIAL, Authority.EVALUATION_ORG_DOCUMENT, Authority.POLICY}
)


class CalibrationDuty(StrEnum):
    """What proof of condition equipment of a row must have on the date."""

    NONE = "no"
    FUNCTIONAL_CHECK = "functional self-check"
    CALIBRATION = "calibration"
    VERIFICATION = "verification"
    SAFETY_TEST = "periodic safety test"


@dataclass(frozen=True, slots=True)
class Sourced:
    """An authority with its qualifier such as "part" or "task only"; qualified ones never bind."""

    authority: Authority
    qualifier: str = ""

    def binds(self, binding: frozenset[Authority]) -> bool:
        """Whether a gap against a statement of this source is more than advice."""
        return not self.qualifier and self.authority in binding


@dataclass(frozen=True, slots=True)
class DecidedSubstitute:
    """What a person decided where the list's words leave open whether a thing may stand in.

    `name` is what the thing is called; `organisation_code` decided, None: this house.
    """

    name: str
    may_stand_in: bool
    reason: str
    decided_by: str
    organisation_code: str | None = None


@dataclass(frozen=True, slots=True)
class Requirement:
    """One row of a requirement list.

    `exam_tasks` is empty where the row serves all tasks of the module. `quantity_unit` is empty for
    pieces. `duty_condition` holds the words that narrow a duty ("only when the use is …").
    `technical_parameters` stays as written; `thresholds.parse_clauses` reads it. So does
    `substitutes`, read by `alternatives.parse_alternatives`; what people decided of it is beside.
    """

    row_id: str
    module_code: str
    levels: frozenset[Level]
    uses: frozenset[StationUse]
    category: str
    exam_tasks: tuple[int, ...]
    item_zh: str
    item_en: str
    technical_parameters: str
    quantity_basis: QuantityBasis
    quantity_n: float
    quantity_unit: str
    per_n_examinees: int | None
    obligation: Obligation
    duty: CalibrationDuty
    duty_condition: str
    interval_months: int | None
    sharing_rule: str
    alternative_group: str
    authority_item: Sourced
    authority_parameters: Sourced
    authority_quantity: Sourced
    substitutes: str = ""
    decided_substitutes: tuple[DecidedSubstitute, ...] = ()

    @property
    def is_common(self) -> bool:
        """Whether the row holds for all modules of its certificate."""
        return self.module_code.endswith("-*")


@dataclass(frozen=True, slots=True)
class ListSettings:
    """What a list version is and how it is applied.

    `has_level_inheritance`: a higher level also asks for what lower levels ask for. Whether the
    official list means it so is not known, hence a setting.
    """

    version: str
    title: str = ""
    is_official: bool = False
    binding: frozenset[Authority] = DEFAULT_BINDING
    has_level_inheritance: bool = False
    valid_from: date | None = None
    valid_to: date | None = None


def concerns_module(requirement: Requirement, module: str) -> bool:
    """Whether a row is asked of a module: its own, or common to the certificate."""
    if requirement.module_code == module:
        return True
    certificate, _, own = requirement.module_code.partition("-")
    return own == "*" and certificate == module.partition("-")[0]


def concerns_level(requirement: Requirement, level: Level, *, has_inheritance: bool) -> bool:
    """Whether a row is asked at a level; inheritance adds the rows of lower levels."""
    if not has_inheritance:
        return level in requirement.levels
    order = list(Level)
    return any(one in requirement.levels for one in order[: order.index(level) + 1])
