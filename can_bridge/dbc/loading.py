"""The only place that knows how published DBC files depart from what cantools accepts."""

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import cantools
from cantools.database.can import Database
from cantools.database.errors import UnsupportedDatabaseFormatError

from can_bridge.errors import UnreadableDbc

ENCODINGS = ("utf-8-sig", "gb18030", "cp1252")
"""Tried in this order; a text that is valid UTF-8 is hardly ever meant as anything else."""
MAX_FILE_BYTES = 16 * 1024 * 1024
MAX_MESSAGE_BYTES = 1785
"""Longest J1939 transport protocol message; a DBC of 100 bytes that claims a gigabyte would make
the parser take all memory (measured: 7.5 GiB), so such sizes are refused before parsing."""

_STRING = re.compile(r'"(?:\\"|[^"])*"')
_MESSAGE = re.compile(r"^[ \t]*BO_[ \t]+(\d+)[ \t]+(\w+)[ \t]*:[ \t]*(\d+)", re.MULTILINE)
_SIGNAL = re.compile(
    r"^[ \t]*SG_[ \t]+(\w+)[^:\n]*:[ \t]*(\d+)[ \t]*\|[ \t]*(\d+)[ \t]*@", re.MULTILINE
)
_BARE_COMMENT = re.compile(r'^[ \t]*CM_[ \t]+(?=\d+[ \t]+")', re.MULTILINE)
_SIGNAL_COMMENT_WITHOUT_SIGNAL = re.compile(
    r'^[ \t]*CM_[ \t]+(SG_)(?=[ \t]+\d+[ \t]+")', re.MULTILINE
)
_VALUE_TABLE = re.compile(r"^[ \t]*VAL_[ \t]+(\d+)[ \t]+(\w+)[^;]*;", re.MULTILINE)
_VALUE_TYPE = re.compile(r"^[ \t]*SIG_VALTYPE_[ \t]+(\d+)[ \t]+(\w+)[^;]*;", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Repair:
    """One change made to the text before parsing; `line` counts from 1 in the published file."""

    line: int
    what: str


@dataclass(frozen=True, slots=True)
class Dbc:
    """A loaded DBC with what had to be done to it."""

    path: Path
    encoding: str
    repairs: tuple[Repair, ...]
    database: Database


@dataclass(frozen=True, slots=True)
class _Edit:
    start: int
    end: int
    replacement: str
    what: str


def load_dbc(path: Path) -> Dbc:
    """Read a DBC as published, repairing only what cantools cannot read.

    Repaired are: missing `BS_`/`BU_` sections, comments without the kind of object, value tables
    and value types of signals that are not defined. Anything else cantools refuses is reported.

    Raises:
        UnreadableDbc: no such file, too large, or still unreadable after the repairs.
    """
    text, encoding = _read(path)
    _refuse_absurd_sizes(path, text)
    try:
        return Dbc(path, encoding, (), _parse(text))
    except UnsupportedDatabaseFormatError:
        repaired, repairs = repair_text(text)
    try:
        return Dbc(path, encoding, tuple(repairs), _parse(repaired))
    except UnsupportedDatabaseFormatError as refused:
        raise UnreadableDbc(path, str(refused)) from refused


def _parse(text: str) -> Database:
    database = cantools.database.load_string(text, "dbc", strict=False)
    if not isinstance(database, Database):
        raise UnsupportedDatabaseFormatError(None, ValueError("no CAN messages"), None, None, None)
    return database


def repair_text(text: str) -> tuple[str, list[Repair]]:
    """The text with minimal repairs, and the repairs in the order of their lines."""
    masked = _without_strings(text)
    edits = sorted(_edits(masked), key=lambda edit: edit.start)
    pieces: list[str] = []
    position = 0
    for edit in edits:
        pieces += [text[position : edit.start], edit.replacement]
        position = edit.end
    pieces.append(text[position:])
    repairs = [Repair(text.count("\n", 0, edit.start) + 1, edit.what) for edit in edits]
    return "".join(pieces), repairs


def _edits(masked: str) -> Iterator[_Edit]:
    yield from _missing_sections(masked)
    for found in _BARE_COMMENT.finditer(masked):
        yield _Edit(found.end(), found.end(), "BO_ ", "comment without object kind: taken as BO_")
    for found in _SIGNAL_COMMENT_WITHOUT_SIGNAL.finditer(masked):
        what = "signal comment without signal name: taken as BO_"
        yield _Edit(found.start(1), found.end(1), "BO_", what)
    defined = _defined_signals(masked)
    for keyword, pattern in (("VAL_", _VALUE_TABLE), ("SIG_VALTYPE_", _VALUE_TYPE)):
        for found in pattern.finditer(masked):
            if (int(found[1]), found[2]) in defined:
                continue
            lines = "\n" * found[0].count("\n")
            what = f"{keyword} of {found[1]} {found[2]}, which is not defined: left out"
            yield _Edit(found.start(), found.end(), lines, what)


def _missing_sections(masked: str) -> Iterator[_Edit]:
    first = _MESSAGE.search(masked)
    if first is None:
        return
    for section in ("BS_", "BU_"):
        if re.search(rf"^[ \t]*{section}[ \t]*:", masked, re.MULTILINE) is None:
            yield _Edit(
                first.start(), first.start(), f"{section}:\n", f"section {section} missing: added"
            )


def _defined_signals(masked: str) -> set[tuple[int, str]]:
    starts = [(found.start(), int(found[1])) for found in _MESSAGE.finditer(masked)]
    starts.append((len(masked), -1))
    return {
        (frame_id, signal[1])
        for (start, frame_id), (end, _) in itertools.pairwise(starts)
        for signal in _SIGNAL.finditer(masked, start, end)
    }


def _without_strings(text: str) -> str:
    """The text at unchanged positions with the inside of every string blanked out."""
    return _STRING.sub(lambda found: '"' + re.sub(r"[^\n]", "~", found[0][1:-1]) + '"', text)


def _read(path: Path) -> tuple[str, str]:
    try:
        size = path.stat().st_size
        if size > MAX_FILE_BYTES:
            raise UnreadableDbc(path, f"{size} bytes, at most {MAX_FILE_BYTES}")
        raw = path.read_bytes()
    except OSError as missing:
        raise UnreadableDbc(path, missing.strerror or str(missing)) from missing
    for encoding in ENCODINGS:
        try:
            return raw.decode(encoding), encoding.removesuffix("-sig")
        except UnicodeDecodeError:
            continue
    return raw.decode("latin-1"), "latin-1"


def _refuse_absurd_sizes(path: Path, text: str) -> None:
    masked = _without_strings(text)
    for found in _MESSAGE.finditer(masked):
        if int(found[3]) > MAX_MESSAGE_BYTES:
            line = masked.count("\n", 0, found.start()) + 1
            reason = f"line {line}: message {found[2]} of {found[3]} bytes, at most"
            raise UnreadableDbc(path, f"{reason} {MAX_MESSAGE_BYTES}")
    for found in _SIGNAL.finditer(masked):
        if max(int(found[2]), int(found[3])) > MAX_MESSAGE_BYTES * 8:
            line = masked.count("\n", 0, found.start()) + 1
            reason = f"line {line}: signal {found[1]} at bit {found[2]}, {found[3]} bits long"
            raise UnreadableDbc(path, f"{reason}, at most {MAX_MESSAGE_BYTES * 8}")
