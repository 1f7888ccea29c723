"""Conditions on high-voltage work that the staff register answers (pure)."""

import math
from collections.abc import Mapping
from fractions import Fraction

from inventory.conditions.answering import REGISTER, named, not_stated, unless_empty
from inventory.conditions.ground import Ask, StationGround
from inventory.conditions.rules import Computed
from inventory.proofs.rules import months_after
from inventory.readiness.findings import Bilingual
from inventory.staff.judging import every, in_role
from inventory.staff.rules import (
    SPECIAL_OPERATION_MONTHS,
    CertificateKind,
    CertificateState,
    StaffMember,
    StaffRole,
    state_of,
)


def safety_watchers(ask: Ask) -> Computed:
    """A watcher for every high-voltage area, at least one."""
    areas = ask.ground.facts.get("hv_areas")
    found = in_role(ask.ground.staff, StaffRole.SAFETY_WATCHER)
    required = Bilingual("每个高压作业区专职监护人 1 名", "a watcher per high-voltage area")
    if areas is None:
        return Computed(None, required, not_stated("高压作业区数", "high-voltage areas"), REGISTER)
    needed = max(areas, 1) * math.ceil(ask.numbers.of("watchers", Fraction(1)))
    required = Bilingual(f"{required.zh}，共 {needed} 名", f"{required.en}, {needed} in all")
    said = named(found, Bilingual("监护人", "watchers"))
    remedy = Bilingual("指定并登记高压监护人", "appoint and register safety watchers")
    return unless_empty(ask.ground, len(found) >= needed, required, said, remedy, found)


def electricians(ask: Ask) -> Computed:
    """Whoever works on or watches high voltage holds a valid electrician's certificate."""
    people = in_role(ask.ground.staff, StaffRole.HV_OPERATOR, StaffRole.SAFETY_WATCHER)
    states = {one.number: _electrician_state(one, ask.ground) for one in people}
    answers = [_ELECTRICIAN[state] for state in states.values()]
    bad = [one for one in people if states[one.number] is not CertificateState.VALID]
    required = Bilingual(
        "高压操作人和监护人均持有效的低压电工作业证",
        "operators and watchers hold a valid electrician certificate",
    )
    words = {
        None: Bilingual("无证", "none"),
        CertificateState.REVIEW_DUE: Bilingual("逾期未复审", "review overdue"),
        CertificateState.UNKNOWN: Bilingual("日期未登记", "no dates on record"),
    }
    failed = Bilingual("已失效", "no longer valid")
    told = [(one.shown, words.get(states[one.number], failed)) for one in bad]
    said = Bilingual(
        "；".join(f"{name}：{word.zh}" for name, word in told) or f"{len(people)} 人均持有效证书",
        "; ".join(f"{name}: {word.en}" for name, word in told) or f"all {len(people)} persons",
    )
    remedy = Bilingual("取证、复审并登记", "obtain, review and record the certificates")
    if not people:
        none = Bilingual("未登记高压操作人和监护人", "no operator or watcher is registered")
        return Computed(None, required, none, REGISTER)
    names = tuple(one.number for one in bad)
    return Computed(every(answers), required, said, remedy, names)


def special_operation_dates(ask: Ask) -> Computed:
    """Every electrician's certificate is within its 6 years and reviewed within 3."""
    years = int(ask.numbers.of("valid_years", Fraction(SPECIAL_OPERATION_MONTHS, 12)))
    papers = [
        (one, paper)
        for one in ask.ground.staff
        for paper in one.certificates
        if paper.kind is CertificateKind.ELECTRICIAN
        and state_of(paper, ask.ground.on) is not CertificateState.ENDED
    ]
    required = Bilingual(f"有效期 {years} 年、3 年复审", f"{years} years, reviewed every 3")
    if not papers:
        none = Bilingual("未登记低压电工作业证", "no electrician certificate on record")
        return Computed(None, required, none, REGISTER)
    answers, bad = [], []
    for one, paper in papers:
        answer = _ELECTRICIAN[state_of(paper, ask.ground.on)]
        is_longer = (
            paper.issued_on is not None
            and paper.valid_until is not None
            and paper.valid_until > months_after(paper.issued_on, 12 * years)
        )
        answers.append(False if is_longer else answer)
        if answers[-1] is not True:
            bad.append(one)
    names = "、".join(dict.fromkeys(one.shown for one in bad))
    said = Bilingual(
        f"日期不符、未登记或待复审：{names}",
        f"dates unfit or missing, or review due: {names.replace('、', ', ')}",
    )
    if not bad:
        said = Bilingual(f"{len(papers)} 张证书均在有效期内", f"all {len(papers)} certificates")
    remedy = Bilingual("按期复审、换证并登记", "have them reviewed or renewed, and record it")
    return Computed(every(answers), required, said, remedy, tuple(one.number for one in bad))


_ELECTRICIAN: Mapping[CertificateState | None, bool | None] = {
    None: False,
    CertificateState.VALID: True,
    CertificateState.UNKNOWN: None,
    CertificateState.REVIEW_DUE: False,
    CertificateState.EXPIRED: False,
    CertificateState.ENDED: False,
    CertificateState.NOT_YET: False,
}


def _electrician_state(member: StaffMember, ground: StationGround) -> CertificateState | None:
    states = [
        state_of(paper, ground.on)
        for paper in member.certificates
        if paper.kind is CertificateKind.ELECTRICIAN
    ]
    return min(states, key=list(CertificateState).index) if states else None
