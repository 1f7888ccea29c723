"""The tables of offers, of requests for shared use, and of everything that happened to those."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Column, Index
from sqlmodel import Field

from inventory.database import Row
from inventory.organisations.schema import Code
from inventory.sharing.request_schema import EntryFields, RequestFields
from inventory.sharing.schema import OfferFields, OfferStored, OwnersFields


def _json_list() -> Any:  # noqa: ANN401 - SQLModel's own word for a column
    return Field(default_factory=list, sa_column=Column(JSON, nullable=False))


class SharingOffer(OfferFields, OwnersFields, OfferStored, Row, table=True):
    """A stored offer; requests keep the one they were made of."""

    __tablename__ = "sharing_offer"

    id: int | None = Field(default=None, primary_key=True)
    organisation_code: Code = Field(foreign_key="organisation.code", index=True, max_length=32)
    station_code: Code = Field(foreign_key="station.code", max_length=32)
    resources: list[str] = _json_list()
    hours: list[dict[str, Any]] = _json_list()
    modules: list[str] = _json_list()


class SharingRequest(RequestFields, Row, table=True):
    """A stored request; `judged_by` are the sides that said how it was."""

    __tablename__ = "sharing_request"
    __table_args__ = (Index("ix_sharing_request_unfinished", "state", "end_at"),)

    id: int | None = Field(default=None, primary_key=True)
    offer_id: int = Field(foreign_key="sharing_offer.id", index=True)
    booking_id: int = Field(foreign_key="booking.id", unique=True)
    organisation_code: Code = Field(foreign_key="organisation.code", index=True, max_length=32)
    requester_organisation_code: Code = Field(
        foreign_key="organisation.code", index=True, max_length=32
    )
    requested_at: datetime


class SharingEntry(EntryFields, Row, table=True):
    """A stored step; only ever added."""

    __tablename__ = "sharing_entry"

    id: int | None = Field(default=None, primary_key=True)
    request_id: int = Field(foreign_key="sharing_request.id", index=True)
