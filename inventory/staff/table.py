"""The tables of persons and their certificates; numbers are unique within an organisation."""

from sqlalchemy import JSON, Column, UniqueConstraint
from sqlmodel import Field

from inventory.database import Row
from inventory.organisations.schema import Code
from inventory.staff.rules import StaffRole
from inventory.staff.schema import CertificateFields, StaffFields
from inventory.stations.rules import Level


def _list() -> Column[list[str]]:
    return Column(JSON, nullable=False)


class StaffRow(StaffFields, Row, table=True):
    """A stored person; lists of enums come back as plain text, equal to the enum's members."""

    __tablename__ = "staff_member"
    __table_args__ = (UniqueConstraint("organisation_code", "number"),)

    id: int | None = Field(default=None, primary_key=True)
    organisation_code: Code = Field(foreign_key="organisation.code", index=True, max_length=32)
    roles: list[StaffRole] = Field(default_factory=list, sa_column=_list())
    station_codes: list[str] = Field(default_factory=list, sa_column=_list())
    modules: list[str] = Field(default_factory=list, sa_column=_list())
    levels: list[Level] = Field(default_factory=list, sa_column=_list())


class CertificateRow(CertificateFields, Row, table=True):
    """A stored certificate."""

    __tablename__ = "staff_certificate"

    id: int | None = Field(default=None, primary_key=True)
    member_id: int = Field(foreign_key="staff_member.id", index=True)
    modules: list[str] = Field(default_factory=list, sa_column=_list())
