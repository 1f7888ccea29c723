"""`docs/bench-profiles.md`: every table and key of a profile, made from the record types."""

from collections.abc import Iterator

import msgspec

from can_bridge.profile_checking.expectations import element_of, expected
from can_bridge.profile_checking.findings import Text
from can_bridge.profile_tables import Profile
from can_bridge.profile_template.explanations import KEYS, TABLES
from can_bridge.profile_template.writing import default_text

_HEAD = """\
# 台架配置 Bench profiles

由配置的类型生成（`stationmaster docs`），测试会比对。

Made from the record types by `stationmaster docs`; a test compares it.

一个台架一份 TOML 文件，写明它的总线、适配器、DBC、使用条件和故障检测。

A bench has one TOML file: its buses, adapters and DBCs, when it is in use, which faults are tested.

- `stationmaster bench new`：提问并写出带说明的文件 · asks, then writes an explained file
- `stationmaster bench check FILE`：一次说出全部问题，不打开任何设备 · says everything wrong with
  line numbers, opens nothing
- `stationmaster bench listen FILE`：实时显示报文与数值，不发送 · shows ids and values live, sends
  nothing

## 条件 Conditions

`in_use` 和 `condition` 里可以写：信号名（`pack_voltage_v` 或 `Message.Signal`）、数字、`+ - * /`、
`abs()`、比较（可以连写 `0 < a < 5`）、`and`、`or`、`not`、括号。
信号没有值时，条件是“未定”：不触发也不解除。

In `in_use` and `condition`: signals (`pack_voltage_v` or `Message.Signal`), numbers, `+ - * /`,
`abs()`, comparisons (also `0 < a < 5`), `and`, `or`, `not`, brackets. While a signal has no value a
condition is undecided: it neither raises nor clears anything.
"""


def profile_reference() -> str:
    """The whole page."""
    return "\n".join([_HEAD, *_table("", Profile, TABLES[Profile])]).rstrip() + "\n"


def _table(name: str, record: type[msgspec.Struct], about: Text) -> Iterator[str]:
    heading = f"`{name}`" if name else "顶层 Top level"
    yield f"## {heading}\n\n{about.zh}。\n\n{about.en[0].upper()}{about.en[1:]}.\n"
    yield "| 键 key | 值 value | 默认 default | 含义 meaning |\n|---|---|---|---|"
    inner = []
    for field in msgspec.structs.fields(record):
        nesting, child = element_of(field.type)
        if child is None:
            yield _row(record, field)
        else:
            inner.append((_header(name, field.encode_name, nesting), child))
    yield ""
    for header, child in inner:
        yield from _table(header, child, TABLES[child])


def _header(above: str, name: str, nesting: str) -> str:
    path = ".".join(part for part in (above.strip("[]"), name) if part)
    if nesting == "list":
        return f"[[{path}]]"
    return f"[{path}.NAME]" if nesting == "named" else f"[{path}]"


def _row(record: type[msgspec.Struct], field: msgspec.structs.FieldInfo) -> str:
    kind, meaning = expected(field.type), KEYS[record][field.encode_name]
    is_needed = field.required
    default = "**必填 required**" if is_needed else f"`{default_text(field)}`"
    if not is_needed and field.default is None:
        default = "—"
    cells = [f"`{field.encode_name}`", f"{kind.zh} · {kind.en}", default]
    return "| " + " | ".join([*cells, f"{meaning.zh}<br>{meaning.en}"]) + " |"
