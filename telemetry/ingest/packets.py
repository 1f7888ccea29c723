"""The three MQTT packets that come and go by the thousand, as bytes (pure).

Paho handles all others; for these it needs a quarter of what ingest as a whole costs (ADR 0039).
"""

import struct
from typing import NamedTuple

_PUBLISH, _PUBACK = 0x30, 0x40
_KIND, _QOS, _RETAINED = 0xF0, 0x06, 0x01
_LONGER, _DIGIT = 0x80, 0x7F
_LENGTH_BYTES = 4
_puback = struct.Struct("!BBH").pack
_short = struct.Struct("!H")


class NotMqtt(Exception):
    """What the broker sent breaks the protocol; the text says where."""


class Published(NamedTuple):
    """A message as a broker delivers it; `mid` 0 with a QoS of 0."""

    topic: str
    payload: bytes
    mid: int
    qos: int
    is_retained: bool


def split(data: bytes, *, is_5: bool) -> tuple[list[Published], bytes, bytes]:
    """Messages, all other whole packets one after the other, and the beginning of the next one.

    `is_5`: MQTT 5, whose messages have properties; they are passed over.

    Raises:
        NotMqtt: a length or a message is not as the protocol has it.
    """
    published: list[Published] = []
    others: list[bytes] = []
    start, end = 0, len(data)
    while (found := _body(data, start, end)) is not None:
        body, after = found
        if data[start] & _KIND == _PUBLISH:
            published.append(_published(data, start, body, after, is_5=is_5))
        else:
            others.append(data[start:after])
        start = after
    return published, b"".join(others), data[start:]


def _body(data: bytes, start: int, end: int) -> tuple[int, int] | None:
    """Where the packet's body starts and ends; None as long as not all of it is there."""
    length = 0
    for place in range(_LENGTH_BYTES):
        at = start + 1 + place
        if at >= end:
            return None
        digit = data[at]
        length |= (digit & _DIGIT) << 7 * place
        if not digit & _LONGER:
            after = at + 1 + length
            return (at + 1, after) if after <= end else None
    raise NotMqtt("expected a length of at most four bytes")


def _published(data: bytes, start: int, body: int, after: int, *, is_5: bool) -> Published:
    qos = (data[start] & _QOS) >> 1
    if qos > 1:
        raise NotMqtt(f"expected a message of QoS 0 or 1, as subscribed, got {qos}")
    name = body + _short.size
    end = name + int.from_bytes(data[body:name])
    at = end + _short.size if qos else end
    if at > after:
        raise NotMqtt("expected topic and number within the message")
    try:
        topic = data[name:end].decode()
    except UnicodeDecodeError as bad:
        raise NotMqtt(f"expected a topic in UTF-8: {bad}") from bad
    mid = int.from_bytes(data[end:at])
    if is_5:
        at = _after_properties(data, at, after)
    return Published(topic, data[at:after], mid, qos, bool(data[start] & _RETAINED))


def _after_properties(data: bytes, start: int, end: int) -> int:
    found = _body(data, start - 1, end)
    if found is None:
        raise NotMqtt("expected the properties within the message")
    return found[1]


def puback(mid: int) -> bytes:
    """The acknowledgement of a message."""
    return _puback(_PUBACK, 2, mid)


def publish(topic: str, payload: bytes, *, is_5: bool) -> bytes:
    """A message of QoS 0."""
    name = topic.encode()
    body = _short.pack(len(name)) + name + (b"\x00" if is_5 else b"") + payload
    length, digits = len(body), bytearray()
    while length > _DIGIT:
        digits.append(length & _DIGIT | _LONGER)
        length >>= 7
    digits.append(length)
    return bytes((_PUBLISH,)) + digits + body
