"""What messages say about bookings and shared rigs, in 简体中文 and English (pure).

Only these texts are templates. `{name}` stands for the fact of that name; a line whose facts are
not all given is left out. Facts called `…_at` are moments, `when` is `start_at` to `end_at`,
`resources` and other lists are joined. A fact with a twin called `…_en` is that one in English.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from inventory.notifications.rules import MessageKind

Pair = tuple[str, str]
"""A text in Chinese and in English."""


@dataclass(frozen=True, slots=True)
class Text:
    """The words of a kind of message; `page` and `ask` say where its matter is seen.

    `ask` names query parameters of the page by the facts they come from.
    """

    title: Pair
    lines: tuple[Pair, ...] = ()
    page: str = ""
    ask: tuple[tuple[str, str], ...] = ()


_ABOUT: tuple[Pair, ...] = (
    ("事项：{title}", "What for: {title}"),
    ("用途：{purpose}", "Purpose: {purpose}"),
    ("地点：{station}", "Station: {station}"),
    ("预约人：{holder}", "Holder: {holder}"),
    ("使用单位：{requester}", "Used by: {requester}"),
)
_WHY: tuple[Pair, ...] = (
    ("原因：{reason}", "Reason: {reason}"),
    ("备注：{note}", "Note: {note}"),
    ("办理人：{by}", "Done by: {by}"),
)


def _booking(zh: str, en: str, *lines: Pair) -> Text:
    return Text((zh, en), (*_ABOUT, *lines, *_WHY), "bookings", (("booking", "booking_id"),))


def _sharing(zh: str, en: str, *lines: Pair) -> Text:
    return Text((zh, en), (*_ABOUT, *lines, *_WHY), "sharing", (("request", "request_id"),))


BOOKING_TEXTS: Mapping[MessageKind, Text] = {
    MessageKind.BOOKING_REQUESTED: _booking(
        "待审批的预约：{resources} · {when}",
        "A booking awaits your approval: {resources} · {when}",
        ("请在 {hold_until} 前处理", "Please decide before {hold_until}"),
    ),
    MessageKind.BOOKING_CONFIRMED: _booking(
        "预约成功：{resources} · {when}", "Booked: {resources} · {when}"
    ),
    MessageKind.BOOKING_APPROVED: _booking(
        "预约已批准：{resources} · {when}", "Booking approved: {resources} · {when}"
    ),
    MessageKind.BOOKING_DECLINED: _booking(
        "预约未获批准：{resources} · {when}", "Booking declined: {resources} · {when}"
    ),
    MessageKind.BOOKING_CHANGED: _booking(
        "预约已变更：{resources} · {when}",
        "Booking changed: {resources} · {when}",
        ("原安排：{before}", "Before: {before}"),
    ),
    MessageKind.BOOKING_CANCELLED: _booking(
        "预约已取消：{resources} · {when}", "Booking cancelled: {resources} · {when}"
    ),
    MessageKind.BOOKING_DISPLACED: _booking(
        "预约被让位：{resources} · {when}",
        "Your booking had to give way: {resources} · {when}",
        ("让位给：{displaced_by}", "It gave way to: {displaced_by}"),
        ("可改约的时段：{nearest_at}", "Next free: {nearest_at}"),
    ),
    MessageKind.HOLD_EXPIRES: _booking(
        "暂留即将到期：{resources} · {when}",
        "Your hold ends soon: {resources} · {when}",
        ("请在 {hold_until} 前确认，逾期释放", "Confirm before {hold_until}, or it is released"),
    ),
    MessageKind.HOLD_EXPIRED: _booking(
        "暂留已到期释放：{resources} · {when}", "Your hold has ended: {resources} · {when}"
    ),
    MessageKind.WAITLIST_OFFER: _booking(
        "候补到位：{resources} · {when}",
        "A place came free for you: {resources} · {when}",
        ("请在 {hold_until} 前确认", "Confirm before {hold_until}"),
    ),
    MessageKind.SWAP_PROPOSED: _booking(
        "{by} 希望与您互换预约：{resources} · {when}",
        "{by} would like to swap bookings with you: {resources} · {when}",
        ("对方提供：{offered}", "Offered in return: {offered}"),
    ),
    MessageKind.SWAP_ANSWERED: _booking(
        "互换预约的答复：{resources} · {when}",
        "Answer to your swap: {resources} · {when}",
        ("答复：{answer}", "Answer: {answer}"),
    ),
    MessageKind.RIG_FAILED_SUBSTITUTE_PROPOSED: _booking(
        "台架不可用：{resources} · {when} 的预约受影响",
        "A rig failed: your booking of {resources} · {when} is affected",
        ("故障设备：{failed}", "What failed: {failed}"),
        ("原因：{why}", "Why: {why}"),
        ("建议改用：{substitutes}", "Proposed instead: {substitutes}"),
    ),
    MessageKind.RIG_RESTORED: _booking(
        "台架已恢复：{resources} · {when} 的预约照常",
        "In order again: your booking of {resources} · {when} stands",
        ("已恢复：{restored}", "In order again: {restored}"),
    ),
    MessageKind.NO_SHOW_RELEASED: _booking(
        "未到场，时段已释放：{resources} · {when}",
        "Nobody came, the slot was released: {resources} · {when}",
    ),
    MessageKind.OVERRUN_AHEAD: _booking(
        "前一场可能超时：{resources} · {when}",
        "The one before you may overrun: {resources} · {when}",
        ("正在使用：{running_holder}", "In use by: {running_holder}"),
    ),
    MessageKind.SHARING_REQUEST: _sharing(
        "开放共享申请：{requester} 申请 {resources} · {when}",
        "Sharing request: {requester} asks for {resources} · {when}",
        ("请在 {hold_until} 前答复", "Please answer before {hold_until}"),
    ),
    MessageKind.SHARING_TERMS: _sharing(
        "开放共享条款待您确认：{resources} · {when}",
        "Terms of a shared use await your answer: {resources} · {when}",
        ("条款：{words}", "Terms: {words}"),
        ("请在 {hold_until} 前答复", "Please answer before {hold_until}"),
    ),
    MessageKind.SHARING_AGREED: _sharing(
        "开放共享已达成：{resources} · {when}", "Sharing agreed: {resources} · {when}"
    ),
    MessageKind.SHARING_DECLINED: _sharing(
        "开放共享申请未通过：{resources} · {when}", "Sharing declined: {resources} · {when}"
    ),
    MessageKind.SHARING_CANCELLED: _sharing(
        "开放共享已取消：{resources} · {when}", "Sharing cancelled: {resources} · {when}"
    ),
    MessageKind.FEEDBACK_ASKED: _sharing(
        "请评价本次使用：{resources} · {when}", "How was it? {resources} · {when}"
    ),
    MessageKind.FEEDBACK_GIVEN: _sharing(
        "收到使用评价：{resources} · {when}",
        "Feedback on {resources} · {when}",
        ("评分：{rating}", "Rating: {rating}"),
        ("评价：{words}", "Words: {words}"),
    ),
}
