"""Reads identity and trouble codes of a control unit over ISO-TP; what it sends goes to a gate."""

import logging
import queue
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol, TypeVar, cast

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

from can_bridge.diagnostics.permission import Outgoing
from can_bridge.diagnostics.uds import shown
from can_bridge.errors import BusUnavailable, TransmissionDenied
from can_bridge.frames import Frame
from can_bridge.profile_tables import EcuEntry

log = logging.getLogger(__name__)
_Result = TypeVar("_Result")

ANSWER_WITHIN_S = 0.5
_LARGEST_11_BIT_ID = 0x7FF
_REFUSALS = (
    TimeoutException,
    NegativeResponseException,
    InvalidResponseException,
    UnexpectedResponseException,
)

Send = Callable[[Outgoing], None]


class Listening(Protocol):
    """A bus whose frames can be seen as they come."""

    @property
    def can_send(self) -> bool:
        """Whether its adapter is there and open for sending."""

    @property
    def hooks(self) -> list[Callable[[Frame], None]]:
        """Called with every data frame, in the receiving thread."""


@dataclass(frozen=True, slots=True)
class EcuIdentity:
    """What an ECU says of itself; empty where it did not answer."""

    vin: str = ""
    serial: str = ""
    software: str = ""


class ReadOnlyDiagnostics:
    """Reads one control unit; `send` raises `TransmissionDenied` for what may not be sent."""

    def __init__(self, bus: Listening, ecu: EcuEntry, send: Send) -> None:
        self._bus = bus
        self._ecu = ecu
        self._send = send
        self._answers: queue.Queue[Frame] = queue.Queue()

    def read_identity(self) -> EcuIdentity:
        """Read VIN, ECU serial and software number; facts that cannot be read stay empty."""
        ecu = self._ecu
        dids = (ecu.vin_did, ecu.serial_did, ecu.software_did)
        vin, serial, software = self._with_client(
            lambda client: [_text_of(client, did) for did in dids]
        )
        return EcuIdentity(vin, serial, software)

    def read_dtcs(self) -> list[tuple[bytes, int]] | None:
        """Stored trouble codes by 19 02 FF: three bytes each, with their status byte.

        None where the control unit gave no list.
        """
        return self._with_client(_stored_dtcs)

    def _with_client(self, work: Callable[[Client], _Result]) -> _Result:
        address = isotp.Address(
            isotp.AddressingMode.Normal_11bits
            if self._ecu.request_id <= _LARGEST_11_BIT_ID
            else isotp.AddressingMode.Normal_29bits,
            txid=self._ecu.request_id,
            rxid=self._ecu.response_id,
        )
        layer = isotp.TransportLayer(self._next_answer, self._transmit, address)
        self._bus.hooks.append(self._keep_answer)
        try:
            with Client(PythonIsoTpConnection(layer), config=_client_config(self._ecu)) as client:
                return work(client)
        finally:
            self._bus.hooks.remove(self._keep_answer)

    def _keep_answer(self, frame: Frame) -> None:
        if frame.arbitration_id == self._ecu.response_id:
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
        frame = Outgoing(
            self._ecu.bus, message.arbitration_id, message.is_extended_id, bytes(message.data)
        )
        try:
            self._send(frame)
        except (TransmissionDenied, BusUnavailable) as denied:
            # the ISO-TP thread must live on; the request then ends in its time-out
            log.debug("%s", denied)


class _RawCodec(DidCodec):
    """Hands a DID's bytes on as they are, however many there are."""

    def decode(self, string_bin: bytes) -> bytes:
        return string_bin

    def encode(self, *args: object, **_: object) -> bytes:
        raise NotImplementedError(f"nothing is written to an ECU: {args}")

    def __len__(self) -> int:
        raise DidCodec.ReadAllRemainingData


def _client_config(ecu: EcuEntry) -> ClientConfig:
    dids = (ecu.vin_did, ecu.serial_did, ecu.software_did)
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
    return shown(bytes(raw)) if raw else ""


def _stored_dtcs(client: Client) -> list[tuple[bytes, int]] | None:
    try:
        answer = client.get_dtc_by_status_mask(0xFF)
    except _REFUSALS as refused:
        log.info("trouble codes: %s", refused)
        return None
    if answer is None:
        return None
    return [
        (dtc.id.to_bytes(3, "big"), dtc.status.get_byte_as_int())
        for dtc in answer.service_data.dtcs
    ]
