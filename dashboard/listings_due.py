"""What the due calendar starts from; it asks the API for the rest (pure)."""

from collections.abc import Mapping, Sequence
from typing import Any

from dashboard.api_client import API
from dashboard.listings_health import may
from dashboard.wording import Lang, texts
from inventory.accounts.rules import Action
from inventory.accounts.schema import Me
from inventory.due_entries import DueKind
from inventory.stations.schema import StationOut


def due_data(
    stations: Sequence[StationOut], me: Me, asked: Mapping[str, str], *, lang: Lang
) -> dict[str, Any]:
    """What the page of what becomes due starts from; `asked` are the filters in the address."""
    areas = ("due", "due_kind", "due_state", "proof_result", "gaps", "stations")
    return {
        "api": API,
        "lang": lang.value,
        "texts": texts(lang, "common", "trouble", *areas),
        "stations": [one.model_dump(mode="json") for one in stations],
        "me": {"username": me.username},
        "kinds": [kind.value for kind in DueKind],
        "asked": dict(asked),
        "may_write": may(me, Action.WRITE_REGISTER),
    }
