"""How decisions reach the database: what a caller may see, as conditions of queries."""

from sqlalchemy import Select, select
from sqlmodel import Session, col

from inventory.accounts.rules import Action, Decision, Principal, Resource, Role, authorize
from inventory.errors import NotAllowed, Unknown, UnknownOrganisation
from inventory.organisations.table import Organisation


def visible_organisations(principal: Principal) -> Select[str]:
    """Codes of the organisations whose rows the caller may see; every query is scoped by it.

    Use as `col(Bench.organisation_code).in_(visible_organisations(principal))`. A visitor sees
    none this way: stations and benches marked shared are added where they are queried.
    """
    codes = select(col(Organisation.code))
    if principal.role is Role.VISITOR:
        return codes.where(col(Organisation.code).is_(None))
    own = col(Organisation.code) == principal.organisation_code
    if principal.role is not Role.EVALUATOR:
        return codes.where(own)
    return codes.where(own | (col(Organisation.evaluated_by) == principal.organisation_code))


def demand(principal: Principal, action: Action, resource: Resource, unknown: Unknown) -> None:
    """Pass when the action is allowed on the resource.

    Raises:
        NotAllowed: the caller's role does not include the action.
        Unknown: the given fact, when the caller may not know of the resource.
    """
    decision = authorize(principal, action, resource)
    if decision is Decision.HIDDEN:
        raise unknown
    if decision is Decision.REFUSED:
        raise NotAllowed(action.value)


def demand_organisation(
    db: Session, principal: Principal, organisation_code: str, action: Action
) -> None:
    """Pass when the caller may do this in an organisation.

    Raises:
        UnknownOrganisation: there is none, or the caller may not know of it.
        NotAllowed: the caller's role does not include the action.
    """
    if authorize(principal, action) is not Decision.ALLOWED:
        # the same for codes that exist and codes that don't
        raise NotAllowed(action.value)
    unknown = UnknownOrganisation(organisation_code)
    owner = db.get(Organisation, organisation_code)
    if owner is None:
        raise unknown
    demand(principal, action, Resource(owner.code, owner.evaluated_by), unknown)
