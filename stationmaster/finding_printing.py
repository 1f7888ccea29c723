"""How findings of a bench profile are told in a terminal and as JSON."""

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

import typer

from can_bridge.profile_checking.findings import Finding, Severity, Text
from stationmaster.language import Language

_WORDS = {
    Severity.ERROR: Text("✕ 错误", "✕ error"),
    Severity.WARNING: Text("▲ 警告", "▲ warning"),
    Severity.NOTE: Text("· 说明", "· note"),
}
_COLOURS = {
    Severity.ERROR: typer.colors.RED,
    Severity.WARNING: typer.colors.YELLOW,
    Severity.NOTE: typer.colors.CYAN,
}


def told(text: Text, language: Language) -> str:
    """One side of a text."""
    return text.zh if language is Language.ZH else text.en


def finding_lines(findings: Sequence[Finding], language: Language) -> Iterator[str]:
    """Each finding as `file:line: severity: place: what (hint)`, its excerpt below."""
    for finding in findings:
        where = f"{finding.path}:{finding.line}" if finding.line else str(finding.path)
        word = typer.style(told(_WORDS[finding.severity], language), fg=_COLOURS[finding.severity])
        place = f"{finding.place}: " if finding.place else ""
        hint = f" ({told(finding.hint, language)})" if finding.hint else ""
        yield f"{where}: {word}: {place}{told(finding.text, language)}{hint}"
        if finding.excerpt is not None:
            yield f"    {_printable(finding.excerpt)}"
            if finding.column is not None:
                yield f"    {_up_to(finding.excerpt, finding.column)}^"


def summary_line(path: Path, findings: Sequence[Finding], language: Language) -> str:
    """How many findings of which severity a file has."""
    zh = language is Language.ZH
    if not findings:
        return f"{path}: {'✔ 没有问题' if zh else '✔ nothing to say'}"
    counts = Counter(finding.severity for finding in findings)
    parts = [f"{told(_WORDS[one], language)} {counts[one]}" for one in Severity if counts[one]]
    return f"{path}: " + ("，" if zh else ", ").join(parts)


def finding_record(finding: Finding) -> dict[str, object]:
    """A finding as JSON; both languages, None for what it does not have."""
    return {
        "severity": finding.severity.value,
        "line": finding.line,
        "place": finding.place,
        "zh": finding.text.zh,
        "en": finding.text.en,
        "hint_zh": finding.hint.zh if finding.hint else None,
        "hint_en": finding.hint.en if finding.hint else None,
        "excerpt": finding.excerpt,
        "column": finding.column,
    }


def _printable(excerpt: str) -> str:
    """As long as before, without what would steer the terminal."""
    return "".join(char if char.isprintable() else "\ufffd" for char in excerpt)


def _up_to(excerpt: str, column: int) -> str:
    """Blanks as wide as the text before the column."""
    # a Chinese character takes two cells of a terminal
    return "".join("　" if ord(char) >= _FIRST_WIDE else " " for char in excerpt[: column - 1])


_FIRST_WIDE = 0x2E80
"""Where the wide East Asian characters of Unicode begin."""
