"""Texts of the live bench page."""

from collections.abc import Mapping

TEXTS: Mapping[str, tuple[str, str]] = {
    "bench.choose": ("台架", "Bench"),
    "bench.none": ("还没有可以查看的台架。", "There is no bench for you to see yet."),
    "bench.none_hint": (
        "台架登记或开放共享后，会显示在这里。",
        "Benches show here once they are registered or shared.",
    ),
    "bench.visitor": (
        (
            "该台架已开放共享。实时数据、故障和使用记录只对所属院校和培训评价组织显示；"
            "要使用台架，请联系该院校。"
        ),
        (
            "This bench is shared. Its values, faults and use are shown to its school and the "
            "evaluation organisation; to use it, get in touch with the school."
        ),
    ),
    "live.ok": ("数据正常", "Data flow"),
    "live.broken": ("数据中断 {span}", "No data for {span}"),
    "live.never": ("从未收到数据", "No data ever"),
    "live.connecting": ("正在连接……", "Connecting …"),
    "live.reconnecting": ("连接中断，正在重连……", "Connection broke, reconnecting …"),
    "live.unavailable": ("数据服务暂不可用", "The data service is not available"),
    "live.age": ("{n} 秒前", "{n} s ago"),
    "live.in_use": ("使用中", "In use"),
    "live.idle": ("空闲", "Idle"),
    "live.period": ("周期 {n} 毫秒", "every {n} ms"),
    "live.frames": ("已解码 {n} 帧", "{n} frames decoded"),
    "live.odd_frames": ("异常 {n} 帧", "{n} odd frames"),
    "live.spool": ("待传 {n} 条", "{n} rows waiting"),
    "live.dropped": ("丢弃 {n} 条", "{n} rows dropped"),
    "live.range": ("范围 {a}–{b}", "range {a} to {b}"),
    "live.out_of_range": ("超出范围 {a}–{b}", "outside {a} to {b}"),
    "live.no_range": ("未设范围", "no range"),
    "live.no_value": ("无数据", "not available"),
    "live.no_signals": (
        "台架尚未发来信号目录，上线后自动显示。",
        "The bench has not told its signals yet; they show when it comes online.",
    ),
    "live.charts": ("最近 60 秒", "Last 60 s"),
    "live.seconds": ("{n} 秒", "{n} s"),
    "live.chart": ("{name} 最近 60 秒曲线，当前 {value}", "{name}, last 60 s, now {value}"),
    "live.faults": ("未消除故障", "Open faults"),
    "live.no_faults": ("没有未消除的故障。", "No open fault."),
    "live.blocking": ("台架停用", "out of order"),
    "live.pending": ("待确认", "pending"),
    "live.severity": ("{n} 级", "severity {n}"),
    "live.since": ("自 {at}，已 {span}", "since {at}, for {span}"),
    "live.remedy": ("措施：{text}", "Remedy: {text}"),
    "live.usage": ("当前使用", "Current use"),
    "live.no_usage": ("现在没有人使用。", "Nobody uses it now."),
    "live.usage_since": ("{at} 开始，已使用 {span}", "began {at}, in use for {span}"),
    "live.facts": ("台架信息", "About the bench"),
    "live.fact_last_seen": ("最后在线", "Last sign of life"),
    "live.fact_station": ("所属站点", "Station"),
    "live.fact_asset": ("资产编号", "Asset number"),
    "live.fact_serials": ("控制器序列号", "ECU serial numbers"),
    "live.fact_vin": ("车架号", "VIN"),
    "live.fact_adapter": ("CAN 适配器", "CAN adapter"),
    "live.fact_software": ("软件", "Software"),
    "live.fact_stored": ("已存数据", "Stored rows"),
    "live.others": ("其他信号（{n}）", "Other signals ({n})"),
    "live.filter": ("按名称筛选", "Filter by name"),
    "live.signal": ("信号", "Signal"),
    "live.value": ("数值", "Value"),
    "live.unit": ("单位", "Unit"),
    "live.message": ("报文", "Message"),
    "live.more": ("另有 {n} 个信号，请筛选。", "{n} more signals: filter to see them."),
    "live.yes": ("是", "yes"),
    "live.no": ("否", "no"),
}
