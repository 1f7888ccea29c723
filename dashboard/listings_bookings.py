"""What the pages of bookings start from; they ask the API for the rest (pure)."""

from collections.abc import Mapping, Sequence
from typing import Any

from dashboard.api_client import API
from dashboard.listings_health import may
from dashboard.wording import Lang, texts
from inventory.accounts.rules import Action
from inventory.accounts.schema import Me
from inventory.stations.schema import StationOut

_AREAS = ("common", "trouble", "gaps", "stations", "module_short")
_OWN = (
    "booking",
    "booking_state",
    "booking_step",
    "booking_done",
    "booking_scope",
    "booking_closed",
    "purpose",
    "purpose_glyph",
)


def bookings_data(
    stations: Sequence[StationOut], me: Me, asked: Mapping[str, str], *, lang: Lang
) -> dict[str, Any]:
    """What the component starts from; `asked` are the choices in the address."""
    return {
        "api": API,
        "lang": lang.value,
        "texts": texts(lang, *_AREAS, *_OWN),
        "stations": [one.model_dump(mode="json") for one in stations],
        "me": {"username": me.username, "organisation": me.organisation.code},
        "asked": dict(asked),
        "may_book": may(me, Action.WRITE_BOOKING),
        "writes_income": may(me, Action.WRITE_INCOME),
        "may_approve": may(me, Action.APPROVE_BOOKING),
    }
