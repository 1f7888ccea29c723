"""What a bulk edit changes and when it can still be taken back (pure)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

Facts = Mapping[str, Any]
"""Fields of a piece by name, in JSON's own types."""
UNDO_WITHIN = timedelta(days=7)
"""Chosen: a wrong edit of Friday is found in the week that follows; later others build on it."""
MOST_PIECES = 5000


class UndoRefusal(StrEnum):
    """Why a bulk edit can't be taken back as a whole."""

    UNDONE = "undone"
    TOO_LATE = "too_late"


@dataclass(frozen=True, slots=True)
class PieceChange:
    """What becomes of one piece: only fields that differ, before and after."""

    asset_number: str
    old: Facts
    new: Facts


def change_of(asset_number: str, facts: Facts, wanted: Facts) -> PieceChange | None:
    """What `wanted` does to a piece; None when it is so already."""
    differing = [name for name, value in wanted.items() if facts[name] != value]
    if not differing:
        return None
    old = {name: facts[name] for name in differing}
    return PieceChange(asset_number, old, {name: wanted[name] for name in differing})


def has_changed_since(change: PieceChange, facts: Facts | None) -> bool:
    """Whether a field of the change is not as the change left it, or the piece is gone.

    Other fields may have changed; taking the edit back leaves those as they are.
    """
    if facts is None:
        return True
    return any(facts[name] != value for name, value in change.new.items())


def undo_refusal(at: datetime, undone_at: datetime | None, now: datetime) -> UndoRefusal | None:
    """Why an edit can't be taken back any more; None while it can."""
    if undone_at is not None:
        return UndoRefusal.UNDONE
    return UndoRefusal.TOO_LATE if now - at > UNDO_WITHIN else None
