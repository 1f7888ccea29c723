"""What the API says, arranged for the screens (pure)."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from urllib.parse import urlencode

from dashboard.api_client import API, Question
from dashboard.wording import TEXTS, Lang, say, texts
from inventory.monitoring.schema import BenchOut, BenchPage
from inventory.readiness.schema import Matrix, ReadinessOut
from inventory.stations.schema import StationOut

StationsAnswer = tuple[Matrix, Sequence[BenchOut], Sequence[StationOut]]
"""Matrix, benches and stations, asked for together."""


def organisation_names(stations: Sequence[StationOut]) -> dict[str, dict[str, str]]:
    """Names of the stations' owners by code, as the components read them."""
    return {
        one.organisation_code: {
            "name_zh": one.organisation_name_zh,
            "name_en": one.organisation_name_en,
        }
        for one in stations
    }


def stations_data(
    answer: StationsAnswer, *, lang: Lang, use: str, on_date: date | None
) -> dict[str, Any]:
    """What the matrix component draws; `date` is None for today, which moves on at midnight."""
    matrix, benches, stations = answer
    prefixes = (
        "common",
        "stations",
        "status",
        "overall",
        "glyph",
        "liveness",
        "level",
        "module",
        "module_short",
    )
    return {
        "api": API,
        "lang": lang.value,
        "texts": texts(lang, *prefixes, "trouble", "kind", "finding"),
        "matrix": matrix.model_dump(mode="json"),
        "benches": [one.model_dump(mode="json") for one in benches],
        "organisations": organisation_names(stations),
        "use": use,
        "date": on_date.isoformat() if on_date else None,
    }


def station_title(station: StationOut, lang: Lang, *, has_owner: bool = True) -> str:
    """How a station is called in a list: code, name, and its owner where there are several."""
    if lang is Lang.EN:
        name = station.name_en or station.name_zh
        owner = station.organisation_name_en or station.organisation_name_zh
    else:
        name, owner = station.name_zh, station.organisation_name_zh
    return f"{station.code} {name} · {owner}" if has_owner else f"{station.code} {name}"


def option(name: str, words: str, value: str, lang: Lang) -> str:
    """How one option of a choice is called; modules keep their code, by which they are known."""
    key = f"{words}.{value}"
    word = say(lang, key) if key in TEXTS else ""
    return f"{value} {word}".strip() if name == "module" else word


def station_data(
    result: ReadinessOut, station: StationOut, question: Question, *, lang: Lang
) -> dict[str, Any]:
    """What the findings component draws, and where it asks again when something changes."""
    areas = ("common", "station", "status", "overall", "glyph", "level_full", "module", "use_of")
    path = f"{API}/stations/{station.code}/readiness"
    return {
        "api": API,
        "url": f"{path}?{urlencode(question.parameters())}",
        "lang": lang.value,
        "texts": texts(lang, *areas, "finding", "group", "kind", "authority", "trouble"),
        "result": result.model_dump(mode="json"),
        "station": station.model_dump(mode="json"),
    }


def has_no_list(matrix: Matrix) -> bool:
    """Whether there are stations, and no requirement list applies to any of them."""
    return bool(matrix.stations) and not any(row.list_version for row in matrix.stations)


def is_demonstration(matrix: Matrix, station: str) -> bool:
    """Whether a station is marked as one of simulated benches."""
    return any(row.is_demonstration for row in matrix.stations if row.station == station)


def bench_title(bench: BenchOut, lang: Lang) -> str:
    """How a bench is called in a list: code, name, place and sign of life."""
    name = bench.name_zh if lang is Lang.ZH else bench.name_en or bench.name_zh
    place = bench.station_code or bench.organisation_code
    return f"{bench.code} {name} · {place} · {say(lang, f'liveness.{bench.liveness.value}')}"


def live_data(bench: BenchPage, *, lang: Lang) -> dict[str, Any]:
    """What the live component starts from; from then on it listens by itself."""
    return {
        "api": API,
        "lang": lang.value,
        "texts": texts(
            lang,
            "common",
            "live",
            "alert_kind",
            "alert_remedy",
            "choice",
            "identity",
            "identity_note",
            "bus",
            "bus_health",
            "fault_source",
            "trouble",
        ),
        "bench": bench.model_dump(mode="json"),
    }


HISTORY_PARAMETERS = ("span", "from", "to", "signals", "other", "other_from")
"""What the history page's address may say beside the bench."""


def history_data(
    bench: BenchPage, benches: Sequence[BenchOut], asked: Mapping[str, str | None], *, lang: Lang
) -> dict[str, Any]:
    """What the history component starts from; it asks the API for the rest by itself.

    `asked` is what the address says, by `HISTORY_PARAMETERS`. Benches whose details the visitor
    may not see can't be compared with.
    """
    areas = ("common", "history", "choice", "trouble", "export", "export_state", "export_trouble")
    switches = {key: say(lang, key) for key in ("live.yes", "live.no")}
    return {
        "api": API,
        "lang": lang.value,
        "texts": texts(lang, *areas) | switches,
        "bench": bench.model_dump(mode="json"),
        "benches": [
            {"code": one.code, "title": bench_name(one, lang)}
            for one in benches
            if one.is_in_use is not None
        ],
        "asked": {name: value for name, value in asked.items() if value},
    }


def bench_name(bench: BenchOut, lang: Lang) -> str:
    """Code and name of a bench."""
    name = bench.name_zh if lang is Lang.ZH else bench.name_en or bench.name_zh
    return f"{bench.code} {name}"
