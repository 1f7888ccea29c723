"""What the rules of booking can say, and who may do what with bookings (pure)."""

from collections.abc import Mapping
from typing import Any

from dashboard.wording import Lang
from inventory.accounts.rules import PERMISSIONS, Action, Role
from inventory.bookable import BookingPurpose, ResourceKind
from inventory.booking_policies.rules import FIGURES, Askers, Effect, PolicyCode
from inventory.glossary import terms
from inventory.staff.rules import CertificateKind, StaffRole
from inventory.stations.rules import MODULES, Level

GROUPS: Mapping[str, tuple[PolicyCode, ...]] = {
    "who": (PolicyCode.WHO, PolicyCode.QUALIFICATION, PolicyCode.OWNER_APPROVAL),
    "when": (
        PolicyCode.HORIZON,
        PolicyCode.NOTICE,
        PolicyCode.OPENING_HOURS,
        PolicyCode.LESSON_PERIODS,
    ),
    "how_long": (PolicyCode.LENGTH, PolicyCode.WEEKLY_QUOTA),
    "first": (PolicyCode.EXAM_PRIORITY,),
    "safety": (PolicyCode.MINORS, PolicyCode.HIGH_VOLTAGE, PolicyCode.IN_ORDER),
}
"""Codes by what they govern, in the order of the page; a test holds that none is left out."""
_SHOWN = (
    Action.READ_BOOKING,
    Action.WRITE_BOOKING,
    Action.APPROVE_BOOKING,
    Action.MANAGE_BOOKING_POLICY,
    Action.WRITE_STATION,
    Action.READ_OFFER,
    Action.MANAGE_OFFER,
    Action.REQUEST_SHARING,
)


_WORDS = frozenset(
    {
        "role",
        "booking_purpose",
        "resource_kind",
        "askers",
        "effect",
        "staff_role",
        "certificate_kind",
        "level",
    }
)


def policy_words(lang: Lang) -> dict[str, str]:
    """Words of what a rule can name: the glossary's, which its sentence is made of too."""
    return {
        one.code_name: one.zh if lang is Lang.ZH else one.en
        for one in terms()
        if one.code_name.partition(".")[0] in _WORDS
    }


def policy_choices() -> dict[str, Any]:
    """Everything a form of rules offers, by the names of the API."""
    return {
        "policy_groups": [[name, [one.value for one in codes]] for name, codes in GROUPS.items()],
        "figures": {code.value: list(names) for code, names in FIGURES.items()},
        "effects": [one.value for one in Effect],
        "askers": [one.value for one in Askers],
        "roles": [one.value for one in Role],
        "purposes": [one.value for one in BookingPurpose],
        "kinds": [one.value for one in ResourceKind],
        "modules": list(MODULES),
        "staff_roles": [one.value for one in StaffRole],
        "certificates": [one.value for one in CertificateKind],
        "levels": [one.value for one in Level],
        "role_matrix": [
            [action.value, [role.value for role in Role if action in PERMISSIONS[role]]]
            for action in _SHOWN
        ],
    }
