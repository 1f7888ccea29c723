from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inventory.readiness.findings import Status
from inventory.reviews.differences import difference
from inventory.reviews.progress import GUIDE, WAITING, Stage, Taken, next_step, stages, waits_for
from inventory.reviews.rules import ENDED, ReviewState, ReviewStep, Side, after


def way(*steps: ReviewStep) -> list[Taken]:
    state: ReviewState | None = None
    taken = []
    for number, step in enumerate(steps, 1):
        state = after(state, step)
        assert state is not None, step
        taken.append(Taken(number, step, state))
    return taken


def words(found: tuple[Stage, ...]) -> list[str]:
    return [one.state.value for one in found]


def test_a_station_that_was_returned_stands_where_it_handed_in() -> None:
    step = ReviewStep
    found = stages(way(step.APPLY, step.RETURN))
    assert words(found) == ["returned", *["ahead"] * 7]
    assert found[0].entry_id == 2
    again = stages(way(step.APPLY, step.RETURN, step.APPLY))
    assert words(again) == ["done", "now", *["ahead"] * 6]
    assert again[0].entry_id == 3
    late = stages(way(*GUIDE[:5], step.RETURN))
    assert words(late) == [*["done"] * 4, "returned", *["ahead"] * 3]


@pytest.mark.parametrize("reached", range(1, 9))
def test_whoever_leaves_keeps_the_steps_it_had_taken_and_has_none_to_take(reached: int) -> None:
    found = stages(way(*GUIDE[:reached], ReviewStep.WITHDRAW))
    assert words(found) == [*["done"] * reached, *["ahead"] * (8 - reached)]


@given(st.lists(st.sampled_from(ReviewStep), max_size=30))
def test_one_stage_at_most_is_to_be_taken_and_it_is_the_next_step(tried: list[ReviewStep]) -> None:
    state: ReviewState | None = None
    taken: list[Taken] = []
    for step in tried:
        reached = after(state, step)
        if reached is not None:
            state = reached
            taken.append(Taken(len(taken) + 1, step, reached))
    found = stages(taken)
    assert tuple(one.step for one in found) == GUIDE
    assert words(found) == sorted(words(found), key=["done", "now", "returned", "ahead"].index)
    waiting = [one.step for one in found if one.state.value in {"now", "returned"}]
    upcoming = ReviewStep.APPLY if state is None else next_step(state)
    assert waiting == [step for step in [upcoming] if step in GUIDE]


def test_every_state_waits_for_one_side_or_is_at_rest() -> None:
    at_rest = {state for state in ReviewState if waits_for(state) is None}
    assert at_rest == {ReviewState.RUNNING, *ENDED}
    assert WAITING[Side.SCHOOL] | WAITING[Side.EVALUATION] | at_rest == set(ReviewState)
    assert not WAITING[Side.SCHOOL] & WAITING[Side.EVALUATION]
    assert ReviewState.CONDITIONS_COMPLETED in WAITING[Side.EVALUATION]
    # resumed by the organisation, but only after the school has mended something
    assert ReviewState.SUSPENDED in WAITING[Side.SCHOOL]


def check(**changes: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON
    met = changes.get("met", True)
    finding = {
        "kind": "missing",
        "is_binding": True,
        "row_id": "R1",
        "reason": {"zh": "没有", "en": "none"},
        "remedy": {"zh": "购置", "en": "buy"},
    }
    row = {"row_id": "R1", "module_code": "2-1", "item_zh": "万用表", "item_en": ""}
    answer = {
        "question": {"module": "2-1", "level": "elementary"},
        "status": "ready" if met else "not_ready",
        "rows": [{"row_id": "R1", "is_met": met}],
        "findings": [] if met else [finding],
    }
    return {
        "list": {"version": "1", "rows": [row | changes.get("row", {})]},
        "answers": [answer] * changes.get("levels", 1),
        "equipment": changes.get("equipment", []),
    }


def test_a_check_does_not_differ_from_itself() -> None:
    things = [{"asset_number": "A1", "item_zh": "万用表", "quantity": 1}]
    found = difference(check(equipment=things), check(equipment=things), {})
    assert [one.is_changed for one in found.rows] == [False]
    assert found.equipment == ()
    assert [(one.before, one.after) for one in found.cells] == [(Status.READY, Status.READY)]


def test_what_was_mended_and_what_stands_there_now_are_told_row_by_row() -> None:
    old = [{"asset_number": "A1", "item_zh": "钳表", "quantity": 1, "location": "101"}]
    new = [{"asset_number": "A1", "item_zh": "钳表", "quantity": 2, "location": "101"},
           {"asset_number": "A2", "item_zh": "万用表", "quantity": 1, "location": ""}]  # fmt: skip
    found = difference(check(met=False, equipment=old), check(equipment=new), {})
    (row,) = found.rows
    assert (row.is_changed, row.before.binding, row.after.binding) == (True, 1, 0)
    assert (row.before.met, row.after.met, row.item.en) == (0, 1, "万用表")
    assert row.before.findings[0].places == ("2-1 elementary",)
    told = [(one.asset_number, one.is_there_before, one.fields) for one in found.equipment]
    assert told == [("A1", True, ("quantity",)), ("A2", False, ())]
    (cell,) = found.cells
    assert (cell.binding_before, cell.after) == (1, Status.READY)


def test_a_row_that_another_edition_calls_otherwise_is_still_the_same_row() -> None:
    after_edition = check()
    after_edition["list"]["rows"][0]["row_id"] = "N1"
    after_edition["answers"][0]["rows"][0]["row_id"] = "N1"
    found = difference(check(), after_edition, {"R1": "N1"})
    assert [(one.row_id, one.is_changed) for one in found.rows] == [("N1", False)]
    assert len(difference(check(), after_edition, {}).rows) == 2
