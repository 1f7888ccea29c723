"""What the page of a school's calendar, rules and subscriptions starts from (pure)."""

from collections.abc import Mapping, Sequence
from typing import Any

from dashboard.api_client import API
from dashboard.listings_health import may
from dashboard.listings_policies import policy_choices, policy_words
from dashboard.wording import Lang, texts
from inventory.accounts.rules import Action
from inventory.accounts.schema import Me
from inventory.calendar_feeds.rules import FeedKind
from inventory.school_calendar.recurrence import ClosedDays
from inventory.school_calendar.rules import DayKind
from inventory.stations.schema import StationOut

_AREAS = ("common", "trouble", "stations", "weekday_short")
_OWN = (
    "school_set",
    "closed_days",
    "day_kind",
    "policy_code",
    "policy_group",
    "policy_set",
    "policy_field",
    "policy_try",
    "policy_past",
    "policy_roles",
    "policy_action",
    "module_short",
    "feed",
    "feed_kind",
    "timetable",
    "timetable_state",
)


def settings_data(
    stations: Sequence[StationOut], me: Me, asked: Mapping[str, str], *, lang: Lang
) -> dict[str, Any]:
    """What the component starts from; `asked` are the choices in the address."""
    own = me.organisation.code
    sees = may(me, Action.READ_BOOKING)
    return {
        "api": API,
        "lang": lang.value,
        "texts": texts(lang, *_AREAS, *_OWN) | policy_words(lang),
        "stations": [
            one.model_dump(mode="json") for one in stations if one.organisation_code == own
        ],
        "me": {"username": me.username, "organisation": own},
        "asked": dict(asked),
        "sees_calendar": sees,
        "may_calendar": may(me, Action.WRITE_STATION),
        "may_policies": may(me, Action.MANAGE_BOOKING_POLICY),
        "may_book": may(me, Action.WRITE_BOOKING),
        **policy_choices(),
        "closed_days": [one.value for one in ClosedDays],
        "day_kinds": [one.value for one in DayKind],
        "feed_kinds": [one.value for one in (FeedKind if sees else (FeedKind.MINE,))],
    }
