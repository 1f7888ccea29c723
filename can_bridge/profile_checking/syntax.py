"""From text to TOML tables: every line that is no TOML is told, not only the first."""

import re
import tomllib
from dataclasses import dataclass
from typing import Any

from can_bridge.profile_checking.findings import Text
from can_bridge.profile_checking.positions import Positions

MOST_ERRORS = 20
_AT_LINE = re.compile(r"\s*\(at line (\d+), column (\d+)\)")
_AT_END = re.compile(r"\s*\(at end of document\)")
_CHINESE = (
    ("Expected '=' after a key", "键后面要有 =，例如 键 = 值"),
    ("Expected newline or end of document", "一行只能写一个 键 = 值"),
    ("Invalid value", "值的写法不对：文字要加引号，真假写 true/false，小数点前要有数字"),
    ("Illegal character '\\n'", "引号没有配对"),
    ("Illegal character", "有不允许的字符"),
    ("Invalid initial character for a key", "键只能用字母、数字、_ 和 -，否则加引号"),
    ("Invalid statement", "这一行既不是 [表] 也不是 键 = 值"),
    ("Cannot overwrite a value", "同一个键写了两次"),
    ("Cannot declare", "同一个表写了两次；可重复的表写成 [[表]]"),
    ("Cannot mutate immutable namespace", "这个表已经写完整，不能再补充"),
    ("Expected ']'", "缺少 ]"),
    ("Unclosed array", "列表缺少 ]"),
    ("Unclosed inline table", "{ 缺少 }"),
    ("Unterminated string", "引号没有配对"),
    ("Expected \"'''\"", "缺少结尾的 '''"),
    ('Expected \'"""\'', '缺少结尾的 """'),
    ("Unescaped '\\' in a string", "反斜杠要写两个 \\\\，或改用单引号"),
    ("Invalid date or datetime", "不是日期"),
)


@dataclass(frozen=True, slots=True)
class BrokenLine:
    """A line that TOML does not allow; `line` and `column` count from 1.

    `is_open`: what begins there is never ended.
    """

    line: int
    column: int
    text: Text
    is_open: bool = False


@dataclass(frozen=True, slots=True)
class Document:
    """A TOML text: its tables, and the text without the lines that are no TOML.

    `tables` is None where nothing could be read.
    """

    text: str
    tables: dict[str, Any] | None
    broken: tuple[BrokenLine, ...] = ()


def read_document(text: str) -> Document:
    """Read TOML; a line that is none is noted and left out, and reading goes on without it.

    A broken table header is left out with everything up to the next header, since its keys would
    otherwise count for the table before.
    """
    text = text.replace("\r\n", "\n")
    broken: list[BrokenLine] = []
    while len(broken) < MOST_ERRORS:
        try:
            return Document(text, tomllib.loads(text), tuple(broken))
        except tomllib.TOMLDecodeError as wrong:
            found = _broken_line(str(wrong), text)
        except RecursionError:
            found = BrokenLine(1, 1, Text("不是 TOML：嵌套太深", "not TOML: nested too deeply"))
            return Document(text, None, (*broken, found))
        broken.append(found)
        without = _without(text, found)
        if without is None:
            break
        text = without
    return Document(text, None, tuple(broken))


def _broken_line(message: str, text: str) -> BrokenLine:
    at = _AT_LINE.search(message)
    reason = _AT_END.sub("", _AT_LINE.sub("", message)).strip()
    if at is not None:
        return BrokenLine(int(at[1]), int(at[2]), _told(reason))
    # what was begun and never ended is blamed, not the end of the file
    position = Positions(text).last()
    return BrokenLine(
        position.line, position.column, _told(f"{reason}, up to the end of the file"), True
    )


def _told(reason: str) -> Text:
    chinese = next((zh for start, zh in _CHINESE if reason.startswith(start)), "不是 TOML")
    return Text(f"TOML 语法错误：{chinese}", f"not TOML: {reason}")


def _without(text: str, broken: BrokenLine) -> str | None:
    """The text with the broken line blank; None where that would not help."""
    lines = text.split("\n")
    first = broken.line - 1
    if first >= len(lines) or not lines[first].strip():
        return None
    last = first
    if broken.is_open:
        last = len(lines) - 1
    elif lines[first].lstrip().startswith("["):
        while last + 1 < len(lines) and not lines[last + 1].lstrip().startswith("["):
            last += 1
    lines[first : last + 1] = [""] * (last + 1 - first)
    return "\n".join(lines)
