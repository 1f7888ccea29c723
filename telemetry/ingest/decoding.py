"""From topic and bytes to a place in the batch, or a reason why not (pure)."""

from collections.abc import Callable
from dataclasses import dataclass

from telemetry.contract.encoding import BadPayload, decode
from telemetry.contract.payloads import (
    BenchState,
    Birth,
    FaultReport,
    Samples,
    UpMessage,
    UsageReport,
)
from telemetry.contract.topics import NotABenchTopic, parse_up
from telemetry.store.port import Batch, Received


@dataclass(frozen=True, slots=True)
class Rejected:
    """A message nobody can use: whose it was ("" when the topic itself is wrong) and why."""

    bench: str
    reason: str


def add(
    batch: Batch, topic: str, payload: bytes, received_at_ms: int, *, is_retained: bool
) -> Rejected | None:
    """Put a message into the batch, or say why it can't be.

    A retained state is the past: it tells what the bench last said, not that it lives.
    """
    try:
        up = parse_up(topic)
        message = decode(up.stream, payload)
    except NotABenchTopic as bad:
        return Rejected("", str(bad))
    except BadPayload as bad:
        return Rejected(parse_up(topic).bench, str(bad))
    _place(batch, up.bench, message, received_at_ms, is_retained=is_retained)
    return None


def _place(batch: Batch, bench: str, message: UpMessage, at_ms: int, *, is_retained: bool) -> None:
    match message:
        case Birth():
            batch.births.append(Received(bench, at_ms, message))
        case BenchState():
            if not is_retained:
                batch.states.append(Received(bench, at_ms, message))
        case Samples():
            batch.samples.append(Received(bench, at_ms, message))
        case UsageReport() | FaultReport():
            batch.events.append(Received(bench, at_ms, message))


Clock = Callable[[], int]
"""Wall clock in milliseconds since 1970, handed in so that tests own the time."""
