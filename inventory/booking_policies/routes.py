"""Routes of booking policies."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query
from pydantic import Field

from inventory.accounts.policies import Now, TheDatabase, require
from inventory.accounts.rules import Action, Principal
from inventory.bookable import MAX_KEY
from inventory.booking_policies.changes import policy_changes
from inventory.booking_policies.rules import PolicyCode
from inventory.booking_policies.schema import PolicyChangeOut, PolicyIn, PolicyOut
from inventory.booking_policies.use_cases import booking_policies, policies_on, set_policies

router = APIRouter(tags=["booking policies"])
Reader = Annotated[Principal, Depends(require(Action.READ_BOOKING))]
Writer = Annotated[Principal, Depends(require(Action.MANAGE_BOOKING_POLICY))]
Owner = Annotated[str | None, Query(max_length=32, description="default: mine")]
Policies = Annotated[list[PolicyIn], Field(min_length=1, max_length=100)]
"""None at all is one with the effect off, so that it is on record."""


@router.get("/booking-policies")
def list_policies(
    database: TheDatabase, caller: Reader, organisation: Owner = None
) -> list[PolicyOut]:
    """All policies on a school's resources, the defaults it has not replaced among them."""
    with database.read() as db:
        return booking_policies(db, caller, organisation or caller.organisation_code)


@router.get("/booking-policies/explained")
def explain_policies(
    database: TheDatabase,
    caller: Reader,
    resource: Annotated[str, Query(max_length=MAX_KEY, description="such as bench:BJ01/b-01")],
    station: Annotated[str, Query(max_length=32)] = "",
) -> list[PolicyOut]:
    """The policies one resource has for people of my organisation, each with what it says."""
    with database.read() as db:
        return policies_on(db, caller, resource, station)


@router.get("/booking-policies/history")
def list_policy_changes(
    database: TheDatabase, caller: Reader, organisation: Owner = None
) -> list[PolicyChangeOut]:
    """Who changed which policies when, in the words they had; the latest first."""
    with database.read() as db:
        return policy_changes(db, caller, organisation or caller.organisation_code)


@router.put("/booking-policies/{code}")
def put_policies(
    code: PolicyCode,
    items: Policies,
    database: TheDatabase,
    caller: Writer,
    now: Now,
    organisation: Owner = None,
) -> list[PolicyOut]:
    """Set all policies of a code, in place of its defaults and of what was set before."""
    owner = organisation or caller.organisation_code
    return set_policies(database, caller, code, items, organisation_code=owner, now=now)


@router.delete("/booking-policies/{code}")
def reset_policies(
    code: PolicyCode, database: TheDatabase, caller: Writer, now: Now, organisation: Owner = None
) -> list[PolicyOut]:
    """Give a code back to its defaults."""
    owner = organisation or caller.organisation_code
    return set_policies(database, caller, code, None, organisation_code=owner, now=now)
