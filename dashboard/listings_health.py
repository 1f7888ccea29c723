"""What the API says of data health, arranged for its page (pure)."""

from collections.abc import Sequence
from typing import Any

from dashboard.api_client import API
from dashboard.wording import Lang, texts
from inventory.accounts.rules import Action
from inventory.accounts.schema import Me
from inventory.alerts.schema import AlertOut
from inventory.data_health.schema import DataHealthOut

_AREAS = (
    "common",
    "health",
    "transport",
    "transport_glyph",
    "reason",
    "ingest",
    "alert",
    "alert_kind",
    "alert_remedy",
    "alert_fact",
    "alert_end",
    "liveness",
    "trouble",
)


def may(me: Me, action: Action) -> bool:
    """Whether the user's role includes an action."""
    return action.value in me.actions


def health_data(
    health: DataHealthOut, alerts: Sequence[AlertOut], me: Me, *, lang: Lang
) -> dict[str, Any]:
    """What the data health component starts from; from then on it asks by itself."""
    return {
        "api": API,
        "lang": lang.value,
        "texts": texts(lang, *_AREAS),
        "health": health.model_dump(mode="json"),
        "listed": [one.model_dump(mode="json") for one in alerts],
        "may_acknowledge": may(me, Action.ACKNOWLEDGE_ALERT),
    }


def badge_data(lang: Lang, *, has_alerts: bool) -> dict[str, Any]:
    """What the badge beside the title needs; `has_alerts`: the user may see them."""
    return {"api": API, "texts": texts(lang, "alert", "inbox"), "has_alerts": has_alerts}
