"""The solver against all assignments of small problems.

STATIONMASTER_ASSIGNMENTS sets how many; the long form is `make chaos`.
"""

import os
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from inventory.readiness.assignment import Offer, Worth, weight_of
from inventory.readiness.solving import assign
from tests.readiness_oracle import Problem, Tally, best, judge, problems, served_as_given

CASES = int(os.environ.get("STATIONMASTER_ASSIGNMENTS", "600"))
pytestmark = [pytest.mark.chaos, pytest.mark.timeout(60 + CASES // 10)]
many = settings(max_examples=CASES, deadline=None, suppress_health_check=list(HealthCheck))
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
