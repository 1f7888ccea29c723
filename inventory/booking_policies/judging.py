"""What is read to judge orders: a few statements for however many orders of one set."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from inventory.bookable import Resource, ResourceKind
from inventory.booking_policies.free import (
    Buffers,
    FreeSlot,
    Need,
    NextStart,
    Search,
    among,
    every,
    free_spans,
    next_slots,
)
from inventory.booking_policies.keeping import policies_of
from inventory.booking_policies.rules import (
    Asked,
    Conflict,
    Effect,
    Facts,
    HeldSlot,
    Order,
    Policy,
    PolicyCode,
    RigTruth,
    Verdict,
    in_scope,
)
from inventory.booking_policies.weighing import judge
from inventory.equipment.table import Equipment
from inventory.intervals import Span
from inventory.places.rules import RoomKind
from inventory.places.table import RoomRow, WorkstationRow
from inventory.school_calendar.keeping import calendar_of
from inventory.school_calendar.rules import (
    Calendar,
    OpeningHours,
    hours_of,
    lessons_in,
    open_spans,
)
from inventory.staff.keeping import certificates_of, member_of
from inventory.staff.rules import StaffMember
from inventory.staff.table import StaffRow

STEP = timedelta(minutes=15)
"""Chosen: slots are proposed at quarters of an hour; a booking itself may begin at any moment."""
OF_PERSONS = frozenset({PolicyCode.QUALIFICATION, PolicyCode.HIGH_VOLTAGE, PolicyCode.MINORS})
"""What depends on the persons an order names, not on the rest of it."""
_TIMELESS = frozenset({PolicyCode.WHO, PolicyCode.LENGTH})


@dataclass(frozen=True, slots=True)
class Located:
    """A resource and the stations it belongs to; none: all of the school's."""

    resource: Resource
    station_codes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Beside:
    """What bookings know of an order and this slice does not."""

    held: Sequence[HeldSlot] = ()
    conflicts: Sequence[Conflict] = ()
    truths: Sequence[RigTruth] = ()


@dataclass(frozen=True)
class Ground:
    """All that is read to judge orders for some resources of one organisation in a window.

    `asked` goes into `Order.resources`; orders outside of the window are outside of opening hours.
    """

    window: Span
    calendar: Calendar
    policies: tuple[Policy, ...]
    asked: Mapping[str, Asked]
    staff: Mapping[str, StaffMember]
    has_register: bool

    @property
    def resources(self) -> tuple[Asked, ...]:
        """All of the resources, in the order given."""
        return tuple(self.asked.values())

    def judge(self, order: Order, now: datetime, beside: Beside = Beside()) -> Verdict:
        """Hold an order against the policies; nothing is read."""
        facts = Facts(
            self.calendar,
            self.staff,
            self.has_register,
            beside.held,
            beside.conflicts,
            beside.truths,
        )
        return judge(order, facts, self.policies, now)

    def open_for(self, order: Order, key: str) -> tuple[Span, ...]:
        """When a resource may be had: its hours where a policy holds the order to them."""
        is_held = any(
            one.code is PolicyCode.OPENING_HOURS
            and one.effect is not Effect.OFF
            and in_scope(one.scope, order)
            for one in self.policies
        )
        return self.asked[key].open_at if is_held else (self.window,)

    def next_start(self, order: Order) -> NextStart:
        """When slots may begin: with lessons where a policy refuses anything else."""
        by_lessons = any(
            one.code is PolicyCode.LESSON_PERIODS
            and one.effect is Effect.REFUSE
            and in_scope(one.scope, order)
            for one in self.policies
        )
        if not by_lessons:
            return every(STEP)
        return among(span.start_at for _, span in lessons_in(self.calendar, self.window))

    def nearest(
        self,
        order: Order,
        busy: Mapping[str, Iterable[Span]],
        buffers: Buffers,
        now: datetime,
        beside: Beside = Beside(),
    ) -> tuple[FreeSlot, ...]:
        """The first slots of the order's length in the window that are free and pass.

        Args:
            order: of any time; its length and resources count.
            busy: when each resource is somebody's, by key.
            buffers: of the order.
            now: nothing is proposed before.
            beside: what else bookings know; conflicts are of no account here.
        """
        if _TIMELESS & {one.code for one in self.judge(order, now, beside).refusals}:
            return ()
        free = {
            one.resource.key: free_spans(
                self.open_for(order, one.resource.key), busy.get(one.resource.key, ()), buffers
            )
            for one in order.resources
        }
        known: dict[Span, bool] = {}

        def passes(_key: str, span: Span) -> bool:
            if span not in known:
                at_another_time = replace(order, span=span)
                without = replace(beside, conflicts=())
                known[span] = self.judge(at_another_time, now, without).is_passed
            return known[span]

        window = Span(max(now, self.window.start_at), self.window.end_at)
        search = Search(order.span.length, window, self.next_start(order), PROPOSED, passes)
        return next_slots([Need({key: spans}) for key, spans in free.items()], search)


PROPOSED = 3
"""Chosen: as many as fit under a refusal."""


def ground_of(
    db: Session, resources: Sequence[Located], window: Span, persons: Collection[str] = ()
) -> Ground:
    """Read what judging takes: three statements, two more for persons named, one for danger.

    Args:
        db: any transaction.
        resources: of one organisation, at least one; with all that is taken with them.
        window: what orders will lie in.
        persons: staff numbers that orders name.
    """
    owner = resources[0].resource.organisation_code
    calendar = calendar_of(db, owner)
    policies = policies_of(db, owner)
    live = _at_high_voltage(db, owner)
    hours: dict[tuple[OpeningHours, ...], tuple[Span, ...]] = {}
    asked = {one.resource.key: _asked(one, live, (calendar, window), hours) for one in resources}
    booked = [one.resource.code for one in resources if one.resource.kind is ResourceKind.PERSON]
    staff = _staff(db, owner, {*persons, *booked} - {""})
    needs = any(one.is_high_voltage for one in asked.values()) or any(
        one.code in OF_PERSONS and one.id is not None for one in policies
    )
    has_register = bool(staff) or (needs and _has_staff(db, owner))
    return Ground(window, calendar, policies, asked, staff, has_register)


def _asked(
    one: Located,
    live: Collection[str],
    when: tuple[Calendar, Span],
    known: dict[tuple[OpeningHours, ...], tuple[Span, ...]],
) -> Asked:
    calendar, window = when
    bare = Asked(one.resource, one.station_codes, one.resource.key in live)
    hours = hours_of(calendar, bare.place)
    if hours not in known:
        known[hours] = open_spans(calendar, window, bare.place)
    return replace(bare, open_at=known[hours])


def _at_high_voltage(db: Session, organisation_code: str) -> frozenset[str]:
    """Keys of what stands in a high-voltage area, the area itself among them; one statement."""
    query = (
        select(RoomRow.code, WorkstationRow.code, Equipment.asset_number, Equipment.bench_code)
        .outerjoin(WorkstationRow, col(WorkstationRow.room_id) == col(RoomRow.id))
        .outerjoin(
            Equipment,
            (col(Equipment.organisation_code) == col(RoomRow.organisation_code))
            & (col(Equipment.asset_number) == col(WorkstationRow.asset_number)),
        )
        .where(RoomRow.organisation_code == organisation_code, RoomRow.kind == RoomKind.HV_AREA)
    )
    kinds = (
        ResourceKind.ROOM,
        ResourceKind.WORKSTATION,
        ResourceKind.EQUIPMENT,
        ResourceKind.BENCH,
    )
    return frozenset(
        Resource(kind, organisation_code, code).key
        for row in db.exec(query).all()
        for kind, code in zip(kinds, row, strict=True)
        if code is not None
    )


def _staff(
    db: Session, organisation_code: str, numbers: Collection[str]
) -> Mapping[str, StaffMember]:
    if not numbers:
        return {}
    query = select(StaffRow).where(
        StaffRow.organisation_code == organisation_code, col(StaffRow.number).in_(sorted(numbers))
    )
    rows = db.exec(query).all()
    papers = certificates_of(db, rows)
    return {row.number: member_of(row, papers.get(row.id or 0, ())) for row in rows}


def _has_staff(db: Session, organisation_code: str) -> bool:
    query = select(StaffRow.id).where(StaffRow.organisation_code == organisation_code).limit(1)
    return db.exec(query).first() is not None
