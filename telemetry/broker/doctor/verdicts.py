"""What a measured finding means for us, and what to do about it (pure)."""

from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from telemetry.broker.doctor.findings import (
    Check,
    InFlight,
    OfflineQueue,
    Payload,
    Retained,
    RoundTrip,
    Will,
)
from telemetry.contract.delivery import KEEPALIVE_S, MAX_UNACKNOWLEDGED

MOST_MEDIAN_MS = 50.0
"""Chosen: a fault may take 3 s to a screen; more than this on the way is a slow network."""
WILL_IN_TIME_S = 8.0
"""As `KEEPALIVE_S` promises: 1.5 times 5 s."""
WILL_AFTER_BREAK_S = 2.0
ENOUGH_IN_FLIGHT = 100
"""Chosen: below it group commits of ingest wait for acknowledgements of the broker (measured:
0.36 instead of 0.87 million points a second at 20)."""


class Grade(StrEnum):
    """`weak`: works, with a limit one should know; `bad`: data or their trust suffer."""

    GOOD = "good"
    WEAK = "weak"
    BAD = "bad"
    UNKNOWN = "unknown"


class Words(NamedTuple):
    """A text in both languages."""

    zh: str
    en: str


NOTHING = Words("", "")


@dataclass(frozen=True, slots=True)
class Verdict:
    """Of one check; `remedy` is empty where nothing need be done."""

    check: Check
    grade: Grade
    measured: Words
    meaning: Words = NOTHING
    remedy: Words = NOTHING


def of_round_trip(found: RoundTrip) -> Verdict:
    """QoS 1 is the ground of everything."""
    measured = Words(
        f"{found.sent} 条中到达 {found.came} 条，中位 {found.median_ms:.1f} ms，"
        f"最慢 {found.worst_ms:.0f} ms",
        f"{found.came} of {found.sent} arrived, median {found.median_ms:.1f} ms, "
        f"worst {found.worst_ms:.0f} ms",
    )
    if found.came < found.sent:
        return Verdict(
            Check.ROUND_TRIP,
            Grade.BAD,
            measured,
            Words("QoS 1 消息没有送达，数据无法入库。", "QoS 1 is not delivered: no data arrive."),
            Words(
                "检查该用户的主题权限；否则请换一个消息代理。",
                "Check what topics the user may use; else take another broker.",
            ),
        )
    if found.median_ms > MOST_MEDIAN_MS:
        return Verdict(
            Check.ROUND_TRIP,
            Grade.WEAK,
            measured,
            Words("画面上的数值会滞后。", "Values on the screens lag behind."),
            Words("检查到代理的网络。", "Look at the network to the broker."),
        )
    return Verdict(Check.ROUND_TRIP, Grade.GOOD, measured)


def of_retained(found: Retained) -> Verdict:
    """Births and states are retained."""
    if found.kept and found.cleared:
        return Verdict(
            Check.RETAINED,
            Grade.GOOD,
            Words("保留消息可保存也可清除", "kept, and gone when cleared"),
        )
    if not found.kept:
        return Verdict(
            Check.RETAINED,
            Grade.BAD,
            Words("保留消息没有保存", "a retained message is not kept"),
            Words(
                "采集重启后，要等台架重新连接才知道台架有哪些信号。",
                "After its restart ingest does not know a bench until that connects again.",
            ),
            Words("在代理中启用保留消息。", "Enable retained messages at the broker."),
        )
    return Verdict(
        Check.RETAINED,
        Grade.WEAK,
        Words("保留消息无法清除", "a retained message can't be cleared"),
        Words(
            "已撤销台架的旧状态会一直出现。", "The last state of a removed bench stays for ever."
        ),
    )


def of_will(found: Will) -> Verdict:
    """The will is what says that a bench fell silent."""
    measured = Words(
        f"断线后 {_seconds(found.after_break_s, 'zh')}，静默（keepalive {found.keepalive_s} s）后 "
        f"{_seconds(found.after_silence_s, 'zh')}",
        f"{_seconds(found.after_break_s, 'en')} after a cut, "
        f"{_seconds(found.after_silence_s, 'en')} after silence (keepalive {found.keepalive_s} s)",
    )
    if found.after_break_s is None:
        return Verdict(
            Check.WILL,
            Grade.BAD,
            measured,
            Words(
                "台架断线后，画面要等采集自己的超时才显示离线。",
                "A bench that is cut off shows as gone only after ingest's own time-out.",
            ),
            Words("在代理中允许遗嘱消息。", "Allow wills at the broker."),
        )
    if found.after_silence_s is None:
        return Verdict(
            Check.WILL,
            Grade.WEAK,
            measured,
            Words(
                "代理不察觉静默的客户端：台架电脑断电后，画面要等采集自己的超时才显示离线。",
                "The broker does not notice a client that fell silent: a bench PC without power "
                "shows as gone only after ingest's own time-out.",
            ),
        )
    ours_s = found.after_silence_s + 1.5 * (KEEPALIVE_S - found.keepalive_s)
    if found.after_break_s > WILL_AFTER_BREAK_S or ours_s > 2 * WILL_IN_TIME_S:
        return Verdict(
            Check.WILL,
            Grade.WEAK,
            measured,
            Words(
                f"台架离线要约 {ours_s:.0f} s 才显示。", f"A dead bench shows after {ours_s:.0f} s."
            ),
        )
    return Verdict(Check.WILL, Grade.GOOD, measured)


def _seconds(waited_s: float | None, language: str) -> str:
    if waited_s is None:
        return "未收到" if language == "zh" else "never"
    return f"{waited_s:.1f} s"


def of_offline_queue(found: OfflineQueue) -> Verdict:
    """A PUBACK for what is then dropped: what our watermark makes up for."""
    last = found.last
    measured = Words(
        f"离线期间发布 {last.sent} 条，代理确认 {last.acknowledged} 条，重连后收到 {last.came} 条",
        f"{last.sent} sent while away, {last.acknowledged} acknowledged, {last.came} came after",
    )
    if last.came >= last.sent:
        return Verdict(
            Check.OFFLINE_QUEUE,
            Grade.GOOD,
            measured,
            Words(
                f"在 {last.sent} 条以内没有发现虚假确认；更长的离线由台架缓存补发。",
                f"No false acknowledgement up to {last.sent}; longer absences are made up for by "
                "the benches' spools.",
            ),
        )
    if last.acknowledged > last.came:
        return Verdict(
            Check.OFFLINE_QUEUE,
            Grade.WEAK,
            measured,
            Words(
                f"代理确认了 {last.acknowledged - last.came} 条随后丢弃的消息：PUBACK 不可信。"
                "我们不丢数据：台架只按采集的提交水位删除缓存，会重发，只是补数较慢。",
                f"{last.acknowledged - last.came} messages were acknowledged and then dropped: a "
                "PUBACK of this broker proves nothing. We lose nothing: benches release their "
                "spool by ingest's commit watermark alone and send again, which takes longer.",
            ),
            Words(
                "加大代理的离线队列（Mosquitto：max_queued_messages、max_queued_bytes）。",
                "Raise the broker's queue (Mosquitto: max_queued_messages, max_queued_bytes).",
            ),
        )
    return Verdict(
        Check.OFFLINE_QUEUE,
        Grade.WEAK,
        measured,
        Words(
            "代理如实拒绝了放不下的消息；台架缓存会补发。",
            "The broker refuses honestly what it can't queue; the benches send again.",
        ),
    )


def of_payload(found: Payload) -> Verdict:
    """A birth with thousands of signals is the largest message there is."""
    kilobytes = found.largest_bytes // 1024
    measured = Words(f"最大负载约 {kilobytes} KiB", f"up to about {kilobytes} KiB")
    if found.largest_bytes >= found.wanted_bytes:
        return Verdict(Check.PAYLOAD, Grade.GOOD, measured)
    cuts = (
        Words("，超出时断开连接", " and the connection is closed beyond it")
        if found.closes_connection
        else Words("，超出时丢弃", " and what is larger is dropped")
    )
    enough_for = Words(
        f"约 {found.largest_bytes // 170} 个信号以上的台架无法登记{cuts.zh}。",
        f"Benches of more than about {found.largest_bytes // 170} signals can't introduce "
        f"themselves{cuts.en}.",
    )
    remedy = Words(
        f"把代理的消息上限设为 {found.wanted_bytes} 字节以上"
        "（Mosquitto：message_size_limit、max_packet_size）。",
        f"Set the broker's limit above {found.wanted_bytes} bytes "
        "(Mosquitto: message_size_limit, max_packet_size).",
    )
    return Verdict(Check.PAYLOAD, Grade.BAD, measured, enough_for, remedy)


def of_in_flight(found: InFlight) -> Verdict:
    """How far a subscriber may fall behind with its acknowledgements."""
    measured = Words(
        f"未确认时最多下发 {found.unacknowledged} 条",
        f"{found.unacknowledged} messages before the first acknowledgement",
    )
    if found.unacknowledged >= min(ENOUGH_IN_FLIGHT, found.offered):
        return Verdict(Check.IN_FLIGHT, Grade.GOOD, measured)
    return Verdict(
        Check.IN_FLIGHT,
        Grade.WEAK,
        measured,
        Words(
            "采集按批提交后才确认，窗口小会限制补数速度；不丢数据。",
            "Ingest acknowledges after a group commit: a small window slows down catching up. "
            "Nothing is lost.",
        ),
        Words(
            f"Mosquitto：max_inflight_messages {5 * MAX_UNACKNOWLEDGED}。",
            f"Mosquitto: max_inflight_messages {5 * MAX_UNACKNOWLEDGED}.",
        ),
    )


def of_restart() -> Verdict:
    """What can't be tried at somebody else's broker is said."""
    return Verdict(
        Check.RESTART,
        Grade.UNKNOWN,
        Words("不能替您重启代理，未检查", "not tried: a broker at work can't be restarted for it"),
        Words(
            "我们不依赖它：代理视为易失，台架缓存直到采集提交才释放。",
            "Nothing of ours rests on it: the broker counts as volatile, and a bench keeps its "
            "rows until ingest has committed them.",
        ),
    )
