"""Conditions that the staff register answers (pure)."""

from collections.abc import Callable, Mapping
from fractions import Fraction

from inventory.conditions.answering import REGISTER, named, not_stated, unless_empty
from inventory.conditions.ground import Ask, StationGround
from inventory.conditions.recognising import is_exact
from inventory.conditions.rules import Check, Computed
from inventory.readiness.findings import Bilingual
from inventory.readiness.wording import LEVELS
from inventory.staff.judging import (
    MIN_DUAL_QUALIFIED,
    MIN_INDUSTRY_EXPERTS,
    MIN_TRADE_YEARS,
    Share,
    dual_qualified_share,
    every,
    has_level,
    in_role,
    industry_expert_share,
    trainer_judgements,
)
from inventory.staff.rules import (
    Affiliation,
    CertificateKind,
    StaffMember,
    StaffRole,
    held,
)

_ROLES: Mapping[StaffRole, Bilingual] = {
    StaffRole.OFFICE_DIRECTOR: Bilingual("1+X办公室主任", "office director"),
    StaffRole.TRAINING_STATIONMASTER: Bilingual("培训站站长", "training-station master"),
    StaffRole.EXAM_STATIONMASTER: Bilingual("考核站站长", "exam-station master"),
    StaffRole.OFFICE_MEMBER: Bilingual("办公室成员", "office member"),
}
_PARTS: Mapping[Check, tuple[str, Bilingual]] = {
    Check.TRAINER_LEVEL: (
        "level",
        Bilingual("持任教等级及以上证书", "certificate at the taught level or above"),
    ),
    Check.TRAINER_EDUCATION: (
        "education",
        Bilingual(
            "有学历、职业资格、教师资格之一", "degree, vocational qualification or teacher licence"
        ),
    ),
    Check.TRAINER_TRADE_YEARS: ("trade", Bilingual("有规定年限的从业经历", "years in the trade")),
    Check.TRAINER_CERTIFICATE: (
        "trainer_certificate",
        Bilingual("持评价组织师资证书", "trainer certificate of the evaluation organisation"),
    ),
}


def dual_qualified(ask: Ask) -> Computed:
    """双师型 share of the teaching team."""
    least = ask.numbers.of("dual_qualified_share", MIN_DUAL_QUALIFIED)
    share = dual_qualified_share(ask.ground.staff, ask.ground.on, least)
    remedy = Bilingual(
        "登记双师型认定，或聘任双师型教师", "record recognitions, or engage dual-qualified teachers"
    )
    return _of_share(share, Bilingual("双师型教师占比", "share of dual-qualified teachers"), remedy)


def industry_experts(ask: Ask) -> Computed:
    """Experts from industry in the teaching team."""
    least = ask.numbers.of("industry_expert_share", MIN_INDUSTRY_EXPERTS)
    share = industry_expert_share(ask.ground.staff, ask.ground.on, least)
    remedy = Bilingual(
        "聘任行业企业专家并登记企业证明", "engage experts from industry and record their letters"
    )
    return _of_share(share, Bilingual("行业企业专家占比", "share of industry experts"), remedy)


def office(role: StaffRole, *, is_leader: bool = False) -> Callable[[Ask], Computed]:
    """A check that a role is filled by as many persons as the rule asks for."""

    def check(ask: Ask) -> Computed:
        word = _ROLES[role]
        count = int(ask.numbers.of("count", Fraction(1)))
        exact = is_exact(ask.rule, "count")
        found = in_role(ask.ground.staff, role)
        fit = [one for one in found if one.is_school_leader or not is_leader]
        is_met = len(found) == count == len(fit) if exact else len(fit) >= count
        lead = Bilingual("（校级领导）", " of the school's leadership") if is_leader else _NOTHING
        required = Bilingual(
            f"{word.zh}{lead.zh} {'' if exact else '至少 '}{count} 人",
            f"{'exactly' if exact else 'at least'} {count} {word.en}{lead.en}",
        )
        said = named(found, word)
        if found != fit:
            said = Bilingual(f"{said.zh}，非校级领导", f"{said.en}, not of the school's leadership")
        remedy = Bilingual(f"任命{word.zh}并登记", f"appoint and register the {word.en}")
        return unless_empty(ask.ground, is_met, required, said, remedy, found)

    return check


def trainers(check: Check) -> Callable[[Ask], Computed]:
    """A check that every trainer of the station meets one demand of the trainer rule."""
    part_name, word = _PARTS[check]

    def judge(ask: Ask) -> Computed:
        ground = ask.ground
        years = int(ask.numbers.of("trade_years", Fraction(MIN_TRADE_YEARS)))
        if check is not Check.TRAINER_TRADE_YEARS:
            years = MIN_TRADE_YEARS
        judgements = trainer_judgements(ground.staff, ground.levels, ground.on, years)
        parts = [(one, part) for one in judgements for part in one.parts if part.name == part_name]
        bad = [(one, part) for one, part in parts if part.is_met is not True]
        is_met = every(part.is_met for _, part in parts) if parts else None
        said = Bilingual(
            "；".join(f"{one.name}：{part.said.zh}" for one, part in bad)
            or (f"培训师 {len(parts)} 人均符合" if parts else "未登记培训师"),
            "; ".join(f"{one.name}: {part.said.en}" for one, part in bad)
            or (f"all {len(parts)} trainers" if parts else "no trainer is registered"),
        )
        if check is Check.TRAINER_LEVEL and is_met:
            is_met, said = _coverage(ground, said)
        required = Bilingual(f"每名培训师{word.zh}", f"every trainer: {word.en}")
        remedy = Bilingual(
            "补齐并登记证书，或由符合条件的人员任教",
            "complete and record the certificates, or let others teach",
        )
        names = tuple(one.number for one, _ in bad)
        return Computed(is_met, required, said, remedy, names)

    return judge


def assessors(ask: Ask) -> Computed:
    """A lead assessor, and an assessor for each exam task beside them."""
    tasks = ask.ground.facts.get("exam_tasks")
    leads = _assessing(ask.ground, StaffRole.LEAD_ASSESSOR)
    others = _assessing(ask.ground, StaffRole.ASSESSOR)
    wanted = int(ask.numbers.of("lead", Fraction(1)))
    # who leads does not assess a task as well, so leaders come from those who only lead first
    only_lead = [one for one in leads if one not in others]
    beside = len(others) - max(0, wanted - len(only_lead))
    remedy = Bilingual("增聘考评员并登记", "engage and register assessors")
    said = Bilingual(
        f"考评组长 {len(leads)} 人，考评员 {len(others)} 人",
        f"{len(leads)} lead assessors, {len(others)} assessors",
    )
    if tasks is None:
        required = Bilingual(
            "考评组长 1 名，每项目考评员 1 名", "a lead, an assessor per exam task"
        )
        return Computed(None, required, not_stated("考核项目数", "exam tasks"), REGISTER)
    required = Bilingual(
        f"考评组长 {wanted} 名，另有考评员 {tasks} 名（每项目 1 名）",
        f"{wanted} lead assessor and {tasks} assessors beside, one per exam task",
    )
    is_met = len(leads) >= wanted and beside >= tasks
    return unless_empty(ask.ground, is_met, required, said, remedy, [])


def external_assessors(ask: Ask) -> Computed:
    """Assessors from outside the school."""
    least = int(ask.numbers.of("external_assessors", Fraction(1)))
    roles = (StaffRole.ASSESSOR, StaffRole.LEAD_ASSESSOR)
    found = [
        one for one in _assessing(ask.ground, *roles) if one.affiliation is not Affiliation.SCHOOL
    ]
    required = Bilingual(f"校外考评员至少 {least} 名", f"at least {least} external assessors")
    said = named(found, Bilingual("校外考评员", "external assessors"))
    remedy = Bilingual("聘请校外考评员并登记", "engage external assessors")
    return unless_empty(ask.ground, len(found) >= least, required, said, remedy, found)


def room_staff(ask: Ask) -> Computed:
    """Invigilators and technicians for every exam room at once; nobody is both at a time."""
    rooms = ask.ground.facts.get("exam_rooms")
    per_room = (
        int(ask.numbers.of("invigilators", Fraction(2))),
        int(ask.numbers.of("technicians", Fraction(2))),
    )
    each = Bilingual(
        f"每考场监考 {per_room[0]} 名、技术支持 {per_room[1]} 名",
        f"{per_room[0]} invigilators and {per_room[1]} technicians per exam room",
    )
    if not rooms:
        return Computed(None, each, not_stated("考场数", "exam rooms"), REGISTER)
    watching = in_role(ask.ground.staff, StaffRole.INVIGILATOR)
    helping = in_role(ask.ground.staff, StaffRole.TECHNICIAN)
    both = {one.number for one in (*watching, *helping)}
    needed = (per_room[0] * rooms, per_room[1] * rooms)
    is_met = len(watching) >= needed[0] and len(helping) >= needed[1] and len(both) >= sum(needed)
    required = Bilingual(
        f"{each.zh}，{rooms} 个考场共 {needed[0]} 名和 {needed[1]} 名",
        f"{each.en}: {needed[0]} and {needed[1]} for {rooms} rooms",
    )
    said = Bilingual(
        f"监考 {len(watching)} 名，技术支持 {len(helping)} 名，共 {len(both)} 人",
        f"{len(watching)} invigilators, {len(helping)} technicians, {len(both)} persons",
    )
    remedy = Bilingual("安排并登记监考和技术支持人员", "appoint invigilators and technicians")
    return unless_empty(ask.ground, is_met, required, said, remedy, [])


_NOTHING = Bilingual("", "")


def _assessing(ground: StationGround, *roles: StaffRole) -> list[StaffMember]:
    """Who may assess: no certificate is asked for, but one that has ended counts against them."""

    def may(one: StaffMember) -> bool:
        has_any = any(paper.kind is CertificateKind.ASSESSOR for paper in one.certificates)
        return not has_any or bool(held(one, CertificateKind.ASSESSOR, ground.on))

    return [one for one in in_role(ground.staff, *roles) if may(one)]


def _coverage(ground: StationGround, said: Bilingual) -> tuple[bool, Bilingual]:
    """Whether somebody holds the certificate for everything the station offers."""
    teaching = in_role(ground.staff, StaffRole.TRAINER)
    lacking = [
        (module, level)
        for module in ground.modules
        for level in ground.levels
        if not any(has_level(one, level, module, ground.on) for one in teaching)
    ]
    if not lacking:
        return True, said
    return False, Bilingual(
        "无人持证：" + "、".join(f"{module} {LEVELS[level].zh}" for module, level in lacking),
        "nobody is certified for "
        + ", ".join(f"{module} {LEVELS[level].en}" for module, level in lacking),
    )


def _of_share(share: Share, word: Bilingual, remedy: Bilingual) -> Computed:
    least = f"{float(share.least * 100):g} %"
    required = Bilingual(f"{word.zh}不低于 {least}", f"{word.en} at least {least}")
    if share.is_met is None:
        none = Bilingual("未登记任课教师或培训师", "no teacher or trainer is registered")
        return Computed(None, required, none, REGISTER)
    percent = f"{float(share.percent):.1f} %"
    left_out = [one for one in share.persons if not one.counts]
    said = Bilingual(
        f"{share.whole} 人中 {share.part} 人，{percent}",
        f"{share.part} of {share.whole}, {percent}",
    )
    return Computed(share.is_met, required, said, remedy, tuple(one.number for one in left_out))
