"""When unknown identifiers are held against the DBCs at hand: not more often than they change."""

from collections.abc import Mapping

from cantools.database.can import Database

from can_bridge.listening import IdKey, View
from can_bridge.listening_fits import Suggestion, suggestions

PAUSE_S = 2.0
"""Comparing with a folder of DBCs takes longer than drawing a picture."""


class Suggesting:
    """Remembers what was suggested last."""

    def __init__(self, databases: Mapping[str, Database]) -> None:
        self._databases = databases
        self._compared: frozenset[IdKey] = frozenset()
        self._again_at_s = float("-inf")
        self._found: tuple[Suggestion, ...] = ()

    def about(self, view: View) -> tuple[Suggestion, ...]:
        """The best DBC for each bus with unknown identifiers; up to `PAUSE_S` old."""
        unknown = frozenset(seen.key for seen in view.unknown_ids())
        if unknown != self._compared and view.now_s >= self._again_at_s:
            self._compared = unknown
            self._again_at_s = view.now_s + PAUSE_S
            self._found = tuple(suggestions(view, self._databases))
        return self._found
