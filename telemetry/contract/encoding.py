"""How a message becomes bytes and back; the only place that names the payload library's codec."""

from collections.abc import Mapping

import msgspec

from telemetry.contract.payloads import (
    Ack,
    BenchState,
    Birth,
    FaultReport,
    Samples,
    UpMessage,
    UsageReport,
)
from telemetry.contract.topics import Stream

PAYLOAD_TYPES: Mapping[Stream, type[UpMessage]] = {
    Stream.BIRTH: Birth,
    Stream.STATE: BenchState,
    Stream.SAMPLES: Samples,
    Stream.USAGE: UsageReport,
    Stream.FAULTS: FaultReport,
}
MAX_PAYLOAD_BYTES = 1024 * 1024
"""Chosen: a birth of 2,390 signals (the largest public DBC at hand) is below 400 kB."""

_encoder = msgspec.json.Encoder()
_decoders = {stream: msgspec.json.Decoder(kind) for stream, kind in PAYLOAD_TYPES.items()}
_ack_decoder = msgspec.json.Decoder(Ack)
_NOT_A_MESSAGE = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)
"""The last one is what msgspec says to JSON that is nested too deeply."""


class BadPayload(ValueError):
    """The bytes are not a valid message of that stream; the text says which field and why."""


def encode(message: UpMessage | Ack) -> bytes:
    """The message as compact UTF-8 JSON; fields at their default are left out."""
    return _encoder.encode(message)


def decode(stream: Stream, payload: bytes) -> UpMessage:
    """Parse and validate a message.

    Unknown fields are ignored, so that a newer bench can talk to an older ingest.

    Raises:
        BadPayload: not JSON, a field missing, of the wrong type or out of range, or too long.
    """
    if len(payload) > MAX_PAYLOAD_BYTES:
        raise BadPayload(f"{stream.value}: {len(payload)} bytes, at most {MAX_PAYLOAD_BYTES}")
    try:
        message: UpMessage = _decoders[stream].decode(payload)
    except _NOT_A_MESSAGE as bad:
        raise BadPayload(f"{stream.value}: {bad}") from bad
    return message


def decode_ack(payload: bytes) -> Ack:
    """Parse an acknowledgement.

    Raises:
        BadPayload: not an acknowledgement.
    """
    try:
        return _ack_decoder.decode(payload)
    except _NOT_A_MESSAGE as bad:
        raise BadPayload(f"ack: {bad}") from bad
