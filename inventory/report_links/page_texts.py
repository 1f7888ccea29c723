"""What the public pages say, in both languages; nothing here comes from a user."""

from collections.abc import Mapping
from typing import Literal

from inventory.work_orders.rules import WorkOrderState

Lang = Literal["zh", "en"]
TEXTS: Mapping[str, tuple[str, str]] = {
    "title": ("设备报修", "Report a problem"),
    "ask": ("请描述您发现的问题。", "Please describe what is wrong."),
    "no_account": (
        "无需登录，也请不要填写姓名、电话等个人信息。照片请只拍设备。",
        "No account needed. Please give no names or numbers, and photograph the equipment only.",
    ),
    "danger": (
        "如有人身危险（冒烟、漏电、漏液），请立即离开并通知现场教师。",
        "In danger (smoke, electric shock, leaking liquid)? Leave, and tell a teacher at once.",
    ),
    "text": ("问题描述（必填）", "What is wrong (required)"),
    "photo": (
        "照片（可选；拍摄位置等信息不会保存）",
        "Photo (optional; where it was taken is not kept)",
    ),
    "trap": ("请留空", "Leave this empty"),
    "send": ("提交报修", "Send the report"),
    "known": (
        "这台设备已有 {count} 个未完成的工单；如是同一问题，可不必重复报修。",
        "{count} reports on this are being dealt with; the same problem need not be told again.",
    ),
    "ask_state": ("查询处理进度", "What became of a report"),
    "number": ("报修编号", "Number of the report"),
    "look": ("查询", "Look it up"),
    "thanks": (
        "报修已收到，谢谢。凭以下编号可以查询处理进度。",
        "Thank you, the report has arrived. By this number you can look up what became of it.",
    ),
    "state": ("处理状态", "State"),
    "reported_at": ("报修时间", "Reported"),
    "changed_at": ("最近更新", "Last change"),
    "gone": ("二维码已失效", "This code is not valid"),
    "gone_why": (
        "二维码可能已被更换，或链接不完整。请扫描设备上的最新标签，或直接告知现场教师。",
        "It may have been replaced. Please scan the label that is there now, or tell a teacher.",
    ),
    "unknown": ("没有找到这个报修编号，请核对。", "No report has this number; please check it."),
    "no_text": ("请写 1 至 2000 个字。", "Please write 1 to 2000 characters."),
    "bad_photo": (
        "照片无法接收：请使用 8 MB 以内的 JPEG、PNG 或 WebP 照片。",
        "The photo can't be taken: please use JPEG, PNG or WebP of at most 8 MB.",
    ),
    "busy": (
        "报修过于频繁，请 {minutes} 分钟后再试；紧急情况请直接告知现场教师。",
        "Too many reports of late; try again in {minutes} min, or tell a teacher if it is urgent.",
    ),
    "unread": (
        "提交的内容无法读取，请重新填写。",
        "What was sent can't be read; try again please.",
    ),
    "unavailable": (
        "系统暂时无法保存，请稍后再试，或直接告知现场教师。",
        "It can't be kept now; please try again later, or tell a teacher.",
    ),
    "other": ("English", "中文"),
}
STATES: Mapping[WorkOrderState, tuple[str, str]] = {
    WorkOrderState.REPORTED: ("已收到，等待受理", "received, not looked at yet"),
    WorkOrderState.TRIAGED: ("已受理，等待维修", "taken up, waiting for repair"),
    WorkOrderState.IN_PROGRESS: ("维修中", "being repaired"),
    WorkOrderState.DONE: ("已修复", "repaired"),
    WorkOrderState.REJECTED: ("已核实，不需维修", "looked into, nothing to repair"),
}


def say(lang: Lang, key: str, **facts: object) -> str:
    """A text of the pages with its facts filled in; the result is not escaped yet."""
    return TEXTS[key][0 if lang == "zh" else 1].format(**facts)


def state_words(lang: Lang, state: WorkOrderState) -> str:
    """A state in the words of who reported, not of the workshop."""
    return STATES[state][0 if lang == "zh" else 1]
