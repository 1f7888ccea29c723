"""Which check works a condition out, and the numbers its rule asks for (pure)."""

import re
from dataclasses import dataclass
from fractions import Fraction

from inventory.conditions.rules import Check

_SIGNS: tuple[tuple[Check, str], ...] = (
    (Check.DUAL_QUALIFIED_SHARE, r"dual_qualified_share|双师型.*(?:占比|比例|不少于|不低于)"),
    (Check.INDUSTRY_EXPERT_SHARE, r"industry_expert_share|行业企业专家.*(?:占比|比例)"),
    (Check.EQUIPMENT_SELF_CHECK, r"equipment self-check|实习实训设施设备|设备自查"),
    (Check.OFFICE_DIRECTOR, r"办公室主任|office director"),
    (Check.TRAINING_STATIONMASTER, r"培训站站长|training-station master"),
    (Check.EXAM_STATIONMASTER, r"考核站站长|exam-station master"),
    (Check.OFFICE_MEMBERS, r"办公室成员|office members"),
    (Check.TRAINER_LEVEL, r"trainer\.level|培训师.*等级及以上"),
    (Check.TRAINER_EDUCATION, r"培训师.*学历|any_of\(degree"),
    (Check.TRAINER_TRADE_YEARS, r"trade_years|培训师.*从业"),
    (Check.TRAINER_CERTIFICATE, r"培训师.*师资证书"),
    (Check.ROOM_STAFF, r"per_room\.|监考.*技术支持"),
    (Check.EXTERNAL_ASSESSORS, r"external_assessors|校外考评员"),
    (Check.ASSESSORS, r"assessors\s*>=\s*tasks|考评组长.*考评员"),
    (Check.SPECIAL_OPERATION_DATES, r"valid_years|特种作业操作证.*有效期"),
    (Check.ELECTRICIANS, r"低压电工作业证|low-voltage electrician"),
    (Check.SAFETY_WATCHERS, r"专职监护人|\bwatchers\b"),
    (Check.EXAM_TIMETABLE, r"task_minutes|每项目\s*\d+\s*分钟"),
    (Check.EXAM_LISTING, r"考核设备、工具、材料清单|equipment, tools, materials and monitoring"),
    (Check.EXAM_WORKSTATIONS, r"考核工位数|number of exam workstations"),
    (Check.TASK_WORKSTATIONS, r"整车或台架|vehicle OR bench"),
    (Check.CALIBRATION_DATES, r"非强检|user_interval"),
    (Check.VERIFICATION_DATES, r"强检器具|强制检定|compulsory verification"),
    (Check.ANNUAL_REPORT, r"年度试点工作报告|sections present"),
)
_COMPILED = tuple((check, re.compile(sign, re.IGNORECASE)) for check, sign in _SIGNS)
"""Earlier ones win: 非强检 contains 强检, and the electrician's row names the watcher too."""
_NUMBER = r"(\d+(?:\.\d+)?)"
_BOUND = re.compile(rf"(?:>=|≥|不少于|不低于|至少)\s*{_NUMBER}\s*([%％])?")


@dataclass(frozen=True, slots=True)
class Numbers:
    """The bounds a rule states, by the name before each; percent as fractions."""

    by_name: dict[str, Fraction]
    first: Fraction | None

    def of(self, name: str, otherwise: Fraction) -> Fraction:
        """The bound on a name, else the only one there is, else what usually holds."""
        if name in self.by_name:
            return self.by_name[name]
        if len(self.by_name) <= 1 and self.first is not None:
            return self.first
        return otherwise


def recognised(rule: str, zh: str, en: str) -> Check:
    """The check of a condition by its words; `stated` where none is sure to fit."""
    words = f"{rule}\n{zh}\n{en}"
    return next((check for check, sign in _COMPILED if sign.search(words)), Check.STATED)


def numbers(rule: str, zh: str = "") -> Numbers:
    """What a rule asks for, such as `lead >= 1; per_room.invigilators >= 2`; else its words."""
    by_name: dict[str, Fraction] = {}
    for name, number, percent in re.findall(
        rf"([A-Za-z_][\w.]*)\s*(?:>=|≥|=)\s*{_NUMBER}\s*([%％])?", rule
    ):
        by_name[name.rpartition(".")[2]] = _fraction(number, percent)
    found = _BOUND.search(rule) or _BOUND.search(zh)
    return Numbers(by_name, _fraction(found[1], found[2]) if found else None)


def is_exact(rule: str, name: str) -> bool:
    """Whether a rule asks for exactly a number and not for at least one."""
    return re.search(rf"\b{re.escape(name)}\s*=\s*\d", rule) is not None


def _fraction(number: str, percent: str | None) -> Fraction:
    return Fraction(number) / 100 if percent else Fraction(number)
