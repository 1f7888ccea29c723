"""Writers of one process wait in a row: SQLite's own lock is polled, and the unlucky never get it.

Measured: of 16 writers that hold the lock for 50 ms again and again some waited 10 s and gave up,
while others wrote without a pause.
"""

from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Lock
from weakref import WeakValueDictionary


class NoTurn(Exception):
    """Those ahead did not finish in time."""


class Turns:
    """Hands one turn at a time to whoever has waited longest."""

    def __init__(self) -> None:
        self._guard = Lock()
        self._waiting: deque[Event] = deque()
        self._is_taken = False

    @property
    def waiting(self) -> int:
        """How many stand in the row."""
        with self._guard:
            return len(self._waiting)

    @contextmanager
    def turn(self, within_s: float) -> Iterator[None]:
        """Wait for a turn and have it for the block; it may end in another thread.

        Raises:
            NoTurn: it did not come within so many seconds.
        """
        self._take(within_s)
        try:
            yield
        finally:
            self._pass_on()

    def _take(self, within_s: float) -> None:
        with self._guard:
            if not self._is_taken:
                self._is_taken = True
                return
            mine = Event()
            self._waiting.append(mine)
        if mine.wait(within_s):
            return
        with self._guard:
            if not mine.is_set():
                self._waiting.remove(mine)
                raise NoTurn
        # the turn came in the very moment of giving up

    def _pass_on(self) -> None:
        with self._guard:
            if self._waiting:
                self._waiting.popleft().set()
            else:
                self._is_taken = False


_OF_FILE: WeakValueDictionary[str, Turns] = WeakValueDictionary()
_GUARD = Lock()


def turns_of(file: str) -> Turns:
    """The row of a file's writers, the same for all who open it in this process."""
    with _GUARD:
        return _OF_FILE.setdefault(file, Turns())
