import re
from pathlib import Path

import pytest

from dashboard.listings_health import badge_data
from dashboard.listings_inbox import inbox_data
from dashboard.wording import Lang
from inventory.accounts.rules import PERMISSIONS, Role
from inventory.accounts.schema import Me

FOLDER = Path(__file__).resolve().parents[3] / "dashboard" / "components"
OWN = ("inbox.js", "inbox_settings.js", "inbox_groups.js")
KEY = re.compile(r"""say\(\s*["'`]([a-z_]+\.[a-z_0-9]+)["'`]""")
TERNARY = re.compile(r"""["'](inbox\.[a-z_0-9]+)["']""")


def me(role: Role) -> Me:
    return Me.model_validate(
        {
            "username": "somebody",
            "name": "某人",
            "role": role,
            "organisation": {"code": "BJ01", "kind": "school", "name_zh": "学校"},
            "actions": sorted(action.value for action in PERMISSIONS[role]),
            "is_read_only": False,
        }
    )


@pytest.mark.parametrize("lang", Lang)
def test_the_inbox_has_every_text_its_scripts_say(lang: Lang) -> None:
    known = inbox_data(me(Role.STATIONMASTER), {}, lang=lang)["texts"]
    scripts = "\n".join((FOLDER / name).read_text("utf-8") for name in OWN)
    said = {*KEY.findall(scripts), *TERNARY.findall(scripts)}
    assert len(said) > 30
    assert said <= set(known), said - set(known)


def test_every_text_of_the_inbox_is_said_somewhere() -> None:
    known = inbox_data(me(Role.STATIONMASTER), {}, lang=Lang.ZH)["texts"]
    scripts = "\n".join((FOLDER / name).read_text("utf-8") for name in (*OWN, "badge.js"))
    built = {"inbox.quiet_from", "inbox.quiet_until", "inbox.digest_at"}
    said = {*KEY.findall(scripts), *TERNARY.findall(scripts)} | built
    assert {key for key in known if key.startswith("inbox.")} <= said


def test_groups_are_offered_to_station_masters_only() -> None:
    offered = {role: inbox_data(me(role), {}, lang=Lang.ZH)["may_manage"] for role in Role}
    assert {role for role, is_offered in offered.items() if is_offered} == {
        Role.STATIONMASTER,
        Role.ADMINISTRATOR,
    }


def test_the_bell_is_everybodys_and_alerts_are_not() -> None:
    data = badge_data(Lang.EN, has_alerts=False)
    assert data["has_alerts"] is False
    assert data["texts"]["inbox.bell_unread"] == "{n} unread messages"
