"""The words of booking policies: what is asked, what is known, and what is said of it (pure)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from inventory.accounts.rules import Role
from inventory.bookable import BookingPurpose, Resource, ResourceKind
from inventory.intervals import Span
from inventory.readiness.findings import Bilingual
from inventory.school_calendar.rules import Calendar, Place
from inventory.staff.rules import CertificateKind, StaffMember, StaffRole
from inventory.stations.rules import Level


class PolicyCode(StrEnum):
    """What a policy is about; its figures are named with `Policy`."""

    WHO = "who"
    QUALIFICATION = "qualification"
    HORIZON = "horizon"
    NOTICE = "notice"
    LENGTH = "length"
    WEEKLY_QUOTA = "weekly_quota"
    OWNER_APPROVAL = "owner_approval"
    EXAM_PRIORITY = "exam_priority"
    MINORS = "minors"
    HIGH_VOLTAGE = "high_voltage"
    OPENING_HOURS = "opening_hours"
    LESSON_PERIODS = "lesson_periods"
    IN_ORDER = "in_order"


class Effect(StrEnum):
    """What happens when a policy is not met; off stands where a school wants no default."""

    REFUSE = "refuse"
    APPROVE = "approve"
    WARN = "warn"
    OFF = "off"


class Askers(StrEnum):
    """Whose people a policy is for: the owner's, another organisation's, or both."""

    ALL = "all"
    OWN = "own"
    OTHERS = "others"


@dataclass(frozen=True, slots=True)
class Scope:
    """Which orders a policy is for; what is empty leaves that side open.

    An order is in scope by any one of its resources. Modules are the order's own.
    """

    station_code: str = ""
    resource_key: str = ""
    kinds: tuple[ResourceKind, ...] = ()
    modules: tuple[str, ...] = ()
    purposes: tuple[BookingPurpose, ...] = ()
    roles: tuple[Role, ...] = ()
    askers: Askers = Askers.ALL


@dataclass(frozen=True, slots=True)
class Policy:
    """One demand on orders in scope. Every policy counts; none makes another one void.

    `least` and `most` are figures of the code: horizon most days ahead; notice least hours before
    the start; length least and most minutes; weekly quota most hours of a holder in a local week;
    exam priority least days before the start of what gives way; minors most persons a supervisor.
    `allowed_roles` (who) may book; `displaces` (exam priority) are the purposes that give way.
    Qualification and high voltage ask for one person named in the order who has any of the
    `staff_roles`, all of the `certificates` and, if `is_trainer_rule`, meets the trainer rule at
    `level` (none: the order's, else the lowest) and holds it in the order's module. One that
    `waits_for_register` only warns while the school registers no staff.
    """

    code: PolicyCode
    effect: Effect = Effect.REFUSE
    scope: Scope = Scope()
    least: int | None = None
    most: int | None = None
    allowed_roles: tuple[Role, ...] = ()
    displaces: tuple[BookingPurpose, ...] = ()
    staff_roles: tuple[StaffRole, ...] = ()
    certificates: tuple[CertificateKind, ...] = ()
    level: Level | None = None
    is_trainer_rule: bool = False
    waits_for_register: bool = False
    note: str = ""
    id: int | None = None


FIGURES: Mapping[PolicyCode, tuple[str, ...]] = {
    PolicyCode.HORIZON: ("most",),
    PolicyCode.NOTICE: ("least",),
    PolicyCode.LENGTH: ("least", "most"),
    PolicyCode.WEEKLY_QUOTA: ("most",),
    PolicyCode.EXAM_PRIORITY: ("least", "displaces"),
    PolicyCode.MINORS: ("most",),
    PolicyCode.WHO: ("allowed_roles",),
    PolicyCode.QUALIFICATION: ("staff_roles", "certificates", "is_trainer_rule"),
    PolicyCode.HIGH_VOLTAGE: ("staff_roles", "certificates"),
}
"""What each code has of its own beside scope and effect; `Policy` says what they mean."""
FIGURES_NEEDED = frozenset(
    {
        PolicyCode.HORIZON,
        PolicyCode.NOTICE,
        PolicyCode.LENGTH,
        PolicyCode.WEEKLY_QUOTA,
        PolicyCode.QUALIFICATION,
        PolicyCode.HIGH_VOLTAGE,
    }
)
"""Codes that say nothing without one of their figures."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A resource of an order: where it belongs, when it is open, and whether it is dangerous.

    Without stations it is of all the school's.
    """

    resource: Resource
    station_codes: tuple[str, ...] = ()
    is_high_voltage: bool = False
    open_at: tuple[Span, ...] = ()

    @property
    def place(self) -> Place:
        """Whose opening hours it has; what several stations use has the school's."""
        station = self.station_codes[0] if len(self.station_codes) == 1 else ""
        return Place(station, self.resource.key)


@dataclass(frozen=True, slots=True)
class Order:
    """What somebody wants to book, as policies see it.

    `role` and `organisation_code` are the holder's. `supervisor` is a staff number.
    """

    purpose: BookingPurpose
    span: Span
    holder: str
    role: Role
    organisation_code: str
    resources: tuple[Asked, ...]
    module: str = ""
    headcount: int = 0
    has_minors: bool = False
    supervisor: str = ""
    level: Level | None = None


@dataclass(frozen=True, slots=True)
class HeldSlot:
    """Another booking of the holder's, for the quota."""

    span: Span
    purpose: BookingPurpose


@dataclass(frozen=True, slots=True)
class Conflict:
    """Somebody else's booking that holds a part of what is asked then."""

    booking_id: int
    purpose: BookingPurpose
    span: Span


@dataclass(frozen=True, slots=True)
class RigTruth:
    """What a resource says of itself; reasons are told only where it is not in order."""

    resource_key: str
    in_order: bool
    reasons: tuple[Bilingual, ...] = ()


@dataclass(frozen=True)
class Facts:
    """What is known beside the order.

    `staff` are the owner's persons by number, as far as the order names them; `has_register` says
    whether the owner keeps any. `held` are the holder's other bookings in the weeks looked at.
    """

    calendar: Calendar = field(default_factory=Calendar)
    staff: Mapping[str, StaffMember] = field(default_factory=dict)
    has_register: bool = False
    held: Sequence[HeldSlot] = ()
    conflicts: Sequence[Conflict] = ()
    truths: Sequence[RigTruth] = ()


@dataclass(frozen=True, slots=True)
class Objection:
    """One policy that is not met: in words with figures, at a field of the order."""

    code: PolicyCode
    said: Bilingual
    field: str
    resource_key: str = ""
    policy_id: int | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """What policies say of an order.

    `displaces` are the ids of conflicting bookings that give way; any other conflict still holds
    its slot. `needs_approval_by` are organisations whose station master decides.
    """

    refusals: tuple[Objection, ...] = ()
    approvals: tuple[Objection, ...] = ()
    warnings: tuple[Objection, ...] = ()
    displaces: tuple[int, ...] = ()
    needs_approval_by: tuple[str, ...] = ()

    @property
    def is_passed(self) -> bool:
        """Whether the order may be placed, with approval if need be."""
        return not self.refusals


def in_scope(scope: Scope, order: Order) -> tuple[Asked, ...]:
    """The resources by which an order is in scope; none: the policy is not for it."""
    if scope.purposes and order.purpose not in scope.purposes:
        return ()
    if scope.roles and order.role not in scope.roles:
        return ()
    if scope.modules and order.module not in scope.modules:
        return ()
    return tuple(one for one in order.resources if is_of(scope, one, order.organisation_code))


def is_of(scope: Scope, asked: Asked, organisation_code: str) -> bool:
    """Whether a resource, asked for by an organisation's people, is one of a scope."""
    stations = asked.station_codes
    if scope.station_code and stations and scope.station_code not in stations:
        return False
    if scope.resource_key and asked.resource.key != scope.resource_key:
        return False
    if scope.kinds and asked.resource.kind not in scope.kinds:
        return False
    is_own = asked.resource.organisation_code == organisation_code
    return scope.askers is Askers.ALL or is_own == (scope.askers is Askers.OWN)


def moment_text(at: datetime, calendar: Calendar) -> str:
    """A moment as people of the school read it."""
    return at.astimezone(calendar.zone).strftime("%Y-%m-%d %H:%M")
