import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from dashboard import listings_keeping
from dashboard.wording import TEXTS, Lang
from inventory.accounts.rules import PERMISSIONS, Role
from inventory.accounts.schema import Me
from inventory.stations.rules import Level, StationUse
from inventory.stations.schema import StationOut, StationPlace

FOLDER = Path(__file__).resolve().parents[3] / "dashboard" / "components"
SHARED = ("elements.js", "work.js", "keeping.js", "keeping_files.js")
OWN = {
    "conditions": ("conditions.js", "condition_panel.js"),
    "staff": ("staff.js", "staff_proof.js", "staff_panel.js"),
    "places": ("places.js", "room_panel.js"),
    "consumables": ("consumables.js", "consumable_panel.js"),
}
KEY = re.compile(r"""say\(\s*["'`]([a-z_]+)\.([a-z_0-9]*)""")
CONDITIONS_HAVE_NO_TABLES = "keeping_files.js"
NEVER_DRAWN_HERE = {"overall", "glyph", "common"}
"""Areas of shared pieces that these pages use in part or not at all."""


@pytest.fixture
def station() -> StationOut:
    return StationOut(
        code="BJ01-T",
        organisation_code="BJ01",
        organisation_name_zh="北京示范学校",
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


def me(role: Role = Role.STATIONMASTER, organisation: str = "BJ01") -> Me:
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


def data_of(page: str, station: StationOut, who: Me, lang: Lang = Lang.ZH) -> dict[str, Any]:
    make: dict[str, Callable[[], dict[str, Any]]] = {
        "conditions": lambda: listings_keeping.conditions_data(station, who, {}, lang=lang),
        "staff": lambda: listings_keeping.staff_data(station, [station], who, {}, lang=lang),
        "places": lambda: listings_keeping.places_data(station, [station], who, lang=lang),
        "consumables": lambda: listings_keeping.consumables_data(
            station, [station], who, {}, lang=lang
        ),
    }
    return make[page]()


@pytest.mark.parametrize("page", OWN)
def test_a_page_is_given_every_text_its_scripts_say(page: str, station: StationOut) -> None:
    shared = [one for one in SHARED if page != "conditions" or one != CONDITIONS_HAVE_NO_TABLES]
    source = "\n".join((FOLDER / name).read_text("utf-8") for name in (*shared, *OWN[page]))
    given = data_of(page, station, me())["texts"]
    said = {(area, rest) for area, rest in KEY.findall(source) if area not in NEVER_DRAWN_HERE}
    assert said
    missing = {
        f"{area}.{rest}"
        for area, rest in said
        if not any(key == f"{area}.{rest}" for key in given)
        and (f"{area}.{rest}" in TEXTS or not any(key.startswith(f"{area}.") for key in given))
    }
    assert missing == set()


@pytest.mark.parametrize("page", OWN)
def test_only_whoever_keeps_the_register_of_that_school_is_offered_to(
    page: str, station: StationOut
) -> None:
    assert data_of(page, station, me())["may_write"]
    assert not data_of(page, station, me(organisation="GX02"))["may_write"]
    assert not data_of(page, station, me(Role.EVALUATOR, "EVAL"))["may_write"]
    assert not data_of(page, station, me(Role.INSTRUCTOR))["may_write"]


def test_a_trainer_moves_stock_without_changing_what_is_said_of_it(station: StationOut) -> None:
    data = data_of("consumables", station, me(Role.INSTRUCTOR))
    assert (data["may_move"], data["may_write"]) == (True, False)
    assert not data_of("consumables", station, me(Role.INSTRUCTOR, "GX02"))["may_move"]


def test_a_refused_cell_is_named_as_the_file_names_its_column(station: StationOut) -> None:
    assert data_of("staff", station, me())["columns"]["valid_until"] == "有效期至"
    assert data_of("staff", station, me(), Lang.EN)["columns"]["valid_until"] == "valid_until"
