"""What the review pages are given to draw (pure)."""

from collections.abc import Mapping
from typing import Any

from dashboard import language
from dashboard.api_client import API
from dashboard.listings_health import may
from dashboard.wording import Lang, texts
from inventory.accounts.rules import Action
from inventory.accounts.schema import Me
from inventory.reviews.rules import Side, speaks_for

_AREAS = (
    "common",
    "trouble",
    "desk",
    "review",
    "review_state",
    "review_glyph",
    "review_step",
    "need",
    "side",
    "stage",
    "stage_glyph",
    "guide",
    "compare",
    "editions",
    "status",
    "glyph",
    "level",
    "level_full",
    "module",
    "module_short",
    "kind",
    "finding",
    "station",
    "equipment_status",
    "equipment_field",
    "condition_outcome",
    "condition_basis",
    "conditions",
)


def side_of(me: Me) -> str | None:
    """Whose point of view a person has: teachers look at their school's side without acting."""
    side = speaks_for(me.role)
    if side is None and may(me, Action.READ_REVIEW):
        side = Side.SCHOOL
    return None if side is None else side.value


def data(me: Me, asked: Mapping[str, str | None], *, lang: Lang) -> dict[str, Any]:
    """What every review component starts from; the rest it asks the API for by itself."""
    is_speaking = not me.is_read_only and speaks_for(me.role) is not None
    return {
        "api": API,
        "lang": lang.value,
        "texts": texts(lang, *_AREAS),
        "keep": language.in_links(lang),
        "side": side_of(me),
        "may_act": is_speaking,
        "may_apply": not me.is_read_only and may(me, Action.WRITE_REVIEW),
        "asked": {name: value for name, value in asked.items() if value},
    }
