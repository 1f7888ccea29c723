"""How a person wants to be told: what is stored, over the defaults."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import time

from inventory.moments import SCHOOL_ZONE
from inventory.notifications.rules import Hours, MessageKind, Timing, default_timing
from inventory.notifications.table import NotificationPreferences
from inventory.notifications.wording import Language

_DEFAULT_HOURS = Hours(SCHOOL_ZONE)
_KINDS, _TIMINGS = frozenset(MessageKind), frozenset(Timing)


@dataclass(frozen=True, slots=True)
class Preferred:
    """What counts for a person; `timings` has only what the person decided."""

    language: Language = Language.ZH
    hours: Hours = _DEFAULT_HOURS
    timings: Mapping[MessageKind, Timing] = field(default_factory=dict)

    def timing(self, kind: MessageKind) -> Timing:
        """When the person wants a kind by e-mail."""
        return self.timings.get(kind, default_timing(kind))


def preferred(row: NotificationPreferences | None) -> Preferred:
    """What a stored row says; None: the person never said anything."""
    if row is None:
        return Preferred()
    hours = Hours(
        SCHOOL_ZONE,
        time.fromisoformat(row.quiet_from),
        time.fromisoformat(row.quiet_until),
        time.fromisoformat(row.digest_at),
    )
    # a kind that went with an update of the program is no reason to tell nothing
    timings = {
        MessageKind(kind): Timing(timing)
        for kind, timing in row.timings.items()
        if kind in _KINDS and timing in _TIMINGS
    }
    return Preferred(Language(row.language), hours, timings)
