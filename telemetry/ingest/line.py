"""The connection to the broker: messages go past paho, all else through it, many packets a call.

To paho it is a socket that never blocks.
"""

import ssl
from collections import deque
from typing import TYPE_CHECKING

import structlog

from telemetry.ingest.packets import NotMqtt, Published, split

if TYPE_CHECKING:
    from paho.mqtt.client import SocketLike

log = structlog.get_logger()

READ_BYTES = 64 * 1024
"""Chosen: a tenth of a second of 40 benches; more would be memory mapped anew for every call."""
_NOT_NOW = (BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError)


class Line:
    """One thread receives and flushes; any may `put`."""

    def __init__(self, inner: "SocketLike", *, is_5: bool) -> None:
        self._inner = inner
        self._is_5 = is_5
        self._begun = b""
        self._for_paho = bytearray()
        self._kept: deque[bytes] = deque()
        self._unsent = b""
        self._failure: OSError | None = None
        self._is_over = False
        self.may_have_more = False
        """Whether the last call brought as much as it could."""

    def receive(self) -> list[Published]:
        """The messages that came; all else waits for paho, the end of the connection as well."""
        self.may_have_more = False
        try:
            came = self._inner.recv(READ_BYTES)
        except _NOT_NOW:
            return []
        except OSError as failure:
            self._failure = failure
            return []
        self._is_over = not came
        # TLS hands out one record of 16 KB a call; a selector knows nothing of the next one
        self.may_have_more = len(came) == READ_BYTES or (
            isinstance(self._inner, ssl.SSLSocket) and self._inner.pending() > 0
        )
        return self._split(self._begun + came)

    def _split(self, data: bytes) -> list[Published]:
        try:
            published, others, self._begun = split(data, is_5=self._is_5)
        except NotMqtt as broken:
            log.warning("the broker broke the protocol: connecting anew", reason=str(broken))
            self._failure = ConnectionAbortedError(str(broken))
            return []
        self._for_paho += others
        return published

    def has_for_paho(self) -> bool:
        """Whether paho should read."""
        return bool(self._for_paho) or self._is_over or self._failure is not None

    def recv(self, buffer_size: int) -> bytes:
        """For paho: the next of the bytes that are no messages; none when the broker hung up.

        Raises:
            BlockingIOError: there is nothing.
            OSError: the connection failed, perhaps while it was written to.
        """
        part = bytes(self._for_paho[:buffer_size])
        if part:
            del self._for_paho[:buffer_size]
        elif self._failure is not None:
            raise self._failure
        elif not self._is_over:
            raise BlockingIOError
        return part

    def put(self, packets: bytes) -> None:
        """Keep whole packets for the next `flush`."""
        self._kept.append(packets)

    def send(self, buffer: bytes | bytearray) -> int:
        """For paho: the same."""
        self.put(bytes(buffer))
        return len(buffer)

    def has_kept(self) -> bool:
        """Whether something was put since the last `flush`."""
        return bool(self._kept)

    def flush(self) -> bool:
        """Send what the connection takes now; whether that was all."""
        if self._kept:
            waiting = [self._unsent]
            while self._kept:
                waiting.append(self._kept.popleft())
            self._unsent = b"".join(waiting)
        try:
            while self._unsent:
                self._unsent = self._unsent[self._inner.send(self._unsent) :]
        except _NOT_NOW:
            return False
        except OSError as failure:
            self._failure, self._unsent = failure, b""
        return True

    def close(self) -> None:
        """Close it; what is kept, the farewell for example, is tried once more."""
        self.flush()
        self._inner.close()

    def fileno(self) -> int:
        """Of the connection; -1 once closed."""
        return self._inner.fileno()

    def setblocking(self, flag: bool) -> None:
        """Of the connection."""
        self._inner.setblocking(flag)
