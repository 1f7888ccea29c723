"""What every key of a profile means to the person who writes it, in both languages."""

from collections.abc import Mapping

import msgspec

from can_bridge.profile_checking.findings import Text
from can_bridge.profile_tables import (
    AlarmFlagsEntry,
    BusEntry,
    DiagnosticsEntry,
    EcuEntry,
    FaultEntry,
    Profile,
    RecordingEntry,
    SignalEntry,
    TroubleCodeEntry,
    UsageEntry,
)

_DIDS = {
    "vin_did": Text("车架号的 DID（ISO 14229-1）", "DID of the VIN (ISO 14229-1)"),
    "serial_did": Text("控制器序列号的 DID", "DID of the control unit's serial number"),
    "software_did": Text("软件版本号的 DID", "DID of the software number"),
}
_REMEDIES = {
    "remedy_zh": Text("处理办法（中文）", "what to do, in Chinese"),
    "remedy_en": Text("处理办法（英文）", "what to do, in English"),
}

TABLES: Mapping[type[msgspec.Struct], Text] = {
    Profile: Text("整个配置", "the whole profile"),
    BusEntry: Text(
        "一条 CAN 总线：适配器和报文定义；几条总线就写几个 [[buses]]",
        "a CAN bus: its adapter and its messages; one [[buses]] for each bus",
    ),
    UsageEntry: Text(
        "什么时候算台架在使用：由此记录使用时段",
        "when the bench counts as in use: usage sessions are made from this",
    ),
    FaultEntry: Text(
        "一项故障检测：条件成立并持续 confirm_s 秒就报故障；每项写一个 [[faults]]",
        "a fault test: raised once its condition has held for confirm_s; one [[faults]] each",
    ),
    DiagnosticsEntry: Text(
        "诊断：默认只听。is_allowed 且有人在台架旁临时授权时，才发送只读请求",
        "diagnostics: listening only by default; read requests are sent only with is_allowed and "
        "while somebody at the bench has armed them",
    ),
    EcuEntry: Text("允许读取的控制器", "a control unit that may be read"),
    AlarmFlagsEntry: Text(
        "按 GB/T 32960.3 发送通用报警标志的信号，第 0 位是最低位",
        "a signal with the general alarm flags of GB/T 32960.3, bit 0 least significant",
    ),
    TroubleCodeEntry: Text(
        "控制器报出的故障码在本台架上的含义",
        "what a trouble code that a control unit reports means on this bench",
    ),
    RecordingEntry: Text(
        "录制：把原始报文存在本机，事后用 stationmaster log export 导出",
        "recording: raw frames are kept on this computer, for `stationmaster log export`",
    ),
    SignalEntry: Text(
        "一个信号在系统里的名称、标签和显示方式；没列出的信号按 DBC 原名发布",
        "name, label and display of a signal; signals that are not listed go by their DBC names",
    ),
}
"""What each table is for."""

KEYS: Mapping[type[msgspec.Struct], Mapping[str, Text]] = {
    Profile: {
        "name": Text("配置名称", "name of the profile"),
        "identity": Text(
            "真实台架写 hardware，模拟写 simulator，回放写 replay；模拟永远不能登记为实物",
            "hardware for a real bench, simulator or replay otherwise; those never count as real",
        ),
        "publish_period_ms": Text("每隔多少毫秒发布一次", "published every so many milliseconds"),
        "stale_after_s": Text(
            "信号多少秒没有更新就当作没有值", "seconds after which a silent signal has no value"
        ),
        "buses": TABLES[BusEntry],
        "usage": TABLES[UsageEntry],
        "faults": TABLES[FaultEntry],
        "diagnostics": TABLES[DiagnosticsEntry],
        "alarm_flags": TABLES[AlarmFlagsEntry],
        "trouble_codes": TABLES[TroubleCodeEntry],
        "recording": TABLES[RecordingEntry],
        "signals": TABLES[SignalEntry],
        "match": Text(
            "回放时：DBC 含有这些报文就自动用此配置",
            "for replay: chosen by itself for a DBC that has all these messages",
        ),
    },
    BusEntry: {
        "name": Text("总线名称，配置内唯一", "name of the bus, unique in the profile"),
        "dbc": Text(
            "DBC 文件，必须写；相对路径从本文件所在文件夹算起",
            "DBC file, needed; a relative path starts at this file's folder",
        ),
        "interface": Text(
            "python-can 的接口名：slcan, socketcan, pcan, vector, kvaser, gs_usb, virtual …",
            "python-can's interface: slcan, socketcan, pcan, vector, kvaser, gs_usb, virtual …",
        ),
        "channel": Text(
            "通道：串口 COM3、can0、PCAN_USBBUS1 …；{bench} 换成台架代码",
            "channel: serial port COM3, can0, PCAN_USBBUS1 …; {bench} becomes the bench code",
        ),
        "bitrate": Text("波特率，bit/s", "bit rate in bit/s"),
        "accept_active": Text(
            "适配器不能设为只听或无法核实时写 true：它可能应答总线上的帧",
            "true takes an adapter whose listen-only mode cannot be set or verified: it may "
            "acknowledge frames",
        ),
        "options": Text(
            "原样交给 python-can 的其他参数，如 {data_bitrate = 2000000}",
            "further options for python-can as they are, such as {data_bitrate = 2000000}",
        ),
    },
    UsageEntry: {
        "in_use": Text("在使用的条件", "the condition for being in use"),
        "start_s": Text("条件持续多少秒才算开始", "seconds it has to hold before use begins"),
        "idle_s": Text("条件不成立多少秒后算结束", "seconds without it after which use has ended"),
    },
    FaultEntry: {
        "condition": Text(
            "条件：信号名、数字、+ - * /、abs()、< <= > >= == !=、and or not、括号",
            "condition: signals, numbers, + - * /, abs(), < <= > >= == !=, and or not, brackets",
        ),
        "dtc": Text("故障码，如 P0AA6（SAE J2012）", "trouble code such as P0AA6 (SAE J2012)"),
        "failure_type": Text(
            "故障类型字节（SAE J2012-DA），0 为没有", "failure type byte (SAE J2012-DA), 0: none"
        ),
        "severity": Text(
            "级别，同 GB/T 32960：1 不影响使用，2 限制使用，3 立即停用，4 热事件",
            "level as in GB/T 32960: 1 no effect, 2 limited use, 3 stop at once, 4 thermal event",
        ),
        "confirm_s": Text("条件持续多少秒才报", "seconds the condition has to hold"),
        "clear_s": Text("条件不成立多少秒后解除", "seconds without it after which it is cleared"),
        "text_zh": Text("说明（中文）", "what it is, in Chinese"),
        "text_en": Text("说明（英文）", "what it is, in English"),
        **_REMEDIES,
        "freeze": Text("随故障一起保存的其他信号", "further signals that are kept with the fault"),
    },
    DiagnosticsEntry: {
        "is_allowed": Text(
            "允许在授权期间发送只读请求（0x22、0x19、0x3E、0x10 01）",
            "read requests (0x22, 0x19, 0x3E, 0x10 01) may be sent while armed",
        ),
        "bus": Text("诊断用的总线", "the bus for diagnostics"),
        "request_id": Text("请求标识符，大于 0x7FF 为 29 位", "request id; above 0x7FF 29-bit"),
        "response_id": Text("应答标识符", "response id"),
        "ecu": Text("控制器名称", "name of the control unit"),
        **_DIDS,
        "ecus": Text(
            "几个控制器时逐个列出，代替上面的单个",
            "several control units, listed instead of the single one above",
        ),
        "read_period_s": Text(
            "每隔多少秒读一次故障码，0 为不读",
            "seconds between readings of trouble codes, 0: never",
        ),
        "frames_per_minute": Text("每分钟最多发送的帧数", "frames sent per minute at most"),
        "frames_per_arming": Text("每次授权最多发送的帧数", "frames sent per arming at most"),
        "overhear": Text(
            "从别的诊断仪与控制器的对话中取故障码和身份",
            "take trouble codes and identity from what another tester asks",
        ),
        "j1939_buses": Text("按 J1939 解析 29 位标识符的总线", "buses whose 29-bit ids are J1939"),
        "vin_signals": Text(
            "其值是车架号 ASCII 字节的信号，按顺序", "signals with the VIN's ASCII bytes, in order"
        ),
    },
    EcuEntry: {
        "name": Text("控制器名称", "name of the control unit"),
        "bus": Text("总线，默认同 [diagnostics]", "its bus, by default that of [diagnostics]"),
        "request_id": Text("请求标识符，大于 0x7FF 为 29 位", "request id; above 0x7FF 29-bit"),
        "response_id": Text("应答标识符", "response id"),
        **_DIDS,
    },
    AlarmFlagsEntry: {
        "signal": Text("通用报警标志的信号名", "the signal with the flags"),
        "level_signal": Text("最高报警等级的信号名", "the signal with the highest alarm level"),
        "edition": Text("标准年份", "edition of the standard"),
    },
    TroubleCodeEntry: {
        "dtc": Text("P0AA6、P0AA6-13 或 SPN 84 FMI 3", "P0AA6, P0AA6-13 or SPN 84 FMI 3"),
        "severity": Text("级别 1–4，同 [[faults]]", "level 1-4 as in [[faults]]"),
        "text_zh": Text("说明（中文）", "what it is, in Chinese"),
        "text_en": Text("说明（英文）", "what it is, in English"),
        **_REMEDIES,
    },
    RecordingEntry: {
        "is_on": Text("是否录制", "whether to record"),
        "keep_mib": Text(
            "最多占用多少 MiB，满了删最旧的", "MiB on disk at most; the oldest are deleted"
        ),
        "segment_s": Text("每个文件多少秒", "seconds in each file"),
    },
    SignalEntry: {
        "source": Text(
            "DBC 里的 报文.信号，或 总线/报文.信号；不写则同表名",
            "Message.Signal of the DBC, or bus/Message.Signal; by default the table's own name",
        ),
        "unit": Text(
            "单位；不写用 DBC 的。只换名称，不换算", "unit, by default the DBC's; renames only"
        ),
        "label_zh": Text("显示名称（中文）", "label in Chinese"),
        "label_en": Text("显示名称（英文）", "label in English"),
        "headline": Text("是否在台架首页显示", "shown first on the bench's page"),
        "plot_minimum": Text("曲线下限；不影响可信判断", "lower end of plots; never plausibility"),
        "plot_maximum": Text("曲线上限；不影响可信判断", "upper end of plots; never plausibility"),
        "not_available": Text(
            "表示“无值”的原始值，代替自动判断；[] 表示每个值都算",
            'raw values that mean "no value", instead of the usual ones; []: every value counts',
        ),
        "minimum": Text("小于它的值不可信，当作没有值", "values below are not believed"),
        "maximum": Text("大于它的值不可信，当作没有值", "values above are not believed"),
    },
}
"""What each key of each table means; a test sees to it that none is missing."""
