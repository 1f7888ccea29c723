"""Which pieces modules share: words of the list, the station's exam times, what is told of it."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import pytest

from inventory.equipment.rules import EquipmentItem
from inventory.readiness.at_once import Offered
from inventory.readiness.failing import failures
from inventory.readiness.findings import FindingKind, Question, Readiness, Status
from inventory.readiness.planning import Step, plan
from inventory.readiness.rules import PaperCase, decide, paper_case
from inventory.requirements.rules import ListSettings, Requirement
from inventory.requirements.sharing import Sharing, parse_sharing
from inventory.stations.rules import Level, StationUse
from inventory.stations.schema import StationFacts
from tests.requirement_rows import requirement

DAY = date(2026, 12, 1)
FIRST = Question("2-1", Level.INTERMEDIATE, StationUse.EXAM, DAY)
SECOND = replace(FIRST, module="2-2")
BOTH = (frozenset({"2-1", "2-2"}),)
GLOVES = EquipmentItem("G", "手套")


def row(row_id: str, module: str, sharing: str = "", item_zh: str = "手套") -> Requirement:
    return requirement(row_id, item_zh=item_zh, module_code=module, sharing_rule=sharing)


def case(
    rows: Sequence[Requirement],
    things: Sequence[EquipmentItem] = (GLOVES,),
    at_once: tuple[frozenset[str], ...] = (),
) -> PaperCase:
    offered = Offered(frozenset({"2-1", "2-2"}), frozenset(Level), at_once)
    of_paper = paper_case(rows, things, StationFacts(), ListSettings("T-1"), DAY)
    return replace(of_paper, offered=offered)


def answers(of: PaperCase) -> tuple[Readiness, Readiness]:
    return decide(of, FIRST, None), decide(of, SECOND, None)


def statuses(of: PaperCase) -> list[Status]:
    return [answer.status for answer in answers(of)]


@pytest.mark.parametrize(
    ("words", "sharing"),
    [
        ("not shareable inside one session", Sharing.WITHIN_SESSION),
        ("may serve several modules when their sessions do not overlap", Sharing.BETWEEN_SESSIONS),
        ("one for the whole station", Sharing.WHOLE_STATION),
        ("", Sharing.WITHIN_SESSION),
        ("同一场次内不得共用", Sharing.WITHIN_SESSION),
        ("场次不重叠时可共用", Sharing.BETWEEN_SESSIONS),
        ("可分时共用", Sharing.BETWEEN_SESSIONS),
        ("全站共用一套", Sharing.WHOLE_STATION),
        ("模块间不得共用", Sharing.DEDICATED),
        ("专用。", Sharing.DEDICATED),
    ],
)
def test_words_on_sharing_are_read(words: str, sharing: Sharing) -> None:
    rule = parse_sharing(words)
    assert (rule.sharing, rule.unread) == (sharing, "")


@pytest.mark.parametrize("words", ["视情况而定", "可共用，但需登记", "ask the office"])
def test_other_words_share_nothing_and_are_shown(words: str) -> None:
    rule = parse_sharing(words)
    assert (rule.sharing, rule.unread) == (Sharing.DEDICATED, words)
    outcome = decide(case([row("A", "2-1", words)]), FIRST, None).rows[0]
    assert (outcome.sharing, outcome.unread_sharing) == (Sharing.DEDICATED, words)


def test_modules_with_times_of_their_own_share_a_piece_and_say_so() -> None:
    of = case([row("A", "2-1"), row("B", "2-2")])
    assert statuses(of) == [Status.READY, Status.READY]
    (first,), (second,) = (answer.rows[0].serving for answer in answers(of))
    assert (first.shared_with, second.shared_with) == (("2-2",), ("2-1",))


def test_one_piece_is_not_in_two_modules_at_the_same_time() -> None:
    of = case([row("A", "2-1"), row("B", "2-2")], at_once=BOTH)
    assert statuses(of) == [Status.READY, Status.NOT_READY]
    finding = answers(of)[1].findings[0]
    assert (finding.kind, finding.row_id) == (FindingKind.MISSING, "B")
    assert "模块 2-1" in finding.reason.zh
    assert "错开考核时间" in finding.remedy.zh
    assert answers(of)[1].rows[0].held_by == ("2-1",)


def test_a_second_piece_lets_both_modules_pass() -> None:
    of = case([row("A", "2-1"), row("B", "2-2")], [GLOVES, replace(GLOVES, asset_number="H")], BOTH)
    assert statuses(of) == [Status.READY, Status.READY]


def test_a_piece_for_the_whole_station_serves_all_modules_at_once_but_one_row_of_each() -> None:
    whole = "one for the whole station"
    of = case([row("A", "2-1", whole), row("B", "2-2", whole)], at_once=BOTH)
    assert statuses(of) == [Status.READY, Status.READY]
    twice = case([row("A", "2-1", whole), row("A2", "2-1", whole)], at_once=BOTH)
    assert decide(twice, FIRST, None).status is Status.NOT_READY


@pytest.mark.parametrize("words", ["专用", "视情况而定"])
def test_what_is_not_shared_is_in_the_way_of_other_modules_at_any_time(words: str) -> None:
    of = case([row("A", "2-1", words), row("B", "2-2")])
    assert statuses(of) == [Status.READY, Status.NOT_READY]
    assert decide(of, FIRST, None).rows[0].serving[0].shared_with == ()


def test_the_plan_lets_modules_that_share_pass_together() -> None:
    of = case([row("A", "2-1"), row("B", "2-2")], at_once=BOTH)
    assert plan(of, FIRST, None).actions == ()
    (action,) = plan(of, SECOND, None).actions
    assert (action.step, action.amount) == (Step.BUY, 1)


def test_a_spare_of_the_other_module_steps_in_only_at_another_time() -> None:
    rows = [row("A", "2-1"), row("B", "2-2")]
    things = [GLOVES, replace(GLOVES, asset_number="H")]
    assert failures(case(rows, things), FIRST, None) == ()
    worse = failures(case(rows, things, BOTH), SECOND, None)
    assert [(one.status, one.row_ids) for one in worse] == [(Status.NOT_READY, ("B",))] * len(worse)
    assert worse


def test_another_modules_own_gap_is_not_this_modules() -> None:
    rows = [row("A", "2-1"), row("B", "2-2", item_zh="台架")]
    assert statuses(case(rows, at_once=BOTH)) == [Status.READY, Status.NOT_READY]
