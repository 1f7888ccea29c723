"""Every text of the screens, in 简体中文 and English; keys are `area.what`."""

from collections.abc import Mapping
from enum import StrEnum

from dashboard import (
    texts_bookings,
    texts_conditions,
    texts_due,
    texts_gaps,
    texts_health,
    texts_history,
    texts_inbox,
    texts_income,
    texts_lists,
    texts_live,
    texts_pages,
    texts_papers,
    texts_places,
    texts_plan,
    texts_policies,
    texts_refusals,
    texts_register,
    texts_repairs,
    texts_review_words,
    texts_reviews,
    texts_settings,
    texts_sharing,
    texts_sharing_requests,
    texts_staff,
    texts_stocktakes,
    texts_tasks,
    texts_timetables,
    texts_utilisation,
    texts_words,
)

TEXTS: Mapping[str, tuple[str, str]] = {
    **texts_words.TEXTS,
    **texts_pages.TEXTS,
    **texts_refusals.TEXTS,
    **texts_live.TEXTS,
    **texts_health.TEXTS,
    **texts_inbox.TEXTS,
    **texts_history.TEXTS,
    **texts_gaps.TEXTS,
    **texts_tasks.TEXTS,
    **texts_lists.TEXTS,
    **texts_conditions.TEXTS,
    **texts_staff.TEXTS,
    **texts_places.TEXTS,
    **texts_bookings.TEXTS,
    **texts_utilisation.TEXTS,
    **texts_income.TEXTS,
    **texts_settings.TEXTS,
    **texts_policies.TEXTS,
    **texts_timetables.TEXTS,
    **texts_sharing.TEXTS,
    **texts_sharing_requests.TEXTS,
    **texts_due.TEXTS,
    **texts_register.TEXTS,
    **texts_papers.TEXTS,
    **texts_stocktakes.TEXTS,
    **texts_plan.TEXTS,
    **texts_repairs.TEXTS,
    **texts_reviews.TEXTS,
    **texts_review_words.TEXTS,
}


class Lang(StrEnum):
    """The languages of the screens."""

    ZH = "zh"
    EN = "en"


def say(lang: Lang, key: str, **values: object) -> str:
    """The text of a key; `{name}` in it is replaced by the value of that name."""
    zh, en = TEXTS[key]
    text = zh if lang is Lang.ZH else en
    return text.format(**values) if values else text


def texts(lang: Lang, *areas: str) -> dict[str, str]:
    """All texts of some areas, for a component that fills in the values itself."""
    return {key: say(lang, key) for key in TEXTS if key.partition(".")[0] in areas}
