"""What messages say about the house itself, and the words their facts are shown by (pure)."""

from collections.abc import Mapping

from inventory.notifications.rules import MessageKind
from inventory.notifications.texts import BOOKING_TEXTS, Pair, Text

_TASK = (("task", "rectification_id"),)
_RECTIFICATION: tuple[Pair, ...] = (
    ("站点：{station}", "Station: {station}"),
    ("条款：{row}", "Row: {row}"),
    ("期限：{due_on}", "Due: {due_on}"),
    ("说明：{words}", "Words: {words}"),
    ("办理人：{by}", "Done by: {by}"),
)
_ORDER = (("order", "work_order_id"),)
_WORK_ORDER: tuple[Pair, ...] = (
    ("内容：{words}", "What: {words}"),
    ("站点：{station}", "Station: {station}"),
    ("停用：{is_blocking}", "Out of use: {is_blocking}"),
    ("期限：{due_on}", "Due: {due_on}"),
    ("报修人：{by}", "Reported by: {by}"),
)
_HOUSE_TEXTS: Mapping[MessageKind, Text] = {
    MessageKind.REMINDER_DUE: Text(
        ("有 {count} 项即将到期或已到期", "{count} things become due or are overdue"),
        (("{names}", "{names}"), ("最早：{due_on}", "First: {due_on}")),
        "due",
    ),
    MessageKind.UNBOOKED_USE: Text(
        (
            "{day} 未预约使用 {times} 次，共 {minutes} 分钟",
            "{day}: used without a booking {times} times, {minutes} min in all",
        ),
        (("台架：{benches}", "Benches: {benches}"),),
        "utilisation",
        (("from", "day"), ("to", "day")),
    ),
    MessageKind.ALERT_OPENED: Text(
        ("警报：{alert_kind} {bench}", "Alert: {alert_kind} {bench}"),
        (("台架：{name}", "Bench: {name}"), ("预约：{when}", "Booked: {when}")),
        "health",
    ),
    MessageKind.WORK_ORDER_OPENED: Text(
        ("新报修 #{work_order_id}：{thing}", "New work order #{work_order_id}: {thing}"),
        _WORK_ORDER,
        "repairs",
        _ORDER,
    ),
    MessageKind.WORK_ORDER_ASSIGNED: Text(
        ("指派给您的维修 #{work_order_id}：{thing}", "Yours to repair #{work_order_id}: {thing}"),
        _WORK_ORDER,
        "repairs",
        _ORDER,
    ),
    MessageKind.RECTIFICATION_ASSIGNED: Text(
        ("指派给您的整改 #{rectification_id}", "Yours to rectify #{rectification_id}"),
        _RECTIFICATION,
        "rectifications",
        _TASK,
    ),
    MessageKind.RECTIFICATION_SUBMITTED: Text(
        ("整改已提交待审 #{rectification_id}", "Rectification to judge #{rectification_id}"),
        _RECTIFICATION,
        "rectifications",
        _TASK,
    ),
    MessageKind.RECTIFICATION_RETURNED: Text(
        ("整改被退回 #{rectification_id}", "Rectification returned #{rectification_id}"),
        _RECTIFICATION,
        "rectifications",
        _TASK,
    ),
    MessageKind.RECTIFICATION_REOPENED: Text(
        ("整改问题再次出现 #{rectification_id}", "A finding came back #{rectification_id}"),
        _RECTIFICATION,
        "rectifications",
        _TASK,
    ),
    MessageKind.ADDRESS_CHECK: Text(
        ("站长：邮箱验证码 {code}", "Stationmaster: your code is {code}"),
        (
            ("用户 {username} 希望用此邮箱接收通知。", "{username} wants notifications here."),
            ("请在 {code_until} 前在“消息”页输入：{code}", "Enter {code} before {code_until}."),
            ("如非本人操作，请忽略此邮件。", "If that was not you, ignore this mail."),
        ),
        "inbox",
    ),
    MessageKind.CHANNEL_TEST: Text(
        ("站长：测试消息", "Stationmaster: a test"),
        (("由 {by} 发出，收到即表示通道可用。", "Sent by {by}; that it arrived is the test."),),
        "inbox",
    ),
}
TEXTS: Mapping[MessageKind, Text] = {**BOOKING_TEXTS, **_HOUSE_TEXTS}
WORDS: Mapping[str, Mapping[str, Pair]] = {
    "purpose": {
        "class": ("上课", "class"),
        "exam": ("考核", "exam"),
        "maintenance": ("维护", "maintenance"),
        "open_sharing": ("开放共享", "open sharing"),
    },
    "alert_kind": {
        "bench_silent": ("预约时段内台架无数据", "bench silent in a booked slot"),
        "ingest_silent": ("采集服务无响应", "ingest is silent"),
        "spool_filling": ("台架缓存超过一半", "spool of the bench is filling"),
        "rows_dropped": ("台架丢弃了数据", "bench had to drop rows"),
        "quarantine_growing": ("收到无法解读的消息", "unreadable messages come in"),
        "clock_off": ("台架时钟严重偏差", "clock of the bench is far off"),
    },
    "answer": {"accepted": ("同意", "accepted"), "declined": ("不同意", "declined")},
    "is_blocking": {"True": ("是", "yes"), "False": ("否", "no")},
}
"""Facts whose value is one of ours, and how it is said; an unknown value is shown as it is."""
MISSING = "—"
"""Stands in a title for a fact that nobody gave."""
DIGEST_TITLE: Pair = ("站长：{count} 条消息", "Stationmaster: {count} messages")
FOOTER: Pair = (
    "此邮件由站长系统自动发送，接收方式可在“消息”页设置：{address}",
    "Sent by Stationmaster. What you get by mail is set on the page Messages: {address}",
)
MORE: Pair = ("另有 {count} 条，见 {address}", "{count} more: {address}")
AND_MORE: Pair = (" 等 {count} 项", " and others, {count} in all")
COMMA: Pair = ("、", ", ")
WEEKDAYS: tuple[Pair, ...] = (
    ("周一", "Mon"),
    ("周二", "Tue"),
    ("周三", "Wed"),
    ("周四", "Thu"),
    ("周五", "Fri"),
    ("周六", "Sat"),
    ("周日", "Sun"),
)
