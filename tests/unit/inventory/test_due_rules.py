from datetime import date, timedelta

import pytest

from inventory.due.rules import LEADS, DueState, due_state, lead_of

DAY = date(2026, 12, 1)


@pytest.mark.parametrize(
    ("left", "state"),
    [
        (-1, DueState.OVERDUE),
        (0, DueState.SOON),
        (30, DueState.SOON),
        (31, DueState.LATER),
        (None, DueState.UNDATED),
    ],
)
def test_the_last_good_day_is_not_overdue_yet(left: int | None, state: DueState) -> None:
    due_on = None if left is None else DAY + timedelta(days=left)
    assert due_state(due_on, DAY, within_days=30) is state


@pytest.mark.parametrize(
    ("left", "lead"),
    [(31, None), (30, 30), (8, 30), (7, 7), (1, 7), (0, 0), (-400, 0), (None, None)],
)
def test_only_the_shortest_lead_that_is_reached_reminds(left: int | None, lead: int | None) -> None:
    assert lead_of(None if left is None else DAY + timedelta(days=left), DAY) == lead


def test_a_day_that_comes_nearer_reminds_once_at_each_lead() -> None:
    days = [DAY - timedelta(days=n) for n in range(60, -10, -1)]
    reached = [lead for on in days if (lead := lead_of(DAY, on)) is not None]
    assert tuple(dict.fromkeys(reached)) == LEADS
