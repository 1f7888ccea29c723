"""What the page of open sharing starts from; it asks the API for the rest (pure)."""

from collections.abc import Mapping, Sequence
from typing import Any

from dashboard.api_client import API
from dashboard.listings_health import may
from dashboard.wording import Lang, texts
from inventory.accounts.rules import Action
from inventory.accounts.schema import Me
from inventory.stations.rules import MODULES
from inventory.stations.schema import StationOut

_AREAS = ("common", "trouble", "stations", "module_short", "weekday_short")
_OWN = (
    "sharing",
    "offer_state",
    "sharing_request",
    "sharing_state",
    "sharing_step",
)


def sharing_data(
    stations: Sequence[StationOut], me: Me, asked: Mapping[str, str], *, lang: Lang
) -> dict[str, Any]:
    """What the component starts from; `asked` are the choices in the address."""
    own = me.organisation.code
    return {
        "api": API,
        "lang": lang.value,
        "texts": texts(lang, *_AREAS, *_OWN),
        "stations": [
            one.model_dump(mode="json") for one in stations if one.organisation_code == own
        ],
        "modules": list(MODULES),
        "me": {"username": me.username, "name": me.name, "organisation": own},
        "asked": dict(asked),
        "may_ask": may(me, Action.REQUEST_SHARING),
        "may_manage": may(me, Action.MANAGE_OFFER),
        "writes_income": may(me, Action.WRITE_INCOME),
        "sees_bookings": may(me, Action.READ_BOOKING),
    }
