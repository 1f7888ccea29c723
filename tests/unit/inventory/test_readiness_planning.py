"""The smallest set of actions, what if one fails, and how many examinees a day holds."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from inventory.equipment.rules import EquipmentItem, EquipmentStatus
from inventory.readiness.capacity import Capacity, ExamDay, TermSource, capacity
from inventory.readiness.evidence import BenchEvidence, LivePicture, OpenFault
from inventory.readiness.failing import failures
from inventory.readiness.findings import Question, Status
from inventory.readiness.planning import Plan, PlannedAction, Step, plan
from inventory.readiness.rules import PaperCase, decide, paper_case
from inventory.requirements.rules import (
    Authority,
    CalibrationDuty,
    ListSettings,
    Obligation,
    QuantityBasis,
    Requirement,
    Sourced,
)
from inventory.stations.rules import Level, StationUse
from inventory.stations.schema import ExamSettings, StationFacts
from tests.dated_papers import calibrated
from tests.examples import EXAMPLES
from tests.requirement_rows import requirement

DAY = date(2026, 12, 1)
NOW = datetime(2026, 11, 22, 8, tzinfo=UTC)
QUESTION = Question("2-1", Level.INTERMEDIATE, StationUse.EXAM, DAY)
OFFICIAL, INFERENCE = Sourced(Authority.OFFICIAL), Sourced(Authority.INFERENCE)
PASSING = {Status.READY, Status.ADVICE_ONLY}


def row(row_id: str, item_zh: str = "台架", **changes: object) -> Requirement:
    return requirement(row_id, item_zh=item_zh, **changes)


def thing(asset: str, item_zh: str = "台架", **changes: object) -> EquipmentItem:
    return replace(EquipmentItem(asset, item_zh), **changes)  # type: ignore[arg-type]


def case(
    rows: Sequence[Requirement],
    things: Sequence[EquipmentItem],
    facts: StationFacts | None = None,
) -> PaperCase:
    return paper_case(rows, things, facts or StationFacts(), ListSettings("T-1"), DAY)


def planned(
    rows: Sequence[Requirement],
    things: Sequence[EquipmentItem],
    elsewhere: Sequence[EquipmentItem] = (),
) -> Plan:
    return plan(case(rows, things), QUESTION, None, elsewhere)


def steps(found: Plan) -> list[tuple[Step, str, tuple[str, ...]]]:
    return [(one.step, one.asset_number, one.row_ids) for one in found.actions]


def test_a_station_that_passes_needs_nothing() -> None:
    assert planned([row("R1")], [thing("A")]) == Plan(())


def test_what_is_missing_is_bought_in_the_amount_that_lacks() -> None:
    (action,) = planned([row("R1", quantity_n=3)], [thing("A")]).actions
    assert (action.step, action.amount, action.row_ids) == (Step.BUY, 2, ("R1",))
    assert action.what.zh == "购置或借入 2"


def test_mending_goes_before_buying_and_moving_before_mending() -> None:
    broken = thing("A", status=EquipmentStatus.UNDER_REPAIR)
    assert steps(planned([row("R1")], [broken])) == [(Step.MEND, "A", ("R1",))]
    other = thing("B", station_codes=("BJ01-T",))
    assert steps(planned([row("R1")], [broken], [other])) == [(Step.MOVE, "B", ("R1",))]


def test_what_can_not_be_mended_is_replaced() -> None:
    weak = thing("A", parameters="u = 1 V")
    bounded = row("R1", technical_parameters="u >= 2 V")
    assert [one.step for one in planned([bounded], [weak]).actions] == [Step.BUY]
    gone = thing("A", status=EquipmentStatus.RETIRED)
    assert [one.step for one in planned([row("R1")], [gone]).actions] == [Step.BUY]


def test_one_action_that_frees_another_thing_is_found() -> None:
    # A serves either row, B only R1 and is not calibrated: calibrating B frees A for R2
    rows = [row("R1", duty=CalibrationDuty.CALIBRATION), row("R2", "别的")]
    versatile = thing("A", serves_rows=("R1", "R2"), proofs=calibrated(DAY))
    found = planned(rows, [versatile, thing("B")])
    assert steps(found) == [(Step.CALIBRATE, "B", ("R1",))]


def test_fewer_actions_go_before_cheaper_ones() -> None:
    # A needs mending and calibrating, buying is one action
    faulty = thing("A", status=EquipmentStatus.UNDER_REPAIR)
    found = planned([row("R1", duty=CalibrationDuty.CALIBRATION)], [faulty])
    assert [one.step for one in found.actions] == [Step.BUY]


def test_a_faulty_bench_is_mended_with_the_faults_own_remedy() -> None:
    fault = OpenFault("P0AA6", 3, "绝缘电阻低", "isolation low", "检查绝缘", "check it", NOW)
    bench = BenchEvidence("b-01", 2, 3600, "hardware", NOW - timedelta(seconds=1), (fault,))
    live = LivePicture(NOW, {"b-01": bench})
    (action,) = plan(case([row("R1")], [thing("A", bench_code="b-01")]), QUESTION, live).actions
    assert (action.step, action.asset_number, action.what.zh) == (Step.MEND, "A", "检查绝缘")


def test_a_fact_that_is_not_stated_comes_first_and_leaves_doubt() -> None:
    by_place = row("R1", quantity_basis=QuantityBasis.PER_WORKSTATION)
    found = planned([by_place], [])
    assert ([one.step for one in found.actions], found.is_certain) == ([Step.STATE_FACT], False)


def test_advice_is_planned_for_when_asked() -> None:
    weak = row("R1", authority_item=INFERENCE)
    assert planned([weak], []).actions == ()
    everything = plan(case([weak], []), QUESTION, None, is_advice_met=True)
    assert [one.step for one in everything.actions] == [Step.BUY]


def test_nothing_can_be_planned_where_no_list_speaks() -> None:
    assert not planned([row("R1", module_code="2-*")], []).is_possible


_rows = st.lists(
    st.builds(
        row,
        st.sampled_from(["R1", "R2", "R3"]),
        item_zh=st.sampled_from(["台架", "手套"]),
        quantity_n=st.integers(1, 3),
        technical_parameters=st.sampled_from(["-", "u >= 2 V"]),
        duty=st.sampled_from([CalibrationDuty.NONE, CalibrationDuty.CALIBRATION]),
        obligation=st.sampled_from(Obligation),
        authority_quantity=st.sampled_from([OFFICIAL, INFERENCE]),
    ),
    min_size=1,
    max_size=3,
    unique_by=lambda one: one.row_id,
)
_things = st.lists(
    st.builds(
        thing,
        st.sampled_from("abcd"),
        item_zh=st.sampled_from(["台架", "手套"]),
        quantity=st.integers(1, 2),
        serves_rows=st.sampled_from([(), ("R1",), ("R2", "R3")]),
        parameters=st.sampled_from(["", "u = 3 V", "u = 1 V"]),
        status=st.sampled_from([EquipmentStatus.IN_SERVICE, EquipmentStatus.UNDER_REPAIR]),
        proofs=st.sampled_from([calibrated(None), calibrated(DAY), calibrated(date(2026, 11, 30))]),
    ),
    max_size=4,
    unique_by=lambda one: one.asset_number,
)


def done(
    rows: Sequence[Requirement],
    things: Sequence[EquipmentItem],
    actions: Sequence[PlannedAction],
) -> Status:
    """The status after somebody did all that."""
    by_asset = {one.asset_number: one for one in things}
    for place, action in enumerate(actions):
        match action.step:
            case Step.BUY:
                bought = thing(f"new-{place}", "新购", quantity=action.amount, parameters="u = 3 V")
                by_asset[f"new-{place}"] = replace(
                    bought, serves_rows=action.row_ids, proofs=calibrated(DAY)
                )
            case Step.MEND:
                change: dict[str, object] = {"status": EquipmentStatus.IN_SERVICE}
                by_asset[action.asset_number] = replace(by_asset[action.asset_number], **change)  # type: ignore[arg-type]
            case Step.CALIBRATE:
                before = by_asset[action.asset_number]
                by_asset[action.asset_number] = replace(before, proofs=calibrated(DAY))
            case Step.RECORD:
                before = by_asset[action.asset_number]
                by_asset[action.asset_number] = replace(before, parameters="u = 3 V")
            case _:
                raise AssertionError(action.step)
    return decide(case(rows, list(by_asset.values())), QUESTION, None).status


@settings(max_examples=2 * EXAMPLES)
@given(_rows, _things)
def test_all_actions_make_it_pass_and_none_can_be_left_out(
    rows: list[Requirement], things: list[EquipmentItem]
) -> None:
    actions = planned(rows, things).actions
    assert done(rows, things, actions) in PASSING
    for left_out in range(len(actions)):
        rest = [*actions[:left_out], *actions[left_out + 1 :]]
        assert done(rows, things, rest) not in PASSING


def test_a_thing_without_a_spare_is_told() -> None:
    rows = [row("R1"), row("R2", "别的", authority_item=INFERENCE)]
    things = [thing("A", bench_code="b-01"), thing("B", "别的")]
    first, second = failures(case(rows, things), QUESTION, None)
    assert (first.asset_number, first.status, first.row_ids) == ("A", Status.NOT_READY, ("R1",))
    assert first.bench_code == "b-01"
    assert (second.asset_number, second.status) == ("B", Status.ADVICE_ONLY)


def test_a_spare_one_steps_in_wherever_it_can() -> None:
    # C is idle and could serve R2; where A fails, B goes from R2 to R1 and C to R2
    rows = [row("R1"), row("R2", "别的")]
    things = [
        thing("A", serves_rows=("R1",)),
        thing("B", "不", serves_rows=("R1", "R2")),
        thing("C", "别的"),
    ]
    assert failures(case(rows, things), QUESTION, None) == ()


def test_one_piece_of_several_fails() -> None:
    three = row("R1", quantity_n=3)
    assert failures(case([three], [thing("A", quantity=4)]), QUESTION, None) == ()
    (one,) = failures(case([three], [thing("A", quantity=3)]), QUESTION, None)
    assert one.row_ids == ("R1",)


@settings(max_examples=2 * EXAMPLES)
@given(_rows, _things)
def test_what_fails_is_what_a_check_without_it_says(
    rows: list[Requirement], things: list[EquipmentItem]
) -> None:
    order = list(Status)
    ground = case(rows, things)
    before = decide(ground, QUESTION, None).status
    told = {one.asset_number: one.status for one in failures(ground, QUESTION, None)}
    for one in things:
        fewer = [replace(other, quantity=other.quantity - 1) if other is one else other
                 for other in things if other is not one or one.quantity > 1]  # fmt: skip
        after = decide(case(rows, fewer), QUESTION, None).status
        assert max(order.index(after), order.index(before)) == order.index(
            told.get(one.asset_number, before)
        )


def test_a_days_capacity_follows_from_workstations_and_time() -> None:
    rows = [row("R1"), row("R2", "手套", quantity_basis=QuantityBasis.PER_WORKSTATION)]
    things = [thing("A"), thing("B", "手套", quantity=12)]
    ground = case(rows, things, StationFacts(workstations=16))
    # gloves for 12 of 16 workstations; 480 minutes are 4 cycles of 120, so 48 examinees
    found = capacity(ground, QUESTION, None, ExamDay())
    default = TermSource.DEFAULT
    assert found == Capacity(16, 12, 120, default, 480, default, None, 4, 48)
    day = capacity(ground, QUESTION, None, ExamDay(examinees=50))
    assert (day.cycles, day.minutes, day.fits) == (5, 600, False)
    day = capacity(ground, QUESTION, None, ExamDay(48))
    assert (day.cycles, day.minutes, day.fits) == (4, 480, True)


def test_a_station_says_how_long_its_exams_take_and_a_question_goes_before_it() -> None:
    terms = ExamSettings(exam_minutes=60, daily_per_workstation=5)
    ground = case([row("R1")], [thing("A")], StationFacts(workstations=10))
    ground = replace(ground, exams=terms)
    found = capacity(ground, QUESTION, None, ExamDay())
    assert (found.exam_minutes, found.exam_minutes_from) == (60, TermSource.STATION)
    assert (found.opening_minutes, found.opening_minutes_from) == (480, TermSource.DEFAULT)
    # time would do for 8 cycles, the station allows 5
    assert (found.possible_cycles, found.most_examinees) == (5, 50)
    asked = capacity(ground, QUESTION, None, ExamDay(exam_minutes=240))
    assert (asked.exam_minutes_from, asked.most_examinees) == (TermSource.ASKED, 20)


def test_a_report_of_100_examinees_at_16_places_takes_seven_cycles() -> None:
    # the day of an exam report: 100 examinees, 16 workstations; 7 cycles of 2 h are 14 h
    ground = case([row("R1")], [thing("A")], StationFacts(workstations=16))
    day = capacity(ground, QUESTION, None, ExamDay(100, 120, 480))
    assert (day.cycles, day.minutes, day.most_examinees, day.fits) == (7, 840, 64, False)


def test_without_workstations_nobody_can_say() -> None:
    assert capacity(case([row("R1")], []), QUESTION, None, ExamDay(5)).most_examinees is None
