"""The table of booking policies: a row each, those a school has set itself."""

from datetime import datetime

from sqlalchemy import JSON, Column
from sqlmodel import Field

from inventory.accounts.rules import Role
from inventory.bookable import BookingPurpose, ResourceKind
from inventory.booking_policies.schema import PolicyFields
from inventory.database import Row
from inventory.organisations.schema import Code
from inventory.staff.rules import CertificateKind, StaffRole


def _list() -> Column[list[str]]:
    return Column(JSON, nullable=False)


class BookingPolicy(PolicyFields, Row, table=True):
    """A stored policy; lists of enums come back as plain text, equal to the enum's members."""

    __tablename__ = "booking_policy"

    id: int | None = Field(default=None, primary_key=True)
    organisation_code: Code = Field(foreign_key="organisation.code", index=True, max_length=32)
    station_code: Code | None = Field(default=None, foreign_key="station.code", max_length=32)
    kinds: list[ResourceKind] = Field(default_factory=list, sa_column=_list())
    modules: list[str] = Field(default_factory=list, sa_column=_list())
    purposes: list[BookingPurpose] = Field(default_factory=list, sa_column=_list())
    roles: list[Role] = Field(default_factory=list, sa_column=_list())
    allowed_roles: list[Role] = Field(default_factory=list, sa_column=_list())
    displaces: list[BookingPurpose] = Field(default_factory=list, sa_column=_list())
    staff_roles: list[StaffRole] = Field(default_factory=list, sa_column=_list())
    certificates: list[CertificateKind] = Field(default_factory=list, sa_column=_list())
    set_at: datetime
    set_by: str = Field(max_length=80)
