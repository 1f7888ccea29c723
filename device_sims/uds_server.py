"""A simulated control unit's diagnostic answers (ISO 14229-1 over ISO-TP): it can only be read."""

from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import isotp

from device_sims.frames import SimFrame

VIN_DID, SERIAL_DID, SOFTWARE_DID = 0xF190, 0xF18C, 0xF195
PART_DID, HARDWARE_DID, SUPPLIER_DID = 0xF187, 0xF191, 0xF18A
"""Spare part, hardware and supplier, as ISO 14229-1 annex C numbers them."""
SOFTWARE = "SIMULATOR"
_SERVICE_NOT_SUPPORTED, _SUBFUNCTION_NOT_SUPPORTED = 0x11, 0x12
_WRONG_LENGTH, _OUT_OF_RANGE = 0x13, 0x31
_POSITIVE = 0x40
_SUPPRESS_POSITIVE = 0x80


@dataclass(frozen=True, slots=True)
class SimulatedEcu:
    """Who the control unit says it is; a VIN that begins with SIM is no car's."""

    vin: str
    serial: str
    software: str = SOFTWARE

    @classmethod
    def of_bench(cls, bench: str) -> "SimulatedEcu":
        """The identity of a simulated bench, made from its code."""
        letters = "".join(sign for sign in bench.upper() if sign.isalnum())
        return cls(vin=f"SIM{letters:0>14.14}", serial=f"SIM-{bench.upper()}")

    def dids(self) -> Mapping[int, bytes]:
        """Data identifiers that can be read."""
        return {
            VIN_DID: self.vin.encode("ascii"),
            SERIAL_DID: self.serial.encode("ascii"),
            SOFTWARE_DID: self.software.encode("ascii"),
            PART_DID: b"SIM-PART",
            HARDWARE_DID: b"SIMULATOR",
            SUPPLIER_DID: b"STATIONMASTER",
        }


def answer(request: bytes, dids: Mapping[int, bytes], dtcs: Mapping[bytes, int]) -> bytes | None:
    """The answer to a request, None where none is due; `dtcs` is three bytes → status byte."""
    if not request:
        return None
    service = request[0]
    handlers: dict[int, Callable[[], bytes | None]] = {
        0x10: lambda: _subfunction(request, (0x01,), bytes((0x00, 0x32, 0x01, 0xF4))),
        0x19: lambda: _stored_dtcs(request, dtcs),
        0x22: lambda: _by_identifier(request, dids),
        0x3E: lambda: _subfunction(request, (0x00,), b""),
    }
    handler = handlers.get(service)
    return _negative(service, _SERVICE_NOT_SUPPORTED) if handler is None else handler()


def _subfunction(request: bytes, known: tuple[int, ...], rest: bytes) -> bytes | None:
    service = request[0]
    if len(request) != 2:  # noqa: PLR2004 -- SID and sub-function
        return _negative(service, _WRONG_LENGTH)
    wanted = request[1] & ~_SUPPRESS_POSITIVE
    if wanted not in known:
        return _negative(service, _SUBFUNCTION_NOT_SUPPORTED)
    if request[1] & _SUPPRESS_POSITIVE:
        return None
    return bytes((service | _POSITIVE, wanted)) + rest


def _by_identifier(request: bytes, dids: Mapping[int, bytes]) -> bytes:
    if len(request) < 3 or len(request) % 2 == 0:  # noqa: PLR2004 -- SID and 2 bytes per DID
        return _negative(0x22, _WRONG_LENGTH)
    asked = [int.from_bytes(request[at : at + 2], "big") for at in range(1, len(request), 2)]
    found = [did.to_bytes(2, "big") + dids[did] for did in asked if did in dids]
    if not found:
        return _negative(0x22, _OUT_OF_RANGE)
    return bytes((0x62,)) + b"".join(found)


def _stored_dtcs(request: bytes, dtcs: Mapping[bytes, int]) -> bytes:
    if request[1:2] != b"\x02":
        return _negative(0x19, _SUBFUNCTION_NOT_SUPPORTED)
    if len(request) != 3:  # noqa: PLR2004 -- SID, sub-function, mask
        return _negative(0x19, _WRONG_LENGTH)
    mask = request[2]
    matching = [code + bytes((status,)) for code, status in dtcs.items() if status & mask]
    return bytes((0x59, 0x02, 0xFF)) + b"".join(matching)


def _negative(service: int, code: int) -> bytes:
    return bytes((0x7F, service, code))


def dtc_bytes(text: str, failure_type: int = 0) -> bytes:
    """A DTC such as `P0AA6` as UDS reports it: two bytes (SAE J2012) and its failure type."""
    high = "PCBU".index(text[0]) << 6 | int(text[1]) << 4 | int(text[2], 16)
    return bytes((high, int(text[3:], 16), failure_type))


class UdsServer:
    """Answers on one pair of ids, without a thread: `take` frames, then `process` them."""

    def __init__(
        self, ecu: SimulatedEcu, send: Callable[[SimFrame], None], request_id: int, response_id: int
    ) -> None:
        self.dtcs: Mapping[bytes, int] = {}
        self._dids = ecu.dids()
        self._request_id = request_id
        self._send = send
        self._inbox: deque[SimFrame] = deque()
        address = isotp.Address(
            isotp.AddressingMode.Normal_11bits, txid=response_id, rxid=request_id
        )
        self._layer = isotp.TransportLayerLogic(self._next, self._transmit, address)

    def take(self, frame: SimFrame) -> None:
        """Consider a frame from the bus."""
        if frame.arbitration_id == self._request_id:
            self._inbox.append(frame)

    def process(self) -> None:
        """Advance ISO-TP and answer complete requests."""
        if not (self._inbox or self._layer.transmitting()):
            return
        self._layer.process()
        while self._layer.available():
            request = self._layer.recv()
            reply = answer(bytes(request or b""), self._dids, self.dtcs)
            if reply is not None:
                self._layer.send(reply)
                self._layer.process()

    def _next(self, _timeout_s: float) -> isotp.CanMessage | None:
        if not self._inbox:
            return None
        frame = self._inbox.popleft()
        return isotp.CanMessage(
            arbitration_id=frame.arbitration_id, data=frame.data, extended_id=frame.is_extended_id
        )

    def _transmit(self, message: isotp.CanMessage) -> None:
        self._send(
            SimFrame(message.arbitration_id, bool(message.is_extended_id), bytes(message.data))
        )
