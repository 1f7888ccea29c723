"""What the page of utilisation starts from; it asks the API for the rest (pure)."""

from collections.abc import Mapping, Sequence
from typing import Any

from dashboard.api_client import API
from dashboard.listings_health import may
from dashboard.wording import Lang, texts
from inventory.accounts.rules import Action, Role
from inventory.accounts.schema import Me
from inventory.stations.schema import StationOut

_AREAS = ("common", "trouble", "stations", "module_short", "purpose")
_OWN = ("use_rate", "use_cause", "use_outcome", "weekday_short", "income")


def utilisation_data(
    stations: Sequence[StationOut], me: Me, asked: Mapping[str, str], *, lang: Lang
) -> dict[str, Any]:
    """What the component starts from; `asked` are the choices in the address."""
    own = me.organisation.code
    # whoever evaluates looks into other schools, nobody else does
    mine = [one for one in stations if me.role is Role.EVALUATOR or one.organisation_code == own]
    return {
        "api": API,
        "lang": lang.value,
        "texts": texts(lang, *_AREAS, *_OWN),
        "stations": [one.model_dump(mode="json") for one in mine],
        "reads_income": may(me, Action.READ_INCOME),
        "writes_income": may(me, Action.WRITE_INCOME),
        "may_settle": may(me, Action.APPROVE_BOOKING),
        "me": {"username": me.username, "organisation": own},
        "asked": dict(asked),
    }
