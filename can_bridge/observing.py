"""What else looks at a bench's frames beside the decoder: recorders, passive diagnostics."""

from collections.abc import Sequence
from typing import Protocol

from can_bridge.frames import FrameBatch
from can_bridge.judgement import KeptStates
from telemetry.contract.payloads import DurableMessage


class FrameObserver(Protocol):
    """A part that sees every frame of a bench; called by the bridge's one thread.

    The order of a tick of 50 ms: `take` once per bus that received something, then `due` once.
    What `due` returned and `states()` of that moment are committed to the spool in one
    transaction together with the rules' messages, so a killed bridge neither repeats nor forgets.
    Nothing is committed in a tick without messages: a state that must survive by itself has to
    come with one. When the spool refuses (disk full), `restore` takes the observer back to what
    is on disk, and what it had said is said again.

    A call takes at most a few milliseconds: the buses wait meanwhile. An observer deals with its
    own errors (a full disk, a broken file) and counts what it gives up; one that raises ends the
    bridge, as any defect does.
    """

    def take(self, bus: str, batch: FrameBatch, now_ms: int) -> None:
        """See frames of a bus in the order they came; data frames only, never none of them.

        `bus` is the name in the profile, `now_ms` the wall clock in ms since 1970 at the tick;
        `batch.timestamp_s` is the adapter's clock. The arrays must not be written to.
        """

    def due(self, now_ms: int) -> Sequence[DurableMessage]:
        """What to send now; epoch and seq of the messages are placeholders."""

    def states(self) -> dict[str, bytes]:
        """States to keep, under names that begin with the observer's own word (`dm1-…`)."""

    def restore(self, kept: KeptStates) -> None:
        """Go on from the kept states: before the first frame, and after a refused commit."""

    def close(self, now_ms: int) -> Sequence[DurableMessage]:
        """The bridge ends: release what is held, and say what can only be said at the end."""


class Observers:
    """All observers of a bench as one."""

    def __init__(self, parts: Sequence[FrameObserver], kept: KeptStates) -> None:
        self._parts = tuple(parts)
        self.restore(kept)

    def take(self, bus: str, batch: FrameBatch, now_ms: int) -> None:
        """Show a batch to each."""
        for part in self._parts:
            part.take(bus, batch, now_ms)

    def due(self, now_ms: int) -> list[DurableMessage]:
        """What all of them have to say, in their order."""
        return [message for part in self._parts for message in part.due(now_ms)]

    def states(self) -> dict[str, bytes]:
        """The states of all of them."""
        return {name: state for part in self._parts for name, state in part.states().items()}

    def restore(self, kept: KeptStates) -> None:
        """Take all of them back to what is on disk."""
        for part in self._parts:
            part.restore(kept)

    def close(self, now_ms: int) -> list[DurableMessage]:
        """End all of them."""
        return [message for part in self._parts for message in part.close(now_ms)]
