"""The sentences of findings that rest on a live bench or a repair, in both languages."""

from datetime import datetime, timedelta

from inventory.equipment.rules import Repair
from inventory.moments import SCHOOL_ZONE
from inventory.readiness.evidence import BenchEvidence, OpenFault
from inventory.readiness.findings import Bilingual
from inventory.readiness.wording import Texts


def bench_fault(evidence: BenchEvidence, fault: OpenFault) -> Texts:
    """An open fault takes the bench out of working order."""
    code, repair = evidence.bench_code, evidence.repair
    order = Bilingual("", "")
    if repair is not None:
        order = Bilingual(f"，工单 {repair.number}", f", work order {repair.number}")
    return Texts(
        required=Bilingual("台架功能正常", "normal functions of the bench"),
        found=Bilingual(
            f"{code}：{fault.dtc} {fault.text_zh}（{fault.severity} 级{order.zh}）",
            f"{code}: {fault.dtc} {fault.text_en} (severity {fault.severity}{order.en})",
        ),
        reason=Bilingual(
            f"台架 {code} 有未消除的故障 {fault.dtc}，按评价组织配分评分表不计为可用",
            f"bench {code} has the open fault {fault.dtc}; the evaluation organisation's score "
            "sheet asks for normal functions",
        ),
        remedy=Bilingual(
            fault.remedy_zh or f"排除故障 {fault.dtc} 并清除故障码",
            fault.remedy_en or f"mend the cause of {fault.dtc} and clear the code",
        ),
    )


def under_repair(code: str, repair: Repair) -> Texts:
    """An unfinished work order keeps a bench or a piece of the register out of use."""
    since = f"{repair.since_at.astimezone(SCHOOL_ZONE):%Y-%m-%d}"
    return Texts(
        required=Bilingual("可以使用", "fit for use"),
        found=Bilingual(
            f"自 {since} 起在修，工单 {repair.number}",
            f"under repair since {since}, work order {repair.number}",
        ),
        reason=Bilingual(
            f"{code} 的工单 {repair.number} 未完成，期间停用",
            f"work order {repair.number} on {code} is not finished and keeps it out of use",
        ),
        remedy=Bilingual(
            f"完成工单 {repair.number}",
            f"finish work order {repair.number}",
        ),
    )


def bench_silent(evidence: BenchEvidence, now: datetime) -> Texts:
    """The bench has not been heard of for too long, or never."""
    limit = timedelta(seconds=evidence.silence_limit_s)
    if evidence.last_seen_at is None:
        found = Bilingual("从未上线", "never seen")
        reason = Bilingual(
            f"台架 {evidence.bench_code} 从未发来数据",
            f"bench {evidence.bench_code} never reported",
        )
    else:
        silent = timedelta(seconds=int((now - evidence.last_seen_at).total_seconds()))
        seen = evidence.last_seen_at.isoformat(timespec="seconds")
        found = Bilingual(f"最后在线 {seen}", f"last seen {seen}")
        reason = Bilingual(
            f"台架 {evidence.bench_code} 已静默 {silent}，超过 {limit}",
            f"bench {evidence.bench_code} has been silent for {silent}, longer than {limit}",
        )
    return Texts(
        required=Bilingual(f"{limit} 内有数据", f"a sign of life within {limit}"),
        found=found,
        reason=reason,
        remedy=Bilingual(
            "给台架上电，检查 CAN 适配器与网桥连接",
            "power the bench and check its CAN adapter and bridge",
        ),
    )


def bench_state_unknown(evidence: BenchEvidence) -> Texts:
    """The telemetry store does not answer, so nobody can say whether the bench lives."""
    code = evidence.bench_code
    return Texts(
        required=Bilingual("能查到台架的实时状态", "a live state that can be looked up"),
        found=Bilingual("实时数据暂不可用", "live data not available"),
        reason=Bilingual(
            f"遥测存储没有应答，无法判断台架 {code} 是否在线",
            f"the telemetry store does not answer, so bench {code} can't be judged",
        ),
        remedy=Bilingual(
            "启动采集服务（stationmaster ingest），检查遥测存储",
            "start ingest (stationmaster ingest) and check the telemetry store",
        ),
    )


def bench_not_hardware(evidence: BenchEvidence) -> Texts:
    """What reports under the bench's code says that it is no bench, or does not say what it is."""
    code, kind = evidence.bench_code, evidence.identity_kind
    if kind is None:
        found = Bilingual("未声明身份", "identity: not stated")
        reason = Bilingual(
            f"{code} 的数据未声明来自真实台架，不计为设备",
            f"what reports as {code} does not say that it is a bench",
        )
    else:
        found = Bilingual(f"身份：{kind}", f"identity: {kind}")
        reason = Bilingual(
            f"{code} 的数据来自{kind}，不计为设备",
            f"what reports as {code} is a {kind}, which is no equipment",
        )
    return Texts(
        required=Bilingual("真实台架", "a real bench"),
        found=found,
        reason=reason,
        remedy=Bilingual("接入真实台架", "connect the real bench"),
    )
