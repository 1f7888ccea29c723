from dataclasses import replace
from datetime import date
from fractions import Fraction
from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inventory.conditions.computing import CHECKS, computed
from inventory.conditions.ground import AnnualReportState, Instrument, SelfCheck, StationGround
from inventory.conditions.reading import read_conditions
from inventory.conditions.recognising import is_exact, numbers
from inventory.conditions.rules import (
    Check,
    Computed,
    Condition,
    ConditionBasis,
    ConditionOutcome,
    Statement,
    StatementState,
    judged,
    status_of,
)
from inventory.places.rules import Workstation, WorkstationKind
from inventory.proofs.rules import ProofKind, ProofState
from inventory.readiness.findings import Bilingual, Status
from inventory.requirements.rules import DEFAULT_BINDING, Authority, Sourced
from inventory.staff.rules import (
    Affiliation,
    Certificate,
    CertificateKind,
    StaffMember,
    StaffRole,
)
from inventory.stations.rules import Level, StationUse

TODAY = date(2026, 12, 1)
DRAFT = read_conditions(
    "c.csv", files("inventory").joinpath("data", "conditions_draft.csv").read_bytes()
)
ROWS = {one.condition_id: one for one in DRAFT.conditions}
ROLE, KIND = StaffRole, CertificateKind
FACTS = {"exam_tasks": 4, "exam_rooms": 2, "hv_areas": 2, "workstations": 16}
EMPTY = StationGround(TODAY, ["2-1"], [Level.ELEMENTARY], FACTS)


def person(number: int, *roles: StaffRole, outside: bool = False) -> StaffMember:
    affiliation = Affiliation.OTHER_SCHOOL if outside else Affiliation.SCHOOL
    return StaffMember(f"P{number}", affiliation=affiliation, roles=roles)


def people(first: int, count: int, *roles: StaffRole) -> list[StaffMember]:
    return [person(first + n, *roles) for n in range(count)]


def answer(row: str, staff: list[StaffMember], **more: object) -> bool | None:
    ground = replace(EMPTY, staff=staff, is_staff_kept=True, **more)  # type: ignore[arg-type]
    found = computed(ROWS[row], ground)
    assert found is not None
    assert found.required.zh
    assert found.required.en
    assert found.found.zh
    assert found.found.en
    return found.is_met


def test_all_forty_rows_of_the_draft_are_read_and_what_can_be_computed_is_known() -> None:
    assert DRAFT.problems == ()
    assert len(DRAFT.conditions) == 40
    checks = {row: one.check.value for row, one in ROWS.items() if one.check is not Check.STATED}
    assert checks == {
        "COND-001": "dual_qualified_share",
        "COND-002": "industry_expert_share",
        "COND-004": "equipment_self_check",
        "COND-006": "office_director",
        "COND-007": "training_stationmaster",
        "COND-008": "exam_stationmaster",
        "COND-009": "office_members",
        "COND-010": "trainer_level",
        "COND-011": "trainer_education",
        "COND-012": "trainer_trade_years",
        "COND-013": "trainer_certificate",
        "COND-015": "assessors",
        "COND-016": "room_staff",
        "COND-017": "external_assessors",
        "COND-020": "exam_timetable",
        "COND-023": "exam_listing",
        "COND-026": "exam_workstations",
        "COND-027": "task_workstations",
        "COND-028": "safety_watchers",
        "COND-029": "electricians",
        "COND-030": "special_operation_dates",
        "COND-033": "verification_dates",
        "COND-034": "calibration_dates",
        "COND-035": "annual_report",
    }
    assert set(CHECKS) == set(Check) - {Check.STATED}


@pytest.mark.parametrize("row", [one for one in ROWS if ROWS[one].check is not Check.STATED])
def test_an_empty_house_passes_nothing(row: str) -> None:
    blank = replace(EMPTY, facts=dict.fromkeys(FACTS))
    found = computed(ROWS[row], blank)
    assert found is not None
    assert found.is_met is not True


@pytest.mark.parametrize(
    ("written", "batches", "is_met"), [(7, 2, True), (6, 2, False), (7, 0, False)]
)
def test_an_annual_report_is_whole_with_every_section_and_its_batches(
    written: int, batches: int, is_met: bool
) -> None:
    report = AnnualReportState(2026, written, 7, batches)
    assert answer("COND-035", [], annual_report=report) is is_met
    assert computed(ROWS["COND-035"], EMPTY).is_met is None  # type: ignore[union-attr]


def test_the_numbers_of_a_rule_are_its_own() -> None:
    assert numbers("dual_qualified_share >= 50 %").of("share", Fraction(9)) == Fraction(1, 2)
    rule = "per_room.invigilators >= 2; per_room.technicians >= 3"
    assert numbers(rule).of("technicians", Fraction(1)) == 3
    assert numbers("", "双师型教师占比不低于 60％").of("dual_qualified_share", Fraction(1, 2)) == (
        Fraction(3, 5)
    )
    draft = numbers(ROWS["COND-026"].rule)
    assert draft.of("workstations", Fraction(99)) == 8
    assert is_exact("count = 1; rank = 校级领导", "count")
    assert not is_exact("count >= 1", "count")


def test_offices_are_filled_by_as_many_as_the_rule_says() -> None:
    director = replace(person(1, ROLE.OFFICE_DIRECTOR), is_school_leader=True)
    assert answer("COND-006", [director]) is True
    assert answer("COND-006", [person(1, ROLE.OFFICE_DIRECTOR)]) is False
    assert answer("COND-006", [director, replace(director, number="P2")]) is False
    assert answer("COND-009", people(1, 3, ROLE.OFFICE_MEMBER)) is True
    assert answer("COND-007", [director]) is False
    ground = replace(EMPTY, is_staff_kept=False)
    assert computed(ROWS["COND-007"], ground) is not None
    found = computed(ROWS["COND-007"], ground)
    assert found is not None
    assert found.is_met is None


def test_who_leads_does_not_assess_a_task_as_well() -> None:
    four = people(1, 4, ROLE.ASSESSOR)
    assert answer("COND-015", [*four, person(9, ROLE.LEAD_ASSESSOR)]) is True
    assert answer("COND-015", [*four[:3], person(9, ROLE.LEAD_ASSESSOR)]) is False
    both = person(9, ROLE.LEAD_ASSESSOR, ROLE.ASSESSOR)
    assert answer("COND-015", [*four, both]) is True
    assert answer("COND-015", [*four[:3], both]) is False
    assert answer("COND-015", four) is False
    ended = Certificate(KIND.ASSESSOR, valid_until=date(2026, 11, 30))
    led = [*four[:3], person(9, ROLE.LEAD_ASSESSOR)]
    assert answer("COND-015", [*led, replace(four[3], certificates=(ended,))]) is False
    valid = replace(ended, valid_until=TODAY)
    assert answer("COND-015", [*led, replace(four[3], certificates=(ended, valid))]) is True
    assert answer("COND-015", four, facts=FACTS | {"exam_tasks": None}) is None
    assert answer("COND-017", [person(1, ROLE.ASSESSOR)]) is False
    assert answer("COND-017", [person(1, ROLE.ASSESSOR, outside=True)]) is True


def test_nobody_watches_and_helps_at_the_same_time() -> None:
    apart = [*people(1, 4, ROLE.INVIGILATOR), *people(9, 4, ROLE.TECHNICIAN)]
    assert answer("COND-016", apart) is True
    assert answer("COND-016", apart[1:]) is False
    both = people(1, 7, ROLE.INVIGILATOR, ROLE.TECHNICIAN)
    assert answer("COND-016", both) is False
    assert answer("COND-016", [*both, *people(20, 1, ROLE.TECHNICIAN)]) is True
    assert answer("COND-016", apart, facts=FACTS | {"exam_rooms": None}) is None


def test_electricians_hold_reviewed_certificates_and_unknown_dates_do_not_pass() -> None:
    good = Certificate(KIND.ELECTRICIAN, issued_on=date(2024, 6, 1))
    watcher = replace(person(1, ROLE.SAFETY_WATCHER), certificates=(good,))
    bare = person(2, ROLE.HV_OPERATOR)
    undated = replace(bare, certificates=(Certificate(KIND.ELECTRICIAN),))
    late = replace(bare, certificates=(replace(good, issued_on=date(2023, 6, 1)),))
    assert answer("COND-029", [watcher]) is True
    assert answer("COND-029", [watcher, bare]) is False
    assert answer("COND-029", [watcher, undated]) is None
    assert answer("COND-029", [watcher, late]) is False
    assert answer("COND-029", [person(3, ROLE.TEACHER)]) is None
    assert answer("COND-030", [watcher]) is True
    assert answer("COND-030", [watcher, late]) is False
    long = replace(good, valid_until=date(2031, 1, 1))
    assert answer("COND-030", [replace(watcher, certificates=(long,))]) is False
    assert answer("COND-028", [watcher]) is False
    assert answer("COND-028", [watcher, replace(watcher, number="P9")]) is True


def test_somebody_is_certified_for_everything_the_station_offers() -> None:
    paper = Certificate(KIND.SKILL_LEVEL, "S", Level.INTERMEDIATE, ("2-1",))
    trainer = replace(person(1, ROLE.TRAINER), certificates=(paper,), modules=("2-1",))
    assert answer("COND-010", [trainer]) is True
    assert answer("COND-010", [trainer], modules=["2-1", "2-2"]) is False
    advanced = [Level.ELEMENTARY, Level.ADVANCED]
    below = replace(trainer, levels=(Level.ELEMENTARY,))
    assert answer("COND-010", [below], levels=advanced) is False
    assert answer("COND-010", [person(1, ROLE.TEACHER)]) is None
    assert answer("COND-011", [trainer]) is False
    assert answer("COND-012", [trainer]) is None
    assert answer("COND-012", [replace(trainer, trade_since=date(2023, 12, 1))]) is True


def test_the_self_check_workstations_and_instruments_are_taken_from_the_registers() -> None:
    ready = SelfCheck("2-1", Level.ELEMENTARY, Status.ADVICE_ONLY, 0)
    assert answer("COND-004", [], self_checks=[ready]) is True
    unknown = replace(ready, status=Status.UNKNOWN)
    assert answer("COND-004", [], self_checks=[ready, unknown]) is None
    bad = replace(ready, status=Status.NOT_READY)
    assert answer("COND-004", [], self_checks=[unknown, bad]) is False
    assert answer("COND-026", []) is True
    assert answer("COND-026", [], facts=FACTS | {"workstations": 7}) is False
    places = [
        Workstation(f"W{n}", WorkstationKind.BENCH, exam_tasks=(n,), asset_number=f"A{n}")
        for n in range(1, 5)
    ]
    assert answer("COND-027", [], workstations=places) is True
    assert answer("COND-027", [], workstations=places, out_of_use=frozenset({"A2"})) is False
    assert answer("COND-027", [], workstations=[Workstation("W", WorkstationKind.BENCH)]) is None
    valid = Instrument("A1", ProofKind.CALIBRATION, ProofState.VALID, None)
    expired = replace(valid, asset_number="A2", state=ProofState.EXPIRED)
    assert answer("COND-034", [], instruments=[valid]) is True
    assert answer("COND-034", [], instruments=[valid, expired]) is False
    assert answer("COND-033", [], instruments=[valid]) is None
    assert answer("COND-020", [], exam_minutes=120) is True
    assert answer("COND-020", [], exam_minutes=100) is False
    listed = {"equipment_names": ["网络摄像机", "万用表"], "consumable_count": 1}
    assert answer("COND-023", [], **listed) is True
    assert answer("COND-023", [], **listed | {"consumable_count": 0}) is None


ROW = Condition(
    "X-1",
    frozenset(StationUse),
    "governance",
    Bilingual("制度健全", "rules complete"),
    "documents present",
    "rules file",
    Sourced(Authority.POLICY),
    "",
    Check.STATED,
)
WORD = Statement(True, ROW.digest, date(2026, 1, 1), date(2026, 12, 31), "", "d", "bj-master")


def outcome(
    words: list[Statement], told: bool | None = None, on: date = TODAY
) -> tuple[str, str, StatementState | None]:
    text = Bilingual("x", "x")
    found = judged(ROW, Computed(told, text, text, text), words, DEFAULT_BINDING, on)
    return found.outcome.value, found.basis.value, found.statement_state


def test_a_word_counts_while_it_lasts_and_for_the_words_it_was_given_for() -> None:
    assert outcome([]) == ("unknown", "nothing", None)
    assert outcome([WORD]) == ("met", "stated", StatementState.VALID)
    assert outcome([WORD], on=date(2026, 12, 31))[0] == "met"
    assert outcome([WORD], on=date(2027, 1, 1)) == ("unknown", "nothing", StatementState.EXPIRED)
    assert outcome([WORD], on=date(2025, 12, 31)) == ("unknown", "nothing", None)
    other = replace(WORD, digest="?")
    assert outcome([other]) == ("unknown", "nothing", StatementState.OTHER_WORDS)
    assert outcome([WORD, replace(WORD, is_met=False)])[0] == "not_met"
    later = replace(WORD, is_met=False, holds_from=date(2027, 1, 1))
    assert outcome([WORD, later])[0] == "met"
    changed = replace(ROW, text=Bilingual("制度健全。", "rules complete"))
    assert changed.digest != ROW.digest


def test_nobody_can_state_away_what_the_registers_show() -> None:
    assert outcome([WORD], told=False)[:2] == ("not_met", "computed")
    assert outcome([replace(WORD, is_met=False)], told=True)[:2] == ("met", "computed")


@given(st.lists(st.tuples(st.sampled_from(ConditionOutcome), st.booleans()), min_size=1))
def test_unknown_never_passes_and_only_what_binds_fails(
    told: list[tuple[ConditionOutcome, bool]],
) -> None:
    blank = judged(ROW, None, [], DEFAULT_BINDING, TODAY)
    results = [replace(blank, outcome=outcome, is_binding=binds) for outcome, binds in told]
    binding = {outcome.value for outcome, binds in told if binds}
    expected = "ready" if {outcome.value for outcome, _ in told} == {"met"} else "advice_only"
    if "not_met" in binding:
        expected = "not_ready"
    elif "unknown" in binding:
        expected = "unknown"
    assert status_of(results).value == expected


def test_no_conditions_at_all_are_unknown() -> None:
    assert status_of([]) is Status.UNKNOWN


def test_an_inference_is_advice() -> None:
    inferred = replace(ROW, authority=Sourced(Authority.INFERENCE))
    assert not judged(inferred, None, [], DEFAULT_BINDING, TODAY).is_binding
    qualified = replace(ROW, authority=Sourced(Authority.POLICY, "part"))
    assert not judged(qualified, None, [], DEFAULT_BINDING, TODAY).is_binding
    assert judged(ROW, None, [], DEFAULT_BINDING, TODAY).basis is ConditionBasis.NOTHING


def test_a_foreign_list_names_its_checks_or_is_recognised_by_its_chinese_words() -> None:
    text = (
        "条件编号,站类型,条件,规则,依据,计算方式\n"
        "A1,both,双师型教师占比不低于60%,,official,\n"
        "A2,考核,考场有人值守,,official,room_staff\n"
        "A3,both,双师型教师占比不低于60%,,official,stated\n"
        "A4,both,制度健全,,official,nonsense\n"
        "A4,全部,,,somebody,\n"
    )
    reading = read_conditions("c.csv", text.encode())
    checks = [one.check for one in reading.conditions]
    assert checks == [Check.DUAL_QUALIFIED_SHARE, Check.ROOM_STAFF, Check.STATED]
    assert reading.conditions[1].uses == {StationUse.EXAM}
    assert [(one.row, one.column) for one in reading.problems] == [
        (5, "check"),
        (6, "station"),
        (6, "condition_zh"),
        (6, "authority"),
        (6, "condition_id"),
    ]
