"""The outbox, the inboxes, deliveries, and where and how people want to be told."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Column, Index, UniqueConstraint, text
from sqlmodel import Field

from inventory.database import WIDE, Row
from inventory.notifications.schema import DeliveryFields, MessageFields
from inventory.organisations.schema import Code


class OutboxMessage(MessageFields, Row, table=True):
    """A message written with what it tells of; `planned_at` is empty until deliveries exist.

    `organisation_code` has no foreign key, as in the audit trail. `token` makes the ids of its
    mails unique in the world.
    """

    __tablename__ = "outbox_message"
    __table_args__ = (
        Index(
            "ix_outbox_message_unplanned",
            "id",
            sqlite_where=text("planned_at IS NULL"),
            postgresql_where=text("planned_at IS NULL"),
        ),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=WIDE)
    organisation_code: str = Field(index=True, max_length=32)
    facts: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))
    dedupe_key: str | None = Field(default=None, unique=True, max_length=200)
    attach_ics: str | None = None
    token: str = Field(max_length=32)
    planned_at: datetime | None = None


class InboxEntry(Row, table=True):
    """That a person has a message; written in the transaction of what it tells of."""

    __tablename__ = "inbox_entry"
    __table_args__ = (
        Index("ix_inbox_entry_of_user", "user_id", "message_id"),
        Index(
            "ix_inbox_entry_unread",
            "user_id",
            sqlite_where=text("read_at IS NULL"),
            postgresql_where=text("read_at IS NULL"),
        ),
    )

    message_id: int = Field(primary_key=True, foreign_key="outbox_message.id", sa_type=WIDE)
    user_id: int = Field(primary_key=True, foreign_key="user_account.id")
    read_at: datetime | None = None


class GroupBot(Row, table=True):
    """A group of 企业微信, 钉钉 or 飞书 that is told; `url` and `secret` never leave the server.

    `kinds` None means those of `FOR_GROUPS`.
    """

    __tablename__ = "group_bot"

    id: int | None = Field(default=None, primary_key=True)
    organisation_code: Code = Field(foreign_key="organisation.code", index=True, max_length=32)
    name: str = Field(max_length=200)
    service: str = Field(max_length=40)
    language: str = Field(max_length=2)
    url: str = Field(max_length=500)
    secret: str = Field(default="", max_length=200)
    kinds: list[str] | None = Field(default=None, sa_column=Column(JSON))
    created_at: datetime
    created_by: str = Field(max_length=80)
    ended_at: datetime | None = None
    next_at: datetime | None = None


class Delivery(DeliveryFields, Row, table=True):
    """A stored delivery: to a person by e-mail, or to a group."""

    __tablename__ = "notification_delivery"
    __table_args__ = (
        UniqueConstraint("message_id", "user_id", name="uq_notification_delivery_person"),
        UniqueConstraint("message_id", "group_bot_id", name="uq_notification_delivery_group"),
        Index(
            "ix_notification_delivery_waiting",
            "not_before_at",
            sqlite_where=text("state = 'waiting'"),
            postgresql_where=text("state = 'waiting'"),
        ),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=WIDE)
    message_id: int = Field(foreign_key="outbox_message.id", sa_type=WIDE)
    done_at: datetime | None = Field(default=None, index=True)
    user_id: int | None = Field(default=None, foreign_key="user_account.id", index=True)
    group_bot_id: int | None = Field(default=None, foreign_key="group_bot.id", index=True)


class NotificationPreferences(Row, table=True):
    """How a person wants to be told; hours as "HH:MM" of the schools' clock.

    `timings` has the kinds somebody decided on, all others go by default.
    """

    __tablename__ = "notification_preferences"

    user_id: int = Field(primary_key=True, foreign_key="user_account.id")
    language: str = Field(max_length=2)
    quiet_from: str = Field(max_length=5)
    quiet_until: str = Field(max_length=5)
    digest_at: str = Field(max_length=5)
    timings: dict[str, str] = Field(sa_column=Column(JSON, nullable=False))
    changed_at: datetime


class MailAddress(Row, table=True):
    """Where a person gets mail, once the code that was mailed there came back.

    `codes_on` and `codes_sent` count the mails of a day, so that nobody's mailbox is flooded.
    """

    __tablename__ = "mail_address"

    user_id: int = Field(primary_key=True, foreign_key="user_account.id")
    address: str = Field(max_length=254)
    verified_at: datetime | None = None
    code: str | None = Field(default=None, max_length=6)
    code_until: datetime | None = None
    code_tries: int = 0
    codes_on: str = Field(default="", max_length=10)
    codes_sent: int = 0
