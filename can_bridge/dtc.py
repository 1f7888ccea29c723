"""Trouble codes: SAE J2012 text and its bytes, and the ISO 14229-1 status byte."""

import re
from enum import IntFlag
from typing import NamedTuple

_SYSTEMS = "PCBU"
_TEXT = re.compile(r"[PCBU][0-3][0-9A-F]{3}")


class NotADtc(ValueError):
    """The text is not a trouble code such as `P0AA6`."""

    def __init__(self, text: str) -> None:
        super().__init__(f"{text!r}: expected a DTC as P0AA6: P, C, B or U, 0-3, three hex digits")
        self.text = text


class DtcStatus(IntFlag):
    """Bits of the DTC status byte (ISO 14229-1, annex D.2)."""

    TEST_FAILED = 0x01
    TEST_FAILED_THIS_CYCLE = 0x02
    PENDING = 0x04
    CONFIRMED = 0x08
    NOT_COMPLETED_SINCE_CLEAR = 0x10
    FAILED_SINCE_CLEAR = 0x20
    NOT_COMPLETED_THIS_CYCLE = 0x40
    WARNING_INDICATOR = 0x80


class Dtc(NamedTuple):
    """A trouble code with its failure type, the third byte of a UDS DTC (SAE J2012-DA; 0: none)."""

    text: str
    failure_type: int = 0

    @classmethod
    def parse(cls, text: str) -> "Dtc":
        """Read `P0AA6` or `P0AA6-13`.

        Raises:
            NotADtc: any other text.
        """
        code, _, failure_type = text.strip().upper().partition("-")
        if _TEXT.fullmatch(code) is None or not re.fullmatch(r"([0-9A-F]{2})?", failure_type):
            raise NotADtc(text)
        return cls(code, int(failure_type or "0", 16))

    @classmethod
    def from_bytes(cls, raw: bytes) -> "Dtc":
        """From two bytes (SAE J2012) or three (UDS, with failure type), most significant first.

        >>> Dtc.from_bytes(bytes.fromhex("0AA613"))
        Dtc(text='P0AA6', failure_type=19)
        """
        high, low = raw[0], raw[1]
        text = f"{_SYSTEMS[high >> 6]}{high >> 4 & 3}{high & 15:X}{low:02X}"
        return cls(text, raw[2] if len(raw) > 2 else 0)  # noqa: PLR2004 -- third byte

    def to_bytes(self) -> bytes:
        """The three bytes a UDS server reports."""
        high = _SYSTEMS.index(self.text[0]) << 6 | int(self.text[1]) << 4 | int(self.text[2], 16)
        return bytes((high, int(self.text[3:], 16), self.failure_type))

    def __str__(self) -> str:
        return f"{self.text}-{self.failure_type:02X}"
