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


async def serve(config: dict[str, Any]) -> None:
    """Run the broker until a signal ends it."""
    broker = Broker(
        {
            "listeners": {"default": {"type": "tcp", "bind": f"{config['host']}:{config['port']}"}},
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
