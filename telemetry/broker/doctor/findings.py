"""What an examination measured at a broker, before anything is made of it (pure)."""

from dataclasses import dataclass, field
from enum import StrEnum


class Check(StrEnum):
    """What is examined, in this order."""

    CONNECTING = "connecting"
    DOORS = "doors"
    ROUND_TRIP = "round_trip"
    RETAINED = "retained"
    WILL = "will"
    OFFLINE_QUEUE = "offline_queue"
    SHARING = "sharing"
    SEPARATION = "separation"
    TAKE_OVER = "take_over"
    PAYLOAD = "payload"
    IN_FLIGHT = "in_flight"
    RESTART = "restart"


@dataclass(frozen=True, slots=True)
class Secured:
    """The TLS of a connection; `ends_at_s` is when the certificate ends, in seconds since 1970."""

    version: str
    ends_at_s: float | None


@dataclass(frozen=True, slots=True)
class Limits:
    """What the CONNACK of MQTT 5 states; None where it says nothing."""

    receive_maximum: int | None = None
    packet_bytes: int | None = None
    best_qos: int | None = None
    keeps_retained: bool | None = None
    shares: bool | None = None


@dataclass(frozen=True, slots=True)
class Connecting:
    """How the two versions are answered: "" accepted, else the broker's reason.

    `ids_are_users`: two connections of one user can't be open together, because the broker takes
    the user's name for the client id.
    """

    host: str
    refusal_3: str
    refusal_5: str
    ids_are_users: bool
    secured: Secured | None = None
    limits: Limits = field(default_factory=Limits)
    now_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Doors:
    """Who is let in without being known; None where it could not be tried."""

    nameless: bool
    wrong_password: bool | None


@dataclass(frozen=True, slots=True)
class RoundTrip:
    """QoS 1 from one client to another, one message after the other."""

    sent: int
    came: int
    median_ms: float
    worst_ms: float


@dataclass(frozen=True, slots=True)
class Retained:
    """Whether a retained message is given to a late listener, and gone once it is cleared."""

    kept: bool
    cleared: bool


@dataclass(frozen=True, slots=True)
class Will:
    """Seconds until the will came; None when it did not.

    `after_break_s` from the moment the connection broke, `after_silence_s` from the last sign of a
    client that promised one every `keepalive_s`.
    """

    after_break_s: float | None
    after_silence_s: float | None
    keepalive_s: int


@dataclass(frozen=True, slots=True)
class Queued:
    """Messages for a client that was away but has a session."""

    sent: int
    acknowledged: int
    came: int


@dataclass(frozen=True, slots=True)
class OfflineQueue:
    """A short and, where all of that came, a long absence."""

    short: Queued
    long: Queued | None

    @property
    def last(self) -> Queued:
        """The longest absence that was tried."""
        return self.long or self.short


@dataclass(frozen=True, slots=True)
class Sharing:
    """A shared subscription of two members, then of the one that stays.

    `repeated` messages came more than once. `stayed` of `sent_after` reached the one that stays.
    """

    granted: bool
    sent: int
    by_first: int
    by_second: int
    repeated: int
    sent_after: int
    stayed: int


@dataclass(frozen=True, slots=True)
class Separation:
    """What a bench's user can do to another bench's topics.

    The two `own` are the control: without them nothing follows from what did not pass.
    """

    own_up: bool
    own_down: bool
    speaks_for_other: bool
    forges_acknowledgement: bool
    hears_other: bool
    denial_is_acknowledged: bool


@dataclass(frozen=True, slots=True)
class TakeOver:
    """Whether another user throws a client out by connecting under its client id."""

    is_thrown_out: bool


@dataclass(frozen=True, slots=True)
class Payload:
    """The largest payload that arrived, of those up to `wanted_bytes`."""

    largest_bytes: int
    wanted_bytes: int
    closes_connection: bool


@dataclass(frozen=True, slots=True)
class InFlight:
    """How many messages a subscriber gets before it acknowledges the first, of `offered`."""

    unacknowledged: int
    offered: int


Finding = (
    Connecting
    | Doors
    | RoundTrip
    | Retained
    | Will
    | OfflineQueue
    | Sharing
    | Separation
    | TakeOver
    | Payload
    | InFlight
)
