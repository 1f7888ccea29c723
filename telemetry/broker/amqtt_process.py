"""The amqtt broker as a process of its own, with our users and topic rules."""

import asyncio
import contextlib
import hmac
import json
import logging
import signal
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from amqtt.adapters import StreamReaderAdapter, StreamWriterAdapter
from amqtt.broker import Broker
from amqtt.contexts import Action
from amqtt.plugins.base import BaseAuthPlugin, BaseTopicPlugin
from amqtt.session import Session

from telemetry.broker.access import may_publish, may_subscribe

PLUGINS = "telemetry.broker.amqtt_process"
"""This module by its name, under which amqtt imports it again for the plugin classes."""


class KnownUsers(BaseAuthPlugin):  # type: ignore[misc]  # amqtt ships no type information
    """Lets in a known user with its password, whose client id is its user name."""

    async def authenticate(self, *, session: Session) -> bool:
        """Whether the session may connect."""
        passwords: dict[str, str] = self.context.config.passwords
        expected = passwords.get(session.username or "")
        if expected is None or session.client_id != session.username:
            return False
        return hmac.compare_digest(expected.encode(), (session.password or "").encode())

    @dataclass
    class Config:
        """The users: `{name: password}`."""

        passwords: dict[str, str]


class OwnTopics(BaseTopicPlugin):  # type: ignore[misc]  # amqtt ships no type information
    """Keeps every user on its own topics."""

    async def topic_filtering(
        self,
        *,
        session: Session | None = None,
        topic: str | None = None,
        action: Action | None = None,
    ) -> bool:
        """Whether the user may publish to, subscribe to or receive the topic."""
        user = (session.username if session else None) or ""
        if action == Action.PUBLISH:
            return may_publish(user, topic or "")
        return may_subscribe(user, topic or "")


CONNECT_WITHIN_S = 5.0
VERSION_3_1_1 = 4
_REFUSED_VERSION = bytes([0x20, 2, 0, 1])
"""A CONNACK of MQTT 3.1.1: unacceptable protocol version."""
_LONGEST_LENGTH = 4
_TO_THE_LEVEL = 7


class _ReadAhead(StreamReaderAdapter):  # type: ignore[misc]  # amqtt ships no type information
    """A stream whose first bytes were looked at already."""

    def __init__(self, reader: asyncio.StreamReader, first: bytes) -> None:
        super().__init__(reader)
        self._first = first

    async def read(self, n: int = -1) -> bytes:
        """The next `n` bytes, or all that come."""
        if not self._first or n < 0:
            ahead, self._first = self._first, b""
            rest: bytes = await super().read(n)
            return ahead + rest
        ahead, self._first = self._first[:n], self._first[n:]
        return ahead if len(ahead) == n else ahead + await super().read(n - len(ahead))


async def _beginning(reader: asyncio.StreamReader) -> tuple[bytes, int]:
    """The first bytes of a connection as far as the protocol level, and that level."""
    first = await reader.readexactly(2)
    while first[-1] & 0x80 and len(first) <= _LONGEST_LENGTH:
        first += await reader.readexactly(1)
    first += await reader.readexactly(_TO_THE_LEVEL)
    return first, first[-1]


class PlainBroker(Broker):  # type: ignore[misc]  # amqtt ships no type information
    """amqtt that says at once that it speaks 3.1.1, and keeps what is not for a client.

    By itself it reads on for the rest of a CONNECT it has misunderstood and answers nothing, so
    that every such client waits until its patience ends. It also hands whoever connects the
    retained messages of everybody's subscriptions, without asking who may hear them.
    """

    async def _publish_retained_messages_for_subscription(
        self, subscription: tuple[str, int], session: Session
    ) -> None:
        if may_subscribe(session.username or "", subscription[0]):
            await super()._publish_retained_messages_for_subscription(subscription, session)

    async def stream_connected(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, listener_name: str
    ) -> None:
        """Look at the protocol level before amqtt does."""
        try:
            first, level = await asyncio.wait_for(_beginning(reader), CONNECT_WITHIN_S)
        except (asyncio.IncompleteReadError, TimeoutError, OSError):
            writer.close()
            return
        if level > VERSION_3_1_1:
            writer.write(_REFUSED_VERSION)
            with contextlib.suppress(OSError):
                await writer.drain()
            writer.close()
            return
        await self.external_connected(
            _ReadAhead(reader, first), StreamWriterAdapter(writer), listener_name
        )


async def serve(config: dict[str, Any]) -> None:
    """Run the broker until a signal ends it."""
    broker = PlainBroker(
        {
            "listeners": {"default": {"type": "tcp", **config["listener"]}},
            "plugins": {
                f"{PLUGINS}.KnownUsers": {"passwords": config["passwords"]},
                f"{PLUGINS}.OwnTopics": {},
            },
        }
    )
    await broker.start()
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGINT, signal.SIGTERM):
        with contextlib.suppress(NotImplementedError):  # Windows has no such handlers
            loop.add_signal_handler(name, stop.set)
    await stop.wait()
    await broker.shutdown()


if __name__ == "__main__":
    logging.basicConfig(level=logging.ERROR)
    asyncio.run(serve(json.loads(Path(sys.argv[1]).read_text("utf-8"))))
