from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inventory.accounts.rules import Role
from inventory.bookable import BookingPurpose, Resource, ResourceKind
from inventory.booking_policies.defaults import DEFAULTS
from inventory.booking_policies.describing import described
from inventory.booking_policies.keeping import effective
from inventory.booking_policies.rules import (
    Asked,
    Askers,
    Conflict,
    Effect,
    Facts,
    HeldSlot,
    Order,
    Policy,
    PolicyCode,
    RigTruth,
    Scope,
    Verdict,
)
from inventory.booking_policies.weighing import judge
from inventory.intervals import Span
from inventory.readiness.findings import Bilingual
from inventory.school_calendar.defaults import HOURS, PERIODS
from inventory.school_calendar.public_holidays import SchoolDays
from inventory.school_calendar.rules import Calendar, open_spans
from inventory.staff.rules import Certificate, CertificateKind, StaffMember, StaffRole
from inventory.stations.rules import Level

NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
"""Monday, nine in the morning at school."""
HOUR = timedelta(hours=1)
CALENDAR = Calendar(HOURS, SchoolDays({}), (), PERIODS)
WINDOW = Span(NOW - 24 * HOUR, NOW + 500 * 24 * HOUR)
OPEN = open_spans(CALENDAR, WINDOW)
BENCH = Asked(Resource(ResourceKind.BENCH, "BJ01", "battery-01"), ("BJ01-T",), open_at=OPEN)
ELECTRICIAN = StaffMember(
    "T-017",
    "王老师",
    roles=(StaffRole.HV_OPERATOR,),
    certificates=(
        Certificate(
            CertificateKind.ELECTRICIAN, issued_on=date(2025, 1, 10), valid_until=date(2026, 12, 1)
        ),
    ),
)


def order(start: timedelta = 24 * HOUR, length: timedelta = HOUR, **facts: object) -> Order:
    span = Span(NOW + start, NOW + start + length)
    plain = Order(BookingPurpose.CLASS, span, "bj-teacher", Role.INSTRUCTOR, "BJ01", (BENCH,))
    return replace(plain, **facts)  # type: ignore[arg-type]


FOREIGN = order(
    purpose=BookingPurpose.OPEN_SHARING, role=Role.VISITOR, organisation_code="COMP", holder="guest"
)


PLAIN = Facts(CALENDAR)


def said(wanted: Order, *policies: Policy, facts: Facts = PLAIN) -> Verdict:
    return judge(wanted, facts, policies, NOW)


def codes(verdict: Verdict) -> list[PolicyCode]:
    return [one.code for one in verdict.refusals]


def test_a_new_school_lets_its_own_people_book_as_they_always_did() -> None:
    verdict = said(order(), *DEFAULTS)
    assert verdict == Verdict()
    late = said(order(13 * HOUR, HOUR), *DEFAULTS)
    assert late.is_passed
    assert [one.code for one in late.warnings] == [PolicyCode.OPENING_HOURS]


def test_others_get_shared_hours_in_time_and_by_the_owners_word() -> None:
    verdict = said(FOREIGN, *DEFAULTS)
    assert verdict.is_passed
    assert verdict.needs_approval_by == ("BJ01",)
    assert codes(said(replace(FOREIGN, purpose=BookingPurpose.CLASS), *DEFAULTS)) == [
        PolicyCode.WHO
    ]
    tomorrow_early = replace(FOREIGN, span=Span(NOW + 23 * HOUR, NOW + 24 * HOUR))
    assert codes(said(tomorrow_early, *DEFAULTS)) == [PolicyCode.NOTICE]
    by_night = replace(FOREIGN, span=Span(NOW + 38 * HOUR, NOW + 39 * HOUR))
    assert codes(said(by_night, *DEFAULTS)) == [PolicyCode.OPENING_HOURS]
    far = replace(FOREIGN, span=Span(NOW + 91 * 24 * HOUR, NOW + (91 * 24 + 1) * HOUR))
    assert PolicyCode.HORIZON in codes(said(far, *DEFAULTS))


@pytest.mark.parametrize(
    ("policy", "wanted", "field", "words"),
    [
        (
            Policy(PolicyCode.WHO, allowed_roles=(Role.STATIONMASTER,)),
            order(),
            "purpose",
            ("站长", "stationmaster"),
        ),
        (
            Policy(PolicyCode.HORIZON, most=7),
            order(9 * 24 * HOUR),
            "start_at",
            ("最多提前 7 天预约，现提前 9 天", "this is 9 days ahead"),
        ),
        (
            Policy(PolicyCode.NOTICE, least=48),
            order(),
            "start_at",
            ("最早 2026-11-25 09:00", "at least 48 h"),
        ),
        (
            Policy(PolicyCode.LENGTH, most=90),
            order(length=2 * HOUR),
            "end_at",
            ("最多 1.5 小时，现为 2 小时", "at most 1.5 h"),
        ),
        (
            Policy(PolicyCode.LENGTH, least=45),
            order(length=HOUR / 2),
            "end_at",
            ("至少 45 分钟，现为 30 分钟", "at least 45 min"),
        ),
        (
            Policy(PolicyCode.OPENING_HOURS),
            order(13 * HOUR),
            "start_at",
            ("当天开放 08:00–21:00", "battery-01 is closed on 2026-11-23 at 22:00"),
        ),
        (
            Policy(PolicyCode.OPENING_HOURS),
            order(39 * 24 * HOUR),
            "start_at",
            ("2027-01-01 不开放：元旦", "New Year's Day"),
        ),
        (
            Policy(PolicyCode.LESSON_PERIODS),
            order(),
            "start_at",
            ("第1节 08:00–08:45", "with lessons"),
        ),
        (
            Policy(PolicyCode.MINORS),
            order(has_minors=True),
            "supervisor",
            ("成年带队人", "minors take part"),
        ),
    ],
)
def test_a_refusal_names_its_policy_its_field_and_its_figures(
    policy: Policy, wanted: Order, field: str, words: tuple[str, str]
) -> None:
    (refusal,) = said(wanted, replace(policy, id=7)).refusals
    assert (refusal.code, refusal.field, refusal.policy_id) == (policy.code, field, 7)
    assert words[0] in refusal.said.zh
    assert words[1] in refusal.said.en


def test_a_quota_counts_the_hours_of_the_local_week_and_of_its_purposes() -> None:
    quota = Policy(PolicyCode.WEEKLY_QUOTA, scope=Scope(purposes=(BookingPurpose.CLASS,)), most=4)
    tuesday, sunday = Span(NOW + 24 * HOUR, NOW + 27 * HOUR), NOW + 6 * 24 * HOUR
    facts = Facts(
        CALENDAR,
        held=(
            HeldSlot(tuesday, BookingPurpose.CLASS),
            HeldSlot(tuesday, BookingPurpose.EXAM),
            HeldSlot(Span(sunday + 24 * HOUR, sunday + 40 * HOUR), BookingPurpose.CLASS),
        ),
    )
    assert said(order(48 * HOUR), quota, facts=facts).is_passed
    (refusal,) = said(order(48 * HOUR, 2 * HOUR), quota, facts=facts).refusals
    assert "已约 3 小时，本次 2 小时" in refusal.said.zh
    # half of it lies in the next week, which is full
    late_on_sunday = order(6 * 24 * HOUR + 14 * HOUR, 2 * HOUR)
    assert "2026-11-30" in said(late_on_sunday, quota, facts=facts).refusals[0].said.zh


LIVE = replace(BENCH, is_high_voltage=True)
HIGH_VOLTAGE = Policy(
    PolicyCode.HIGH_VOLTAGE,
    certificates=(CertificateKind.ELECTRICIAN,),
    waits_for_register=True,
)


def test_high_voltage_work_needs_somebody_whose_certificate_holds_on_that_day() -> None:
    facts = Facts(CALENDAR, {"T-017": ELECTRICIAN}, has_register=True)
    wanted = order(resources=(LIVE,), supervisor="T-017")
    assert said(wanted, HIGH_VOLTAGE, facts=facts).is_passed
    assert said(order(supervisor=""), HIGH_VOLTAGE, facts=facts).is_passed, "nothing is live"
    nobody = said(replace(wanted, supervisor=""), HIGH_VOLTAGE, facts=facts).refusals[0]
    assert "低压电工作业证" in nobody.said.zh
    assert nobody.field == "supervisor"
    late = order(10 * 24 * HOUR, resources=(LIVE,), supervisor="T-017")
    assert "2026-12-03" in said(late, HIGH_VOLTAGE, facts=facts).refusals[0].said.zh
    person = Asked(Resource(ResourceKind.PERSON, "BJ01", "T-017"))
    assert said(order(resources=(LIVE, person)), HIGH_VOLTAGE, facts=facts).is_passed


TRAINER = StaffMember(
    "T-020",
    roles=(StaffRole.TRAINER,),
    modules=("2-1",),
    trade_since=date(2015, 9, 1),
    certificates=(
        Certificate(CertificateKind.SKILL_LEVEL, level=Level.INTERMEDIATE, modules=("2-1",)),
        Certificate(CertificateKind.DEGREE),
        Certificate(CertificateKind.TRAINER, valid_until=date(2026, 12, 31)),
    ),
)


@pytest.mark.parametrize(
    ("days", "module", "level", "missing"),
    [
        (1, "2-1", Level.INTERMEDIATE, ""),
        (1, "2-1", Level.ADVANCED, "高级"),
        (1, "2-3", Level.ELEMENTARY, "无有效的 2-3 初级及以上证书"),
        (60, "2-1", Level.INTERMEDIATE, "缺有效的评价组织师资证书"),
    ],
)
def test_a_class_is_taught_by_a_trainer_who_meets_the_rule_on_its_day(
    days: int, module: str, level: Level, missing: str
) -> None:
    rule = Policy(PolicyCode.QUALIFICATION, is_trainer_rule=True)
    facts = Facts(CALENDAR, {"T-020": TRAINER}, has_register=True)
    wanted = order(days * 24 * HOUR, supervisor="T-020", module=module, level=level)
    told = "".join(one.said.zh for one in said(wanted, rule, facts=facts).refusals)
    assert (missing in told) if missing else (told == "")


def test_a_school_without_a_staff_register_is_warned_instead_of_locked_out() -> None:
    verdict = said(order(resources=(LIVE,)), HIGH_VOLTAGE)
    assert verdict.is_passed
    assert [one.code for one in verdict.warnings] == [PolicyCode.HIGH_VOLTAGE]
    strict = replace(HIGH_VOLTAGE, waits_for_register=False)
    assert codes(said(order(resources=(LIVE,)), strict)) == [PolicyCode.HIGH_VOLTAGE]


def test_minors_need_a_supervisor_who_is_there_on_the_day() -> None:
    gone = replace(ELECTRICIAN, number="T-002", left_on=date(2026, 11, 23))
    facts = Facts(CALENDAR, {"T-017": ELECTRICIAN, "T-002": gone}, has_register=True)
    minors = Policy(PolicyCode.MINORS, most=20)
    wanted = order(has_minors=True, headcount=18, supervisor="T-017")
    assert said(wanted, minors, facts=facts).is_passed
    assert codes(said(replace(wanted, supervisor="T-002"), minors, facts=facts)) == [minors.code]
    crowd = said(replace(wanted, headcount=31), minors, facts=facts).refusals
    assert [one.field for one in crowd] == ["headcount"]


def test_an_exam_displaces_classes_in_time_and_nothing_else() -> None:
    exam = order(8 * 24 * HOUR, purpose=BookingPurpose.EXAM)
    conflicts = (
        Conflict(1, BookingPurpose.CLASS, exam.span),
        Conflict(2, BookingPurpose.EXAM, exam.span),
        Conflict(3, BookingPurpose.MAINTENANCE, exam.span),
    )
    assert said(exam, *DEFAULTS, facts=Facts(CALENDAR, conflicts=conflicts)).displaces == (1,)
    soon = order(3 * 24 * HOUR, purpose=BookingPurpose.EXAM)
    class_soon = (Conflict(1, BookingPurpose.CLASS, soon.span),)
    verdict = said(soon, *DEFAULTS, facts=Facts(CALENDAR, conflicts=class_soon))
    assert verdict.displaces == ()
    assert "7 天" in verdict.warnings[0].said.zh
    lesson = order(8 * 24 * HOUR)
    assert said(lesson, *DEFAULTS, facts=Facts(CALENDAR, conflicts=conflicts)).displaces == ()


def test_who_could_approve_needs_no_approval_for_their_own() -> None:
    policy = Policy(PolicyCode.OWNER_APPROVAL, scope=Scope(kinds=(ResourceKind.BENCH,)))
    assert said(order(), policy).needs_approval_by == ("BJ01",)
    master = said(order(role=Role.STATIONMASTER), policy)
    assert (master.needs_approval_by, len(master.warnings)) == ((), 1)


def test_a_rig_that_is_not_in_order_warns_and_a_school_may_refuse_it() -> None:
    truth = RigTruth("bench:BJ01/battery-01", False, (Bilingual("校准已过期", "overdue"),))
    facts = Facts(CALENDAR, truths=(truth,))
    verdict = said(order(), *DEFAULTS, facts=facts)
    assert [one.said.zh for one in verdict.warnings] == ["校准已过期"]
    assert codes(said(order(), Policy(PolicyCode.IN_ORDER), facts=facts)) == [PolicyCode.IN_ORDER]
    repair = order(purpose=BookingPurpose.MAINTENANCE)
    assert said(repair, *DEFAULTS, facts=facts) == Verdict()


def test_a_school_that_says_something_of_a_code_replaces_its_defaults_only() -> None:
    off = Policy(PolicyCode.NOTICE, Effect.OFF)
    policies = effective([off])
    assert [one for one in policies if one.code is PolicyCode.NOTICE] == [off]
    assert {one.code for one in policies} == {one.code for one in DEFAULTS}
    soon = replace(FOREIGN, span=Span(NOW + HOUR, NOW + 2 * HOUR))
    assert said(soon, *policies).is_passed


POLICIES = st.builds(
    Policy,
    st.sampled_from(PolicyCode),
    st.sampled_from(Effect),
    st.builds(
        Scope,
        station_code=st.sampled_from(("", "BJ01-T", "BJ01-E")),
        resource_key=st.sampled_from(("", BENCH.resource.key)),
        purposes=st.sampled_from(((), (BookingPurpose.CLASS,), tuple(BookingPurpose))),
        roles=st.sampled_from(((), (Role.INSTRUCTOR,))),
        askers=st.sampled_from(Askers),
    ),
    least=st.none() | st.integers(0, 100),
    most=st.none() | st.integers(0, 100),
    allowed_roles=st.sampled_from(((), (Role.INSTRUCTOR,))),
    displaces=st.sampled_from(((), (BookingPurpose.CLASS,))),
    certificates=st.sampled_from(((), (CertificateKind.ELECTRICIAN,))),
    is_trainer_rule=st.booleans(),
    waits_for_register=st.booleans(),
)
ORDERS = st.builds(
    order,
    st.integers(0, 100 * 24).map(lambda hours: hours * HOUR),
    st.integers(1, 60).map(lambda halves: halves * HOUR / 2),
    purpose=st.sampled_from(BookingPurpose),
    role=st.sampled_from(Role),
    organisation_code=st.sampled_from(("BJ01", "COMP")),
    resources=st.sampled_from(((BENCH,), (LIVE,))),
    has_minors=st.booleans(),
    headcount=st.integers(0, 50),
    supervisor=st.sampled_from(("", "T-017", "T-404")),
)


@given(ORDERS, st.lists(POLICIES, max_size=6), POLICIES, st.booleans())
def test_one_more_policy_never_makes_more_pass(
    wanted: Order, policies: list[Policy], another: Policy, has_register: bool
) -> None:
    facts = Facts(CALENDAR, {"T-017": ELECTRICIAN}, has_register)
    before, after = (
        said(wanted, *policies, facts=facts),
        said(wanted, *policies, another, facts=facts),
    )
    for name in ("refusals", "approvals", "warnings", "needs_approval_by"):
        assert set(getattr(before, name)) <= set(getattr(after, name))
    assert after.is_passed <= before.is_passed


@pytest.mark.parametrize("policy", [*DEFAULTS, Policy(PolicyCode.NOTICE, Effect.OFF)])
def test_every_policy_is_told_in_both_languages(policy: Policy) -> None:
    told = described(policy)
    assert told.zh
    assert told.en
    assert "None" not in told.zh + told.en
