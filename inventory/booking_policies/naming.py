"""What objections say, in both languages (pure)."""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from enum import StrEnum
from functools import cache

from inventory.booking_policies.rules import Asked, Order, Policy
from inventory.glossary import terms
from inventory.intervals import Span
from inventory.readiness.findings import Bilingual
from inventory.school_calendar.rules import (
    Calendar,
    hours_of_day,
    lesson_spans,
    weekday_kept,
)
from inventory.staff.rules import (
    CertificateKind,
    StaffMember,
    StaffRole,
    last_day,
    state_of,
)
from inventory.stations.rules import Level

_HOUR = 60


@cache
def word(value: StrEnum) -> Bilingual:
    """What the glossary calls a value; a test holds that it has one for every enum."""
    name = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", type(value).__name__).lower()
    return _glossary()[f"{name}.{value.value}"]


@cache
def _glossary() -> Mapping[str, Bilingual]:
    return {one.code_name: Bilingual(one.zh, one.en) for one in terms()}


def minutes_zh(minutes: float) -> str:
    """A length as people say it: 90 分钟, 2 小时."""
    return f"{minutes / _HOUR:g} 小时" if _is_by_hours(minutes) else f"{minutes:g} 分钟"


def minutes_en(minutes: float) -> str:
    """A length as people say it: 45 min, 2 h."""
    return f"{minutes / _HOUR:g} h" if _is_by_hours(minutes) else f"{minutes:g} min"


def _is_by_hours(minutes: float) -> bool:
    return minutes >= _HOUR and minutes % (_HOUR // 2) == 0


def not_among(order: Order, policy: Policy) -> Bilingual:
    """The holder's role may not book this for the purpose; who may is told."""
    role, purpose = word(order.role), word(order.purpose)
    may = [word(one) for one in policy.allowed_roles]
    zh, en = "、".join(one.zh for one in may), " or ".join(one.en for one in may)
    who_zh = "外单位" if _is_foreign(order) else role.zh
    who_en = "people of another organisation" if _is_foreign(order) else f"a {role.en}"
    return Bilingual(
        f"{who_zh}不能为“{purpose.zh}”预约，可预约的：{zh or '无'}",
        f"{who_en} may not book for {purpose.en}; who may: {en or 'nobody'}",
    )


def nobody_named(policy: Policy) -> Bilingual:
    """No person of the staff is named who could meet a policy."""
    asked = asked_of(policy)
    return Bilingual(
        f"须指定一名人员（带队人或随约人员）：{asked.zh}",
        f"name a person of the staff (as supervisor or booked with it): {asked.en}",
    )


def lacks(one: StaffMember, lacking: Sequence[Bilingual]) -> Bilingual:
    """What one person misses."""
    return Bilingual(
        f"{one.shown}：{'；'.join(said.zh for said in lacking)}",
        f"{one.shown}: {'; '.join(said.en for said in lacking)}",
    )


def without_role(roles: Sequence[StaffRole]) -> Bilingual:
    """None of the staff roles is held."""
    words = [word(one) for one in roles]
    return Bilingual(
        f"不是{'或'.join(one.zh for one in words)}",
        f"is no {' or '.join(one.en for one in words)}",
    )


def without_certificate(one: StaffMember, kind: CertificateKind, on: date) -> Bilingual:
    """A certificate does not hold on a day; why is told of the one that lasts longest."""
    paper_word = word(kind)
    papers = [paper for paper in one.certificates if paper.kind is kind]
    if not papers:
        return Bilingual(f"无{paper_word.zh}", f"has no {paper_word.en}")
    latest = max(papers, key=lambda paper: last_day(paper) or date.max)
    why, end = word(state_of(latest, on)), last_day(latest)
    until_zh, until_en = (f"（{end}）", f" ({end})") if end and end < on else ("", "")
    return Bilingual(
        f"{paper_word.zh}在 {on} {why.zh}{until_zh}", f"{paper_word.en}: on {on} {why.en}{until_en}"
    )


def without_level(level: Level, module: str) -> Bilingual:
    """No valid certificate of a level or above in a module."""
    what = word(level)
    return Bilingual(
        f"无有效的 {module} {what.zh}及以上证书",
        f"has no valid certificate of {module} at {what.en} or above",
    )


def at_high_voltage(asked: Asked, said: Bilingual) -> Bilingual:
    """The demand on the supervisor of high-voltage work."""
    code = asked.resource.code
    return Bilingual(f"{code} 为高压作业，{said.zh}", f"{code} is high-voltage work: {said.en}")


def closed(asked: Asked, part: Span, calendar: Calendar) -> Bilingual:
    """A place is closed in a part of a span; the hours of that day are told, or why it is off."""
    local = part.start_at.astimezone(calendar.zone)
    day = local.date()
    special = calendar.days.get(day)
    code = asked.resource.code
    if weekday_kept(calendar, day) is None and special is not None:
        why_zh, why_en = special.name or "停用", special.name_en or special.name or "a day off"
        return Bilingual(
            f"{code} 在 {day} 不开放：{why_zh}", f"{code} is closed on {day}: {why_en}"
        )
    hours = hours_of_day(calendar, day, asked.place)
    at = local.strftime("%H:%M")
    return Bilingual(
        f"{code} 在 {day} {at} 不开放，当天开放 {hours or '（无）'}",
        f"{code} is closed on {day} at {at}; open that day: {hours or 'never'}",
    )


def not_by_lessons(span: Span, calendar: Calendar) -> Bilingual:
    """A span is not one of whole lessons; the day's are told."""
    day = span.start_at.astimezone(calendar.zone).date()
    told = "、".join(
        f"{lesson.shown} {one.start_at.astimezone(calendar.zone):%H:%M}–"
        f"{one.end_at.astimezone(calendar.zone):%H:%M}"
        for lesson, one in lesson_spans(calendar, day)
    )
    return Bilingual(f"须按节次起止：{told}", f"begins and ends with lessons: {told}")


def asked_of(policy: Policy) -> Bilingual:
    """What a policy wants of a person."""
    zh, en = [], []
    if policy.staff_roles:
        words = [word(one) for one in policy.staff_roles]
        zh.append("或".join(one.zh for one in words))
        en.append(" or ".join(one.en for one in words))
    for kind in policy.certificates:
        zh.append(f"持有效的{word(kind).zh}")
        en.append(f"with a valid {word(kind).en}")
    if policy.is_trainer_rule:
        zh.append("符合培训师条件")
        en.append("who meets the trainer rule")
    return Bilingual("，".join(zh) or "本校在岗人员", ", ".join(en) or "of the school's own")


def _is_foreign(order: Order) -> bool:
    return any(one.resource.organisation_code != order.organisation_code for one in order.resources)
