"""What overheard diagnostic messages say: lists of trouble codes, refusals, identity (pure).

UDS (ISO 14229-1), KWP2000 (ISO 14230-3) and OBD (ISO 15031-5 on CAN) share ids and framing, and the
first byte tells them apart.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from can_bridge.dtc import Dtc, DtcStatus

_ANSWER = 0x40
VIN = re.compile(r"[A-Z0-9]{17}")
"""The letters I, O and Q, which no real VIN has, are let through: simulators use them."""
VIN_DID, SERIAL_DID, SOFTWARE_DID = 0xF190, 0xF18C, 0xF195
_UDS_CODE_BYTES, _KWP_CODE_BYTES, _OBD_CODE_BYTES = 4, 3, 2
_UDS_HEADER = 3


class ListKind(StrEnum):
    """Which question a list of trouble codes answers."""

    UDS = "uds"
    KWP = "kwp"
    OBD_STORED = "obd-stored"
    OBD_PENDING = "obd-pending"
    OBD_PERMANENT = "obd-permanent"


@dataclass(frozen=True, slots=True)
class CodeList:
    """The trouble codes of an answer with their status bytes; OBD has none and gets a likely one.

    UDS has the ISO 14229-1 status byte. KWP's has other bits and is kept as it is.
    """

    kind: ListKind
    codes: tuple[tuple[Dtc, int], ...]


@dataclass(frozen=True, slots=True)
class Refused:
    """A negative response: the service that was asked for, and the code of the refusal."""

    service: int
    code: int


@dataclass(frozen=True, slots=True)
class CodesCleared:
    """The control unit confirms that it cleared its trouble codes (54, OBD 44)."""


@dataclass(frozen=True, slots=True)
class DidText:
    """A data identifier's text (62, OBD 49 02 for the VIN)."""

    did: int
    text: str


Answer = CodeList | Refused | CodesCleared | DidText

_OBD_LISTS = {
    0x43: (ListKind.OBD_STORED, DtcStatus.CONFIRMED),
    0x47: (ListKind.OBD_PENDING, DtcStatus.PENDING),
    0x4A: (ListKind.OBD_PERMANENT, DtcStatus.CONFIRMED),
}


def decoded(payload: bytes) -> Answer | None:
    """What a complete diagnostic message says; None for requests and whatever else there is."""
    reader = _READERS.get(payload[0])
    return None if reader is None else reader(payload)


def _refused(payload: bytes) -> Refused | None:
    return Refused(payload[1], payload[2]) if len(payload) == _UDS_HEADER else None


def _cleared(payload: bytes) -> CodesCleared | None:
    return CodesCleared() if len(payload) <= _UDS_HEADER else None


def _kwp_list(payload: bytes) -> CodeList | None:
    codes = _counted(payload, _KWP_CODE_BYTES)
    if codes is None:
        return None
    return CodeList(ListKind.KWP, tuple((Dtc.from_bytes(raw[:2]), raw[2]) for raw in codes))


def _uds_list(payload: bytes) -> CodeList | None:
    body = payload[_UDS_HEADER:]
    if payload[1:2] != b"\x02" or len(payload) < _UDS_HEADER or len(body) % _UDS_CODE_BYTES:
        return None
    raws = _pieces(body, _UDS_CODE_BYTES)
    return CodeList(ListKind.UDS, tuple((Dtc.from_bytes(raw[:3]), raw[3]) for raw in raws))


def _obd_list(payload: bytes) -> CodeList | None:
    kind, status = _OBD_LISTS[payload[0]]
    codes = _counted(payload, _OBD_CODE_BYTES)
    if codes is None:
        return None
    return CodeList(kind, tuple((Dtc.from_bytes(raw), int(status)) for raw in codes))


def _counted(payload: bytes, size: int) -> Sequence[bytes] | None:
    """The entries after a count byte; None where count and length contradict each other."""
    body = payload[2:]
    if len(payload) < 2 or payload[1] * size != len(body):  # noqa: PLR2004 -- service and count
        return None
    return _pieces(body, size)


def _pieces(body: bytes, size: int) -> Sequence[bytes]:
    return [body[at : at + size] for at in range(0, len(body), size)]


def _obd_vin(payload: bytes) -> DidText | None:
    return _vin(payload[3:]) if payload[1:3] == b"\x02\x01" else None


def _did(payload: bytes) -> DidText | None:
    did = int.from_bytes(payload[1:3], "big")
    if did == VIN_DID:
        return _vin(payload[3:])
    text = shown(payload[3:]) if did in {SERIAL_DID, SOFTWARE_DID} else ""
    return DidText(did, text) if text else None


def _vin(raw: bytes) -> DidText | None:
    text = shown(raw)
    return DidText(VIN_DID, text) if VIN.fullmatch(text) else None


def shown(raw: bytes) -> str:
    """Bytes of an identity as text: ASCII where they are, else hexadecimal digits; fill removed."""
    body = raw.strip(b"\0\xff ")
    if all(0x20 <= sign < 0x7F for sign in body):  # noqa: PLR2004 -- printable ASCII
        return body.decode("ascii").strip()
    return body.hex().upper()


_READERS: Mapping[int, Callable[[bytes], Answer | None]] = {
    0x43: _obd_list,
    0x44: _cleared,
    0x47: _obd_list,
    0x49: _obd_vin,
    0x4A: _obd_list,
    0x54: _cleared,
    0x58: _kwp_list,
    0x59: _uds_list,
    0x62: _did,
    0x7F: _refused,
}


@dataclass(frozen=True, slots=True)
class Question:
    """A request for trouble codes: what is asked, and for UDS the status mask."""

    kind: ListKind
    mask: int = 0xFF
    group: bytes = b""


def question(payload: bytes) -> Question | None:
    """What list of trouble codes a message asks for, None where it asks for none."""
    if payload[:2] == b"\x19\x02" and len(payload) == _UDS_HEADER:
        return Question(ListKind.UDS, payload[2])
    if payload[0] == 0x18 and len(payload) > 1:  # noqa: PLR2004 -- KWP readDTCByStatus
        return Question(ListKind.KWP, group=bytes(payload[1:]))
    if len(payload) == 1 and payload[0] | _ANSWER in _OBD_LISTS and not payload[0] & _ANSWER:
        return Question(_OBD_LISTS[payload[0] | _ANSWER][0])
    return None
