"""Which slices have dated things; a new one is named here."""

from collections.abc import Callable, Collection, Iterable
from datetime import date

from sqlmodel import Session

from inventory.accounts.rules import Action
from inventory.conditions import becoming_due as conditions
from inventory.consumables import becoming_due as consumables
from inventory.due_entries import DueEntry
from inventory.equipment import becoming_due as equipment
from inventory.requirements import applying as requirements
from inventory.staff import becoming_due as staff

DueSource = Callable[[Session, Collection[str], date], Iterable[DueEntry]]
"""Everything of some organisations that has an end, as of a day."""
SOURCES: tuple[tuple[Action, DueSource], ...] = (
    (Action.READ_REGISTER, equipment.due_entries),
    (Action.READ_LIST, requirements.due_entries),
    (Action.READ_STAFF, staff.due_entries),
    (Action.READ_REGISTER, consumables.due_entries),
    (Action.READ_READINESS, conditions.due_entries),
)
"""Each with what a caller must be allowed to see what it tells."""
