"""How stored policies become those the rules take."""

from collections.abc import Sequence

from sqlmodel import Session, col, select

from inventory.accounts.rules import Role
from inventory.bookable import BookingPurpose, ResourceKind
from inventory.booking_policies.defaults import DEFAULTS
from inventory.booking_policies.rules import Policy, Scope
from inventory.booking_policies.schema import PolicyFields
from inventory.booking_policies.table import BookingPolicy
from inventory.staff.rules import CertificateKind, StaffRole


def policies_of(db: Session, organisation_code: str) -> tuple[Policy, ...]:
    """All policies on an organisation's resources; one statement.

    What a school sets of a code stands in place of the defaults of that code.
    """
    return effective([policy_of(row, row.id) for row in rows_of(db, organisation_code)])


def rows_of(db: Session, organisation_code: str) -> Sequence[BookingPolicy]:
    """What an organisation has set, in the order it did."""
    query = select(BookingPolicy).where(BookingPolicy.organisation_code == organisation_code)
    return db.exec(query.order_by(col(BookingPolicy.id))).all()


def effective(own: Sequence[Policy]) -> tuple[Policy, ...]:
    """A school's policies and the defaults of the codes it has set none of."""
    said = {one.code for one in own}
    return (*own, *(one for one in DEFAULTS if one.code not in said))


def policy_of(row: PolicyFields, policy_id: int | None = None) -> Policy:
    """A policy as the rules take it."""
    return Policy(
        code=row.code,
        effect=row.effect,
        scope=Scope(
            station_code=row.station_code or "",
            resource_key=row.resource_key or "",
            kinds=tuple(map(ResourceKind, row.kinds)),
            modules=tuple(row.modules),
            purposes=tuple(map(BookingPurpose, row.purposes)),
            roles=tuple(map(Role, row.roles)),
            askers=row.askers,
        ),
        least=row.least,
        most=row.most,
        allowed_roles=tuple(map(Role, row.allowed_roles)),
        displaces=tuple(map(BookingPurpose, row.displaces)),
        staff_roles=tuple(map(StaffRole, row.staff_roles)),
        certificates=tuple(map(CertificateKind, row.certificates)),
        level=row.level,
        is_trainer_rule=row.is_trainer_rule,
        waits_for_register=row.waits_for_register,
        note=row.note,
        id=policy_id,
    )
