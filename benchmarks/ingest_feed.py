"""The benches of `ingest.py`: 40 connections that publish rows encoded beforehand.

As a bridge does, each has at most 200 rows under way that ingest has not acknowledged. MQTT is
spoken by a few lines of its own here, so that the feed costs next to nothing beside what is
measured.
"""

import selectors
import socket
import struct
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from telemetry.contract import topics
from telemetry.contract.encoding import decode_ack
from telemetry.contract.topics import Stream

SIGNALS = [f"signal_{number:02d}" for number in range(60)]
WINDOW = 200
_CONNECT, _PUBLISH, _SUBSCRIBE, _PUBACK, _PING = 0x10, 0x32, 0x82, 0x40, 0xC0
_LONG = 0x80
_NOW = b"published-now"
"""Stands for 13 digits."""


def payloads(rows: int, seed: int) -> Iterator[str]:
    """The `values` of each row as JSON: slow waves with noise, 3 decimals."""
    dice = np.random.default_rng(seed)
    waves = 40 + 20 * np.sin(np.arange(len(SIGNALS)) + seed)
    for _ in range(rows):
        cells = np.round(waves + dice.normal(0, 0.02, len(SIGNALS)), 3).tolist()
        yield "{" + ",".join(f'"{n}":{c}' for n, c in zip(SIGNALS, cells, strict=True)) + "}"


def _packet(kind: int, body: bytes) -> bytes:
    length, encoded = len(body), bytearray()
    while True:
        length, digit = divmod(length, _LONG)
        encoded.append(digit | (_LONG if length else 0))
        if not length:
            return bytes([kind]) + bytes(encoded) + body


def _text(text: str) -> bytes:
    return struct.pack("!H", len(text.encode())) + text.encode()


@dataclass(slots=True)
class Bench:
    """One connection; `acknowledged` is ingest's word, not the broker's."""

    code: str
    rows: list[bytes]
    connection: socket.socket
    sent: int = 0
    acknowledged: int = 0
    heard: bytearray = field(default_factory=bytearray)

    @classmethod
    def connected(cls, port: int, code: str, password: str, rows: list[str]) -> "Bench":
        """Connected and listening for acknowledgements; `rows` are what `payloads` makes."""
        connection = socket.create_connection(("127.0.0.1", port))
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        flags = struct.pack("!BBH", 4, 0xC2, 60)
        connection.sendall(
            _packet(_CONNECT, _text("MQTT") + flags + _text(code) + _text(code) + _text(password))
            + _packet(_SUBSCRIBE, struct.pack("!H", 1) + _text(topics.ack(code)) + b"\x01")
        )
        topic = _text(topics.up(code, Stream.SAMPLES))
        encoded = [
            _packet(
                _PUBLISH,
                topic
                + struct.pack("!H", seq % 60_000 + 1)
                + b'{"observed_at_ms":%s,"epoch":7,"seq":%d,"values":' % (_NOW, seq)
                + values.encode()
                + b"}",
            )
            for seq, values in enumerate(rows, 1)
        ]
        return cls(code, encoded, connection)

    def send(self, most: int) -> None:
        """Publish the next rows, as many as the window lets."""
        until = min(self.sent + most, self.acknowledged + WINDOW, len(self.rows))
        if until > self.sent:
            # what a row says of the time is when it was published
            now = b"%013d" % (time.time_ns() // 1_000_000)
            packets = (row.replace(_NOW, now, 1) for row in self.rows[self.sent : until])
            self.connection.sendall(b"".join(packets))
            self.sent = until

    def hear(self) -> None:
        """Take in what the broker sent."""
        self.heard += self.connection.recv(65_536)
        while (found := self._taken()) is not None:
            kind, body = found
            if kind & 0xF0 == _PUBLISH & 0xF0:
                self._acknowledge(kind, body)

    def _taken(self) -> tuple[int, bytes] | None:
        length = shift = 0
        for place in range(1, min(5, len(self.heard))):
            length |= (self.heard[place] & (_LONG - 1)) << shift
            shift += 7
            if not self.heard[place] & _LONG:
                end = place + 1 + length
                if len(self.heard) < end:
                    return None
                kind, body = self.heard[0], bytes(self.heard[place + 1 : end])
                del self.heard[:end]
                return kind, body
        return None

    def _acknowledge(self, kind: int, body: bytes) -> None:
        (length,) = struct.unpack_from("!H", body)
        payload = body[2 + length :]
        if kind & 0x06:
            self.connection.sendall(bytes([_PUBACK, 2]) + payload[:2])
            payload = payload[2:]
        self.acknowledged = max(self.acknowledged, decode_ack(payload).seq)


def run(benches: list[Bench], hz: float | None, within_s: float) -> float:
    """Publish all rows, `hz` per bench and second or as fast as they are taken; seconds it took.

    The benches of a rate are spread over the period, as those of a school are.
    """
    listening = selectors.DefaultSelector()
    for bench in benches:
        listening.register(bench.connection, selectors.EVENT_READ, bench)
    started_s = time.perf_counter()
    while any(bench.acknowledged < len(bench.rows) for bench in benches):
        now_s = time.perf_counter() - started_s
        if now_s > within_s:
            raise TimeoutError(f"not all rows acknowledged within {within_s} s")
        for number, bench in enumerate(benches):
            due = WINDOW if hz is None else int(now_s * hz - number / len(benches)) - bench.sent
            bench.send(max(due, 0))
        for key, _ in listening.select(0.0005):
            key.data.hear()
    listening.close()
    return time.perf_counter() - started_s


if __name__ == "__main__":
    sys.exit("run benchmarks/ingest.py")
