"""The only class that can put a frame on a bus, and what it refuses to put there."""

import logging
import queue
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar, cast

import isotp
from udsoncan import DidCodec, configs
from udsoncan.client import Client
from udsoncan.connections import PythonIsoTpConnection
from udsoncan.exceptions import (
    InvalidResponseException,
    NegativeResponseException,
    TimeoutException,
    UnexpectedResponseException,
)
from udsoncan.typing import ClientConfig

from can_bridge.buses.port import Transmitter
from can_bridge.buses.receiving import BusReceiver
from can_bridge.errors import BusUnavailable, TransmissionDenied
from can_bridge.frames import Frame
from can_bridge.profile_tables import DiagnosticsEntry

log = logging.getLogger(__name__)
_Result = TypeVar("_Result")

READ_SERVICES = frozenset({0x10, 0x19, 0x22, 0x3E})
"""DiagnosticSessionControl (default session only), ReadDTCInformation, ReadDataByIdentifier,
TesterPresent (ISO 14229-1). No profile can allow more."""
_SESSION_CONTROL = 0x10
_DEFAULT_SESSION = b"\x01"
ANSWER_WITHIN_S = 0.5
_SINGLE_FRAME, _FLOW_CONTROL = 0x0, 0x3
_LONGEST_SINGLE_FRAME = 7
_LARGEST_11_BIT_ID = 0x7FF
_REFUSALS = (
    TimeoutException,
    NegativeResponseException,
    InvalidResponseException,
    UnexpectedResponseException,
)


@dataclass(frozen=True, slots=True)
class EcuIdentity:
    """What an ECU says of itself; empty where it did not answer."""

    vin: str = ""
    serial: str = ""
    software: str = ""


class TransmitGate:
    """Lets through single-frame read requests to one configured id, and flow control.

    Every allowed request fits one CAN frame, so first and consecutive frames are refused and no
    request can be smuggled behind a harmless first byte.
    """

    def __init__(self, bus: Transmitter, allowance: DiagnosticsEntry) -> None:
        self._bus = bus
        self._allowance = allowance

    def send(self, arbitration_id: int, is_extended_id: bool, data: bytes) -> None:
        """Send the frame if it may be sent.

        Raises:
            TransmissionDenied: no allowance, another id, or anything but a read request.
        """
        reason = self._refusal(arbitration_id, data)
        if reason is not None:
            raise TransmissionDenied(arbitration_id, data, reason)
        self._bus.send(arbitration_id, is_extended_id, data)

    def _refusal(self, arbitration_id: int, data: bytes) -> str | None:
        if not self._allowance.is_allowed:
            return "the profile allows no diagnostics"
        if arbitration_id != self._allowance.request_id:
            return f"only 0x{self._allowance.request_id:X} is configured"
        if not data:
            return "empty frame"
        kind, length = data[0] >> 4, data[0] & 0x0F
        if kind == _FLOW_CONTROL:
            return None
        if kind != _SINGLE_FRAME or not 1 <= length <= min(_LONGEST_SINGLE_FRAME, len(data) - 1):
            return "not a single-frame request"
        return _service_refusal(data[1 : 1 + length])


def _service_refusal(request: bytes) -> str | None:
    service = request[0]
    if service not in READ_SERVICES:
        return f"service 0x{service:02X} is not a read service"
    if service == _SESSION_CONTROL and request[1:] != _DEFAULT_SESSION:
        return "only the default session (0x10 0x01) is allowed"
    return None


class ReadOnlyDiagnostics:
    """Reads identity and trouble codes of one ECU over ISO-TP, through the gate."""

    def __init__(self, receiver: BusReceiver, allowance: DiagnosticsEntry) -> None:
        self._receiver = receiver
        self._allowance = allowance
        self._gate = TransmitGate(receiver, allowance)
        self._answers: queue.Queue[Frame] = queue.Queue()

    def read_identity(self) -> EcuIdentity:
        """Read VIN, ECU serial and software number; facts that cannot be read stay empty."""
        allowance = self._allowance
        dids = (allowance.vin_did, allowance.serial_did, allowance.software_did)
        vin, serial, software = self._with_client(
            lambda client: [_text_of(client, did) for did in dids]
        )
        return EcuIdentity(vin, serial, software)

    def read_dtcs(self) -> list[tuple[bytes, int]]:
        """Stored trouble codes by 19 02 FF: three bytes each, with their status byte."""
        return self._with_client(_stored_dtcs)

    def _with_client(self, work: Callable[[Client], _Result]) -> _Result:
        address = isotp.Address(
            isotp.AddressingMode.Normal_11bits
            if self._allowance.request_id <= _LARGEST_11_BIT_ID
            else isotp.AddressingMode.Normal_29bits,
            txid=self._allowance.request_id,
            rxid=self._allowance.response_id,
        )
        layer = isotp.TransportLayer(self._next_answer, self._transmit, address)
        self._receiver.hooks.append(self._keep_answer)
        try:
            with Client(
                PythonIsoTpConnection(layer), config=_client_config(self._allowance)
            ) as ecu:
                return work(ecu)
        finally:
            self._receiver.hooks.remove(self._keep_answer)

    def _keep_answer(self, frame: Frame) -> None:
        if frame.arbitration_id == self._allowance.response_id:
            self._answers.put(frame)

    def _next_answer(self, timeout_s: float) -> isotp.CanMessage | None:
        try:
            frame = self._answers.get(timeout=timeout_s)
        except queue.Empty:
            return None
        return isotp.CanMessage(
            arbitration_id=frame.arbitration_id, data=frame.data, extended_id=frame.is_extended_id
        )

    def _transmit(self, message: isotp.CanMessage) -> None:
        try:
            self._gate.send(message.arbitration_id, message.is_extended_id, bytes(message.data))
        except TransmissionDenied as denied:
            # the ISO-TP thread must live on; the request then ends in its time-out
            log.warning("%s", denied)
        except BusUnavailable as failed:
            log.warning("bus %s: %s", self._receiver.name, failed)


class _RawCodec(DidCodec):
    """Hands a DID's bytes on as they are, however many there are."""

    def decode(self, string_bin: bytes) -> bytes:
        return string_bin

    def encode(self, *args: object, **_: object) -> bytes:
        raise NotImplementedError(f"nothing is written to an ECU: {args}")

    def __len__(self) -> int:
        raise DidCodec.ReadAllRemainingData


def _client_config(allowance: DiagnosticsEntry) -> ClientConfig:
    dids = (allowance.vin_did, allowance.serial_did, allowance.software_did)
    config = dict(configs.default_client_config)
    config |= {
        "request_timeout": ANSWER_WITHIN_S * 4,
        "p2_timeout": ANSWER_WITHIN_S,
        "data_identifiers": dict.fromkeys(dids, _RawCodec),
    }
    # udsoncan logs every refusal as an error of its own; here a silent ECU is an ordinary answer
    logging.getLogger("UdsClient").setLevel(logging.CRITICAL)
    return cast("ClientConfig", config)


def _text_of(client: Client, did: int) -> str:
    try:
        raw = client.read_data_by_identifier_first(did)
    except _REFUSALS as refused:
        log.info("DID 0x%04X: %s", did, refused)
        return ""
    return bytes(raw).decode("ascii", errors="replace").strip("\0 \xff") if raw else ""


def _stored_dtcs(client: Client) -> list[tuple[bytes, int]]:
    try:
        answer = client.get_dtc_by_status_mask(0xFF)
    except _REFUSALS as refused:
        log.info("trouble codes: %s", refused)
        return []
    if answer is None:
        return []
    return [
        (dtc.id.to_bytes(3, "big"), dtc.status.get_byte_as_int())
        for dtc in answer.service_data.dtcs
    ]
