"""Which DBC would explain what a bus's own does not (pure)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from cantools.database.can import Database

from can_bridge.dbc.fitting import Fit, Observed, best_fits
from can_bridge.listening import View


@dataclass(frozen=True, slots=True)
class Suggestion:
    """The DBC that knows most of a bus's unknown identifiers; `fit` is about those alone."""

    bus: str
    unknown_ids: int
    fit: Fit

    @property
    def explained_ids(self) -> int:
        """How many of them the DBC knows."""
        return round(self.fit.ids_known * self.unknown_ids)


def suggestions(view: View, databases: Mapping[str, Database]) -> Iterator[Suggestion]:
    """One for each bus with unknown identifiers, where some DBC knows any of them.

    Args:
        view: what was heard.
        databases: by the name they are told by.
    """
    for bus in view.buses:
        unknown = [seen for seen in view.unknown_ids() if seen.key.bus == bus]
        observed = [
            Observed(seen.key.arbitration_id, seen.key.is_extended, seen.longest, seen.frames)
            for seen in unknown
        ]
        best = next(iter(best_fits(observed, databases)), None)
        if best is not None and best.score > 0:
            yield Suggestion(bus, len(unknown), best)
