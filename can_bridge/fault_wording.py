"""Words for codes that control units report: what they mean, and what a screen says of them.

The meanings of SAE J2012 codes are the common ones of public lists; J1939 failure modes follow
SAE J1939-73. A profile's `[[trouble_codes]]` goes before all of them.
"""

from collections.abc import Mapping
from typing import NamedTuple

from can_bridge.dtc import DtcStatus
from can_bridge.faults import FaultOutcome
from can_bridge.profile_tables import TroubleCodeEntry
from can_bridge.reported_codes import Tracked
from telemetry.contract.payloads import FaultReport, FaultSource, FaultState


class Wording(NamedTuple):
    """Texts of a fault; remedies are empty where nobody gave one."""

    zh: str
    en: str
    remedy_zh: str = ""
    remedy_en: str = ""


_J2012: Mapping[str, tuple[str, str]] = {
    "P0A0D": ("高压互锁电路电压高", "High-voltage interlock circuit high"),
    "P0A1B": ("驱动电机控制模块A故障", "Drive motor A control module"),
    "P0A1F": ("动力电池管理模块故障", "Battery energy control module"),
    "P0A3C": ("驱动电机逆变器温度过高", "Drive motor inverter over temperature"),
    "P0A44": ("驱动电机超速", "Drive motor over speed"),
    "P0A78": ("驱动电机逆变器性能异常", "Drive motor inverter performance"),
    "P0A7E": ("动力电池温度过高", "Battery pack over temperature"),
    "P0A7F": ("动力电池老化", "Battery pack deterioration"),
    "P0A80": ("更换动力电池", "Replace battery pack"),
    "P0A95": ("高压保险断开", "High-voltage fuse"),
    "P0AA1": ("主正接触器粘连", "Positive contactor stuck closed"),
    "P0AA4": ("主负接触器粘连", "Negative contactor stuck closed"),
    "P0AA6": ("高压系统绝缘故障", "High-voltage isolation fault"),
    "P0AC0": ("动力电池电流传感器故障", "Battery pack current sensor"),
    "P0AFA": ("高压系统电压低", "High-voltage system voltage low"),
    "P0AFB": ("高压系统电压高", "High-voltage system voltage high"),
    "P0BBD": ("动力电池电压差超限", "Battery pack voltage variation exceeded"),
    "U0100": ("与动力系统控制模块失去通信", "Lost communication with powertrain module"),
    "U0110": ("与驱动电机控制模块失去通信", "Lost communication with drive motor module"),
    "U0111": ("与动力电池管理模块失去通信", "Lost communication with battery module"),
    "U0129": ("与制动控制模块失去通信", "Lost communication with brake module"),
    "U0140": ("与车身控制模块失去通信", "Lost communication with body module"),
    "U0146": ("与网关A失去通信", "Lost communication with gateway A"),
    "U0155": ("与组合仪表失去通信", "Lost communication with instrument cluster"),
    "U0164": ("与空调控制模块失去通信", "Lost communication with HVAC module"),
    "U0293": ("与混动/整车控制模块失去通信", "Lost communication with hybrid powertrain module"),
}
_FAILURE_TYPES: Mapping[int, tuple[str, str]] = {
    0x11: ("对地短路", "short to ground"),
    0x12: ("对电源短路", "short to battery"),
    0x13: ("开路", "open circuit"),
    0x16: ("电压低于阈值", "voltage below threshold"),
    0x17: ("电压高于阈值", "voltage above threshold"),
    0x87: ("报文缺失", "missing message"),
}
_FAILURE_MODES: Mapping[int, tuple[str, str]] = {
    0: ("数值高于正常范围（最严重）", "above normal, most severe"),
    1: ("数值低于正常范围（最严重）", "below normal, most severe"),
    2: ("数据不稳定或不正确", "erratic or incorrect"),
    3: ("电压高于正常或对高短路", "voltage above normal or shorted high"),
    4: ("电压低于正常或对低短路", "voltage below normal or shorted low"),
    5: ("电流低于正常或开路", "current below normal or open circuit"),
    6: ("电流高于正常或对地短路", "current above normal or grounded"),
    7: ("机械系统无响应或失调", "mechanical system not responding"),
    8: ("频率、脉宽或周期异常", "abnormal frequency, pulse width or period"),
    9: ("更新速率异常", "abnormal update rate"),
    10: ("变化速率异常", "abnormal rate of change"),
    11: ("根本原因未知", "root cause not known"),
    12: ("智能器件或部件损坏", "bad intelligent device or component"),
    13: ("超出标定范围", "out of calibration"),
    14: ("特殊指示", "special instructions"),
    15: ("数值高于正常范围（最轻）", "above normal, least severe"),
    16: ("数值高于正常范围（中等）", "above normal, moderately severe"),
    17: ("数值低于正常范围（最轻）", "below normal, least severe"),
    18: ("数值低于正常范围（中等）", "below normal, moderately severe"),
    19: ("接收到的网络数据错误", "received network data in error"),
    20: ("数据向高漂移", "data drifted high"),
    21: ("数据向低漂移", "data drifted low"),
    31: ("条件存在", "condition exists"),
}
STORED_SEVERITY = 1
WARNED_SEVERITY = 2


class CodeBook:
    """What reported codes mean on one bench: the profile's words, then the common ones."""

    def __init__(self, entries: list[TroubleCodeEntry]) -> None:
        self._entries = {entry.dtc.upper(): entry for entry in entries}

    def severity(self, code: Tracked) -> int:
        """The profile's rating, else the sender's; a stored code nobody rated blocks no bench.

        A UDS status with the warning lamp on counts as 2: the driver is warned.
        """
        entry = self._entry(code)
        if entry is not None:
            return entry.severity
        if code.severity:
            return code.severity
        is_warned = code.status & DtcStatus.WARNING_INDICATOR
        return WARNED_SEVERITY if is_warned else STORED_SEVERITY

    def wording(self, code: Tracked) -> Wording:
        """What a screen says of the code."""
        meaning = _meaning(code)
        entry = self._entry(code)
        if entry is None:
            return meaning
        return Wording(
            entry.text_zh or meaning.zh,
            entry.text_en or meaning.en,
            entry.remedy_zh,
            entry.remedy_en,
        )

    def report(self, code: Tracked, outcome: FaultOutcome, at_ms: int) -> FaultReport:
        """A step as a message; epoch and seq are placeholders."""
        wording = self.wording(code)
        return FaultReport(
            observed_at_ms=at_ms,
            epoch=1,
            seq=1,
            fault_id=outcome.fault_id,
            dtc=code.dtc,
            failure_type=code.failure_type,
            status=outcome.status,
            severity=outcome.severity,
            state=FaultState(outcome.step.value),
            first_at_ms=outcome.first_at_ms,
            text_zh=wording.zh,
            text_en=wording.en,
            remedy_zh=wording.remedy_zh,
            remedy_en=wording.remedy_en,
            source=FaultSource(code.source),
            ecu=code.ecu,
        )

    def _entry(self, code: Tracked) -> TroubleCodeEntry | None:
        exact = self._entries.get(f"{code.dtc}-{code.failure_type:02X}")
        return exact or self._entries.get(code.dtc)


def _meaning(code: Tracked) -> Wording:
    if code.dtc.startswith("SPN "):
        mode = int(code.dtc.rpartition(" ")[2])
        zh, en = _FAILURE_MODES.get(mode, (f"故障模式 {mode}", f"failure mode {mode}"))
        return Wording(f"{code.ecu} 报告：{zh}", f"{code.ecu} reports: {en}")
    zh, en = _J2012.get(
        code.dtc, ("控制单元存储的故障码", "Trouble code stored in the control unit")
    )
    kind = _FAILURE_TYPES.get(code.failure_type)
    if kind is not None:
        zh, en = f"{zh}：{kind[0]}", f"{en}: {kind[1]}"
    return Wording(f"{zh}（{code.ecu}）", f"{en} ({code.ecu})")
