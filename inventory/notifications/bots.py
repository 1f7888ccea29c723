"""What group bots of 企业微信, 钉钉 and 飞书 are sent and what their answers mean (pure).

Always their plain text form, as their public documentation describes it: timestamps of 钉钉 are
milliseconds in the address, those of 飞书 seconds in the body, and each signs in its own way.
"""

import base64
import hashlib
import hmac
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from urllib.parse import SplitResult, parse_qs, urlencode, urlsplit

from inventory.moments import epoch_ms


class BotService(StrEnum):
    """Whose group it is."""

    WECOM = "wecom"
    DINGTALK = "dingtalk"
    FEISHU = "feishu"


@dataclass(frozen=True, slots=True)
class _Door:
    hosts: frozenset[str]
    path: re.Pattern[str]
    query: str
    most_bytes: int
    done: tuple[str, ...]
    final_codes: frozenset[int]


_DOORS: Mapping[BotService, _Door] = {
    BotService.WECOM: _Door(
        frozenset({"qyapi.weixin.qq.com"}),
        re.compile(r"/cgi-bin/webhook/send"),
        "key",
        2048,
        ("errcode",),
        frozenset({93000, 40008, 40058}),
    ),
    BotService.DINGTALK: _Door(
        frozenset({"oapi.dingtalk.com"}),
        re.compile(r"/robot/send"),
        "access_token",
        20_000,
        ("errcode",),
        frozenset({300001, 300005, 310000, 400013, 400101, 400102, 400105, 430102, 430104}),
    ),
    BotService.FEISHU: _Door(
        frozenset({"open.feishu.cn", "open.larksuite.com"}),
        re.compile(r"/open-apis/bot/v2/hook/[A-Za-z0-9-]{8,80}"),
        "",
        20_000,
        ("code", "StatusCode"),
        frozenset({19001, 19002, 19021, 19022, 19024, 9499}),
    ),
}
"""`final_codes` are answers that no second attempt changes: unknown token, keyword, signature."""
_SECRET = re.compile(r"[\x21-\x7e]{0,128}")
_TURNED = str.maketrans("<>[]()*`@", "＜＞［］（）＊｀＠")
"""What a group may take for a mention, a link or emphasis, and what stands for it."""


@dataclass(frozen=True, slots=True)
class BotRequest:
    """One POST: where to, and the JSON to send."""

    url: str
    body: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Outcome:
    """How an attempt ended; `is_final`: no later one will do better. Reasons hold no secret."""

    is_sent: bool
    reason: str = ""
    is_final: bool = False


def url_objection(service: BotService, url: str, more_origins: Collection[str]) -> str | None:
    """What is expected of a bot's address that this one lacks; None when it will do.

    Args:
        service: whose bot it is.
        url: as the group's page shows it.
        more_origins: `scheme://host[:port]` of gateways the operator trusts beside the services'
            own hosts; only there may it be plain http or a private address.
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return "an address such as the group's page shows it"
    if parts.username is not None or parts.fragment or not url.isascii() or not url.isprintable():
        return "an address without a user name, a # and signs beside ASCII"
    if origin_of(url) not in more_origins:
        if (parts.scheme, port) not in {("https", None), ("https", 443)}:
            return "an address that begins with https:// and names no port"
        if parts.hostname not in _DOORS[service].hosts:
            return f"an address of {' or '.join(sorted(_DOORS[service].hosts))}"
    return _door_objection(_DOORS[service], parts)


def _door_objection(door: _Door, parts: SplitResult) -> str | None:
    if door.path.fullmatch(parts.path) is None:
        return f"an address with the path {door.path.pattern}"
    if door.query and not parse_qs(parts.query).get(door.query):
        return f"an address with {door.query}=…"
    return None


def origin_of(url: str) -> str:
    """`scheme://host[:port]` of an address, in small letters."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}".lower()


def secret_objection(service: BotService, secret: str) -> str | None:
    """What is expected of a signing secret; 企业微信 has none."""
    if service is BotService.WECOM and secret:
        return "nothing: 企业微信 does not sign"
    if _SECRET.fullmatch(secret) is None:
        return "up to 128 letters, digits and signs, as the group's page shows it"
    return None


def harmless(text: str) -> str:
    """Text of people for a group: looks the same, and is no mention, link or emphasis."""
    return text.translate(_TURNED)


def most_bytes(service: BotService) -> int:
    """How long a text may be, in bytes of UTF-8."""
    return _DOORS[service].most_bytes


def bot_request(service: BotService, url: str, secret: str, text: str, at: datetime) -> BotRequest:
    """The request that says a text; signed with the moment where a secret is given."""
    if service is BotService.FEISHU:
        body: dict[str, Any] = {"msg_type": "text", "content": {"text": text}}
        if secret:
            seconds = str(epoch_ms(at) // 1000)
            # the message that is signed is empty: moment and secret together are the key
            body |= {"timestamp": seconds, "sign": _signed(f"{seconds}\n{secret}", "")}
        return BotRequest(url, body)
    body = {"msgtype": "text", "text": {"content": text}}
    if service is BotService.DINGTALK and secret:
        moment = str(epoch_ms(at))
        sign = _signed(secret, f"{moment}\n{secret}")
        url = f"{url}&{urlencode({'timestamp': moment, 'sign': sign})}"
    return BotRequest(url, body)


def _signed(key: str, text: str) -> str:
    return base64.b64encode(hmac.digest(key.encode(), text.encode(), hashlib.sha256)).decode()


def bot_outcome(service: BotService, status: int, answer: object) -> Outcome:
    """What an answer means.

    Args:
        service: who answered.
        status: of HTTP.
        answer: the body as JSON; None where it is none.
    """
    if status != 200 or not isinstance(answer, Mapping):  # noqa: PLR2004 - HTTP's own number
        is_final = 300 <= status < 500 and status not in {408, 429}  # noqa: PLR2004
        return Outcome(is_sent=False, reason=f"HTTP {status}", is_final=is_final)
    door = _DOORS[service]
    code = next((answer[name] for name in door.done if name in answer), None)
    if code == 0 and not isinstance(code, bool):
        return Outcome(is_sent=True)
    said = answer.get("errmsg") or answer.get("msg") or answer.get("StatusMessage") or ""
    reason = f"{service.value} {code}: {said}"[:200]
    return Outcome(is_sent=False, reason=reason, is_final=code in door.final_codes)
