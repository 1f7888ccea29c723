"""What a store keeps of messages nobody can read: enough to look at them and to try again."""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import Protocol

KEPT_BYTES = 64 * 1024
"""Of a payload that the bench will send again; what ingest takes off a bench is kept whole."""
_DIGEST_BYTES = 16


@dataclass(frozen=True, slots=True)
class Poison:
    """A message nobody can use, as it came, with the reason.

    `bench` is "" when the topic names none. `key` is (epoch, seq) of a durable message where it can
    still be read: the bench is then told that the message has come, so that it goes on.
    """

    bench: str
    topic: str
    payload: bytes
    reason: str
    received_at_ms: int
    key: tuple[int, int] | None = None

    @property
    def kept(self) -> bytes:
        """As much of the payload as stays."""
        return self.payload if self.key else self.payload[:KEPT_BYTES]

    @property
    def digest(self) -> bytes:
        """By which the same message is known when it comes again."""
        return blake2b(self.payload, digest_size=_DIGEST_BYTES).digest()

    @property
    def weight(self) -> int:
        """Bytes it counts for: payload, topic and reason."""
        return len(self.kept) + len(self.topic.encode()) + len(self.reason.encode())


@dataclass(frozen=True, slots=True)
class Quarantined:
    """A message in quarantine; `id` grows with every new one.

    `payload` is what was kept of `payload_bytes`. The same bytes on the same topic are one entry
    that came `times`.
    """

    id: int
    bench: str
    topic: str
    payload: bytes
    payload_bytes: int
    reason: str
    first_at_ms: int
    last_at_ms: int
    times: int
    key: tuple[int, int] | None

    @property
    def is_whole(self) -> bool:
        """Whether nothing of the payload is missing."""
        return len(self.payload) == self.payload_bytes


@dataclass(frozen=True, slots=True)
class QuarantineTotals:
    """How full the quarantine is; `given_up` counts entries that had to go for newer ones."""

    entries: int = 0
    bytes: int = 0
    given_up: int = 0


@dataclass(frozen=True, slots=True)
class QuarantineLimits:
    """Entries and their bytes (`Poison.weight`); above either the oldest go.

    Chosen: a bench that sends nonsense at 10 Hz is seen a quarter of an hour back, and the file
    grows by no more than an hour of 40 benches takes.
    """

    entries: int = 10_000
    bytes: int = 64 * 1024 * 1024


class QuarantineReader(Protocol):
    """The reading half."""

    def quarantined(self, after_id: int, limit: int) -> Sequence[Quarantined]:
        """Entries by id."""

    def quarantine_totals(self) -> QuarantineTotals:
        """How full it is."""


class Quarantine(QuarantineReader, Protocol):
    """Filled by `commit`, which also takes out what a replay has stored."""

    def drop_quarantined(self, ids: Sequence[int]) -> int:
        """Forget entries for good and return how many there were."""
