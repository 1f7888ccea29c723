"""Orders against policies (pure): every objection names the policy, with figures."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from inventory.accounts.rules import Role
from inventory.booking_policies import naming
from inventory.booking_policies.rules import (
    Asked,
    Conflict,
    Effect,
    Facts,
    Objection,
    Order,
    Policy,
    PolicyCode,
    Verdict,
    in_scope,
    moment_text,
)
from inventory.booking_policies.supervising import demand_of_person, supervisor_there
from inventory.intervals import Span, minus
from inventory.readiness.findings import Bilingual
from inventory.school_calendar.rules import is_by_lessons, week_span

Found = tuple[str, str, Bilingual]
"""Field of the order, key of the resource (empty: the whole order), and what is said."""
_DECIDES = frozenset({Role.STATIONMASTER, Role.ADMINISTRATOR})
_HOUR = timedelta(hours=1)
_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class _Case:
    policy: Policy
    order: Order
    hit: tuple[Asked, ...]
    facts: Facts
    now: datetime


def judge(order: Order, facts: Facts, policies: Iterable[Policy], now: datetime) -> Verdict:
    """Hold an order against all policies; each one more can only add to what is said against it.

    Who could approve needs no approval: of a station master's own order it is told as a warning.
    Conflicts of `facts` are not refused here, but those that give way are named.
    """
    found: dict[Effect, list[Objection]] = {effect: [] for effect in Effect}
    owners: set[str] = set()
    displaced: set[int] = set()
    for policy in policies:
        hit = () if policy.effect is Effect.OFF else in_scope(policy.scope, order)
        if not hit:
            continue
        case = _Case(policy, order, hit, facts, now)
        displaced.update(one.booking_id for one in _giving_way(case))
        effect = _effect_of(case)
        for field, key, said in _CHECKS[policy.code](case):
            found[effect].append(Objection(policy.code, said, field, key, policy.id))
            if effect is Effect.APPROVE:
                owners.update(one.resource.organisation_code for one in hit)
    return Verdict(
        tuple(found[Effect.REFUSE]),
        tuple(found[Effect.APPROVE]),
        tuple(found[Effect.WARN]),
        tuple(sorted(displaced)),
        tuple(sorted(owners)),
    )


def _effect_of(case: _Case) -> Effect:
    policy, order = case.policy, case.order
    if policy.waits_for_register and not case.facts.has_register:
        return Effect.WARN
    if policy.code is PolicyCode.EXAM_PRIORITY:
        # it takes from others what it may; that it may not is no fault of the order
        return Effect.WARN
    effect = Effect.APPROVE if policy.code is PolicyCode.OWNER_APPROVAL else policy.effect
    is_own = all(one.resource.organisation_code == order.organisation_code for one in case.hit)
    if effect is Effect.APPROVE and is_own and order.role in _DECIDES:
        return Effect.WARN
    return effect


def _who(case: _Case) -> Iterator[Found]:
    order, policy = case.order, case.policy
    if order.role not in policy.allowed_roles:
        yield "purpose", case.hit[0].resource.key, naming.not_among(order, policy)


def _horizon(case: _Case) -> Iterator[Found]:
    most = case.policy.most
    zone = case.facts.calendar.zone
    ahead = case.order.span.start_at.astimezone(zone).date() - case.now.astimezone(zone).date()
    if most is not None and ahead.days > most:
        yield (
            "start_at",
            "",
            Bilingual(
                f"最多提前 {most} 天预约，现提前 {ahead.days} 天",
                f"at most {most} days ahead, this is {ahead.days} days ahead",
            ),
        )


def _notice(case: _Case) -> Iterator[Found]:
    least = case.policy.least
    if least is None or case.order.span.start_at - case.now >= least * _HOUR:
        return
    earliest = moment_text(case.now + least * _HOUR, case.facts.calendar)
    yield (
        "start_at",
        "",
        Bilingual(
            f"至少提前 {least} 小时预约，最早 {earliest}",
            f"at least {least} h before the start, {earliest} at the earliest",
        ),
    )


def _length(case: _Case) -> Iterator[Found]:
    minutes = case.order.span.length / _MINUTE
    least, most = case.policy.least, case.policy.most
    if least is not None and minutes < least:
        said = Bilingual(
            f"至少 {naming.minutes_zh(least)}，现为 {naming.minutes_zh(minutes)}",
            f"at least {naming.minutes_en(least)}, this is {naming.minutes_en(minutes)}",
        )
        yield "end_at", "", said
    if most is not None and minutes > most:
        said = Bilingual(
            f"最多 {naming.minutes_zh(most)}，现为 {naming.minutes_zh(minutes)}",
            f"at most {naming.minutes_en(most)}, this is {naming.minutes_en(minutes)}",
        )
        yield "end_at", "", said


def _weekly_quota(case: _Case) -> Iterator[Found]:
    most, order = case.policy.most, case.order
    if most is None:
        return
    at = order.span.start_at
    while at < order.span.end_at:
        week = week_span(case.facts.calendar, at)
        at = week.end_at
        held = [
            one.span
            for one in case.facts.held
            if not case.policy.scope.purposes or one.purpose in case.policy.scope.purposes
        ]
        before, own = _within(week, held), _within(week, [order.span])
        if before + own > most * _HOUR:
            monday = moment_text(week.start_at, case.facts.calendar)[:10]
            yield (
                "end_at",
                "",
                Bilingual(
                    f"{monday} 起的一周每人最多 {most} 小时，已约 {before / _HOUR:g} 小时，"
                    f"本次 {own / _HOUR:g} 小时",
                    f"at most {most} h per person in the week of {monday}: {before / _HOUR:g} h "
                    f"are booked, this is {own / _HOUR:g} h",
                ),
            )


def _owner_approval(case: _Case) -> Iterator[Found]:
    owners = sorted({one.resource.organisation_code for one in case.hit})
    yield (
        "",
        "",
        Bilingual(
            f"须经 {'、'.join(owners)} 站长同意",
            f"needs the word of a station master of {', '.join(owners)}",
        ),
    )


def _exam_priority(case: _Case) -> Iterator[Found]:
    giving = {one.booking_id for one in _giving_way(case)}
    for one in case.facts.conflicts:
        if one.purpose in case.policy.displaces and one.booking_id not in giving:
            start = moment_text(one.span.start_at, case.facts.calendar)
            yield (
                "start_at",
                "",
                Bilingual(
                    f"须提前至少 {case.policy.least} 天才能调走已有的预约（{start} 开始）",
                    f"what begins at {start} gives way only {case.policy.least} days before",
                ),
            )


def _giving_way(case: _Case) -> Iterator[Conflict]:
    if case.policy.code is not PolicyCode.EXAM_PRIORITY:
        return
    zone = case.facts.calendar.zone
    today = case.now.astimezone(zone).date()
    for one in case.facts.conflicts:
        days = (one.span.start_at.astimezone(zone).date() - today).days
        if one.purpose in case.policy.displaces and days >= (case.policy.least or 0):
            yield one


def _minors(case: _Case) -> Iterator[Found]:
    order, most = case.order, case.policy.most
    if not order.has_minors:
        return
    if not supervisor_there(order, case.facts):
        said = Bilingual(
            "有未成年人参加，须指定当天在岗的成年带队人",
            "minors take part: name a member of the staff as supervisor who is there that day",
        )
        yield "supervisor", "", said
    if most is not None and order.headcount > most:
        said = Bilingual(
            f"每名带队人最多带 {most} 人，现为 {order.headcount} 人",
            f"at most {most} persons per supervisor, these are {order.headcount}",
        )
        yield "headcount", "", said


def _high_voltage(case: _Case) -> Iterator[Found]:
    named = bool(case.policy.scope.resource_key)
    live = [one for one in case.hit if one.is_high_voltage or named]
    said = demand_of_person(case.policy, case.order, case.facts) if live else None
    if said is not None:
        yield "supervisor", live[0].resource.key, naming.at_high_voltage(live[0], said)


def _qualification(case: _Case) -> Iterator[Found]:
    said = demand_of_person(case.policy, case.order, case.facts)
    if said is not None:
        yield "supervisor", case.hit[0].resource.key, said


def _opening_hours(case: _Case) -> Iterator[Found]:
    for one in case.hit:
        closed = minus([case.order.span], one.open_at)
        if closed:
            said = naming.closed(one, closed[0], case.facts.calendar)
            yield "start_at", one.resource.key, said


def _lesson_periods(case: _Case) -> Iterator[Found]:
    if not is_by_lessons(case.facts.calendar, case.order.span):
        yield "start_at", "", naming.not_by_lessons(case.order.span, case.facts.calendar)


def _in_order(case: _Case) -> Iterator[Found]:
    keys = {one.resource.key for one in case.hit}
    for truth in case.facts.truths:
        if truth.in_order or truth.resource_key not in keys:
            continue
        for reason in truth.reasons:
            yield "resources", truth.resource_key, reason


def _within(week: Span, spans: Iterable[Span]) -> timedelta:
    # two benches at once are two bookings and count twice
    lengths = (
        min(one.end_at, week.end_at) - max(one.start_at, week.start_at)
        for one in spans
        if one.meets(week)
    )
    return sum(lengths, timedelta(0))


_CHECKS: Mapping[PolicyCode, Callable[[_Case], Iterator[Found]]] = {
    PolicyCode.WHO: _who,
    PolicyCode.QUALIFICATION: _qualification,
    PolicyCode.HORIZON: _horizon,
    PolicyCode.NOTICE: _notice,
    PolicyCode.LENGTH: _length,
    PolicyCode.WEEKLY_QUOTA: _weekly_quota,
    PolicyCode.OWNER_APPROVAL: _owner_approval,
    PolicyCode.EXAM_PRIORITY: _exam_priority,
    PolicyCode.MINORS: _minors,
    PolicyCode.HIGH_VOLTAGE: _high_voltage,
    PolicyCode.OPENING_HOURS: _opening_hours,
    PolicyCode.LESSON_PERIODS: _lesson_periods,
    PolicyCode.IN_ORDER: _in_order,
}
