"""Which of several list versions applies to an organisation, and when that ends."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import date, timedelta
from typing import Protocol, TypeVar

from sqlmodel import Session, col, select

from inventory.due_entries import DueEntry, DueKind
from inventory.organisations.rules import OrganisationKind
from inventory.organisations.table import Organisation
from inventory.requirements.table import RequirementList


class Version(Protocol):
    """What decides whether a version of a list applies; requirement lists and others have it."""

    is_official: bool
    valid_from: date | None
    valid_to: date | None
    organisation_code: str | None


V = TypeVar("V", bound=Version)


def first_applying(known: Iterable[V], owner: Organisation, on: date) -> V | None:
    """Of what an organisation may use, the version that applies on a day.

    An official one goes first, then one of its evaluation organisation, then one of its own, then
    everybody's; of equals the one that comes first.
    """
    order = {owner.evaluated_by or "": 1, owner.code: 2}
    valid = [
        row
        for row in known
        if (row.valid_from is None or row.valid_from <= on)
        and (row.valid_to is None or on <= row.valid_to)
    ]
    return min(
        valid,
        key=lambda row: 0 if row.is_official else order.get(row.organisation_code or "-", 3),
        default=None,
    )


def due_entries(db: Session, organisations: Collection[str], on: date) -> Iterator[DueEntry]:
    """The list of each school whose validity ends without another that follows on it."""
    schools = db.exec(
        select(Organisation).where(
            col(Organisation.code).in_(organisations),
            Organisation.kind == OrganisationKind.SCHOOL,
        )
    ).all()
    known = db.exec(select(RequirementList).order_by(col(RequirementList.imported_at).desc())).all()
    for school in schools:
        publishers = {None, school.code, school.evaluated_by}
        usable = [row for row in known if row.organisation_code in publishers]
        ending = _ending(usable, school, on)
        if ending is not None and ending.valid_to is not None:
            yield DueEntry(
                DueKind.LIST_VERSION,
                school.code,
                "requirement_list",
                ending.version,
                ending.title or ending.version,
                ending.title or ending.version,
                ending.valid_to,
                detail=ending.version,
            )


def _ending(
    usable: Sequence[RequirementList], school: Organisation, on: date
) -> RequirementList | None:
    """The last of those that follow on one another; the last that ended where none applies."""
    applying = first_applying(usable, school, on)
    if applying is None:
        ended = [row for row in usable if row.valid_to is not None and row.valid_to < on]
        return max(ended, key=lambda row: row.valid_to or on, default=None)
    while applying.valid_to is not None and applying.valid_to < date.max:
        following = first_applying(usable, school, applying.valid_to + timedelta(days=1))
        if following is None:
            break
        applying = following
    return applying
