"""What the pages of work orders and stocktakes start from; they ask for the rest (pure)."""

from collections.abc import Mapping, Sequence
from typing import Any

from dashboard.api_client import API
from dashboard.listings_health import may
from dashboard.wording import Lang, texts
from inventory.accounts.rules import Action
from inventory.accounts.schema import Me
from inventory.stations.schema import StationOut

_AREAS = ("common", "trouble", "repair", "repair_state", "repair_step", "repair_sheet")
_COUNTING = (
    "count",
    "count_state",
    "count_result",
    "count_kind",
    "count_proposal",
    "equipment_status",
)
_SHARED = ("task", "finding", "gaps", "stations", "role")


def repairs_data(
    stations: Sequence[StationOut], me: Me, asked: Mapping[str, str], *, lang: Lang
) -> dict[str, Any]:
    """What the component starts from; `asked` are the filters in the address."""
    return {
        "api": API,
        "lang": lang.value,
        "texts": texts(lang, *_AREAS, *_SHARED),
        "stations": [one.model_dump(mode="json") for one in stations],
        "me": {"username": me.username, "organisation": me.organisation.code},
        "asked": dict(asked),
        "may_attach": may(me, Action.WRITE_DOCUMENT),
        "may_report": may(me, Action.WORK_ON_WORK_ORDER),
        "may_manage": may(me, Action.MANAGE_WORK_ORDER),
    }


def stocktakes_data(
    stations: Sequence[StationOut], me: Me, asked: Mapping[str, str], *, lang: Lang
) -> dict[str, Any]:
    """What the page of stocktakes starts from."""
    return {
        "api": API,
        "lang": lang.value,
        "texts": texts(lang, "common", "trouble", *_COUNTING, *_SHARED),
        "stations": [one.model_dump(mode="json") for one in stations],
        "me": {"username": me.username, "organisation": me.organisation.code},
        "asked": dict(asked),
        "may_manage": may(me, Action.MANAGE_STOCKTAKE),
    }
