"""What a school's staff proves on a day: shares of the team and the trainer rule, with grounds.

Sources: shares of at least 50 % and 20 % from the ministries' notice on the first pilots (2019);
the trainer rule from the evaluation organisation's guide, stage 2.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from inventory.readiness.findings import Bilingual
from inventory.staff.rules import (
    TEACHING,
    Affiliation,
    CertificateKind,
    StaffMember,
    StaffRole,
    held,
    is_there,
    trade_months,
    works_at,
)
from inventory.stations.rules import Level

MIN_DUAL_QUALIFIED = Fraction(1, 2)
MIN_INDUSTRY_EXPERTS = Fraction(1, 5)
MIN_TRADE_YEARS = 3
_LEVELS = tuple(Level)


@dataclass(frozen=True, slots=True)
class Counted:
    """One person and whether they count, with the ground."""

    number: str
    name: str
    counts: bool
    reason: Bilingual


@dataclass(frozen=True, slots=True)
class Share:
    """How many of a team count; `is_met` is None where there is no team."""

    part: int
    whole: int
    least: Fraction
    is_met: bool | None
    persons: tuple[Counted, ...]

    @property
    def percent(self) -> Fraction:
        """The share in percent, 0 without a team."""
        return Fraction(100 * self.part, self.whole) if self.whole else Fraction(0)


@dataclass(frozen=True, slots=True)
class TrainerPart:
    """One demand of the trainer rule; `is_met` is None where the register does not tell."""

    name: str
    is_met: bool | None
    said: Bilingual


@dataclass(frozen=True, slots=True)
class TrainerJudgement:
    """A trainer against the rule; `level` is the highest taught."""

    number: str
    name: str
    level: Level
    parts: tuple[TrainerPart, ...]

    @property
    def is_met(self) -> bool | None:
        """Whether every demand is met; None where that is not known and nothing fails."""
        return every(part.is_met for part in self.parts)


def every(answers: Iterable[bool | None]) -> bool | None:
    """Three-valued "and": a no decides, then an unknown."""
    told = list(answers)
    if any(one is False for one in told):
        return False
    return None if any(one is None for one in told) else True


def at_station(staff: Sequence[StaffMember], station_code: str, on: date) -> list[StaffMember]:
    """Who works for a station on a day."""
    return [one for one in staff if works_at(one, station_code) and is_there(one, on)]


def in_role(staff: Sequence[StaffMember], *roles: StaffRole) -> list[StaffMember]:
    """Who has one of the roles."""
    return [one for one in staff if not set(roles).isdisjoint(one.roles)]


def dual_qualified_share(
    staff: Sequence[StaffMember], on: date, least: Fraction = MIN_DUAL_QUALIFIED
) -> Share:
    """双师型 teachers among the teaching team."""
    return _share(staff, on, least, is_dual_qualified)


def industry_expert_share(
    staff: Sequence[StaffMember], on: date, least: Fraction = MIN_INDUSTRY_EXPERTS
) -> Share:
    """Experts from industry among the teaching team."""
    return _share(staff, on, least, is_industry_expert)


def is_dual_qualified(member: StaffMember, on: date) -> tuple[bool, Bilingual]:
    """Whether somebody counts as 双师型, and why.

    Chosen: a recognition 双师型认定 decides; without one a teacher's licence together with a
    vocational qualification does, which is what the word has meant before there was a recognition.
    """
    if held(member, CertificateKind.DUAL_QUALIFIED, on):
        return True, Bilingual("持有效的双师型认定", "holds a valid recognition")
    licence = held(member, CertificateKind.TEACHER_LICENCE, on)
    trade = held(member, CertificateKind.QUALIFICATION, on)
    if licence and trade:
        return True, Bilingual(
            "持教师资格和职业资格", "holds a teacher licence and a vocational qualification"
        )
    lacks_zh = [w for has, w in ((licence, "教师资格"), (trade, "职业资格")) if not has]
    lacks_en = [w for has, w in ((licence, "licence"), (trade, "qualification")) if not has]
    return False, Bilingual(
        f"无有效的双师型认定，且缺{'、'.join(lacks_zh)}",
        f"no valid recognition, and lacks {' and '.join(lacks_en)}",
    )


def is_industry_expert(member: StaffMember, on: date) -> tuple[bool, Bilingual]:
    """Whether somebody counts as an expert from industry, and why."""
    if member.affiliation is not Affiliation.INDUSTRY:
        return False, Bilingual("不是来自行业企业", "does not come from industry")
    if held(member, CertificateKind.EMPLOYER_LETTER, on):
        return True, Bilingual("持有效的企业证明或聘书", "has a valid letter of the employer")
    return False, Bilingual("缺有效的企业证明或聘书", "lacks a valid letter of the employer")


def trainer_judgements(
    staff: Sequence[StaffMember], levels: Sequence[Level], on: date, years: int = MIN_TRADE_YEARS
) -> list[TrainerJudgement]:
    """Every trainer against the rule; who names no levels teaches all of `levels`."""
    return [
        judge_trainer(one, taught, on, years)
        for one in in_role(staff, StaffRole.TRAINER)
        if (taught := [level for level in (one.levels or levels) if level in levels])
    ]


def judge_trainer(
    member: StaffMember, taught: Sequence[Level], on: date, years: int = MIN_TRADE_YEARS
) -> TrainerJudgement:
    """A trainer against the rule, at the highest level taught."""
    level = max(taught, key=_LEVELS.index)
    parts = (
        _level_part(member, level, on),
        _education_part(member, on),
        _trade_part(member, on, years),
        _trainer_part(member, on),
    )
    return TrainerJudgement(member.number, member.shown, level, parts)


def has_level(member: StaffMember, level: Level, module: str | None, on: date) -> bool:
    """Whether somebody holds the certificate of a level or above; None: for some module."""
    enough = _LEVELS[_LEVELS.index(level) :]
    return any(
        one.level in enough and (module is None or _covers(one.modules, module))
        for one in held(member, CertificateKind.SKILL_LEVEL, on)
    )


def qualified_trainers(
    staff: Sequence[StaffMember], module: str, level: Level, on: date
) -> list[StaffMember]:
    """Trainers who may teach a module at a level on a day."""
    return [
        one
        for one in in_role(staff, StaffRole.TRAINER)
        if level in (one.levels or _LEVELS)
        and _covers(one.modules, module)
        and has_level(one, level, module, on)
        and judge_trainer(one, [level], on).is_met
    ]


def _covers(modules: Sequence[str], module: str) -> bool:
    whole = f"{module.partition('-')[0]}-*"
    return not modules or module in modules or whole in modules


def _share(
    staff: Sequence[StaffMember],
    on: date,
    least: Fraction,
    judge: Callable[[StaffMember, date], tuple[bool, Bilingual]],
) -> Share:
    team = [one for one in in_role(staff, *TEACHING) if is_there(one, on)]
    persons = tuple(Counted(one.number, one.shown, *judge(one, on)) for one in team)
    part = sum(one.counts for one in persons)
    is_met = part >= least * len(team) if team else None
    return Share(part, len(team), least, is_met, persons)


def _level_part(member: StaffMember, level: Level, on: date) -> TrainerPart:
    taught = [one for one in member.modules if not one.endswith("-*")]
    lacking = [one for one in taught if not has_level(member, level, one, on)]
    is_met = not lacking if taught else has_level(member, level, None, on)
    names = {"elementary": "初级", "intermediate": "中级", "advanced": "高级"}
    if is_met:
        said = Bilingual(
            f"持{names[level]}及以上职业技能等级证书", f"holds the certificate at {level} or above"
        )
    else:
        of = f"（{'、'.join(lacking)}）" if lacking else ""
        said = Bilingual(
            f"缺有效的{names[level]}及以上职业技能等级证书{of}",
            f"lacks a valid certificate at {level} or above {' '.join(lacking)}".rstrip(),
        )
    return TrainerPart("level", is_met, said)


def _education_part(member: StaffMember, on: date) -> TrainerPart:
    words = {
        CertificateKind.DEGREE: Bilingual("学历", "degree"),
        CertificateKind.QUALIFICATION: Bilingual("职业资格", "vocational qualification"),
        CertificateKind.TEACHER_LICENCE: Bilingual("教师资格", "teacher licence"),
    }
    has = [word for kind, word in words.items() if held(member, kind, on)]
    if has:
        said = Bilingual(
            f"有{'、'.join(one.zh for one in has)}", f"has {', '.join(one.en for one in has)}"
        )
    else:
        said = Bilingual(
            "学历、职业资格、教师资格均未登记或已失效",
            "no valid degree, vocational qualification or teacher licence on record",
        )
    return TrainerPart("education", bool(has), said)


def _trade_part(member: StaffMember, on: date, years: int) -> TrainerPart:
    months = trade_months(member, on)
    if months is None:
        said = Bilingual("未登记从业起始日期", "no day on record since when in the trade")
        return TrainerPart("trade", None, said)
    said = Bilingual(
        f"从业 {months // 12} 年 {months % 12} 个月，要求 {years} 年",
        f"{months // 12} years {months % 12} months in the trade, {years} years asked",
    )
    return TrainerPart("trade", months >= 12 * years, said)


def _trainer_part(member: StaffMember, on: date) -> TrainerPart:
    if held(member, CertificateKind.TRAINER, on):
        said = Bilingual("持有效的师资证书", "holds a valid trainer certificate")
        return TrainerPart("trainer_certificate", True, said)
    said = Bilingual(
        "缺有效的评价组织师资证书", "lacks the organisation's valid trainer certificate"
    )
    return TrainerPart("trainer_certificate", False, said)
