"""From topic and bytes to a place in the batch, among the poison when nobody can read it (pure)."""

from collections.abc import Callable
from functools import lru_cache

import msgspec

from telemetry.contract.encoding import BadPayload, decode
from telemetry.contract.payloads import (
    BenchState,
    Birth,
    FaultReport,
    Samples,
    Seq,
    UpMessage,
    UsageReport,
)
from telemetry.contract.spooling import Epoch
from telemetry.contract.topics import BENCH_CODE, DURABLE_STREAMS, NotABenchTopic, parse_up
from telemetry.store.port import Batch, Received
from telemetry.store.quarantine import Poison

_LEVEL_OF_BENCH = 2


class _Key(msgspec.Struct, frozen=True):
    epoch: Epoch
    seq: Seq


_keys = msgspec.json.Decoder(_Key)
_parsed = lru_cache(1024)(parse_up)


def add(
    batch: Batch, topic: str, payload: bytes, received_at_ms: int, *, is_retained: bool
) -> Poison | None:
    """Put a message into the batch; one that can't be read is returned as well.

    A retained state is the past: it tells what the bench last said, not that it lives.
    """
    try:
        up = _parsed(topic)
    except NotABenchTopic as bad:
        return _poison(batch, Poison(_bench_in(topic), topic, payload, str(bad), received_at_ms))
    try:
        message = decode(up.stream, payload)
    except BadPayload as bad:
        key = key_of(payload) if up.stream in DURABLE_STREAMS else None
        return _poison(batch, Poison(up.bench, topic, payload, str(bad), received_at_ms, key))
    place(batch, up.bench, message, received_at_ms, is_retained=is_retained)
    return None


def _poison(batch: Batch, poison: Poison) -> Poison:
    batch.poison.append(poison)
    return poison


def _bench_in(topic: str) -> str:
    levels = topic.split("/")
    bench = levels[_LEVEL_OF_BENCH] if len(levels) > _LEVEL_OF_BENCH else ""
    return bench if BENCH_CODE.fullmatch(bench) else ""


def key_of(payload: bytes) -> tuple[int, int] | None:
    """(epoch, seq) of a durable message of which nothing else may be right; None: unreadable."""
    try:
        key = _keys.decode(payload)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    return key.epoch, key.seq


def place(batch: Batch, bench: str, message: UpMessage, at_ms: int, *, is_retained: bool) -> None:
    """Put a message that was read where it belongs."""
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
