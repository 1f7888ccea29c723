"""Making and finding organisations."""

from sqlmodel import Session

from inventory.audit.use_cases import record
from inventory.database import Database
from inventory.errors import Invalid, Taken, UnknownOrganisation
from inventory.organisations.rules import OrganisationKind
from inventory.organisations.schema import OrganisationFields
from inventory.organisations.table import Organisation


def organisation(db: Session, code: str) -> Organisation:
    """The organisation of a code.

    Raises:
        UnknownOrganisation: there is none.
    """
    found = db.get(Organisation, code)
    if found is None:
        raise UnknownOrganisation(code)
    return found


def create_organisation(database: Database, fields: OrganisationFields, *, who: str) -> None:
    """Add an organisation; `fields.evaluated_by` must exist and be an evaluation organisation.

    Raises:
        Taken: the code is in use.
        UnknownOrganisation: `evaluated_by` names nobody.
        Invalid: `evaluated_by` names something else than an evaluation organisation.
    """
    row = Organisation.model_validate(fields)
    with database.begin() as db:
        if db.get(Organisation, row.code) is not None:
            raise Taken("organisation", row.code)
        if row.evaluated_by is not None:
            evaluator = organisation(db, row.evaluated_by)
            if evaluator.kind is not OrganisationKind.EVALUATION_ORGANISATION:
                raise Invalid("evaluated_by", "the code of an evaluation organisation")
        db.add(row)
        record(
            db,
            who=who,
            action="created",
            entity="organisation",
            entity_id=row.code,
            organisation_code=row.code,
            new=row.model_dump(),
        )
