"""Outbox, inboxes, deliveries, group bots and how people want to be told.

Revision ID: 0026
Revises: 0025
"""

# ruff: noqa: D103 - a step says what it does by its number

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

_text = sqlmodel.sql.sqltypes.AutoString
_moment = sqlmodel.sql.sqltypes.UTCDateTime
_wide = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _to(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [target], name=op.f(f"fk_{table}_{column}"))


def _some(name: str, table: str, columns: list[str], condition: str) -> None:
    where = sa.text(condition)
    op.create_index(name, table, columns, sqlite_where=where, postgresql_where=where)


def upgrade() -> None:
    _messages()
    _deliveries()
    _people()


def _messages() -> None:
    op.create_table(
        "outbox_message",
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("at", _moment(), nullable=False),
        sa.Column("id", _wide, nullable=False),
        sa.Column("organisation_code", _text(length=32), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("dedupe_key", _text(length=200), nullable=True),
        sa.Column("attach_ics", _text(), nullable=True),
        sa.Column("token", _text(length=32), nullable=False),
        sa.Column("planned_at", _moment(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox_message")),
        sa.UniqueConstraint("dedupe_key", name=op.f("uq_outbox_message_dedupe_key")),
    )
    index = op.f("ix_outbox_message_organisation_code")
    op.create_index(index, "outbox_message", ["organisation_code"])
    _some("ix_outbox_message_unplanned", "outbox_message", ["id"], "planned_at IS NULL")
    op.create_table(
        "inbox_entry",
        sa.Column("message_id", _wide, nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("read_at", _moment(), nullable=True),
        _to("inbox_entry", "message_id", "outbox_message.id"),
        _to("inbox_entry", "user_id", "user_account.id"),
        sa.PrimaryKeyConstraint("message_id", "user_id", name=op.f("pk_inbox_entry")),
    )
    op.create_index("ix_inbox_entry_of_user", "inbox_entry", ["user_id", "message_id"])
    _some("ix_inbox_entry_unread", "inbox_entry", ["user_id"], "read_at IS NULL")


def _deliveries() -> None:
    table = "notification_delivery"
    op.create_table(
        "group_bot",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organisation_code", _text(length=32), nullable=False),
        sa.Column("name", _text(length=200), nullable=False),
        sa.Column("service", _text(length=40), nullable=False),
        sa.Column("language", _text(length=2), nullable=False),
        sa.Column("url", _text(length=500), nullable=False),
        sa.Column("secret", _text(length=200), nullable=False),
        sa.Column("kinds", sa.JSON(), nullable=True),
        sa.Column("created_at", _moment(), nullable=False),
        sa.Column("created_by", _text(length=80), nullable=False),
        sa.Column("ended_at", _moment(), nullable=True),
        sa.Column("next_at", _moment(), nullable=True),
        _to("group_bot", "organisation_code", "organisation.code"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_group_bot")),
    )
    op.create_index(op.f("ix_group_bot_organisation_code"), "group_bot", ["organisation_code"])
    op.create_table(
        table,
        sa.Column("channel", sa.String(length=40), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("not_before_at", _moment(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("batch", _text(length=40), nullable=True),
        sa.Column("leased_until", _moment(), nullable=True),
        sa.Column("done_at", _moment(), nullable=True),
        sa.Column("reason", _text(length=300), nullable=False),
        sa.Column("id", _wide, nullable=False),
        sa.Column("message_id", _wide, nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("group_bot_id", sa.Integer(), nullable=True),
        _to(table, "message_id", "outbox_message.id"),
        _to(table, "user_id", "user_account.id"),
        _to(table, "group_bot_id", "group_bot.id"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
        sa.UniqueConstraint("message_id", "user_id", name=f"uq_{table}_person"),
        sa.UniqueConstraint("message_id", "group_bot_id", name=f"uq_{table}_group"),
    )
    for column in ("done_at", "user_id", "group_bot_id"):
        op.create_index(op.f(f"ix_{table}_{column}"), table, [column])
    _some(f"ix_{table}_waiting", table, ["not_before_at"], "state = 'waiting'")


def _people() -> None:
    op.create_table(
        "notification_preferences",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("language", _text(length=2), nullable=False),
        sa.Column("quiet_from", _text(length=5), nullable=False),
        sa.Column("quiet_until", _text(length=5), nullable=False),
        sa.Column("digest_at", _text(length=5), nullable=False),
        sa.Column("timings", sa.JSON(), nullable=False),
        sa.Column("changed_at", _moment(), nullable=False),
        _to("notification_preferences", "user_id", "user_account.id"),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_notification_preferences")),
    )
    op.create_table(
        "mail_address",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("address", _text(length=254), nullable=False),
        sa.Column("verified_at", _moment(), nullable=True),
        sa.Column("code", _text(length=6), nullable=True),
        sa.Column("code_until", _moment(), nullable=True),
        sa.Column("code_tries", sa.Integer(), nullable=False),
        sa.Column("codes_on", _text(length=10), nullable=False),
        sa.Column("codes_sent", sa.Integer(), nullable=False),
        _to("mail_address", "user_id", "user_account.id"),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_mail_address")),
    )


def downgrade() -> None:
    for table in (
        "mail_address",
        "notification_preferences",
        "notification_delivery",
        "group_bot",
        "inbox_entry",
        "outbox_message",
    ):
        op.drop_table(table)
