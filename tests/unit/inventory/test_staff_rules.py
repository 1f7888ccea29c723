from dataclasses import replace
from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inventory.staff.becoming_due import ending
from inventory.staff.judging import (
    dual_qualified_share,
    has_level,
    industry_expert_share,
    judge_trainer,
    qualified_trainers,
    trainer_judgements,
)
from inventory.staff.reading import read_staff
from inventory.staff.rules import (
    Affiliation,
    Certificate,
    CertificateKind,
    CertificateState,
    StaffMember,
    StaffRole,
    has_identity_number,
    last_day,
    state_of,
    trade_months,
)
from inventory.staff.writing import write_staff
from inventory.stations.rules import Level
from tests.examples import EXAMPLES

TODAY = date(2026, 12, 1)
KIND = CertificateKind
SKILL = Certificate(KIND.SKILL_LEVEL, "S-1", Level.INTERMEDIATE)
TRAINER = StaffMember(
    "T-1",
    "王",
    roles=(StaffRole.TRAINER,),
    trade_since=date(2020, 1, 1),
    certificates=(SKILL, Certificate(KIND.DEGREE), Certificate(KIND.TRAINER, "Z-1")),
)


def teacher(number: int, *kinds: CertificateKind, industry: bool = False) -> StaffMember:
    affiliation = Affiliation.INDUSTRY if industry else Affiliation.SCHOOL
    papers = tuple(map(Certificate, kinds))
    return StaffMember(
        f"P{number}", affiliation=affiliation, roles=(StaffRole.TEACHER,), certificates=papers
    )


@pytest.mark.parametrize(
    ("paper", "state"),
    [
        (Certificate(KIND.DEGREE), CertificateState.VALID),
        (Certificate(KIND.TRAINER, valid_until=TODAY), CertificateState.VALID),
        (Certificate(KIND.TRAINER, valid_until=date(2026, 11, 30)), CertificateState.EXPIRED),
        (Certificate(KIND.TRAINER, issued_on=date(2026, 12, 2)), CertificateState.NOT_YET),
        (Certificate(KIND.TRAINER, ended_on=TODAY), CertificateState.ENDED),
        (Certificate(KIND.ELECTRICIAN), CertificateState.UNKNOWN),
        (Certificate(KIND.ELECTRICIAN, valid_until=date(2030, 1, 1)), CertificateState.UNKNOWN),
        (Certificate(KIND.ELECTRICIAN, issued_on=date(2024, 1, 1)), CertificateState.VALID),
        (Certificate(KIND.ELECTRICIAN, issued_on=date(2023, 1, 1)), CertificateState.REVIEW_DUE),
        (
            Certificate(
                KIND.ELECTRICIAN, issued_on=date(2020, 12, 1), reviewed_on=date(2023, 12, 1)
            ),
            CertificateState.VALID,
        ),
        (
            Certificate(
                KIND.ELECTRICIAN, issued_on=date(2020, 11, 30), reviewed_on=date(2024, 1, 1)
            ),
            CertificateState.EXPIRED,
        ),
    ],
)
def test_what_a_certificate_is_worth_on_a_day(paper: Certificate, state: CertificateState) -> None:
    assert state_of(paper, TODAY) is state


@given(st.dates(date(2000, 1, 1), date(2090, 1, 1)), st.none() | st.dates(date(2000, 1, 1)))
def test_an_electrician_is_valid_up_to_the_last_day_and_not_after(
    issued: date, reviewed: date | None
) -> None:
    paper = Certificate(KIND.ELECTRICIAN, issued_on=issued, reviewed_on=reviewed)
    end = last_day(paper)
    assert end is not None
    if end >= issued:
        assert state_of(paper, end) is CertificateState.VALID
        after = date.fromordinal(end.toordinal() + 1)
        assert state_of(paper, after) in {CertificateState.EXPIRED, CertificateState.REVIEW_DUE}


def test_half_of_the_team_must_be_dual_qualified_and_the_papers_say_who_is() -> None:
    team = [
        teacher(1, KIND.DUAL_QUALIFIED),
        teacher(2, KIND.TEACHER_LICENCE, KIND.QUALIFICATION),
        teacher(3, KIND.TEACHER_LICENCE),
        teacher(4),
    ]
    share = dual_qualified_share(team, TODAY)
    assert (share.part, share.whole, share.is_met) == (2, 4, True)
    assert [one.counts for one in share.persons] == [True, True, False, False]
    assert "职业资格" in share.persons[2].reason.zh
    assert "教师资格" not in share.persons[2].reason.zh
    assert dual_qualified_share([*team, teacher(5)], TODAY).is_met is False
    gone = replace(team[3], left_on=date(2026, 11, 30))
    assert dual_qualified_share([*team[:3], gone], TODAY).whole == 3
    assert dual_qualified_share([], TODAY).is_met is None
    expired = Certificate(KIND.DUAL_QUALIFIED, valid_until=date(2026, 1, 1))
    assert dual_qualified_share([replace(team[3], certificates=(expired,))], TODAY).part == 0


def test_an_industry_expert_needs_the_employers_letter() -> None:
    team = [teacher(n) for n in range(3)]
    expert = teacher(9, KIND.EMPLOYER_LETTER, industry=True)
    assert industry_expert_share([*team, expert], TODAY).is_met is True
    stranger = teacher(9, industry=True)
    assert industry_expert_share([*team, stranger], TODAY).is_met is False
    assert industry_expert_share([*team, teacher(8, KIND.EMPLOYER_LETTER)], TODAY).part == 0


@given(st.integers(0, 40), st.integers(0, 40))
def test_the_share_is_exact_at_its_threshold(experts: int, others: int) -> None:
    team = [teacher(n, KIND.EMPLOYER_LETTER, industry=True) for n in range(experts)]
    team += [teacher(100 + n) for n in range(others)]
    share = industry_expert_share(team, TODAY)
    if team:
        assert share.is_met == (5 * experts >= experts + others)
        assert share.percent == Fraction(100 * experts, experts + others)


def test_a_trainer_needs_all_four_parts() -> None:
    taught = [Level.ELEMENTARY, Level.INTERMEDIATE]
    judged = judge_trainer(TRAINER, taught, TODAY)
    assert (judged.is_met, judged.level) == (True, Level.INTERMEDIATE)
    for number in range(3):
        papers = [one for n, one in enumerate(TRAINER.certificates) if n != number]
        lacking = judge_trainer(replace(TRAINER, certificates=tuple(papers)), taught, TODAY)
        assert lacking.is_met is False
        assert [part.is_met for part in lacking.parts].count(False) == 1
    assert judge_trainer(replace(TRAINER, trade_since=None), taught, TODAY).is_met is None
    young = replace(TRAINER, trade_since=date(2023, 12, 2))
    assert judge_trainer(young, taught, TODAY).is_met is False
    assert (
        judge_trainer(replace(young, trade_since=date(2023, 12, 1)), taught, TODAY).is_met is True
    )


valid_papers = st.builds(
    Certificate,
    kind=st.sampled_from(KIND),
    certificate_no=st.sampled_from("abcdef"),
    level=st.sampled_from(Level),
    modules=st.sampled_from([(), ("2-1",), ("2-*",)]),
)


@given(st.lists(valid_papers, max_size=6), valid_papers, st.sampled_from(Level))
def test_one_more_valid_certificate_never_makes_a_trainer_worse(
    held: list[Certificate], more: Certificate, level: Level
) -> None:
    order = [False, None, True]
    before = replace(TRAINER, modules=("2-1",), certificates=tuple(held))
    after = replace(before, certificates=(*held, more))
    judged = [judge_trainer(one, [level], TODAY) for one in (before, after)]
    for old, new in zip(judged[0].parts, judged[1].parts, strict=True):
        assert order.index(new.is_met) >= order.index(old.is_met)
    assert order.index(judged[1].is_met) >= order.index(judged[0].is_met)


def test_the_certificate_must_reach_the_level_and_cover_the_module() -> None:
    assert judge_trainer(TRAINER, [Level.ADVANCED], TODAY).is_met is False
    of_one = replace(SKILL, modules=("2-1",))
    narrow = replace(TRAINER, certificates=(of_one, *TRAINER.certificates[1:]))
    assert has_level(narrow, Level.ELEMENTARY, "2-1", TODAY)
    assert not has_level(narrow, Level.ELEMENTARY, "2-2", TODAY)
    assert judge_trainer(replace(narrow, modules=("2-1",)), [Level.ELEMENTARY], TODAY).is_met
    teaches_more = replace(narrow, modules=("2-1", "2-2"))
    assert judge_trainer(teaches_more, [Level.ELEMENTARY], TODAY).is_met is False
    assert qualified_trainers([teaches_more], "2-1", Level.ELEMENTARY, TODAY) == []
    assert qualified_trainers([narrow], "2-1", Level.ELEMENTARY, TODAY) == [narrow]
    assert qualified_trainers([narrow], "2-2", Level.ELEMENTARY, TODAY) == []
    whole = replace(
        TRAINER, certificates=(replace(SKILL, modules=("2-*",)), *narrow.certificates[1:])
    )
    assert qualified_trainers([whole], "2-2", Level.ELEMENTARY, TODAY) == [whole]


def test_who_teaches_nothing_the_station_offers_is_not_judged() -> None:
    only_advanced = replace(TRAINER, levels=(Level.ADVANCED,))
    assert trainer_judgements([only_advanced], [Level.ELEMENTARY], TODAY) == []
    assert len(trainer_judgements([TRAINER], [Level.ELEMENTARY], TODAY)) == 1


def test_a_renewed_certificate_is_due_by_its_successor_and_an_undated_one_at_once() -> None:
    old = Certificate(KIND.ELECTRICIAN, "E-1", issued_on=date(2020, 1, 1))
    new = Certificate(KIND.ELECTRICIAN, "E-2", issued_on=date(2026, 1, 1))
    person = StaffMember("x", certificates=(old, new, Certificate(KIND.DEGREE)))
    assert ending(person, TODAY) == [new]
    assert ending(replace(person, certificates=(new, old)), TODAY) == [new]
    assert ending(replace(person, certificates=(old,)), TODAY) == [old]
    undated = Certificate(KIND.ELECTRICIAN, "E-3")
    assert ending(replace(person, certificates=(undated,)), TODAY) == [undated]
    withdrawn = replace(old, ended_on=TODAY)
    assert ending(replace(person, certificates=(withdrawn,)), TODAY) == []


def test_months_in_the_trade_are_whole_ones() -> None:
    person = StaffMember("x", trade_since=date(2026, 1, 31))
    assert trade_months(person, date(2026, 2, 27)) == 0
    assert trade_months(person, date(2026, 2, 28)) == 1
    assert trade_months(person, date(2025, 1, 1)) == 0


def test_identity_numbers_are_recognised_by_their_check_digit() -> None:
    assert has_identity_number("T11010519491231002X")
    assert not has_identity_number("110105194912310021")
    assert not has_identity_number("JN-2023-0001")


def test_a_file_with_an_identity_number_is_refused_by_name_of_the_cell() -> None:
    text = "number,name,certificate_kind,certificate_no\nT1,王,低压电工作业证,T11010519491231002X\n"
    reading = read_staff("s.csv", text.encode())
    assert reading.persons == ()
    (problem,) = reading.problems
    assert (problem.row, problem.column) == (2, "certificate_no")


texts = st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), max_size=12)
days = st.none() | st.dates(date(1990, 1, 1), date(2089, 1, 1))
papers = st.builds(
    Certificate,
    kind=st.sampled_from(KIND),
    certificate_no=texts,
    level=st.sampled_from(Level),
    modules=st.lists(st.sampled_from(["2-1", "2-*", "1-3"]), unique=True).map(tuple),
    reviewed_on=days,
    ended_on=days,
    document_id=st.sampled_from(["", "0" * 32]),
)
persons = st.builds(
    StaffMember,
    number=st.from_regex(r"[A-Za-z0-9]{1,8}", fullmatch=True),
    name=texts.filter(lambda text: not text.startswith(("#", "'"))),
    affiliation=st.sampled_from(Affiliation),
    roles=st.lists(st.sampled_from(StaffRole), unique=True).map(tuple),
    station_codes=st.lists(st.sampled_from(["BJ01-T", "BJ01-E"]), unique=True).map(tuple),
    modules=st.lists(st.sampled_from(["2-1", "2-*"]), unique=True).map(tuple),
    levels=st.lists(st.sampled_from(Level), unique=True).map(tuple),
    is_school_leader=st.booleans(),
    trade_since=days,
    joined_on=st.none(),
    left_on=days,
    certificates=st.lists(papers, max_size=3, unique_by=lambda one: one.key).map(tuple),
)


@pytest.mark.parametrize(("name", "examples"), [("s.csv", EXAMPLES), ("s.xlsx", EXAMPLES // 4)])
def test_what_is_written_is_read_back_as_it_was(name: str, examples: int) -> None:
    @settings(max_examples=examples)
    @given(st.lists(persons, max_size=4, unique_by=lambda one: one.number))
    def round_trip(staff: list[StaffMember]) -> None:
        reading = read_staff(name, write_staff(name, staff))
        assert reading.problems == ()
        assert [one.member for one in reading.persons] == staff

    round_trip()


def test_further_certificates_follow_in_rows_of_their_own() -> None:
    text = (
        "人员编号,姓名,岗位,证书类型,证书编号,证书等级\n"
        "T1,王,培训师；任课教师,职业技能等级证书,S1,中级\n"
        "T2,李,,,,\n"
        "T1,,,师资证书,Z1,\n"
    )
    reading = read_staff("s.csv", text.encode("gb18030"))
    assert reading.problems == ()
    first, second = (one.member for one in reading.persons)
    assert [one.kind for one in first.certificates] == [KIND.SKILL_LEVEL, KIND.TRAINER]
    assert first.roles == (StaffRole.TRAINER, StaffRole.TEACHER)
    assert (second.name, second.certificates) == ("李", ())


def test_a_person_of_whom_one_row_is_bad_is_not_read_at_all() -> None:
    text = (
        "number,name,certificate_kind,certificate_no,certificate_level,valid_until\n"
        "T1,王,skill_level,S1,,\n"
        "T2,李,trainer,Z1,,2026-13-01\n"
        "T1,赵,trainer,Z1,,\n"
        "T3,钱,trainer,Z1,,\n"
        "T3,,trainer,Z1,,\n"
        "T4,孙,,,,\n"
    )
    reading = read_staff("s.csv", text.encode())
    assert [one.member.number for one in reading.persons] == ["T4"]
    assert [(one.row, one.column) for one in reading.problems] == [
        (2, "certificate_level"),
        (3, "valid_until"),
        (4, "name"),
        (6, "certificate_no"),
    ]
