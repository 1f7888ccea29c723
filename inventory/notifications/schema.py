"""Each field of a message, of a delivery, of preferences and of a group bot, spelled once."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from inventory.database import enum_as_text
from inventory.notifications.rules import Channel, DeliveryState, MessageKind


class MessageFields(SQLModel):
    """What happened. `organisation_code` is whose matter it is: its group bots are told."""

    kind: MessageKind = Field(sa_type=enum_as_text(MessageKind))
    organisation_code: str = Field(max_length=32)
    at: datetime


class DeliveryFields(SQLModel):
    """One message on its way to one person or group.

    Deliveries with the same `batch` travel together, and do so again when tried again;
    `reason` is why the last attempt failed.
    """

    channel: Channel = Field(sa_type=enum_as_text(Channel))
    state: DeliveryState = Field(default=DeliveryState.WAITING, sa_type=enum_as_text(DeliveryState))
    not_before_at: datetime
    attempts: int = 0
    batch: str | None = Field(default=None, max_length=40)
    leased_until: datetime | None = None
    done_at: datetime | None = None
    reason: str = Field(default="", max_length=300)
