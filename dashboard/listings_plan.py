"""What the plan's page is given to draw (pure)."""

from collections.abc import Mapping
from typing import Any

from dashboard import language
from dashboard.api_client import API, Question
from dashboard.wording import Lang, texts
from inventory.stations.schema import StationOut

_AREAS = (
    "common",
    "trouble",
    "plan",
    "step",
    "whatif",
    "capacity",
    "capacity_from",
    "station",
)
_WORDS = ("station", "glyph", "overall", "module", "level_full", "use_of")


def plan_data(
    station: StationOut, question: Question, asked: Mapping[str, str], *, lang: Lang
) -> dict[str, Any]:
    """What the component starts from; plan, failures and capacity it asks for by itself."""
    return {
        "api": API,
        "lang": lang.value,
        "texts": texts(lang, *_AREAS, *_WORDS),
        "keep": language.in_links(lang),
        "station": station.model_dump(mode="json"),
        "question": question.parameters(),
        "asked": dict(asked),
    }
