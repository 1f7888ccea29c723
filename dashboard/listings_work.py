"""What the pages where people work start from; they ask the API for the rest (pure)."""

from collections.abc import Mapping, Sequence
from typing import Any

from dashboard.api_client import API
from dashboard.listings_health import may
from dashboard.wording import Lang, say, texts
from inventory.accounts.rules import Action
from inventory.accounts.schema import Me
from inventory.organisations.rules import OrganisationKind
from inventory.requirements.mapping import GUESSED
from inventory.requirements.mapping_words import QUANTITY_UNIT
from inventory.requirements.reading import LEVEL_WORDS
from inventory.requirements.rules import DEFAULT_BINDING, Authority, QuantityBasis
from inventory.requirements.template import LIST_COLUMNS
from inventory.stations.schema import StationOut

_WORDS = ("common", "trouble", "level", "level_full", "module", "module_short", "kind", "authority")
NAMES: Mapping[str, str] = {
    "额定电压": "rated_voltage",
    "额定电流": "rated_current",
    "额定功率": "rated_power",
    "电压": "voltage",
    "电流": "current",
    "功率": "power",
    "量程": "range",
    "精度": "accuracy",
    "误差": "error",
    "分辨率": "resolution",
    "扭矩": "torque",
    "压力": "pressure",
    "容量": "capacity",
    "频率": "frequency",
    "带宽": "bandwidth",
    "绝缘电阻": "insulation_resistance",
    "温度": "temperature",
    "长度": "length",
    "质量": "mass",
    "承重": "load",
    "通道数": "channels",
    "采样率": "sample_rate",
}
"""Names of parameters offered to who settles a text; any other may be written too."""
_COLUMNS_EN: Mapping[str, str] = {
    "row_id": "row",
    "module_code": "module",
    "station_use": "training or exam",
    "item_zh": "item",
    "item_en": "English name",
    "technical_parameters": "parameters",
    "quantity_n": "quantity",
    "quantity_basis": "per",
    "per_n_examinees": "N of “per N examinees”",
    "authority_item": "source",
    "authority_parameters": "source of parameters",
    "authority_quantity": "source of quantity",
}
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
        "me": {"username": me.username, "organisation": me.organisation.code},
        "asked": dict(asked),
        "may_attach": may(me, Action.WRITE_DOCUMENT),
    }


def _column_words(lang: Lang) -> dict[str, str]:
    """What our own columns are called on screen."""
    if lang is Lang.ZH:
        return {one.name: one.zh for one in LIST_COLUMNS} | {QUANTITY_UNIT: "数量单位"}
    plain = {one.name: one.name.replace("_", " ") for one in LIST_COLUMNS}
    return plain | dict(_COLUMNS_EN) | {QUANTITY_UNIT: "unit of quantity"}


def lists_data(me: Me, asked: Mapping[str, str], *, lang: Lang) -> dict[str, Any]:
    """What the page of requirement lists starts from, with what our own columns are called."""
    areas = (
        "lists",
        "why",
        "because",
        "basis",
        "obligation",
        "settle",
        "piece",
        "doubt",
        "outcome",
    )
    more = ("clause_kind", "clause_example", "changes", "match", "gaps", "level_full", "use")
    columns = {
        one.name: one.zh if lang is Lang.ZH else one.name.replace("_", " ") for one in LIST_COLUMNS
    }
    columns |= {QUANTITY_UNIT: "数量单位" if lang is Lang.ZH else "unit of the quantity"}
    return {
        "api": API,
        "lang": lang.value,
        "texts": texts(lang, "common", "trouble", "authority", *areas, *more),
        "me": {"username": me.username, "organisation": me.organisation.code},
        "asked": dict(asked),
        "may_write": may(me, Action.WRITE_LIST)
        and me.organisation.kind is not OrganisationKind.COMPANY,
        "is_publisher": me.organisation.kind is not OrganisationKind.SCHOOL,
        "columns": _column_words(lang),
        "level_words": {word: say(lang, f"level_full.{one}") for word, one in LEVEL_WORDS.items()},
        "guessed": dict(GUESSED),
        "bases": [one.value for one in QuantityBasis],
        "authorities": [one.value for one in Authority],
        "binding": sorted(one.value for one in DEFAULT_BINDING),
        "names": {en: zh if lang is Lang.ZH else en for zh, en in NAMES.items()},
    }
