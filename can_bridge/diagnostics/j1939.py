"""J1939 that is broadcast: active trouble codes (DM1), identity, and the transport they need.

Sources: SAE J1939-21 (identifier, transport protocol) and J1939-73 (DM1), as implemented publicly.
"""

from collections import OrderedDict
from dataclasses import dataclass
from typing import NamedTuple

from can_bridge.frames import Frame

DM1, VEHICLE_ID, COMPONENT_ID, SOFTWARE_ID = 0xFECA, 0xFEEC, 0xFEEB, 0xFEDA
TRANSPORT_CONTROL, TRANSPORT_DATA = 0xEC00, 0xEB00
_WANTED = frozenset({DM1, VEHICLE_ID, COMPONENT_ID, SOFTWARE_ID})
_ADDRESSED_BELOW = 0xF0
"""PDU format from which on the low byte belongs to the group number, not to an address."""
_REQUEST_TO_SEND, _BROADCAST, _ABORT = 16, 32, 255
_PER_PACKET = 7
_SMALLEST, _LARGEST = 9, 1785
LONGEST_PAUSE_S = 5.0
"""Chosen: T1 and T2 are at most 1.25 s; thinned logs still come together."""
MOST_TRANSFERS = 256
_FRAME_BYTES = 8
_DM1_HEADER, _CODE_BYTES = 2, 4
_LAMP_ON = 1


class Group(NamedTuple):
    """A complete parameter group as its source sent it."""

    timestamp_s: float
    bus: str
    number: int
    source: int
    payload: bytes


class J1939Code(NamedTuple):
    """An active trouble code: suspect parameter, failure mode, occurrences (127: not known).

    `is_old_layout`: the sender uses a conversion method from before J1939-73 version 4; which of
    three cannot be told from the bus, and the number is read as in the last of them.
    """

    spn: int
    fmi: int
    occurrences: int
    is_old_layout: bool = False

    def __str__(self) -> str:
        return f"SPN {self.spn} FMI {self.fmi}"


class Lamps(NamedTuple):
    """Which lamps the source asks for."""

    malfunction: bool
    red_stop: bool
    amber_warning: bool
    protect: bool

    @property
    def severity(self) -> int:
        """As a GB/T 32960 alarm level: stop at once 3, driver is warned 2, else 1."""
        if self.red_stop:
            return 3
        return 2 if self.amber_warning or self.malfunction else 1


class ActiveCodes(NamedTuple):
    """One DM1: everything that is active in its source now."""

    lamps: Lamps
    codes: tuple[J1939Code, ...]


def group_number(arbitration_id: int) -> int:
    """Parameter group of a 29-bit id, without the destination address where it has one."""
    number = arbitration_id >> 8 & 0x3FFFF
    return number if number >> 8 & 0xFF >= _ADDRESSED_BELOW else number & 0x3FF00


def active_codes(payload: bytes) -> ActiveCodes | None:
    """Read a DM1; None where its length is wrong.

    A source without trouble sends one code of zeros or ones, which is none.
    """
    body = payload[_DM1_HEADER:]
    # a single frame has two bytes of fill after its one code
    if len(payload) == _FRAME_BYTES:
        body = body[:_CODE_BYTES]
    if len(body) < _CODE_BYTES or len(body) % _CODE_BYTES:
        return None
    codes = [_code(body[at : at + _CODE_BYTES]) for at in range(0, len(body), _CODE_BYTES)]
    lamps = payload[0]
    on = [lamps >> shift & 3 == _LAMP_ON for shift in (6, 4, 2, 0)]
    return ActiveCodes(Lamps(*on), tuple(code for code in codes if code is not None))


def _code(raw: bytes) -> J1939Code | None:
    spn = raw[0] | raw[1] << 8 | (raw[2] >> 5) << 16
    fmi = raw[2] & 0x1F
    if spn in {0, 0x7FFFF}:
        return None
    return J1939Code(spn, fmi, raw[3] & 0x7F, bool(raw[3] & 0x80))


def vehicle_id(payload: bytes) -> str:
    """The VIN of parameter group 65260; empty where there is none."""
    return payload.partition(b"*")[0].strip(b"\0\xff ").decode("ascii", errors="replace")


def component_serial(payload: bytes) -> str:
    """The serial number, third field of parameter group 65259; empty where it is not given."""
    fields = payload.split(b"*")
    if len(fields) < 3:  # noqa: PLR2004 -- make, model, serial
        return ""
    return fields[2].strip(b"\0\xff ").decode("ascii", errors="replace")


def software_id(payload: bytes) -> str:
    """The fields of parameter group 65242, its leading count left out."""
    fields = (field.strip(b"\0\xff ") for field in payload[1:].split(b"*"))
    return " ".join(field.decode("ascii", errors="replace") for field in fields if field)


@dataclass(slots=True)
class TransportCounts:
    """What became of transfers of several packets.

    `passed_over` packets are of groups nobody wants, or of transfers whose beginning was missed.
    """

    complete: int = 0
    broken: int = 0
    passed_over: int = 0


@dataclass(slots=True)
class _Transfer:
    number: int
    length: int
    at_s: float
    packets: dict[int, bytes]


class GroupReader:
    """Puts wanted groups together: single frames, broadcast and addressed transfers alike.

    Of an addressed transfer only the sender's half is needed; packets that are sent again replace
    themselves.
    """

    def __init__(self) -> None:
        self.counts = TransportCounts()
        self._begun: OrderedDict[tuple[str, int, int], _Transfer] = OrderedDict()

    def take(self, bus: str, frame: Frame) -> Group | None:
        """The wanted group that this frame completes."""
        number = group_number(frame.arbitration_id)
        source, destination = frame.arbitration_id & 0xFF, frame.arbitration_id >> 8 & 0xFF
        key = (bus, source, destination)
        if number in _WANTED:
            return Group(frame.timestamp, bus, number, source, frame.data)
        if len(frame.data) != _FRAME_BYTES:
            return None
        if number == TRANSPORT_CONTROL:
            self._control(key, frame)
        elif number == TRANSPORT_DATA:
            return self._packet(key, frame)
        return None

    def _control(self, key: tuple[str, int, int], frame: Frame) -> None:
        data = frame.data
        if data[0] == _ABORT:
            self._give_up(key)
        if data[0] not in {_REQUEST_TO_SEND, _BROADCAST}:
            return
        self._give_up(key)
        length = data[1] | data[2] << 8
        number = data[5] | data[6] << 8 | data[7] << 16
        if number not in _WANTED or not _SMALLEST <= length <= _LARGEST:
            return
        self._begun[key] = _Transfer(number, length, frame.timestamp, {})
        if len(self._begun) > MOST_TRANSFERS:
            self._begun.popitem(last=False)
            self.counts.broken += 1

    def _packet(self, key: tuple[str, int, int], frame: Frame) -> Group | None:
        begun = self._begun.get(key)
        if begun is None:
            self.counts.passed_over += 1
            return None
        packets = -(-begun.length // _PER_PACKET)
        place = frame.data[0]
        if not 1 <= place <= packets or abs(frame.timestamp - begun.at_s) > LONGEST_PAUSE_S:
            self._give_up(key)
            return None
        begun.packets[place] = frame.data[1:]
        begun.at_s = frame.timestamp
        if len(begun.packets) < packets:
            return None
        del self._begun[key]
        self.counts.complete += 1
        payload = b"".join(begun.packets[at] for at in range(1, packets + 1))[: begun.length]
        bus, source, _ = key
        return Group(frame.timestamp, bus, begun.number, source, payload)

    def _give_up(self, key: tuple[str, int, int]) -> None:
        if self._begun.pop(key, None) is not None:
            self.counts.broken += 1
