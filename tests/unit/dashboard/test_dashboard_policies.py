from dataclasses import fields

from dashboard.listings_policies import GROUPS, policy_choices, policy_words
from dashboard.wording import TEXTS, Lang
from inventory.accounts.rules import Action, Principal, Resource, Role, authorize
from inventory.accounts.rules import Decision as Word
from inventory.booking_policies.describing import described
from inventory.booking_policies.rules import FIGURES, Policy, PolicyCode, Scope

OF_ORDERS = {"purpose", "start_at", "end_at", "supervisor", "headcount", "resources"}


def test_every_kind_of_rule_is_on_the_page_once() -> None:
    shown = [code for codes in GROUPS.values() for code in codes]
    assert sorted(shown) == sorted(PolicyCode)
    assert {f"policy_group.{name}" for name in GROUPS} <= set(TEXTS)


def test_every_field_of_a_rule_and_of_what_is_held_against_it_has_a_word() -> None:
    figures = {name for names in FIGURES.values() for name in names}
    named = figures | {field.name for field in fields(Scope)} | OF_ORDERS | {"level", "note"}
    assert {name for name in named if f"policy_field.{name}" not in TEXTS} == set()


def test_everything_a_rule_can_name_has_the_word_its_sentence_uses() -> None:
    words, choices = policy_words(Lang.ZH), policy_choices()
    for area, name in (
        ("role", "roles"),
        ("booking_purpose", "purposes"),
        ("resource_kind", "kinds"),
        ("askers", "askers"),
        ("effect", "effects"),
        ("staff_role", "staff_roles"),
        ("certificate_kind", "certificates"),
        ("level", "levels"),
    ):
        assert {f"{area}.{value}" for value in choices[name]} <= words.keys(), name
    assert (
        words["role.instructor"]
        in described(Policy(PolicyCode.WHO, allowed_roles=(Role.INSTRUCTOR,))).zh
    )


def test_the_table_of_roles_says_what_the_permissions_do() -> None:
    for action, roles in policy_choices()["role_matrix"]:
        assert f"policy_action.{action}" in TEXTS
        for role in Role:
            asker = Principal(1, "somebody", role, "BJ01")
            shared = Resource("BJ01", is_shared=True)
            may = authorize(asker, Action(action), shared) is Word.ALLOWED
            assert may == (role.value in roles), (action, role)
