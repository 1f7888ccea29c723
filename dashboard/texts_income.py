"""Texts of income and of what rigs cost, on the page of utilisation."""

from collections.abc import Mapping

TEXTS: Mapping[str, tuple[str, str]] = {
    "income.income": ("收入", "Income"),
    "income.income_note": ("校内 {inside}，校外 {outside}", "inside {inside}, outside {outside}"),
    "income.return_rate": ("收益率", "Return rate"),
    "income.return_rate_note": (
        "原值 {value}，{n} / {all} 台已登记原值",
        "original value {value}; {n} of {all} benches have one",
    ),
    "income.return_rate_none": (
        "{all} 台均未登记原值，请在设备台账中填写",
        "none of {all} benches has an original value; the register takes it",
    ),
    "use_rate.rank_return_rate": ("按收益率", "by return rate"),
    "income.original_value": ("原值", "Original value"),
    "income.not_used": (
        "该预约尚未开始使用或已取消，不能登记收入。",
        "The booking has not begun, or was given back: it earned nothing.",
    ),
    "income.of_valued": ("{n}/{all} 台", "{n}/{all}"),
    "income.formula": (
        "收益率 =（校内收入 + 1.5 × 校外收入）÷ 原值；未登记原值的台架，其收入也不计入。",
        "(inside + 1.5 × outside) / original value; benches without one count on neither side.",
    ),
    "income.elsewhere": (
        "另有 {n} 不属于以上台架（如车辆、场地）。",
        "Another {n} was not for these benches, but for vehicles or rooms, say.",
    ),
    "income.entries": ("收入明细（共 {all} 笔）", "Entries of income ({all})"),
    "income.sums": (
        "校内 {inside}，校外 {outside}",
        "inside {inside}, outside {outside}",
    ),
    "income.none": ("这段时间没有登记收入。", "No income was entered for these days."),
    "income.none_hint": (
        "按预约或共享申请登记后，收益率自动计算。",
        "Enter it for a booking or a request for shared use; the return rate follows.",
    ),
    "income.new": ("登记收入", "Enter income"),
    "income.export": ("导出收入明细", "Export entries"),
    "income.entry": ("第 {id} 笔", "Entry {id}"),
    "income.open_entry": ("查看这笔收入", "Look at this entry"),
    "income.source": ("来源", "From"),
    "income.source_inside": ("校内", "inside"),
    "income.source_outside": ("校外", "outside"),
    "income.amount": ("金额（元）", "Amount (CNY)"),
    "income.received_on": ("到账日期", "Received on"),
    "income.words": ("说明", "Words"),
    "income.station": ("站点", "Station"),
    "income.no_station": ("按设备所在站点", "where the rigs stand"),
    "income.no_value": ("无原值", "no value"),
    "income.rigs": ("分摊到设备", "Rigs that earned it"),
    "income.equal_hint": (
        "不填金额则平均分摊，尾差归最后一台；全部不选则不分摊到设备。",
        "Without amounts in equal parts, the last takes the rest; none: no rig earned it.",
    ),
    "income.part_of": ("{name} 的金额", "Part of {name}"),
    "income.parts": ("各设备", "Parts"),
    "income.no_parts": ("未分摊到设备。", "No rig earned it."),
    "income.booking": ("预约 {id}", "Booking {id}"),
    "income.request": ("共享申请 {id}", "Request {id}"),
    "income.entered": ("{who} 登记于 {at}", "entered by {who} on {at}"),
    "income.is_corrected": ("已冲销（第 {id} 笔）", "taken back by entry {id}"),
    "income.is_correction": ("冲销第 {id} 笔", "takes entry {id} back"),
    "income.known": (
        "该预约已登记过 {n}，请勿重复。",
        "{n} was entered for this booking before; not twice, please.",
    ),
    "income.enter": ("登记", "Enter"),
    "income.correct": ("冲销", "Take back"),
    "income.correct_words": ("冲销原因", "Why it was wrong"),
    "income.correct_hint": (
        "收入不能修改或删除：冲销会另记一笔相反金额，需要时再重新登记。",
        "Entries are not changed: a counter-entry takes this one back; enter the right one anew.",
    ),
    "income.was_entered": ("已登记第 {id} 笔收入。", "Entry {id} was made."),
    "income.was_corrected": ("已冲销，冲销记录为第 {id} 笔。", "It was taken back by entry {id}."),
    "income.bad_amount": (
        "金额应为正数，最多两位小数，如 1200.00。",
        "An amount above 0 with at most two decimals, such as 1200.00.",
    ),
}
