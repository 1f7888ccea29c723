"""Texts to group bots over HTTPS, to hosts that are known and nowhere else."""

import json
import logging
import socket
from collections.abc import Callable, Collection
from datetime import UTC, datetime
from ipaddress import ip_address
from urllib.parse import parse_qsl, urlsplit

import httpx2

from inventory.moments import SCHOOL_ZONE
from inventory.notifications.bots import (
    Outcome,
    bot_outcome,
    bot_request,
    most_bytes,
    origin_of,
    url_objection,
)
from inventory.notifications.delivering import Parcel
from inventory.notifications.letters import Reader, group_text
from inventory.notifications.targets import BotAddress

ANSWER_WITHIN_S = 10.0
MOST_ANSWER_BYTES = 64_000
"""Answers of bots have some hundred; nobody makes us read on for ever."""
_HIDDEN = "***"

# at INFO it writes every address it calls into the log, and these addresses are keys
for _name in ("httpx2", "httpcore2", "httpx", "httpcore"):
    logging.getLogger(_name).setLevel(logging.WARNING)


class BotDoor:
    """Sends parcels to groups; used by one thread.

    Args:
        base_url: address of the installation, without a last slash.
        origins: gateways the operator trusts beside the services' own hosts.
        clock: for signatures.
        proxy: on the way to the services; empty: none.
    """

    def __init__(
        self,
        base_url: str,
        origins: Collection[str] = (),
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        *,
        proxy: str = "",
    ) -> None:
        self._base_url = base_url
        self._origins = origins
        self._clock = clock
        self._has_proxy = bool(proxy)
        # the environment's proxy may be meant for anything; the settings name the one for this
        self._client = httpx2.Client(
            timeout=ANSWER_WITHIN_S, follow_redirects=False, trust_env=False, proxy=proxy or None
        )

    def send(self, parcel: Parcel) -> Outcome:
        """Say a parcel's text in its group."""
        bot = parcel.target.bot
        if bot is None:
            raise TypeError("a parcel for a group names its bot")
        refusal = self._refusal(bot)
        if refusal is not None:
            return refusal
        reader = Reader(parcel.target.language, SCHOOL_ZONE, self._base_url)
        text = group_text(parcel.letters, reader, most_bytes(bot.service))
        wanted = bot_request(bot.service, bot.url, bot.secret, text, self._clock())
        try:
            with self._client.stream("POST", wanted.url, json=wanted.body) as answer:
                outcome = bot_outcome(bot.service, answer.status_code, _json_of(answer))
        except (httpx2.HTTPError, httpx2.InvalidURL) as error:
            # its text may repeat the address
            return Outcome(is_sent=False, reason=f"no answer: {type(error).__name__}")
        return Outcome(outcome.is_sent, _without_secrets(outcome.reason, bot), outcome.is_final)

    def rest(self) -> None:
        """Connections close by themselves."""

    def close(self) -> None:
        """Close all connections."""
        self._client.close()

    def _refusal(self, bot: BotAddress) -> Outcome | None:
        """Asked again before each call: settings and name servers may say otherwise by now."""
        lacking = url_objection(bot.service, bot.url, self._origins)
        if lacking is not None:
            return Outcome(is_sent=False, reason=f"address: expected {lacking}", is_final=True)
        # behind a proxy the names of the world are often not known, and it looks them up itself
        if self._has_proxy or origin_of(bot.url) in self._origins:
            return None
        host = urlsplit(bot.url).hostname or ""
        try:
            found = {str(one[4][0]) for one in socket.getaddrinfo(host, 443)}
        except OSError:
            return Outcome(is_sent=False, reason=f"no address is known of {host}")
        if not all(ip_address(one.partition("%")[0]).is_global for one in found):
            return Outcome(is_sent=False, reason=f"{host} leads into a private network")
        return None


def _json_of(answer: httpx2.Response) -> object:
    read = b""
    for part in answer.iter_bytes():
        read += part
        if len(read) > MOST_ANSWER_BYTES:
            return None
    try:
        return json.loads(read)
    except ValueError:
        return None


def _without_secrets(reason: str, bot: BotAddress) -> str:
    parts = urlsplit(bot.url)
    secrets = {bot.url, bot.secret, *(value for _, value in parse_qsl(parts.query))}
    secrets.add(parts.path.rpartition("/")[2])
    for one in sorted(secrets - {"", "send"}, key=len, reverse=True):
        reason = reason.replace(one, _HIDDEN)
    return reason
