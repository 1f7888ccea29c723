"""What the pages of conditions, staff, places and stock start from (pure)."""

from collections.abc import Mapping, Sequence
from typing import Any

from dashboard.api_client import API
from dashboard.listings_health import may
from dashboard.wording import Lang, texts
from inventory.accounts.rules import Action
from inventory.accounts.schema import Me
from inventory.conditions.rules import ConditionBasis, ConditionOutcome
from inventory.consumables.reading import CONSUMABLE_COLUMNS
from inventory.consumables.rules import MovementKind
from inventory.places.rules import RoomKind, WorkstationKind
from inventory.places.template import PLACE_COLUMNS
from inventory.requirements.writing import Column
from inventory.staff.rules import Affiliation, CertificateKind, StaffRole
from inventory.staff.template import STAFF_COLUMNS
from inventory.stations.rules import MODULES, Level
from inventory.stations.schema import StationOut

_TRAINER_PARTS = ("level", "education", "trade", "trainer_certificate")
"""Demands of the trainer rule, in the order of the evaluation organisation's guide."""


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


def staff_data(
    station: StationOut,
    stations: Sequence[StationOut],
    me: Me,
    asked: Mapping[str, str],
    *,
    lang: Lang,
) -> dict[str, Any]:
    """What the page of a station's staff starts from; `asked` are the filters in the address."""
    areas = ("staff", "staff_role", "affiliation", "certificate_kind", "certificate_state")
    return {
        **_start(me, asked, lang, *areas, "trainer_part", "level_full", "module", "stations"),
        "station": station.model_dump(mode="json"),
        "stations": [one.model_dump(mode="json") for one in stations],
        "roles": [one.value for one in StaffRole],
        "affiliations": [one.value for one in Affiliation],
        "certificate_kinds": [one.value for one in CertificateKind],
        "levels": [one.value for one in Level],
        "modules": list(MODULES),
        "trainer_parts": list(_TRAINER_PARTS),
        "columns": _columns(STAFF_COLUMNS, lang),
        "may_write": may(me, Action.WRITE_STAFF)
        and station.organisation_code == me.organisation.code,
    }


def places_data(
    station: StationOut, stations: Sequence[StationOut], me: Me, *, lang: Lang
) -> dict[str, Any]:
    """What the page of a station's rooms and workstations starts from."""
    return {
        **_start(me, {}, lang, "places", "place_fact", "room_kind", "workstation_kind"),
        "station": station.model_dump(mode="json"),
        "stations": [one.model_dump(mode="json") for one in stations],
        "room_kinds": [one.value for one in RoomKind],
        "workstation_kinds": [one.value for one in WorkstationKind],
        "columns": _columns(PLACE_COLUMNS, lang),
        "may_write": may(me, Action.WRITE_REGISTER)
        and station.organisation_code == me.organisation.code,
    }


def consumables_data(
    station: StationOut,
    stations: Sequence[StationOut],
    me: Me,
    asked: Mapping[str, str],
    *,
    lang: Lang,
) -> dict[str, Any]:
    """What the page of a school's consumables starts from; `asked` are filters in the address."""
    is_own = station.organisation_code == me.organisation.code
    return {
        **_start(me, asked, lang, "consumables", "stock_state", "movement"),
        "station": station.model_dump(mode="json"),
        "stations": [one.model_dump(mode="json") for one in stations],
        "movements": [one.value for one in MovementKind],
        "columns": _columns(CONSUMABLE_COLUMNS, lang),
        "may_write": may(me, Action.WRITE_REGISTER) and is_own,
        "may_move": may(me, Action.MOVE_STOCK) and is_own,
    }


def _columns(columns: Sequence[Column], lang: Lang) -> dict[str, str]:
    """What a table's columns are called; English says them as the file's English head does."""
    return {one.name: one.zh if lang is Lang.ZH else one.name for one in columns}


def _start(me: Me, asked: Mapping[str, str], lang: Lang, *areas: str) -> dict[str, Any]:
    return {
        "api": API,
        "lang": lang.value,
        "texts": texts(lang, "common", "trouble", "keeping", *areas),
        "me": {"username": me.username, "organisation": me.organisation.code},
        "asked": dict(asked),
    }
