"""What the inbox and the bell start from; they ask the API for the rest (pure)."""

from collections.abc import Mapping
from typing import Any

from dashboard.api_client import API
from dashboard.listings_health import may
from dashboard.wording import Lang, texts
from inventory.accounts.rules import Action
from inventory.accounts.schema import Me
from inventory.notifications.bots import BotService
from inventory.notifications.rules import TECHNICAL, MessageKind, Timing

PAGES = (
    "bookings",
    "sharing",
    "due",
    "repairs",
    "rectifications",
    "health",
    "utilisation",
    "inbox",
)
"""Where a message may lead."""


def inbox_data(me: Me, asked: Mapping[str, str], *, lang: Lang) -> dict[str, Any]:
    """What the inbox starts from; `asked` are the filters in the address."""
    areas = ("inbox", "mail_timing", "message_kind", "bot_service", "trouble", "common")
    return {
        "api": API,
        "lang": lang.value,
        "texts": texts(lang, *areas),
        "me": {"username": me.username},
        "asked": dict(asked),
        "pages": list(PAGES),
        "kinds": [kind.value for kind in MessageKind if kind not in TECHNICAL],
        "timings": [timing.value for timing in Timing],
        "services": [service.value for service in BotService],
        "may_write": may(me, Action.MANAGE_NOTIFICATIONS),
        "may_manage": may(me, Action.MANAGE_GROUP_BOT),
    }
