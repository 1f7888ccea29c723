"""What the public pages of open sharing say, in both languages; nothing here comes from a user."""

from collections.abc import Mapping
from typing import Literal

Lang = Literal["zh", "en"]
TEXTS: Mapping[str, tuple[str, str]] = {
    "title": ("开放共享", "Open sharing"),
    "intro": (
        "以下设备对外开放共享。页面不含个人信息，约每分钟更新。",
        "Equipment that schools share. No personal data here; about a minute old at most.",
    ),
    "q": ("关键词", "Words"),
    "hours": ("连续小时数", "Hours in one piece"),
    "days": ("时间范围", "When"),
    "days_7": ("7 天内", "within 7 days"),
    "days_14": ("14 天内", "within 14 days"),
    "days_60": ("60 天内", "within 60 days"),
    "near": ("位置（纬度,经度）", "Position (latitude,longitude)"),
    "within_km": ("距离不超过（公里）", "At most this far (km)"),
    "alive": ("设备在线", "gives signs of life"),
    "calibrated": ("检定校准有效", "calibration holds"),
    "search": ("查找", "Search"),
    "wrong": ("无法识别：{what}，请检查填写。", "Can't be read: {what}. Please check it."),
    "none": ("没有符合条件的共享设备。", "Nothing that is shared meets this."),
    "found": ("共 {count} 项", "{count} found"),
    "yes_alive": ("在线", "alive"),
    "no_alive": ("未在线", "silent"),
    "unknown_alive": ("在线状态未知", "sign of life unknown"),
    "yes_calibrated": ("检定校准有效", "calibrated"),
    "no_calibrated": ("检定校准已过期", "calibration is over"),
    "unknown_calibrated": ("检定校准未知", "calibration unknown"),
    "yes_in_order": ("状态正常", "in order"),
    "no_in_order": ("故障或维修中", "fault or repair"),
    "unknown_in_order": ("状态未知", "state unknown"),
    "km": ("约 {km} 公里", "about {km} km"),
    "free": ("可预约时段", "Free"),
    "no_free": ("近期没有可预约时段", "Nothing free in the near future"),
    "things": ("共享内容", "What is shared"),
    "school": ("所属单位", "School"),
    "address": ("地址", "Address"),
    "modules": ("适用模块", "Modules"),
    "opens": ("开放时间", "Hours"),
    "length": ("单次时长", "Length of a slot"),
    "minutes": ("{least}–{most} 分钟", "{least}–{most} minutes"),
    "notice": ("提前申请", "Ask ahead"),
    "notice_hours": ("至少 {hours} 小时", "at least {hours} hours"),
    "conditions": ("使用条件", "Conditions"),
    "price": ("费用说明", "Price"),
    "contact": ("联系方式", "Contact"),
    "how": (
        "登录后在“开放共享”中选择时段申请，双方确认条款后成立。没有账号请联系对方学校开通访客账号。",
        "Log in and choose a slot there; both agree to terms. No account? Ask the school for one.",
    ),
    "log_in": ("登录", "Log in"),
    "subscribe": ("订阅空闲时段（iCal）", "Subscribe to what is free (iCal)"),
    "data": ("数据（JSON）", "Data (JSON)"),
    "back": ("返回列表", "Back to the list"),
    "gone": ("没有这项共享，或已撤回。", "There is no such offer, or it was withdrawn."),
    "busy": (
        "访问过于频繁，请 {minutes} 分钟后再试。",
        "Too many requests of late; try again in {minutes} min.",
    ),
    "unavailable": ("系统暂时无法访问，请稍后再试。", "Not available now; try again later."),
    "other": ("English", "中文"),
}
WEEKDAYS: tuple[tuple[str, str], ...] = (
    ("周一", "Mon"),
    ("周二", "Tue"),
    ("周三", "Wed"),
    ("周四", "Thu"),
    ("周五", "Fri"),
    ("周六", "Sat"),
    ("周日", "Sun"),
)


def say(lang: Lang, key: str, **facts: object) -> str:
    """A text of the pages with its facts filled in; the result is not escaped yet."""
    return TEXTS[key][0 if lang == "zh" else 1].format(**facts)


def weekday(lang: Lang, number: int) -> str:
    """A weekday's short name; 0 is Monday."""
    return WEEKDAYS[number][0 if lang == "zh" else 1]
