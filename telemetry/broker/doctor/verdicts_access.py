"""What it means who is let in, who may do what, and how work can be shared (pure)."""

import ipaddress

from telemetry.broker.doctor.findings import (
    Check,
    Connecting,
    Doors,
    Secured,
    Separation,
    Sharing,
    TakeOver,
)
from telemetry.broker.doctor.verdicts import NOTHING, Grade, Verdict, Words

CERTIFICATE_DAYS = 30
"""Chosen: a school needs weeks for a new certificate, not days."""
_DAY_S = 86_400


def of_connecting(found: Connecting) -> Verdict:
    """Versions and TLS in one."""
    versions = [
        name
        for name, refusal in (("3.1.1", found.refusal_3), ("5", found.refusal_5))
        if not refusal
    ]
    spoken = " + ".join(versions)
    ids = (
        Words("，客户端标识即用户名", ", client id must be the user")
        if found.ids_are_users
        else NOTHING
    )
    measured = Words(
        f"MQTT {spoken}，{_secured(found, 'zh')}{ids.zh}",
        f"MQTT {spoken}, {_secured(found, 'en')}{ids.en}",
    )
    if found.secured is None and not _is_this_machine(found.host):
        return Verdict(
            Check.CONNECTING,
            Grade.BAD,
            measured,
            Words(
                "密码和数据以明文经过网络，任何人都能读取或冒充台架。",
                "Passwords and data cross the network in clear: anybody on it can read them and "
                "act as a bench.",
            ),
            Words(
                "启用 TLS：mqtts://，并设置 STATIONMASTER_BROKER_TLS 与 STATIONMASTER_BROKER_CA。",
                "Use TLS: mqtts://, with STATIONMASTER_BROKER_TLS and STATIONMASTER_BROKER_CA.",
            ),
        )
    ending = _ending(found.secured, found.now_s)
    if ending is not None:
        return Verdict(Check.CONNECTING, Grade.WEAK, measured, ending)
    if found.refusal_5:
        return Verdict(
            Check.CONNECTING,
            Grade.GOOD,
            measured,
            Words(
                "只有 3.1.1：被拒绝的发布也会得到确认，权限错误不会显现。",
                "3.1.1 only: a forbidden publish is acknowledged, so wrong rights don't show.",
            ),
        )
    return Verdict(Check.CONNECTING, Grade.GOOD, measured)


def _secured(found: Connecting, language: str) -> str:
    if found.secured is None:
        return "未加密" if language == "zh" else "not encrypted"
    return found.secured.version


def _ending(secured: Secured | None, now_s: float) -> Words | None:
    if secured is None or secured.ends_at_s is None:
        return None
    days = int((secured.ends_at_s - now_s) // _DAY_S)
    if days >= CERTIFICATE_DAYS:
        return None
    return Words(
        f"证书将在 {days} 天后到期，届时所有台架断线。",
        f"The certificate ends in {days} days; all benches lose their connection then.",
    )


def _is_this_machine(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def of_doors(found: Doors) -> Verdict:
    """Who gets in unknown can send anything."""
    open_ones = [
        words
        for is_open, words in (
            (found.nameless, Words("无用户名可登录", "clients without a name are let in")),
            (bool(found.wrong_password), Words("密码错误也可登录", "a wrong password is let in")),
        )
        if is_open
    ]
    if not open_ones:
        return Verdict(
            Check.DOORS,
            Grade.GOOD,
            Words("匿名与错误密码都被拒绝", "nameless clients and wrong passwords are refused"),
        )
    return Verdict(
        Check.DOORS,
        Grade.BAD,
        Words("；".join(one.zh for one in open_ones), "; ".join(one.en for one in open_ones)),
        Words(
            "网络上的任何人都能以台架名义发送数据。", "Anybody on the network can send as a bench."
        ),
        Words(
            "关闭匿名登录，为每个台架建账号（Mosquitto：allow_anonymous false、password_file）。",
            "Refuse anonymous clients and give each bench an account "
            "(Mosquitto: allow_anonymous false, password_file).",
        ),
    )


_ONE_WORKER = Words("采集使用单进程普通订阅，不要配置多个采集进程。", "Run ingest as one worker.")


def of_sharing(found: Sharing) -> Verdict:
    """Several workers need it; one does not."""
    if not found.granted:
        meaning = Words(
            "多个采集进程不能分担负载。", "Several ingest workers can't share the load."
        )
        refused = Words("拒绝 $share 订阅", "$share is refused")
        return Verdict(Check.SHARING, Grade.WEAK, refused, meaning, _ONE_WORKER)
    measured = Words(
        f"{found.sent} 条中分到 {found.by_first} + {found.by_second} 条，"
        f"一方离开后 {found.sent_after} 条中收到 {found.stayed} 条",
        f"{found.by_first} + {found.by_second} of {found.sent}, then {found.stayed} of "
        f"{found.sent_after} by the one that stayed",
    )
    came = found.by_first + found.by_second
    if came < found.sent or found.stayed < found.sent_after:
        meaning = _SHARES_NOTHING if came == 0 else _SHARES_IN_PART
        return Verdict(Check.SHARING, Grade.WEAK, measured, meaning, _ONE_WORKER)
    if found.repeated or not (found.by_first and found.by_second):
        return Verdict(Check.SHARING, Grade.WEAK, measured, _SHARES_BADLY)
    return Verdict(Check.SHARING, Grade.GOOD, measured)


_SHARES_NOTHING = Words(
    "代理接受 $share 却从不投递：用它的采集进程会一条数据也收不到。",
    "The broker grants $share and never delivers: an ingest that trusts it hears nothing at all.",
)
_SHARES_IN_PART = Words(
    "成员离开时有消息没有转给其他成员；台架会重发，补数较慢。",
    "Not all reached the members; benches send again, which takes longer.",
)
_SHARES_BADLY = Words(
    "消息没有分担（或重复投递）；重复的行只存一次。",
    "The load is not shared, or messages come twice; rows are stored once anyway.",
)


_DENIED_UNSEEN = Words(
    "被拒绝的发布仍得到确认：配置错误时台架不会察觉，请看数据健康页。",
    "A refused publish is acknowledged all the same: see data health when a bench seems silent.",
)


def of_separation(found: Separation) -> Verdict:
    """An access list that is configured but not applied looks like one that is."""
    if not (found.own_up and found.own_down):
        return _without_control("down/doctor" if found.own_up else "up/doctor/#")
    holes = [
        words
        for is_open, words in (
            (found.speaks_for_other, Words("可冒充其他台架发送", "speaks for another bench")),
            (found.forges_acknowledgement, Words("可伪造入库确认", "forges acknowledgements")),
            (found.hears_other, Words("可收听其他台架", "hears another bench")),
        )
        if is_open
    ]
    if not holes:
        told = found.denial_is_acknowledged
        return Verdict(
            Check.SEPARATION,
            Grade.GOOD,
            Words("台架只能使用自己的主题", "a bench reaches its own topics alone"),
            _DENIED_UNSEEN if told else NOTHING,
        )
    return Verdict(
        Check.SEPARATION,
        Grade.BAD,
        Words(
            "台架" + "、".join(one.zh for one in holes),
            "a bench " + ", ".join(one.en for one in holes),
        ),
        Words(
            "一台被入侵的台架电脑能伪造其他台架的证据，或让别人的缓存提前释放而丢数据。",
            "One broken-in bench PC can forge the evidence of all others, or have their spools "
            "released before anything is stored.",
        ),
        Words(
            "启用按用户的主题权限（Mosquitto：acl_file，pattern write stationmaster/v1/%u/up/#，"
            "pattern read stationmaster/v1/%u/down/#）。",
            "Apply access rules by user (Mosquitto: acl_file with `pattern write "
            "stationmaster/v1/%u/up/#` and `pattern read stationmaster/v1/%u/down/#`).",
        ),
    )


def _without_control(missing: str) -> Verdict:
    return Verdict(
        Check.SEPARATION,
        Grade.UNKNOWN,
        Words(f"台架自己的主题 {missing} 也不通", f"not even its own {missing} passes"),
        Words("因此无法判断权限是否生效。", "So nothing follows for the topics of others."),
        Words(
            "请放开检查主题（台架：%u/up/#、%u/down/#；检查用户：+/up/doctor/#、+/down/doctor）。",
            "Allow the examination's topics (bench: %u/up/# and %u/down/#; examiner: "
            "+/up/doctor/# and +/down/doctor below stationmaster/v1).",
        ),
    )


def of_take_over(found: TakeOver) -> Verdict:
    """MQTT lets the newest connection of a client id win, whoever it is."""
    if not found.is_thrown_out:
        return Verdict(
            Check.TAKE_OVER,
            Grade.GOOD,
            Words("其他用户不能占用客户端标识", "another user can't take a client id over"),
        )
    return Verdict(
        Check.TAKE_OVER,
        Grade.WEAK,
        Words("其他用户可占用客户端标识", "another user can take a client id over"),
        Words(
            "一台台架能让另一台（或采集）反复断线；数据留在缓存，不会丢失。",
            "A bench can throw out another one, or ingest, again and again; the data wait in the "
            "spools.",
        ),
        Words(
            "把客户端标识绑定到用户名（Mosquitto：use_username_as_clientid true）。",
            "Bind client ids to users (Mosquitto: use_username_as_clientid true).",
        ),
    )
