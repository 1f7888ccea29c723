"""The solver against all assignments of small problems.

STATIONMASTER_ASSIGNMENTS sets how many; the long form is `make chaos`.
"""

import os
from dataclasses import replace
from datetime import date
from functools import partial

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from inventory.readiness.assignment import Offer, Worth, weight_of
from inventory.readiness.at_once import Offered, rivals
from inventory.readiness.findings import Question
from inventory.readiness.solving import assign
from inventory.requirements.rules import ListSettings, Requirement
from inventory.stations.rules import Level, StationUse
from tests.readiness_oracle import (
    MODULES,
    Problem,
    Tally,
    best,
    is_within_times,
    judge,
    problems,
    served_as_given,
    times,
)

LONG_FORM = 20_000
CASES = int(os.environ.get("STATIONMASTER_ASSIGNMENTS", "600"))
pytestmark = [pytest.mark.chaos, pytest.mark.timeout(60 + CASES // 10)]
many = settings(max_examples=CASES, deadline=None, suppress_health_check=list(HealthCheck))
third = settings(
    max_examples=CASES if CASES >= LONG_FORM else CASES // 3,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
some = settings(max_examples=CASES // 10, deadline=None, suppress_health_check=list(HealthCheck))


def solved(problem: Problem) -> Tally:
    demands, offers = problem
    served = assign(demands, offers)
    weights = [weight_of(demand, served[demand.row_id]) for demand in demands]
    three, two, one = (sum(weight >= level for weight in weights) for level in (3, 2, 1))
    return three, two, one


@many
@given(problems())
def test_the_solver_finds_what_trying_everything_finds(problem: Problem) -> None:
    found = solved(problem)
    assert found == best(problem)
    # the answer itself breaks no rule and is worth what it claims to be
    assert judge(problem, served_as_given(problem, assign(*problem))) == found


Times = tuple[tuple[Requirement, ...], tuple[frozenset[str], ...]]


def in_time(problem: Problem, of: Times) -> tuple[Problem, Problem, list[Requirement]]:
    """What module 2-1 competes for: as the oracle takes it, as the solver does, and the rows."""
    rows, groups = of
    question = Question("2-1", Level.ADVANCED, StationUse.EXAM, date(2026, 12, 1))
    offered = Offered(frozenset(MODULES), frozenset(Level), groups)
    demands, offers = problem
    asked = [row for row in rows if row.row_id in offers]
    wanted = rivals(asked, ListSettings("T-1"), question, offered)
    present = [row.row_id for row in wanted.rows]
    kept = tuple(one for one in demands if one.row_id in present)
    timed = {
        row_id: tuple(replace(one, parts=timed_parts(one, wanted.times[row_id])) for one in ones)
        if row_id in wanted.times
        else ones
        for row_id, ones in offers.items()
        if row_id in present
    }
    plain = {row_id: ones for row_id, ones in offers.items() if row_id in present}
    return (kept, plain), (kept, timed), list(wanted.rows)


def timed_parts(offer: Offer, times: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(f"{part} {time}" for part in offer.parts for time in times)


@third
@given(problems(), times())
def test_modules_share_what_they_do_not_need_at_the_same_time(problem: Problem, of: Times) -> None:
    plain, timed, rows = in_time(problem, of)
    if plain[0]:
        assert solved(timed) == best(plain, partial(is_within_times, rows, of[1]))


@some
@given(problems(), times(), st.sampled_from(["R1", "R2", "R3"]))
def test_one_more_thing_is_never_worse_for_modules_at_the_same_time(
    problem: Problem, of: Times, row_id: str
) -> None:
    demands, offers = problem
    more = {**offers, row_id: (*offers.get(row_id, ()), Offer("new", 1.0))}
    _, before, _ = in_time(problem, of)
    _, after, _ = in_time((demands, more if row_id in offers else offers), of)
    assert solved(after) <= solved(before)


@some
@given(problems(), st.sampled_from(["R1", "R2", "R3"]), st.integers(1, 2))
def test_one_more_thing_is_never_worse(problem: Problem, row_id: str, amount: int) -> None:
    demands, offers = problem
    more = {**offers, row_id: (*offers.get(row_id, ()), Offer("new", float(amount)))}
    assert solved((demands, more)) <= solved(problem)


@some
@given(problems(), st.integers(0, 20))
def test_mending_one_thing_is_never_worse(problem: Problem, which: int) -> None:
    demands, offers = problem
    faulty = [
        (row_id, place)
        for row_id, ones in offers.items()
        for place, offer in enumerate(ones)
        if offer.worth is not Worth.USABLE
    ]
    if not faulty:
        return
    row_id, place = faulty[which % len(faulty)]
    ones = list(offers[row_id])
    ones[place] = replace(ones[place], worth=Worth.USABLE)
    assert solved((demands, {**offers, row_id: tuple(ones)})) <= solved(problem)
