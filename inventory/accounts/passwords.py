"""The only place that knows how passwords are hashed and how many at once."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

from inventory.errors import TooBusy

AT_ONCE = 2
"""One argon2id hash takes 64 MiB and about 0.4 s of a core; more at once would starve the rest."""
WAITING = 8


class Passwords:
    """Argon2id hashes, bounded in number at once, with equal effort for unknown users.

    Args:
        hasher: parameters of argon2id; tests pass cheap ones.
    """

    def __init__(self, hasher: Argon2Hasher | None = None) -> None:
        self._hashes = PasswordHash((hasher or Argon2Hasher(),))
        self._running = threading.BoundedSemaphore(AT_ONCE)
        self._admitted = threading.BoundedSemaphore(AT_ONCE + WAITING)
        self._decoy: str | None = None
        self._decoy_lock = threading.Lock()

    def hashed(self, password: str) -> str:
        """The hash with its parameters and a fresh salt."""
        with self._turn():
            return self._hashes.hash(password)

    def matches(self, password: str, password_hash: str | None) -> bool:
        """Whether the password belongs to the hash; for None it takes as long and says no.

        Raises:
            TooBusy: too many callers wait for their turn.
        """
        with self._turn():
            known = password_hash or self._decoy_hash()
            is_right = self._hashes.verify(password, known)
        return is_right and password_hash is not None

    def _decoy_hash(self) -> str:
        with self._decoy_lock:
            if self._decoy is None:
                self._decoy = self._hashes.hash("nobody has this password")
            return self._decoy

    @contextmanager
    def admitted(self) -> Iterator[None]:
        """A place among those who hash or wait for their turn.

        Raises:
            TooBusy: there is none left.
        """
        if not self._admitted.acquire(blocking=False):
            raise TooBusy("logins")
        try:
            yield
        finally:
            self._admitted.release()

    @contextmanager
    def _turn(self) -> Iterator[None]:
        with self.admitted(), self._running:
            yield
