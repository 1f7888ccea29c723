"""Whether a connection that seems alive has stopped bringing messages (pure)."""

DEAF_AFTER_S = 10.0
"""Chosen: five heartbeats of a bench."""


class Hearing:
    """What one connection brought; seconds of one monotonic clock.

    A broker keeps a limited number of messages under way. Those it believes to be on the way,
    because they or our answers got lost, take places until nothing comes any more, while
    keep-alives are still answered. Only a new connection ends that.
    """

    def __init__(self) -> None:
        self._arrived = 0
        self._acknowledged = 0
        self._live_at_s: float | None = None

    def note_arrived(self, now_s: float, *, is_live: bool) -> None:
        """A message came; retained ones are no sign that anybody lives."""
        self._arrived += 1
        if is_live:
            self._live_at_s = now_s

    def note_acknowledged(self, number: int = 1) -> None:
        """Some of the messages were committed and answered."""
        self._acknowledged += number

    def is_deaf(self, now_s: float) -> bool:
        """Whether benches were heard and nothing comes, though nothing waits for us.

        True also when all benches went away; then one new connection shows that.
        """
        if self._live_at_s is None or self._acknowledged < self._arrived:
            return False
        return now_s - self._live_at_s > DEAF_AFTER_S
