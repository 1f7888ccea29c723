"""What is said about a DBC: every repair, every doubt and every loss, with its line."""

from dataclasses import dataclass
from enum import StrEnum

_LONGEST_QUOTE = 60


class Severity(StrEnum):
    """`repair`: changed so that it loads. `warning`: kept as it is. `lost`: could not be kept."""

    REPAIR = "repair"
    WARNING = "warning"
    LOST = "lost"


@dataclass(frozen=True, slots=True)
class Remark:
    """One thing worth saying; `line` counts from 1 in the published file, `kind` is stable."""

    line: int
    kind: str
    severity: Severity
    zh: str
    en: str

    @property
    def what(self) -> str:
        """The English sentence."""
        return self.en


_R, _W, _L = Severity.REPAIR, Severity.WARNING, Severity.LOST

KINDS: dict[str, tuple[Severity, str, str]] = {
    # characters and numbers
    "bad-bytes": (
        _W,
        "{count} 处字节不是有效的 {encoding}，显示为 \N{REPLACEMENT CHARACTER}",
        "{count} places are not valid {encoding}, shown as \N{REPLACEMENT CHARACTER}",
    ),
    "stray-character": (
        _R,
        "{count} 处不该出现的字符（首个 {quote}）：按空格处理",
        "{count} stray characters (first {quote}): taken as spaces",
    ),
    "unterminated-string": (
        _R,
        "字符串缺少右引号：在行末补上",
        "string without closing quote: closed at the end of its line",
    ),
    "bare-decimal": (
        _R,
        "数字 {quote} 缺少整数部分：读作 {value}",
        "number {quote} without integer part: read as {value}",
    ),
    "hex-number": (
        _R,
        "十六进制数 {quote}：读作 {value}",
        "hexadecimal number {quote}: read as {value}",
    ),
    "number-not-whole": (
        _R,
        "此处应为整数，{quote} 读作 {value}",
        "whole number expected: {quote} read as {value}",
    ),
    # statements
    "missing-section": (_R, "缺少 {quote} 段：已补上", "section {quote} missing: added"),
    "repeated-section": (
        _R,
        "{quote} 段重复：与后一段合并",
        "section {quote} appears again: joined with the later one",
    ),
    "bus-speed-left-out": (
        _R,
        "BS_ 段带有旧式波特率：已略去",
        "BS_ states a bus speed in the old form: left out",
    ),
    "missing-semicolon": (
        _R,
        "{quote} 语句缺少分号：已补上",
        "{quote} statement without semicolon: added",
    ),
    "stray-semicolon": (_R, "多余的分号：已略去", "stray semicolon: left out"),
    "bare-comment": (
        _R,
        "注释未写对象种类：按 {quote} 处理",
        "comment without object kind: taken as {quote}",
    ),
    "comment-without-signal": (
        _R,
        "信号注释缺少信号名：按 BO_ 处理",
        "signal comment without signal name: taken as BO_",
    ),
    "missing-colon": (_R, "{quote} 缺少冒号：已补上", "{quote} without colon: added"),
    "list-separators": (
        _R,
        "{quote} 列表的分隔符有误：已更正",
        "list of {quote} with wrong separators: put right",
    ),
    "missing-node": (
        _R,
        "{quote} 未写节点：按 Vector__XXX（无）处理",
        "{quote} names no node: taken as Vector__XXX (none)",
    ),
    "incomplete-signal": (
        _R,
        "信号 {quote} 缺少 {part}：取 {value}",
        "signal {quote} without {part}: taken as {value}",
    ),
    "table-by-name": (
        _R,
        "{quote} 引用值表 {value}：已展开",
        "{quote} refers to value table {value}: written out",
    ),
    "interrupted-message": (
        _R,
        "信号 {quote} 与所属报文之间夹有其他语句：归回报文 {value}",
        "signal {quote} is parted from its message by other statements: put back to {value}",
    ),
    "not-understood": (
        _R,
        "无法理解的语句 {quote}：已略去",
        "statement {quote} is not understood: left out",
    ),
    # names and ids
    "name-starts-with-digit": (
        _R,
        "名称 {quote} 以数字开头：以 {value} 载入",
        "name {quote} starts with a digit: loaded as {value}",
    ),
    "name-is-keyword": (
        _R,
        "名称 {quote} 是 DBC 关键字：以 {value} 载入",
        "name {quote} is a DBC keyword: loaded as {value}",
    ),
    "name-with-symbol": (
        _R,
        "名称 {quote} 含有不允许的符号：以 {value} 载入",
        "name {quote} has symbols that are not allowed: loaded as {value}",
    ),
    "name-not-ascii": (
        _R,
        "名称 {quote} 含有非 ASCII 字符：按原名载入",
        "name {quote} has letters beyond ASCII: loaded under that name",
    ),
    "duplicate-message-name": (
        _W,
        "报文名 {quote} 已被第 {first} 行使用：两者都保留",
        "message name {quote} is taken by line {first}: both are kept",
    ),
    "duplicate-signal-name": (
        _R,
        "信号名 {quote} 在报文中已被第 {first} 行使用：以 {value} 载入",
        "signal name {quote} is taken by line {first} of its message: loaded as {value}",
    ),
    "duplicate-id": (
        _W,
        "报文 {quote} 的标识符 {value} 已被第 {first} 行使用：两者都保留",
        "message {quote} has id {value} like line {first}: both are kept",
    ),
    "id-without-flag": (
        _R,
        "报文 {quote} 的标识符 {value} 超过 11 位却无扩展帧标志：按 29 位扩展帧处理",
        "message {quote} has id {value} without the extended flag: taken as 29-bit",
    ),
    "negative-id": (
        _R,
        "标识符 {quote} 为负数：读作无符号数 {value}",
        "id {quote} is negative: read as the unsigned number {value}",
    ),
    "reference-without-flag": (
        _R,
        "{quote} 引用的标识符与报文的扩展帧标志不一致：按报文更正",
        "{quote} refers to an id that differs from its message in the extended flag: put right",
    ),
    "unassigned-signals": (
        _W,
        "{count} 个信号不属于任何报文（VECTOR__INDEPENDENT_SIG_MSG）：总线上不会出现",
        "{count} signals belong to no message (VECTOR__INDEPENDENT_SIG_MSG): never on the bus",
    ),
    # references
    "unused-value-table": (
        _R,
        "VAL_ 指向未定义的 {quote}：已略去",
        "VAL_ of {quote}, which is not defined: left out",
    ),
    "unused-value-type": (
        _R,
        "SIG_VALTYPE_ 指向未定义的 {quote}：已略去",
        "SIG_VALTYPE_ of {quote}, which is not defined: left out",
    ),
    "unused-mux-range": (
        _R,
        "SG_MUL_VAL_ 指向未定义的 {quote}：已略去",
        "SG_MUL_VAL_ of {quote}, which is not defined: left out",
    ),
    "unknown-reference": (
        _W,
        "{keyword} 指向未定义的 {quote}：不起作用",
        "{keyword} of {quote}, which is not defined: without effect",
    ),
    "value-not-whole": (
        _R,
        "值表的键 {quote} 不是整数：已略去该项",
        "value table key {quote} is not a whole number: left out",
    ),
    "float-of-odd-length": (
        _R,
        "信号 {quote} 标为浮点但长度为 {value} 位：按整数处理",
        "signal {quote} is marked float but has {value} bits: taken as integer",
    ),
    "bad-attribute": (
        _R,
        "属性 {quote} 无法使用（{why_zh}）：已略去",
        "attribute {quote} cannot be used ({why_en}): left out",
    ),
    "attribute-by-label": (
        _R,
        "属性 {quote} 以文字 {value} 表示枚举值：已换成序号",
        "attribute {quote} gives its choice by label {value}: replaced by its number",
    ),
    # multiplexing
    "bad-mux-marker": (
        _R,
        "信号 {quote} 的多路标记 {value} 无法理解：按常在信号处理",
        "signal {quote} has multiplexing mark {value}, not understood: taken as always present",
    ),
    "mux-without-multiplexer": (
        _W,
        "信号 {quote} 是多路信号，但报文没有多路选择信号：按常在信号处理",
        "signal {quote} is multiplexed in a message without multiplexer: taken as always present",
    ),
    "mux-parent-assumed": (
        _R,
        "信号 {quote} 未写明多路选择信号：归于 {value}",
        "signal {quote} does not say which multiplexer selects it: taken as {value}",
    ),
    "mux-parent-unknown": (
        _W,
        "信号 {quote} 未写明由哪个多路选择信号选择：按常在信号处理",
        "signal {quote} does not say which multiplexer selects it: taken as always present",
    ),
    "multiplexer-not-marked": (
        _R,
        "信号 {quote} 被当作多路选择信号使用却无 M 标记：已补上",
        "signal {quote} is used as multiplexer without the mark M: added",
    ),
    "mux-mark-missing": (
        _R,
        "信号 {quote} 有 SG_MUL_VAL_ 却无多路标记：已补上",
        "signal {quote} has an SG_MUL_VAL_ but no multiplexing mark: added",
    ),
    "mux-cycle": (
        _R,
        "信号 {quote} 的多路关系成环：按常在信号处理",
        "signal {quote} is multiplexed by itself in a ring: taken as always present",
    ),
    "mux-range-cut": (
        _R,
        "信号 {quote} 的多路值范围超出多路选择信号所能取的值：截至 {value}",
        "signal {quote} has more values than its multiplexer can hold: cut at {value}",
    ),
    "mux-range-is-all": (
        _R,
        "信号 {quote} 对多路选择信号的所有值都有效：按常在信号处理",
        "signal {quote} is there for every multiplexer value: taken as always present",
    ),
    # signals in their message
    "signal-leaves-message": (
        _W,
        "信号 {quote} 超出报文的 {value} 字节：保留，但无法解码",
        "signal {quote} reaches beyond the {value} bytes of its message: kept, not decodable",
    ),
    "signals-overlap": (
        _W,
        "信号 {quote} 与 {value} 重叠：两者都保留",
        "signals {quote} and {value} overlap: both are kept",
    ),
    "no-messages": (_W, "文件中没有报文", "the file has no messages"),
    "attributes-left-out": (
        _R,
        "属性与注释无法解析（{why}）：全部略去",
        "attributes and comments cannot be parsed ({why}): all left out",
    ),
    # losses
    "message-lost": (_L, "报文 {quote} 丢失：{why_zh}", "message {quote} is lost: {why_en}"),
    "signal-lost": (_L, "信号 {quote} 丢失：{why_zh}", "signal {quote} is lost: {why_en}"),
}
"""Severity and sentence of each kind; `quote` is the piece of the file it is about."""


def remark(line: int, kind: str, quote: str = "", **fields: object) -> Remark:
    """A remark of a kind of `KINDS`, with its sentences filled in."""
    severity, zh, en = KINDS[kind]
    if len(quote) > _LONGEST_QUOTE:
        quote = quote[:_LONGEST_QUOTE] + "…"
    return Remark(
        line, kind, severity, zh.format(quote=quote, **fields), en.format(quote=quote, **fields)
    )
