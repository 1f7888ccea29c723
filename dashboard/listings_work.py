"""What the pages where people work start from; they ask the API for the rest (pure)."""

from collections.abc import Mapping, Sequence
from typing import Any

from dashboard.api_client import API
from dashboard.listings_health import may
from dashboard.wording import Lang, texts
from inventory.accounts.rules import Action
from inventory.accounts.schema import Me
from inventory.stations.schema import StationOut

_WORDS = ("common", "trouble", "level", "level_full", "module", "module_short", "kind", "authority")
_TASK_WORDS = ("task", "task_state", "finding", "step")


def gaps_data(
    station: StationOut, me: Me, asked: Mapping[str, str], *, lang: Lang
) -> dict[str, Any]:
    """What the gap matrix starts from; `asked` are the filters in the address."""
    areas = (*_WORDS, *_TASK_WORDS, "gaps", "station", "stations", "status", "glyph")
    return {
        "api": API,
        "lang": lang.value,
        "texts": texts(lang, *areas),
        "station": station.model_dump(mode="json"),
        "asked": dict(asked),
        "may_manage": may(me, Action.MANAGE_RECTIFICATION),
    }


def tasks_data(
    stations: Sequence[StationOut], me: Me, asked: Mapping[str, str], *, lang: Lang
) -> dict[str, Any]:
    """What the page of rectifications starts from."""
    areas = (*_WORDS, *_TASK_WORDS, "task_step", "gaps", "stations", "role")
    return {
        "api": API,
        "lang": lang.value,
        "texts": texts(lang, *areas),
        "stations": [one.model_dump(mode="json") for one in stations],
        "me": {"username": me.username},
        "asked": dict(asked),
        "may_attach": may(me, Action.WRITE_DOCUMENT),
    }
