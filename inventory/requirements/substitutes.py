"""People decide what may stand in for a row where the list's own words leave it open."""

from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlmodel import Field as Column
from sqlmodel import Session, SQLModel, col, select

from inventory.audit.use_cases import record
from inventory.database import Database
from inventory.errors import Invalid
from inventory.organisations.rules import OrganisationKind
from inventory.organisations.use_cases import organisation
from inventory.requirements.alternatives import asks_a_person, folded_name
from inventory.requirements.errors import ListNotYours
from inventory.requirements.rules import DecidedSubstitute
from inventory.requirements.table import RequirementList, RequirementRow
from inventory.requirements.use_cases import decided_of, requirement_list

_DECIDING = frozenset({OrganisationKind.EVALUATION_ORGANISATION, OrganisationKind.AUTHORITY})


class SubstituteDecision(SQLModel):
    """A decision as it is sent: may what is called `name` stand in for the row, and why."""

    model_config = {"extra": "forbid"}

    row_id: str = Column(max_length=64)
    name: str = Column(min_length=1, max_length=100)
    may_stand_in: bool
    reason: str = Column(min_length=1, max_length=500)


class OpenSubstitutes(SQLModel):
    """A row whose words leave it open what may stand in, and what was decided of it."""

    row_id: str
    item_zh: str
    words: str
    decided: list[DecidedSubstitute]


def substitutes_of(db: Session, version: str) -> list[OpenSubstitutes]:
    """The rows of a version that ask a person and say something, or were decided on."""
    query = select(RequirementRow).where(RequirementRow.version == version)
    rows = db.exec(query.order_by(col(RequirementRow.position))).all()
    return [
        OpenSubstitutes(
            row_id=row.row_id,
            item_zh=row.item_zh,
            words=row.substitute_allowed,
            decided=list(decided_of(row.decided_substitutes)),
        )
        for row in rows
        if row.decided_substitutes
        or (row.substitute_allowed.strip(" -") and asks_a_person(row.substitute_allowed))
    ]


def decide_substitute(
    database: Database,
    version: str,
    decision: SubstituteDecision,
    *,
    deciding: str | None,
    who: str,
    now: datetime,
) -> None:
    """Store a decision with its reason; a later one of the same organisation replaces it.

    Args:
        database: where to.
        version: the list it is pinned to; another edition is decided on anew.
        decision: about one row and one name.
        deciding: organisation; it must publish the list, or evaluate by one that is everybody's.
            None: this house.
        who: user name.
        now: when.

    Raises:
        UnknownList: there is no such version.
        ListNotYours: somebody else decides on it.
        Invalid: no such row, its words say by themselves what may stand in, or a name or reason
            without a letter.
    """
    _demand_words(decision)
    with database.begin() as db:
        of = requirement_list(db, version)
        _demand_deciding(db, of, deciding)
        row = _open_row(db, version, decision.row_id)
        name, may = decision.name.strip(), decision.may_stand_in
        new = asdict(DecidedSubstitute(name, may, decision.reason, who, deciding))
        before = _before(row, name, deciding)
        others = [one for one in row.decided_substitutes if one not in before]
        row.decided_substitutes = [*others, new | {"decided_at": now.isoformat()}]
        of.settled_revision += 1
        db.add_all([row, of])
        record(
            db,
            who=who,
            action="decided",
            entity="requirement_list",
            entity_id=version,
            organisation_code=deciding,
            old={"row_id": row.row_id, "decided": before} if before else None,
            new={"row_id": row.row_id} | new,
            at=now,
        )


def _demand_words(decision: SubstituteDecision) -> None:
    # nothing goes by a name of blanks, so the decision would be on record and never apply
    if not folded_name(decision.name):
        raise Invalid("name", "the name of what may stand in, or may not")
    if not decision.reason.strip():
        raise Invalid("reason", "the reason for the decision")


def _before(row: RequirementRow, name: str, deciding: str | None) -> list[dict[str, Any]]:
    return [
        one
        for one in row.decided_substitutes
        if folded_name(one["name"]) == folded_name(name) and one["organisation_code"] == deciding
    ]


def _demand_deciding(db: Session, of: RequirementList, deciding: str | None) -> None:
    if of.organisation_code == deciding:
        return
    if of.organisation_code is not None or deciding is None:
        raise ListNotYours(of.version)
    if organisation(db, deciding).kind not in _DECIDING:
        raise ListNotYours(of.version)


def _open_row(db: Session, version: str, row_id: str) -> RequirementRow:
    query = select(RequirementRow).where(
        RequirementRow.version == version, RequirementRow.row_id == row_id
    )
    row = db.exec(query).first()
    if row is None:
        raise Invalid("row_id", "a row of this version")
    if not asks_a_person(row.substitute_allowed):
        raise Invalid(
            "row_id", f"a row that leaves it open; this one says {row.substitute_allowed}"
        )
    return row
