"""What can be wrong with a bulk edit."""

from collections.abc import Sequence

from inventory.bulk_edits.rules import UndoRefusal
from inventory.errors import StepNotPossible, Unknown

_MOST_NAMED = 20


class UnknownBulkEdit(Unknown):
    """No bulk edit has this number."""

    kind = "bulk edit"


class UnknownPieces(Unknown):
    """The organisation's register lacks these asset numbers; `pieces` are all of them."""

    kind = "asset"

    def __init__(self, pieces: Sequence[str]) -> None:
        super().__init__(named(pieces))
        self.pieces = list(pieces)


class UndoNotPossible(StepNotPossible):
    """The edit was taken back already, or too long ago was made."""

    def __init__(self, why: UndoRefusal) -> None:
        super().__init__("undo", why.value, [])


class ChangedSince(StepNotPossible):
    """Somebody changed these pieces after the edit; nothing was taken back."""

    def __init__(self, pieces: Sequence[str]) -> None:
        super().__init__("undo", "changed_since", [])
        self.pieces = list(pieces)
        self.args = (f"changed since the edit, so nothing was taken back: {named(pieces)}",)


def named(pieces: Sequence[str]) -> str:
    """Asset numbers in a line, the first of many."""
    rest = len(pieces) - _MOST_NAMED
    return ", ".join(pieces[:_MOST_NAMED]) + (f" and {rest} more" if rest > 0 else "")
