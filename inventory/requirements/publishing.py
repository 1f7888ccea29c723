"""Who publishes lists, for whom they are, and who may read them."""

from sqlmodel import Session

from inventory.accounts.access import visible_organisations
from inventory.accounts.rules import Action, Principal
from inventory.errors import Invalid, NotAllowed
from inventory.organisations.rules import OrganisationKind
from inventory.organisations.use_cases import organisation


def publishers_for(db: Session, organisation_code: str) -> set[str]:
    """Whose lists concern an organisation: its own and those of its evaluation organisation."""
    owner = organisation(db, organisation_code)
    return {owner.code} | ({owner.evaluated_by} if owner.evaluated_by else set())


def demand_publisher(db: Session, principal: Principal, *, is_official: bool = False) -> None:
    """Pass when the caller's organisation may publish: a school for itself, others for schools.

    Raises:
        NotAllowed: it is a company.
        Invalid: a school calls its list official, which would then go before its evaluator's.
    """
    kind = organisation(db, principal.organisation_code).kind
    if kind is OrganisationKind.COMPANY:
        raise NotAllowed(Action.WRITE_LIST.value)
    if is_official and kind is OrganisationKind.SCHOOL:
        raise Invalid("official", "false: only who publishes for others calls a list official")


def readable_publishers(db: Session, principal: Principal) -> set[str]:
    """Whose lists a caller may read: those that concern it, and those its schools check by."""
    own = publishers_for(db, principal.organisation_code)
    return own | set(db.scalars(visible_organisations(principal)).all())
