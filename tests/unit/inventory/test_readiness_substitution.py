"""What may stand in for what, and that nothing is counted twice or robbed from its own row."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from inventory.equipment.rules import EquipmentItem, EquipmentStatus
from inventory.readiness.findings import Question, Readiness, Status
from inventory.readiness.rules import check
from inventory.requirements.rules import (
    ListSettings,
    Obligation,
    Requirement,
)
from inventory.stations.rules import Level, StationUse
from inventory.stations.schema import StationFacts
from tests.requirement_rows import requirement

QUESTION = Question("2-1", Level.INTERMEDIATE, StationUse.EXAM, date(2026, 12, 1))


def row(row_id: str, item_zh: str, substitutes: str = "no", **changes: object) -> Requirement:
    return requirement(row_id, item_zh=item_zh, substitutes=substitutes, **changes)


def thing(asset: str, item_zh: str, quantity: float = 1, **changes: object) -> EquipmentItem:
    return replace(EquipmentItem(asset, item_zh, quantity=quantity), **changes)  # type: ignore[arg-type]


def ask(
    rows: Sequence[Requirement], things: Sequence[EquipmentItem], question: Question = QUESTION
) -> Readiness:
    return check(rows, things, StationFacts(), ListSettings("T-1"), question)


CAR, BENCH = row("R1", "纯电动乘用车(整车)"), row("R2", "电机台架", "整车")


def test_a_spare_car_stands_in_for_a_bench() -> None:
    assert ask([CAR, BENCH], [thing("A", "纯电动乘用车(整车)", 2)]).status is Status.READY


def test_a_car_that_its_own_row_needs_does_not() -> None:
    result = ask([CAR, BENCH], [thing("A", "纯电动乘用车(整车)")])
    assert [one.is_met for one in result.rows] == [True, False]
    # where cars are only recommended, the bench's row goes first
    recommended = replace(CAR, obligation=Obligation.RECOMMENDED)
    result = ask([recommended, BENCH], [thing("A", "纯电动乘用车(整车)")])
    assert result.status is Status.ADVICE_ONLY


def test_it_works_in_one_direction_only() -> None:
    assert ask([CAR], [thing("A", "电机台架")]).status is Status.NOT_READY
    assert ask([BENCH], [thing("A", "整车")]).status is Status.READY


def test_things_that_serve_together_are_both_needed() -> None:
    pair = row("R2", "电池平台", "整车 + 电池举升车")
    car, lift = thing("A", "整车", 3), thing("B", "电池举升车")
    assert ask([pair], [car]).status is Status.NOT_READY
    assert ask([pair], [car, lift]).status is Status.READY
    two = replace(pair, quantity_n=2)
    assert ask([two], [car, lift]).rows[0].counted == 1


def test_a_kit_counts_as_its_parts_once() -> None:
    gloves = row("R1", "绝缘手套")
    glasses = row("R2", "护目镜")
    kit = row("R3", "防护套装", "套装视同 手套+护目镜", obligation=Obligation.RECOMMENDED)
    result = ask([gloves, glasses, kit], [thing("K", "防护套装")])
    assert result.status is Status.ADVICE_ONLY
    assert [one.is_met for one in result.rows] == [True, True, False]
    # a mandatory kit is not taken apart, unless there is another one
    firm = replace(kit, obligation=Obligation.MANDATORY)
    assert ask([gloves, glasses, firm], [thing("K", "防护套装")]).status is Status.NOT_READY
    assert ask([gloves, glasses, firm], [thing("K", "防护套装", 2)]).status is Status.READY


def test_conditions_must_be_stated_word_for_word() -> None:
    scope = row("R1", "总线分析仪", "诊断仪 with bus monitor")
    tester = thing("A", "汽车故障诊断仪")
    assert ask([scope], [tester]).status is Status.NOT_READY
    attested = replace(tester, parameters="with bus monitor")
    assert ask([scope], [attested]).status is Status.READY


def test_words_nobody_can_parse_let_nothing_pass_and_are_told() -> None:
    coolant = row("R1", "冷却液", "maker-approved equal")
    result = ask([coolant], [thing("A", "别的冷却")])
    assert result.status is Status.NOT_READY
    assert result.rows[0].unsettled_substitutes == "maker-approved equal"


def test_a_level_limits_what_stands_in() -> None:
    scope = row("R1", "四通道示波器", "双通道示波器 (中级)")
    things = [thing("A", "双通道示波器")]
    assert ask([scope], things).status is Status.READY
    advanced = replace(QUESTION, level=Level.ADVANCED)
    assert ask([scope], things, advanced).status is Status.NOT_READY


def test_a_substitute_is_judged_by_its_own_row_where_it_has_one() -> None:
    car = replace(CAR, technical_parameters="hv_voltage > 60 V")
    bench = replace(BENCH, technical_parameters="faults >= 20")
    spare = thing("A", "纯电动乘用车(整车)", 2, parameters="hv_voltage = 350 V")
    assert ask([car, bench], [spare]).status is Status.READY
    # one that only the bench's row knows must do what the bench must
    stranger = thing("A", "整车", parameters="hv_voltage = 350 V")
    assert ask([bench], [stranger]).status is Status.NOT_READY


def test_what_is_out_of_order_does_not_stand_in() -> None:
    broken = thing("A", "整车", 2, status=EquipmentStatus.UNDER_REPAIR)
    assert ask([BENCH], [broken]).status is Status.NOT_READY


def test_cars_of_another_module_are_left_to_it() -> None:
    other = row("R9", "混合动力整车", module_code="2-5")
    things = [thing("A", "混合动力整车", 2)]
    assert ask([BENCH, other], things).status is Status.NOT_READY


def test_any_of_a_group_makes_the_others_needless() -> None:
    first = row("R1", "电子检漏仪", "组内任一", alternative_group="LEAK")
    second = row("R2", "荧光检漏套装", "组内任一", alternative_group="LEAK")
    result = ask([first, second], [thing("A", "荧光检漏套装")])
    assert (result.status, [one.is_met for one in result.rows]) == (Status.READY, [True, True])
    assert ask([first, second], []).status is Status.NOT_READY


def test_what_greedy_sharing_missed_is_found() -> None:
    # R1 may take A or B, R2 only A; taking A for R1 first would leave R2 without
    rows = [row("R1", "台架"), row("R2", "别的")]
    both = thing("A", "台架", serves_rows=("R1", "R2"))
    second = thing("B", "台架", serves_rows=("R1", "R3"))
    result = ask([*rows, row("R3", "第三", obligation=Obligation.RECOMMENDED)], [both, second])
    assert result.status is Status.ADVICE_ONLY
    assert [one.is_met for one in result.rows] == [True, True, False]
