"""What the pages of conditions, staff, places and stock start from (pure)."""

from collections.abc import Mapping
from typing import Any

from dashboard.api_client import API
from dashboard.listings_health import may
from dashboard.wording import Lang, texts
from inventory.accounts.rules import Action
from inventory.accounts.schema import Me
from inventory.conditions.rules import ConditionBasis, ConditionOutcome
from inventory.stations.schema import StationOut


def conditions_data(
    station: StationOut, me: Me, asked: Mapping[str, str], *, lang: Lang
) -> dict[str, Any]:
    """What the page of conditions starts from; `asked` are the filters in the address."""
    areas = ("conditions", "condition_outcome", "condition_basis", "statement_state", "topic")
    return {
        **_start(me, asked, lang, *areas, "authority", "finding"),
        "station": station.model_dump(mode="json"),
        "outcomes": [one.value for one in ConditionOutcome],
        "bases": [one.value for one in ConditionBasis],
        "may_write": may(me, Action.WRITE_STATION)
        and station.organisation_code == me.organisation.code,
    }


def _start(me: Me, asked: Mapping[str, str], lang: Lang, *areas: str) -> dict[str, Any]:
    return {
        "api": API,
        "lang": lang.value,
        "texts": texts(lang, "common", "trouble", "keeping", *areas),
        "me": {"username": me.username, "organisation": me.organisation.code},
        "asked": dict(asked),
    }
