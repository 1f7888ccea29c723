"""A profile file examined without DBC and adapter: the one list of what makes it unusable.

Loading a profile refuses it for the first error of this list; checking prints all of it.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from can_bridge.profile_checking.contradictions import contradictions
from can_bridge.profile_checking.findings import (
    Finding,
    Remark,
    Severity,
    Text,
    place_of,
)
from can_bridge.profile_checking.positions import Positions
from can_bridge.profile_checking.shapes import profile_of
from can_bridge.profile_checking.syntax import read_document
from can_bridge.profile_tables import Profile

MAX_FILE_BYTES = 1 << 20
"""A profile of 1,000 signals has 200 kB; more is no profile."""


@dataclass(frozen=True, slots=True)
class Examination:
    """What became of a profile file.

    Attributes:
        path: the file.
        profile: as written, wrong values replaced by defaults; None where there is nothing to read.
        is_whole: every line was read, and no table of buses or signals had anything replaced:
            what is not there, is not there.
        findings: in the order of their lines.
    """

    path: Path
    profile: Profile | None
    is_whole: bool
    findings: tuple[Finding, ...]
    _positions: Positions = field(default_factory=lambda: Positions(""))

    def first_error(self) -> Finding | None:
        """What loading refuses the profile for."""
        return next((one for one in self.findings if one.severity is Severity.ERROR), None)

    def placed(self, remarks: Iterable[Remark]) -> Iterator[Finding]:
        """Further remarks with their lines in this file."""
        return (_placed(remark, self.path, self._positions) for remark in remarks)


def examine(path: Path) -> Examination:
    """Read a profile file and note everything wrong with it; opens nothing else."""
    try:
        text = _text(path)
    except OSError as missing:
        reason = missing.strerror or str(missing)
        return _unreadable(path, Text(f"读不了文件：{reason}", reason))
    except ValueError as wrong:
        return _unreadable(path, Text(f"不是 UTF-8 文本：{wrong}", f"not UTF-8 text: {wrong}"))
    return examine_text(path, text)


def examine_text(path: Path, text: str) -> Examination:
    """The same for a text that is, or will be, at `path`."""
    document = read_document(text)
    broken = [
        Finding(
            Severity.ERROR,
            path,
            line.line,
            "",
            line.text,
            None,
            _line(text, line.line),
            line.column,
        )
        for line in document.broken
    ]
    if document.tables is None:
        return Examination(path, None, False, tuple(broken))
    positions = Positions(document.text)
    profile, remarks = profile_of(document.tables)
    is_whole = not broken and not any(map(_hides_names, remarks))
    if broken:
        # what stands in a line that was left out is neither missing nor contradictory
        remarks = [remark for remark in remarks if remark.keys in positions.written()]
    else:
        remarks += _unless_said(contradictions(profile), remarks)
    findings = broken + [_placed(remark, path, positions) for remark in remarks]
    findings.sort(key=lambda finding: finding.line)
    return Examination(path, profile, is_whole, tuple(findings), positions)


def profile_remarks(profile: Profile) -> list[Remark]:
    """What is wrong with a profile that was made, not read."""
    return list(contradictions(profile))


def _hides_names(remark: Remark) -> bool:
    return remark.keys[:1] == ("signals",) or remark.keys == ("buses",)


def _unless_said(remarks: Iterable[Remark], said: list[Remark]) -> list[Remark]:
    """A value that was replaced is not told off a second time."""
    places = {remark.keys for remark in said}
    return [remark for remark in remarks if remark.keys not in places]


def _placed(remark: Remark, path: Path, positions: Positions) -> Finding:
    line = positions.of(remark.keys).line if remark.keys else 0
    return Finding(
        remark.severity,
        path,
        line,
        place_of(remark.keys),
        remark.text,
        remark.hint,
        remark.excerpt,
        remark.column,
    )


def _text(path: Path) -> str:
    with path.open("rb") as file:
        raw = file.read(MAX_FILE_BYTES + 1)
    if len(raw) > MAX_FILE_BYTES:
        raise OSError(0, f"more than {MAX_FILE_BYTES} bytes, no bench profile")
    # an editor's byte order mark says nothing
    return raw.decode("utf-8-sig")


def _unreadable(path: Path, text: Text) -> Examination:
    finding = Finding(Severity.ERROR, path, 0, "", text)
    return Examination(path, None, False, (finding,))


def _line(text: str, number: int) -> str:
    lines = text.replace("\r\n", "\n").split("\n")
    return lines[number - 1] if number <= len(lines) else ""
