"""Which papers there are, and how the code on their pages stands for their content (pure)."""

from collections.abc import Mapping
from enum import StrEnum


class PaperKind(StrEnum):
    """What a school hands in."""

    EQUIPMENT_TABLE = "equipment_table"
    SELF_CHECK = "self_check"
    RECTIFICATION_REPORT = "rectification_report"
    ANNUAL_REPORT = "annual_report"


class PaperFormat(StrEnum):
    """As what a paper can be had; each is set from the same content."""

    DOCX = "docx"
    PDF = "pdf"
    XLSX = "xlsx"


MEDIA_TYPES: Mapping[PaperFormat, str] = {
    PaperFormat.DOCX: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    PaperFormat.PDF: "application/pdf",
    PaperFormat.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32: no I, L, O and U, which are misread."""
_MISREAD = str.maketrans({"O": "0", "I": "1", "L": "1"})
_DIGITS, _GROUP = 12, 4
"""60 bits of the hash, and a check character: nobody finds a code by trying."""


def code_of(sha256: str) -> str:
    """The verification code of a content: 12 characters of its hash and a check character."""
    bits = int(sha256, 16) >> (256 - 5 * _DIGITS)
    digits = "".join(ALPHABET[bits >> 5 * place & 31] for place in reversed(range(_DIGITS)))
    return digits + ALPHABET[_check(digits)]


def printed(code: str) -> str:
    """The code in groups, as it stands on paper."""
    return "-".join(code[start : start + _GROUP] for start in range(0, len(code), _GROUP))


def typed(text: str) -> str | None:
    """The code somebody typed, however it is grouped; None when it can't be one.

    Any single wrong character and any two neighbours swapped are noticed, but for swapped 0 and Z.
    """
    code = "".join(text.upper().split()).replace("-", "").translate(_MISREAD)
    if len(code) != _DIGITS + 1 or any(one not in ALPHABET for one in code):
        return None
    return code if ALPHABET[_check(code[:-1])] == code[-1] else None


def _check(digits: str) -> int:
    """Luhn's algorithm with 32 for 10."""
    base, doubled = len(ALPHABET), 0
    for place, digit in enumerate(reversed(digits)):
        value = ALPHABET.index(digit) * (2 if place % 2 == 0 else 1)
        doubled += value // base + value % base
    return -doubled % base
