"""What the bridge remembers of the traffic: last values per signal, and counts of frames."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from can_bridge.decoding.frames import Outcome
from telemetry.contract.payloads import FrameCounts, Value


@dataclass(slots=True)
class OutcomeCounts:
    """Frames by what became of them since the bridge started."""

    by_outcome: dict[Outcome, int] = field(default_factory=lambda: dict.fromkeys(Outcome, 0))

    def as_message(self, lost: int) -> FrameCounts:
        """As reported; `lost` frames never came to decoding."""
        counts = self.by_outcome
        return FrameCounts(
            decoded=counts[Outcome.FULL],
            short=counts[Outcome.SHORT],
            unknown_id=counts[Outcome.UNKNOWN_ID],
            unknown_mux=counts[Outcome.UNKNOWN_MUX],
            undecodable=counts[Outcome.BROKEN],
            lost=lost,
        )


class LastValues:
    """The last believed value of every signal, forgotten when it has not come for long."""

    def __init__(self, stale_after_s: float) -> None:
        self._stale_after_s = stale_after_s
        self._values: dict[str, Value] = {}
        self._seen_at_s: dict[str, float] = {}

    def put(self, name: str, value: Value, now_s: float) -> None:
        """Note a decoded signal; None is "not available"."""
        self._values[name] = value
        self._seen_at_s[name] = now_s

    def fresh(self, now_s: float) -> Mapping[str, Value]:
        """Values that are not stale; a view that changes with the next frames."""
        oldest = now_s - self._stale_after_s
        stale = [name for name, at in self._seen_at_s.items() if at < oldest]
        for name in stale:
            del self._values[name]
            del self._seen_at_s[name]
        return self._values
