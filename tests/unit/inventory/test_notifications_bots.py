import base64
import hashlib
import hmac
from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

import pytest

from inventory.notifications.addresses import is_address, masked
from inventory.notifications.bots import (
    BotService,
    bot_outcome,
    bot_request,
    secret_objection,
    url_objection,
)

AT = datetime(2026, 12, 1, 8, 0, 0, 250_000, tzinfo=UTC)
GOOD = {
    BotService.WECOM: "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=693a91f6",
    BotService.DINGTALK: "https://oapi.dingtalk.com/robot/send?access_token=abc",
    BotService.FEISHU: "https://open.feishu.cn/open-apis/bot/v2/hook/1b2c3d4e-0000",
}


def signed(key: str, text: str) -> str:
    return base64.b64encode(hmac.new(key.encode(), text.encode(), hashlib.sha256).digest()).decode()


def test_wecom_is_sent_its_text_form() -> None:
    made = bot_request(BotService.WECOM, GOOD[BotService.WECOM], "", "你好", AT)
    assert made.url == GOOD[BotService.WECOM]
    assert made.body == {"msgtype": "text", "text": {"content": "你好"}}


def test_dingtalk_is_signed_in_the_address_with_milliseconds() -> None:
    made = bot_request(BotService.DINGTALK, GOOD[BotService.DINGTALK], "SEC1", "你好", AT)
    query = {name: value[0] for name, value in parse_qs(urlsplit(made.url).query).items()}
    moment = str(int(AT.timestamp() * 1000))
    assert query == {
        "access_token": "abc",
        "timestamp": moment,
        "sign": signed("SEC1", f"{moment}\nSEC1"),
    }
    assert made.body == {"msgtype": "text", "text": {"content": "你好"}}


def test_feishu_is_signed_in_the_body_with_seconds_over_nothing() -> None:
    made = bot_request(BotService.FEISHU, GOOD[BotService.FEISHU], "s3", "你好", AT)
    moment = str(int(AT.timestamp()))
    assert made.url == GOOD[BotService.FEISHU]
    assert made.body == {
        "msg_type": "text",
        "content": {"text": "你好"},
        "timestamp": moment,
        "sign": signed(f"{moment}\ns3", ""),
    }


@pytest.mark.parametrize("service", [BotService.DINGTALK, BotService.FEISHU])
def test_without_a_secret_nothing_is_signed(service: BotService) -> None:
    made = bot_request(service, GOOD[service], "", "x", AT)
    assert made.url == GOOD[service]
    assert "sign" not in made.body


@pytest.mark.parametrize(
    ("service", "status", "answer", "expected"),
    [
        (BotService.WECOM, 200, {"errcode": 0, "errmsg": "ok"}, (True, False)),
        (BotService.WECOM, 200, {"errcode": 45009, "errmsg": "freq"}, (False, False)),
        (BotService.WECOM, 200, {"errcode": 93000, "errmsg": "invalid"}, (False, True)),
        (BotService.DINGTALK, 200, {"errcode": 130101, "errmsg": "too fast"}, (False, False)),
        (BotService.DINGTALK, 200, {"errcode": 310000, "errmsg": "sign"}, (False, True)),
        (BotService.FEISHU, 200, {"StatusCode": 0, "StatusMessage": "success"}, (True, False)),
        (BotService.FEISHU, 200, {"code": 0, "msg": "success"}, (True, False)),
        (BotService.FEISHU, 200, {"code": 19021, "msg": "sign match fail"}, (False, True)),
        (BotService.FEISHU, 200, {"code": 11232, "msg": "limit"}, (False, False)),
        (BotService.FEISHU, 200, {}, (False, False)),
        (BotService.WECOM, 200, None, (False, False)),
        (BotService.WECOM, 200, {"errcode": False}, (False, False)),
        (BotService.WECOM, 302, None, (False, True)),
        (BotService.WECOM, 404, None, (False, True)),
        (BotService.WECOM, 429, None, (False, False)),
        (BotService.WECOM, 502, {"errcode": 0}, (False, False)),
    ],
)
def test_an_answer_is_done_or_tried_again_or_given_up(
    service: BotService, status: int, answer: object, expected: tuple[bool, bool]
) -> None:
    found = bot_outcome(service, status, answer)
    assert (found.is_sent, found.is_final) == expected
    assert bool(found.reason) != found.is_sent


@pytest.mark.parametrize("service", BotService)
def test_addresses_as_the_groups_show_them_are_taken(service: BotService) -> None:
    assert url_objection(service, GOOD[service], ()) is None


@pytest.mark.parametrize(
    "url",
    [
        "http://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=1",
        "https://qyapi.weixin.qq.com:8443/cgi-bin/webhook/send?key=1",
        "https://qyapi.weixin.qq.com.bad.example/cgi-bin/webhook/send?key=1",
        "https://qyapi.weixin.qq.com@127.0.0.1/cgi-bin/webhook/send?key=1",
        "https://127.0.0.1/cgi-bin/webhook/send?key=1",
        "https://169.254.169.254/cgi-bin/webhook/send?key=1",
        "https://qyapi.weixin.qq.com/cgi-bin/webhook/../user/get?key=1",
        "https://qyapi.weixin.qq.com/cgi-bin/webhook/send",
        "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=1#x",
        "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=1\r\nX: y",
        "https://qyapi.weixin.qq.com:x/cgi-bin/webhook/send?key=1",
        "https://open.feishu.cn/cgi-bin/webhook/send?key=1",
        "file:///etc/passwd",
        "gopher://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=1",
        "https://[::1]/cgi-bin/webhook/send?key=1",
        "",
        "https://[bad",
    ],
)
def test_no_other_address_is_ever_called(url: str) -> None:
    assert url_objection(BotService.WECOM, url, ()) is not None


def test_a_gateway_of_the_operator_is_taken_with_its_port_and_scheme_only() -> None:
    listed = ("http://bots.lan:8080",)
    path = "/cgi-bin/webhook/send?key=1"
    assert url_objection(BotService.WECOM, f"http://bots.lan:8080{path}", listed) is None
    for other in (f"http://bots.lan{path}", f"http://bots.lan:8080x{path}", f"http://a:8080{path}"):
        assert url_objection(BotService.WECOM, other, listed) is not None


def test_wecom_takes_no_secret_and_a_secret_has_no_line_breaks() -> None:
    assert secret_objection(BotService.WECOM, "x") is not None
    assert secret_objection(BotService.FEISHU, "a\nb") is not None
    assert secret_objection(BotService.DINGTALK, "SEC" + "0" * 64) is None


@pytest.mark.parametrize(
    ("text", "is_good"),
    [
        ("zhang.wei@example.edu.cn", True),
        ("a+b@qq.com", True),
        ("a@b", False),
        ("a b@qq.com", False),
        ("a@qq.com\r\nBcc: x@y.cn", False),
        ("张@qq.com", False),
        ("a@-qq.com", False),
        ("@qq.com", False),
        (".a@qq.com", False),
        ("a" * 65 + "@qq.com", False),
        ("a@[127.0.0.1]", False),
    ],
)
def test_an_address_is_one_and_can_begin_no_other_header(text: str, is_good: bool) -> None:
    assert is_address(text) is is_good


def test_the_trail_knows_an_address_only_masked() -> None:
    assert masked("zhang.wei@example.edu.cn") == "z***@example.edu.cn"
