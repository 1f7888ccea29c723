"""What the register page starts from; it asks the API for the rest (pure)."""

from collections.abc import Mapping, Sequence
from typing import Any

from dashboard.api_client import API
from dashboard.listings import organisation_names
from dashboard.listings_health import may
from dashboard.wording import Lang, texts
from inventory.accounts.rules import Action
from inventory.accounts.schema import Me
from inventory.organisations.rules import OrganisationKind
from inventory.proofs.rules import ProofKind
from inventory.stations.schema import StationOut

PARAMETERS = (
    "text",
    "station",
    "module",
    "row",
    "room",
    "status",
    "due",
    "organisation",
    "asset",
)
"""What the address may say: filters, whose register, and the piece that is open."""
_AREAS = (
    "common",
    "trouble",
    "register",
    "register_field",
    "register_act",
    "equipment_status",
    "ownership",
    "due",
    "due_kind",
    "due_state",
    "proof_result",
    "module_short",
    "gaps",
    "lists",
    "stations",
)


def register_data(
    stations: Sequence[StationOut], me: Me, asked: Mapping[str, str], *, lang: Lang
) -> dict[str, Any]:
    """What the page starts from; one's own school is the first to choose from."""
    schools = organisation_names(stations)
    own = me.organisation
    if own.kind is OrganisationKind.SCHOOL:
        names = {"name_zh": own.name_zh, "name_en": own.name_en}
        schools = {own.code: names} | schools
    return {
        "api": API,
        "lang": lang.value,
        "texts": texts(lang, *_AREAS),
        "stations": [one.model_dump(mode="json") for one in stations],
        "organisations": [{"code": code, **names} for code, names in schools.items()],
        "me": {"username": me.username},
        "proof_kinds": [kind.value for kind in ProofKind],
        "asked": dict(asked),
        "may_write": may(me, Action.WRITE_REGISTER),
    }
