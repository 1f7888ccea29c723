"""Who of the staff answers for an order, and what they are worth on its days (pure)."""

from collections.abc import Iterator
from datetime import date

from inventory.bookable import ResourceKind
from inventory.booking_policies import naming
from inventory.booking_policies.rules import Facts, Order, Policy
from inventory.readiness.findings import Bilingual
from inventory.staff.judging import has_level, judge_trainer
from inventory.staff.rules import StaffMember, held, is_there
from inventory.stations.rules import Level


def persons_named(order: Order, facts: Facts) -> tuple[StaffMember, ...]:
    """Persons of the owner's staff an order names: its supervisor, and those booked with it."""
    numbers = [order.supervisor] if order.supervisor else []
    numbers += [
        one.resource.code for one in order.resources if one.resource.kind is ResourceKind.PERSON
    ]
    known = dict.fromkeys(number for number in numbers if number in facts.staff)
    return tuple(facts.staff[number] for number in known)


def supervisor_there(order: Order, facts: Facts) -> bool:
    """Whether the named supervisor is in the school's service on every day of an order."""
    one = facts.staff.get(order.supervisor)
    return one is not None and all(is_there(one, day) for day in _days(order, facts))


def demand_of_person(policy: Policy, order: Order, facts: Facts) -> Bilingual | None:
    """What a policy misses in the persons an order names; None: one of them has it all.

    Of several persons the one who misses least is told.
    """
    days = _days(order, facts)
    asked = policy.level or order.level or Level.ELEMENTARY, order.module or None
    named = persons_named(order, facts)
    lacks = [(one, list(_lacking(policy, one, days, asked))) for one in named]
    if not lacks:
        return naming.nobody_named(policy)
    best, lacking = min(lacks, key=lambda one: len(one[1]))
    return naming.lacks(best, lacking) if lacking else None


def _lacking(
    policy: Policy, one: StaffMember, days: tuple[date, date], asked: tuple[Level, str | None]
) -> Iterator[Bilingual]:
    if not all(is_there(one, day) for day in days):
        yield Bilingual("当天不在岗", "is not there that day")
    if policy.staff_roles and not set(policy.staff_roles) & set(one.roles):
        yield naming.without_role(policy.staff_roles)
    for kind in policy.certificates:
        expired = [day for day in days if not held(one, kind, day)]
        if expired:
            yield naming.without_certificate(one, kind, expired[0])
    if policy.is_trainer_rule:
        yield from _no_trainer(one, days[1], *asked)


def _no_trainer(
    one: StaffMember, on: date, level: Level, module: str | None
) -> Iterator[Bilingual]:
    for part in judge_trainer(one, [level], on).parts:
        if part.is_met is not True:
            yield part.said
    if module is not None and not has_level(one, level, module, on):
        yield naming.without_level(level, module)


def _days(order: Order, facts: Facts) -> tuple[date, date]:
    zone = facts.calendar.zone
    start, end = order.span
    # a span is half-open: one that ends at midnight has nothing of the next day
    last = end.astimezone(zone)
    is_midnight = last.hour == last.minute == last.second == 0
    last_day = date.fromordinal(last.toordinal() - is_midnight)
    first_day = start.astimezone(zone).date()
    return first_day, max(first_day, last_day)
