"""What two frozen checks of a station say of the conditions beyond equipment (pure)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from inventory.conditions.rules import ConditionBasis, ConditionOutcome
from inventory.readiness.findings import Bilingual


@dataclass(frozen=True, slots=True)
class SeenCondition:
    """A condition in one check: how it stood and on what that rested."""

    outcome: ConditionOutcome
    basis: ConditionBasis
    found: Bilingual
    remedy: Bilingual


@dataclass(frozen=True, slots=True)
class CheckedCondition:
    """A condition in both checks; None where a check has no such condition.

    Checks frozen before conditions were part of them have none, which is no change.
    """

    condition_id: str
    text: Bilingual
    required: Bilingual
    is_binding: bool
    before: SeenCondition | None
    after: SeenCondition | None
    is_changed: bool


def checked_conditions(
    before: Mapping[str, Any], after: Mapping[str, Any]
) -> tuple[CheckedCondition, ...]:
    """The conditions of two snapshots side by side, in the later list's order."""
    old, new = _by_id(before), _by_id(after)
    return tuple(
        _checked(
            new.get(one, old.get(one, {})),
            _seen(old.get(one)),
            _seen(new.get(one)),
            are_both_told="conditions" in before and "conditions" in after,
        )
        for one in [*new, *(one for one in old if one not in new)]
    )


def _by_id(content: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    told = content.get("conditions") or {"conditions": []}
    return {one["condition_id"]: one for one in told["conditions"]}


def _checked(
    row: Mapping[str, Any],
    was: SeenCondition | None,
    now: SeenCondition | None,
    *,
    are_both_told: bool,
) -> CheckedCondition:
    return CheckedCondition(
        row["condition_id"],
        Bilingual(**row["text"]),
        Bilingual(**row["required"]),
        row["is_binding"],
        was,
        now,
        is_changed=are_both_told and was != now,
    )


def _seen(row: Mapping[str, Any] | None) -> SeenCondition | None:
    if row is None:
        return None
    return SeenCondition(
        ConditionOutcome(row["outcome"]),
        ConditionBasis(row["basis"]),
        Bilingual(**row["found"]),
        Bilingual(**row["remedy"]),
    )
