"""What a policy says, as a sentence for a screen in both languages (pure)."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from enum import StrEnum

from inventory.bookable import resource_of
from inventory.booking_policies.naming import asked_of, minutes_en, minutes_zh, word
from inventory.booking_policies.rules import Askers, Effect, Policy, PolicyCode, Scope
from inventory.readiness.findings import Bilingual


def described(policy: Policy) -> Bilingual:
    """Whom a policy is for, what it asks, and what happens when that is not met."""
    scope, asks, effect = _scope(policy), _ASKS[policy.code](policy), word(policy.effect)
    if policy.effect is Effect.OFF:
        code = word(policy.code)
        return Bilingual(f"{scope.zh}{code.zh}：不限制", f"{scope.en}{code.en}: no limit")
    if policy.code in _UNCONDITIONAL:
        return Bilingual(f"{scope.zh}{asks.zh}", f"{scope.en}{asks.en}")
    return Bilingual(
        f"{scope.zh}{asks.zh}（否则{effect.zh}）", f"{scope.en}{asks.en} (else: {effect.en})"
    )


def _scope(policy: Policy) -> Bilingual:
    scope = policy.scope
    zh, en = [], []
    if scope.askers is not Askers.ALL:
        asker = word(scope.askers)
        zh.append(asker.zh)
        en.append(asker.en)
    for values in (scope.roles, scope.purposes, scope.kinds):
        if values:
            words = _words(values)
            zh.append(words.zh)
            en.append(words.en)
    for named in _named(scope):
        zh.append(named.zh)
        en.append(named.en)
    return Bilingual("·".join(zh) + "：" if zh else "", " · ".join(en) + ": " if en else "")


def _named(scope: Scope) -> Iterator[Bilingual]:
    if scope.modules:
        yield Bilingual(f"模块 {'、'.join(scope.modules)}", f"module {', '.join(scope.modules)}")
    if scope.station_code:
        yield Bilingual(f"站点 {scope.station_code}", f"station {scope.station_code}")
    if scope.resource_key:
        resource = resource_of(scope.resource_key)
        kind = word(resource.kind)
        yield Bilingual(f"{kind.zh} {resource.code}", f"{kind.en} {resource.code}")


def _words(values: Iterable[StrEnum]) -> Bilingual:
    words = [word(one) for one in values]
    return Bilingual("、".join(one.zh for one in words), ", ".join(one.en for one in words))


def _who(policy: Policy) -> Bilingual:
    may = _words(policy.allowed_roles)
    return Bilingual(f"可预约的：{may.zh or '无'}", f"who may book: {may.en or 'nobody'}")


def _horizon(policy: Policy) -> Bilingual:
    return Bilingual(f"最多提前 {policy.most} 天预约", f"at most {policy.most} days ahead")


def _notice(policy: Policy) -> Bilingual:
    return Bilingual(f"至少提前 {policy.least} 小时预约", f"at least {policy.least} h ahead")


def _length(policy: Policy) -> Bilingual:
    zh, en = [], []
    if policy.least is not None:
        zh.append(f"至少 {minutes_zh(policy.least)}")
        en.append(f"at least {minutes_en(policy.least)}")
    if policy.most is not None:
        zh.append(f"最多 {minutes_zh(policy.most)}")
        en.append(f"at most {minutes_en(policy.most)}")
    return Bilingual(f"每次{'，'.join(zh)}", f"each booking {' and '.join(en)}")


def _weekly_quota(policy: Policy) -> Bilingual:
    return Bilingual(
        f"每人每周最多 {policy.most} 小时", f"at most {policy.most} h a week for each person"
    )


def _owner_approval(_policy: Policy) -> Bilingual:
    return Bilingual("须经站长同意", "needs the word of a station master")


def _exam_priority(policy: Policy) -> Bilingual:
    gives = _words(policy.displaces)
    return Bilingual(
        f"提前至少 {policy.least or 0} 天可调走：{gives.zh}",
        f"takes the slot, {policy.least or 0} days before at the latest, from: {gives.en}",
    )


def _minors(policy: Policy) -> Bilingual:
    most = policy.most
    zh = "" if most is None else f"，最多带 {most} 人"
    en = "" if most is None else f" for at most {most} persons"
    return Bilingual(
        f"有未成年人时须指定当天在岗的成年带队人{zh}",
        f"with minors: a supervisor of the staff who is there that day{en}",
    )


def _high_voltage(policy: Policy) -> Bilingual:
    asked = asked_of(policy)
    return Bilingual(
        f"高压作业须有人员在场：{asked.zh}", f"high-voltage work needs a person there: {asked.en}"
    )


def _qualification(policy: Policy) -> Bilingual:
    asked = asked_of(policy)
    return Bilingual(f"须指定人员：{asked.zh}", f"names a person: {asked.en}")


def _opening_hours(_policy: Policy) -> Bilingual:
    return Bilingual("在开放时间内", "within the opening hours")


def _lesson_periods(_policy: Policy) -> Bilingual:
    return Bilingual("按节次起止", "begins and ends with lessons")


def _in_order(_policy: Policy) -> Bilingual:
    return Bilingual(
        "设备完好（无阻断故障、校准有效、在线）",
        "in order: no blocking fault, calibration valid, alive",
    )


_UNCONDITIONAL = frozenset({PolicyCode.OWNER_APPROVAL, PolicyCode.EXAM_PRIORITY})
_ASKS: Mapping[PolicyCode, Callable[[Policy], Bilingual]] = {
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
