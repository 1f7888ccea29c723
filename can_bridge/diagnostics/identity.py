"""Who a bench is: facts are gathered as they become known, and a simulator never passes (pure)."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from can_bridge.diagnostics.overhearing import Fact
from can_bridge.diagnostics.uds import SERIAL_DID, SOFTWARE_DID, VIN, VIN_DID
from telemetry.contract.payloads import Identity, IdentityKind, Value

log = logging.getLogger(__name__)

SIMULATED = "SIM"
"""What a simulator's VIN and serial numbers begin with; the letter I is in no real VIN."""
MARK_FORGOTTEN_AFTER = 200_000
"""Chosen: frames without a simulator's mark, minutes of a busy bus, until a bench that was
simulated counts as what its profile says. The mark itself comes at least once a second."""
MOST_CONTROL_UNITS = 64
_LONGEST_TEXT = 64
_MOST_BYTES = 6


@dataclass(frozen=True, slots=True)
class Known:
    """What control units said; `frames_since_mark` is None where no simulator said it is one."""

    vin: str = ""
    serials: Mapping[str, str] = field(default_factory=dict)
    software: Mapping[str, str] = field(default_factory=dict)
    frames_since_mark: int | None = None

    @property
    def is_simulated(self) -> bool:
        """Whether anything says that this is a simulator."""
        texts = (self.vin, *self.serials.values())
        named = any(text.upper().startswith(SIMULATED) for text in texts)
        return named or self.frames_since_mark is not None


def learnt(known: Known, facts: Sequence[Fact]) -> Known:
    """What is known after some facts; a VIN that changes is logged, for it is another car."""
    for fact in facts:
        text = fact.text.strip()[:_LONGEST_TEXT]
        if fact.did == VIN_DID:
            known = _with_vin(known, text, fact.ecu)
        elif fact.did == SERIAL_DID:
            known = replace(known, serials=_with(known.serials, fact.ecu, text))
        elif fact.did == SOFTWARE_DID:
            known = replace(known, software=_with(known.software, fact.ecu, text))
    return known


def marked(known: Known, marks: int, frames: int) -> Known:
    """What is known after `frames` frames, of which `marks` were a simulator's mark."""
    if marks:
        return replace(known, frames_since_mark=0)
    if known.frames_since_mark is None:
        return known
    since = known.frames_since_mark + frames
    return replace(known, frames_since_mark=None if since >= MARK_FORGOTTEN_AFTER else since)


def vin_of(values: Sequence[Value]) -> str:
    """The VIN that signals carry as ASCII bytes, most significant first; empty until all are there.

    A signal holds at most six bytes, because a value is exact only up to 2**53.
    """
    letters = b""
    for value in values:
        if isinstance(value, bool) or not isinstance(value, float | int) or value != int(value):
            return ""
        if not 0 <= value < 1 << 8 * _MOST_BYTES:
            return ""
        number = int(value)
        letters += number.to_bytes(max((number.bit_length() + 7) // 8, 1), "big")
    text = letters.strip(b"\0 ").decode("ascii", errors="replace")
    return text if VIN.fullmatch(text) else ""


def introduced(stated: Identity, known: Known, *, is_without_wires: bool) -> Identity:
    """The identity to announce: what the profile states, and what is known.

    Whatever the profile says, a bench without wires, with a simulator's VIN, serial number or mark
    is no hardware. A replay stays one.
    """
    kind = stated.kind
    if kind is IdentityKind.HARDWARE and (is_without_wires or known.is_simulated):
        kind = IdentityKind.SIMULATOR
    return Identity(
        kind=kind,
        adapter=stated.adapter,
        adapter_serial=stated.adapter_serial,
        vin=known.vin,
        ecu_serials=dict(known.serials),
        software=next(iter(known.software.values()), ""),
        ecu_software=dict(known.software),
    )


def _with_vin(known: Known, vin: str, said_by: str) -> Known:
    if VIN.fullmatch(vin) is None or vin == known.vin:
        return known
    if known.vin:
        log.warning("identity change: VIN %s, was %s (said by %s)", vin, known.vin, said_by)
    else:
        log.info("VIN %s (said by %s)", vin, said_by)
    return replace(known, vin=vin)


def _with(texts: Mapping[str, str], ecu: str, text: str) -> Mapping[str, str]:
    if not text or texts.get(ecu) == text:
        return texts
    if ecu not in texts and len(texts) >= MOST_CONTROL_UNITS:
        return texts
    return {**texts, ecu: text}
