"""Each field of a message, of a delivery, of preferences and of a group bot, spelled once."""

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, StringConstraints
from pydantic import Field as Member
from sqlmodel import Field, SQLModel

from inventory.database import enum_as_text
from inventory.notifications.bots import BotService
from inventory.notifications.rules import Channel, DeliveryState, MessageKind, Timing, Urgency
from inventory.notifications.wording import Language
from inventory.organisations.schema import Name
from inventory.paging import Page

MAX_ID = 2**53 - 1
"""Numbers of messages never stop growing; what a browser still counts exactly."""
ClockTime = Annotated[str, StringConstraints(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")]


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


class InboxItem(BaseModel):
    """A message as its reader sees it; `path` is the page about it."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "id": 81,
                    "kind": "work_order_opened",
                    "urgency": "normal",
                    "organisation_code": "BJ01",
                    "at": "2026-12-01T08:00:00Z",
                    "read_at": "2026-12-01T09:30:00Z",
                    "title": "新报修 #17：battery-01 动力电池台架",
                    "lines": ["内容：绝缘报警", "报修人：bj-teacher"],
                    "path": "/repairs?order=17",
                }
            ]
        }
    )

    id: int
    kind: MessageKind
    urgency: Urgency
    organisation_code: str
    at: datetime
    read_at: datetime | None
    title: str
    lines: list[str]
    path: str


class InboxPage(Page[InboxItem]):
    """One page of the inbox; `unread` is over all pages."""

    unread: int


class ReadOrder(BaseModel):
    """Which messages were read: some by number, or all up to a number."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"ids": [81, 84]}, {"up_to": 84}]}
    )

    ids: list[Annotated[int, Member(ge=1, le=MAX_ID)]] = Member(default=[], max_length=200)
    up_to: int | None = Member(default=None, ge=1, le=MAX_ID)


class KindChoice(BaseModel):
    """A kind of message and when its reader wants it by e-mail."""

    kind: MessageKind
    urgency: Urgency
    timing: Timing
    default: Timing


class PreferencesOut(BaseModel):
    """How the caller is told; hours are local times of the schools.

    `mail_trouble` is why the last mail that could not be sent failed, empty after one that was.
    """

    language: Language
    quiet_from: str
    quiet_until: str
    digest_at: str
    kinds: list[KindChoice]
    can_mail: bool = Member(description="whether this installation sends mail at all")
    address: str | None
    is_verified: bool
    code_until: datetime | None = Member(description="when a code that is under way ends")
    mail_trouble: str


class PreferencesOrder(BaseModel):
    """What is to change; what it does not name stays. A timing of null is the default again."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [{"quiet_from": "21:30", "timings": {"booking_confirmed": "off"}}]
        },
    )

    language: Language | None = None
    quiet_from: ClockTime | None = None
    quiet_until: ClockTime | None = None
    digest_at: ClockTime | None = None
    timings: dict[MessageKind, Timing | None] = {}


class AddressOrder(BaseModel):
    """Where the caller wants mail; a code is mailed there."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"address": "zhang.wei@example.edu.cn"}]}
    )

    address: str = Member(max_length=254)


class CodeOrder(BaseModel):
    """The code out of the mail."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"code": "042917"}]})

    code: str = Member(max_length=20)


class GroupBotOrder(BaseModel):
    """A group to tell. `kinds` null: what concerns a whole staff room."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "name": "实训中心值班群",
                    "service": "dingtalk",
                    "url": "https://oapi.dingtalk.com/robot/send?access_token=…",
                    "secret": "SEC…",
                }
            ]
        },
    )

    name: Name
    service: BotService
    language: Language = Language.ZH
    url: str = Member(max_length=500)
    secret: str = Member(default="", max_length=128)
    kinds: list[MessageKind] | None = Member(default=None, max_length=60)


class GroupBotChange(BaseModel):
    """What is to change of a group; what it does not name stays, also address and secret."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"kinds": ["work_order_opened"]}]}
    )

    name: Name | None = None
    language: Language | None = None
    url: str | None = Member(default=None, max_length=500)
    secret: str | None = Member(default=None, max_length=128)
    kinds: list[MessageKind] | None = Member(default=None, max_length=60)


class GroupBotOut(BaseModel):
    """A group that is told; its address and secret are shown to nobody."""

    id: int
    organisation_code: str
    name: str
    service: BotService
    language: Language
    host: str = Member(description="of the address, which is not shown")
    is_signed: bool
    kinds: list[MessageKind]
    created_at: datetime
    created_by: str
    waiting: int = Member(description="messages that are due and not sent")
    last_sent_at: datetime | None
    trouble: str = Member(description="why the latest attempt failed; empty when it did not")


class FailedDelivery(BaseModel):
    """A delivery that was given up; the inbox has its message all the same."""

    id: int
    channel: Channel
    kind: MessageKind
    organisation_code: str
    to: str = Member(description="user name, or name of the group")
    at: datetime = Member(description="of the message")
    given_up_at: datetime
    attempts: int
    reason: str
