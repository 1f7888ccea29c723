import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inventory.accounts.rules import (
    CHANGING_ACTIONS,
    PERMISSIONS,
    Action,
    Decision,
    Principal,
    Resource,
    Role,
    authorize,
    password_objection,
)

OWN = Resource("BJ01", evaluated_by="EVAL")
FOREIGN = Resource("GX02", evaluated_by="OTHER")
principals = st.builds(
    Principal,
    user_id=st.just(1),
    username=st.just("x"),
    role=st.sampled_from(Role),
    organisation_code=st.sampled_from(["BJ01", "GX02", "EVAL"]),
    is_read_only=st.booleans(),
)
resources = st.builds(
    Resource,
    organisation_code=st.sampled_from(["BJ01", "GX02", "EVAL", None]),
    evaluated_by=st.sampled_from(["EVAL", "OTHER", None]),
    is_shared=st.booleans(),
)


def somebody(role: Role, organisation: str = "BJ01", *, is_read_only: bool = False) -> Principal:
    return Principal(1, "x", role, organisation, is_read_only)


def test_every_role_has_its_permissions_spelled() -> None:
    assert set(PERMISSIONS) == set(Role)


@pytest.mark.parametrize("role", [r for r in Role if r is not Role.VISITOR])
def test_a_member_reads_the_own_school(role: Role) -> None:
    assert authorize(somebody(role), Action.READ_STATION, OWN) is Decision.ALLOWED


@pytest.mark.parametrize(("role", "action"), list(itertools.product(Role, Action)))
def test_another_school_is_never_open(role: Role, action: Action) -> None:
    assert authorize(somebody(role), action, FOREIGN) is not Decision.ALLOWED


def test_another_school_is_hidden_and_not_refused() -> None:
    master = somebody(Role.STATIONMASTER)
    assert authorize(master, Action.READ_REGISTER, FOREIGN) is Decision.HIDDEN


def test_an_evaluator_reads_the_schools_it_evaluates() -> None:
    evaluator = somebody(Role.EVALUATOR, "EVAL")
    assert authorize(evaluator, Action.READ_READINESS, OWN) is Decision.ALLOWED
    assert authorize(evaluator, Action.READ_READINESS, FOREIGN) is Decision.HIDDEN


def test_only_evaluators_look_into_evaluated_schools() -> None:
    administrator = somebody(Role.ADMINISTRATOR, "EVAL")
    assert authorize(administrator, Action.READ_READINESS, OWN) is Decision.HIDDEN


def test_an_evaluator_changes_nothing_in_a_school() -> None:
    evaluator = somebody(Role.EVALUATOR, "EVAL")
    assert authorize(evaluator, Action.WRITE_REGISTER, OWN) is Decision.REFUSED
    assert authorize(evaluator, Action.WRITE_LIST, OWN) is Decision.REFUSED


def test_a_visitor_sees_only_what_is_shared() -> None:
    visitor = somebody(Role.VISITOR, "COMPANY")
    shared = Resource("BJ01", is_shared=True)
    assert authorize(visitor, Action.READ_BENCH, shared) is Decision.ALLOWED
    assert authorize(visitor, Action.READ_BENCH, OWN) is Decision.HIDDEN
    assert authorize(visitor, Action.READ_BENCH_DETAILS, shared) is Decision.REFUSED
    assert authorize(visitor, Action.READ_REGISTER, shared) is Decision.REFUSED


def test_sharing_opens_nothing_to_members_of_other_schools() -> None:
    shared = Resource("GX02", is_shared=True)
    assert authorize(somebody(Role.INSTRUCTOR), Action.READ_BENCH, shared) is Decision.HIDDEN


@given(principals, st.sampled_from(sorted(CHANGING_ACTIONS)), resources)
def test_an_api_key_changes_nothing(
    principal: Principal, action: Action, resource: Resource
) -> None:
    reading = Principal(1, "x", principal.role, principal.organisation_code, is_read_only=True)
    assert authorize(reading, action, resource) is Decision.REFUSED


@given(principals, st.sampled_from(Action), resources)
def test_a_resource_never_widens_what_a_role_may(
    principal: Principal, action: Action, resource: Resource
) -> None:
    if authorize(principal, action) is Decision.REFUSED:
        assert authorize(principal, action, resource) is Decision.REFUSED


@pytest.mark.parametrize(
    ("password", "is_good"),
    [
        ("short", False),
        ("aaaaaaaaaaaaaa", False),
        ("zhang-wei-2026", False),
        ("x" * 129, False),
        ("correct horse battery", True),
        ("动力电池绝缘电阻检测工位三", True),
    ],
)
def test_weak_passwords_are_refused(password: str, is_good: bool) -> None:
    assert (password_objection("zhang-wei", password) is None) is is_good


def test_income_is_read_by_leaders_and_who_evaluates_and_written_by_leaders_alone() -> None:
    def who(action: Action) -> set[Role]:
        return {role for role in Role if authorize(somebody(role), action, OWN) is Decision.ALLOWED}

    leaders = {Role.STATIONMASTER, Role.ADMINISTRATOR}
    assert who(Action.READ_INCOME) == leaders | {Role.EVALUATOR}
    assert who(Action.WRITE_INCOME) == leaders
    evaluator = somebody(Role.EVALUATOR, "EVAL")
    assert authorize(evaluator, Action.READ_INCOME, OWN) is Decision.ALLOWED
    assert authorize(evaluator, Action.WRITE_INCOME, OWN) is Decision.REFUSED
    reader = somebody(Role.STATIONMASTER, is_read_only=True)
    assert authorize(reader, Action.WRITE_INCOME, OWN) is Decision.REFUSED
