import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from dashboard.listings_settings import settings_data
from dashboard.listings_sharing import sharing_data
from dashboard.listings_utilisation import utilisation_data
from dashboard.wording import TEXTS, Lang
from inventory.accounts.rules import PERMISSIONS, Role
from inventory.accounts.schema import Me
from inventory.stations.rules import Level, StationUse
from inventory.stations.schema import StationOut, StationPlace

FOLDER = Path(__file__).resolve().parents[3] / "dashboard" / "components"
PAGES: Mapping[str, Any] = {
    "utilisation": utilisation_data,
    "sharing": sharing_data,
    "settings": settings_data,
}
KEY = re.compile(r"""say\(\s*["'`]([a-z_]+\.[a-z_0-9]*)(\$?)""")


def station(code: str, organisation: str) -> StationOut:
    return StationOut(
        code=code,
        organisation_code=organisation,
        organisation_name_zh="学校",
        organisation_name_en="",
        use=StationUse.TRAINING,
        name_zh="培训站",
        name_en="",
        is_shared=True,
        modules=["2-1"],
        levels=[Level.ELEMENTARY],
        facts=None,
        exams=None,
        place=StationPlace(),
    )


STATIONS = [station("BJ01-T", "BJ01"), station("GX02-T", "GX02")]


def me(role: Role, organisation: str = "BJ01") -> Me:
    return Me.model_validate(
        {
            "username": "somebody",
            "name": "某人",
            "role": role,
            "organisation": {"code": organisation, "kind": "school", "name_zh": "学校"},
            "actions": sorted(action.value for action in PERMISSIONS[role]),
            "is_read_only": False,
        }
    )


def data_of(page: str, who: Me, lang: Lang = Lang.ZH) -> dict[str, Any]:
    found: dict[str, Any] = PAGES[page](STATIONS, who, {}, lang=lang)
    return found


@pytest.mark.parametrize("page", PAGES)
def test_a_page_is_given_every_text_its_scripts_say(page: str) -> None:
    scripts = [*FOLDER.glob(f"{page}*.js"), *FOLDER.glob(f"school_{page}.js")]
    source = "\n".join(path.read_text("utf-8") for path in scripts)
    given = data_of(page, me(Role.STATIONMASTER))["texts"]
    said = {key for key, _ in KEY.findall(source)}
    assert said
    assert {key for key in said if key in TEXTS} <= set(given)
    families = {key for key in said if key.endswith((".", "_"))}
    lacking = {one for one in families if not any(key.startswith(one) for key in given)}
    assert lacking == set()


@pytest.mark.parametrize("page", PAGES)
def test_a_school_chooses_among_its_own_stations(page: str) -> None:
    found = data_of(page, me(Role.STATIONMASTER, "GX02"))["stations"]
    assert [one["code"] for one in found] == ["GX02-T"]


def test_an_evaluator_looks_into_the_use_of_other_schools() -> None:
    found = data_of("utilisation", me(Role.EVALUATOR, "EVAL"))["stations"]
    assert [one["code"] for one in found] == ["BJ01-T", "GX02-T"]


def test_a_visitor_asks_but_shares_nothing_and_sees_no_bookings() -> None:
    data = data_of("sharing", me(Role.VISITOR, "CO"))
    assert (data["may_ask"], data["may_manage"], data["sees_bookings"]) == (True, False, False)


def test_whoever_sees_no_bookings_subscribes_to_nothing_but_their_own() -> None:
    data = data_of("settings", me(Role.VISITOR, "CO"))
    assert (data["feed_kinds"], data["sees_calendar"]) == (["mine"], False)


def test_an_instructor_reads_the_rules_and_books_a_timetable_but_sets_nothing() -> None:
    data = data_of("settings", me(Role.INSTRUCTOR))
    assert (data["sees_calendar"], data["may_book"]) == (True, True)
    assert (data["may_calendar"], data["may_policies"]) == (False, False)


def test_an_instructor_is_shown_no_income_and_an_evaluator_writes_none() -> None:
    found = {role: data_of("utilisation", me(role)) for role in Role}
    reads = {role for role, data in found.items() if data["reads_income"]}
    writes = {role for role, data in found.items() if data["writes_income"]}
    assert writes == {Role.STATIONMASTER, Role.ADMINISTRATOR}
    assert reads == writes | {Role.EVALUATOR}
