"""What diagnostics of others on a bus tell: lists of trouble codes and identities, never asked for.

A list of codes counts only as the answer to a question that was overheard on the same bus just
before; that keeps ordinary messages with ids of the diagnostic range from being taken for one, and
only the question says which codes the answer is about.
"""

from collections import Counter, deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from can_bridge.diagnostics import j1939, uds
from can_bridge.diagnostics.reassembly import Pdu, Reassembly
from can_bridge.dtc import DtcStatus
from can_bridge.frames import IS_EXTENDED, Frame, FrameBatch
from can_bridge.reported_codes import Heard, HeardCode
from telemetry.contract.payloads import FaultSource

ANSWER_WITHIN_S = 5.0
"""P2* of ISO 14229-2: after `response pending` a control unit may take that long."""
MARK_ID, MARK = 0x1FFF_5349, b"SIMULATE"
"""How a simulator says on every bus that it is one."""
_FIRST_DIAGNOSTIC_ID, _LAST_DIAGNOSTIC_ID = 0x700, 0x7FF
_FUNCTIONAL_ID = 0x7DF
_ANSWER_OFFSET = 8
_NORMAL_FIXED = (0x18DA_0000, 0x18DB_0000)
"""ISO 15765-2 normal fixed addressing, physical and functional: 18DA target source."""
_OLDEST_QUESTIONS = 32
_NO_MASK = 0xFF
_CLEARING = {0x14: 0x54, 0x04: 0x44}


class Fact(NamedTuple):
    """Something a control unit says of who it is; `did` as ISO 14229-1, on J1939 the like."""

    ecu: str
    did: int
    text: str


@dataclass(slots=True)
class OverheardCounts:
    """What was made of complete messages; `unasked` lists answered no question that was heard."""

    first_bytes: Counter[int] = field(default_factory=Counter)
    refusals: Counter[tuple[int, int]] = field(default_factory=Counter)
    lists: int = 0
    unasked: int = 0
    bad_dm1: int = 0
    old_layouts: int = 0


class _Asked(NamedTuple):
    """A question as it was heard; `answer` is the first byte of its answer."""

    pdu: Pdu
    answer: int
    question: uds.Question | None


class Overhearing:
    """Takes the frames of all buses; what they told is taken away with `heard` and `facts`.

    `ecus` names control units by bus and id of their answers; others are called by the id.
    """

    def __init__(
        self,
        ecus: Mapping[tuple[str, int], str] | None = None,
        j1939_buses: frozenset[str] = frozenset(),
        *,
        hears_testers: bool = True,
        has_many_buses: bool = False,
    ) -> None:
        self._ecus = dict(ecus or {})
        self._j1939_buses = j1939_buses
        self._hears_testers = hears_testers
        self._has_many_buses = has_many_buses
        self._reassembly = Reassembly()
        self._groups = j1939.GroupReader()
        self._asked: dict[str, deque[_Asked]] = {}
        self.counts = OverheardCounts()
        self.heard: list[Heard] = []
        self.facts: list[Fact] = []
        self.marks = 0
        """Frames by which a simulator says that it is one."""

    @property
    def reassembly(self) -> Reassembly:
        """The reassembly behind it, for its counts."""
        return self._reassembly

    @property
    def transport(self) -> j1939.TransportCounts:
        """What became of J1939 transfers."""
        return self._groups.counts

    def take(self, bus: str, batch: FrameBatch) -> None:
        """See frames of a bus in the order they came; all but a few are passed over at once."""
        ids = batch.arbitration_id
        is_extended = (batch.flags & IS_EXTENDED) != 0
        if self._hears_testers:
            for frame in batch.where(_diagnostic(ids, is_extended)):
                self._diagnostic(bus, frame)
        is_mark = is_extended & (ids == MARK_ID)
        if is_mark.any():
            self.marks += sum(frame.data == MARK for frame in batch.where(is_mark))
        if bus in self._j1939_buses:
            is_group = is_extended & np.isin(ids >> 16 & 0xFF, _GROUP_FORMATS)
            for frame in batch.where(is_group):
                self._group(bus, frame)

    def _diagnostic(self, bus: str, frame: Frame) -> None:
        pdu = self._reassembly.take(bus, frame)
        if pdu is None:
            return
        self.counts.first_bytes[pdu.payload[0]] += 1
        if self._note_question(pdu):
            return
        answer = uds.decoded(pdu.payload)
        match answer:
            case uds.Refused(service=service, code=code):
                self.counts.refusals[service, code] += 1
            case uds.DidText(did=did, text=text):
                self.facts.append(Fact(self._name(pdu), did, text))
            case uds.CodeList():
                self._list(pdu, answer)
            case uds.CodesCleared():
                self._cleared(pdu)
            case None:
                pass

    def _note_question(self, pdu: Pdu) -> bool:
        first = pdu.payload[0]
        question = uds.question(pdu.payload)
        answer = _CLEARING.get(first) if question is None else first | 0x40
        if answer is None:
            return False
        recent = self._asked.setdefault(pdu.bus, deque(maxlen=_OLDEST_QUESTIONS))
        recent.append(_Asked(pdu, answer, question))
        return True

    def _question_of(self, pdu: Pdu) -> _Asked | None:
        """What the message answers: asked of this control unit, else of all, else of anybody."""
        fitting = [
            asked
            for asked in self._asked.get(pdu.bus, ())
            if asked.answer == pdu.payload[0]
            and asked.pdu.arbitration_id != pdu.arbitration_id
            and 0 <= pdu.timestamp_s - asked.pdu.timestamp_s <= ANSWER_WITHIN_S
        ]
        own = [asked for asked in fitting if _is_partner(asked.pdu, pdu)]
        chosen = own or fitting
        return chosen[-1] if chosen else None

    def _list(self, pdu: Pdu, answer: uds.CodeList) -> None:
        asked = self._question_of(pdu)
        if asked is None or asked.question is None:
            self.counts.unasked += 1
            return
        self.counts.lists += 1
        question = asked.question
        self.heard.append(
            Heard(
                source=FaultSource.OVERHEARD.value,
                ecu=self._name(pdu),
                question=f"{question.kind.value} {question.group.hex()}".strip(),
                codes=tuple(
                    # KWP's status bits are others; a code that is listed at all is stored
                    HeardCode(
                        dtc.text,
                        dtc.failure_type,
                        status if answer.kind is not uds.ListKind.KWP else int(DtcStatus.CONFIRMED),
                    )
                    for dtc, status in answer.codes
                ),
                mask=question.mask if answer.kind is uds.ListKind.UDS else _NO_MASK,
            )
        )

    def _cleared(self, pdu: Pdu) -> None:
        if self._question_of(pdu) is None:
            self.counts.unasked += 1
            return
        source = FaultSource.OVERHEARD.value
        self.heard.append(Heard(source, self._name(pdu), "clear", is_all_cleared=True))

    def _group(self, bus: str, frame: Frame) -> None:
        group = self._groups.take(bus, frame)
        if group is None:
            return
        ecu = self._prefixed(bus, f"SA{group.source:02X}")
        if group.number == j1939.DM1:
            self._active(ecu, group.payload)
            return
        did, read = _J1939_FACTS[group.number]
        text = read(group.payload)
        if text:
            self.facts.append(Fact(ecu, did, text))

    def _active(self, ecu: str, payload: bytes) -> None:
        active = j1939.active_codes(payload)
        if active is None:
            self.counts.bad_dm1 += 1
            return
        lamp = DtcStatus.WARNING_INDICATOR if any(active.lamps) else DtcStatus(0)
        status = int(DtcStatus.TEST_FAILED | DtcStatus.CONFIRMED | lamp)
        self.counts.lists += 1
        self.counts.old_layouts += sum(code.is_old_layout for code in active.codes)
        self.heard.append(
            Heard(
                source=FaultSource.DM1.value,
                ecu=ecu,
                question="dm1",
                codes=tuple(
                    HeardCode(str(code), 0, status, active.lamps.severity) for code in active.codes
                ),
                mask=_NO_MASK,
                is_broadcast=True,
            )
        )

    def _name(self, pdu: Pdu) -> str:
        known = self._ecus.get((pdu.bus, pdu.arbitration_id))
        return known or self._prefixed(pdu.bus, f"0x{pdu.arbitration_id:X}")

    def _prefixed(self, bus: str, name: str) -> str:
        return f"{bus} {name}" if self._has_many_buses else name


_GROUP_FORMATS = np.array([0xFE, 0xEC, 0xEB], np.uint32)
_J1939_FACTS = {
    j1939.VEHICLE_ID: (uds.VIN_DID, j1939.vehicle_id),
    j1939.COMPONENT_ID: (uds.SERIAL_DID, j1939.component_serial),
    j1939.SOFTWARE_ID: (uds.SOFTWARE_DID, j1939.software_id),
}


def _diagnostic(ids: NDArray[np.uint32], is_extended: NDArray[np.bool_]) -> NDArray[np.bool_]:
    is_short = ~is_extended & (ids >= _FIRST_DIAGNOSTIC_ID) & (ids <= _LAST_DIAGNOSTIC_ID)
    is_long = is_extended & np.isin(ids & np.uint32(0x1FFF_0000), _NORMAL_FIXED)
    return np.logical_or(is_short, is_long)


def _is_partner(asked: Pdu, answer: Pdu) -> bool:
    if asked.is_extended_id != answer.is_extended_id:
        return False
    if not asked.is_extended_id:
        is_own = asked.arbitration_id + _ANSWER_OFFSET == answer.arbitration_id
        return is_own or asked.arbitration_id == _FUNCTIONAL_ID
    if asked.arbitration_id & 0x1FFF_0000 == _NORMAL_FIXED[1]:
        return True
    target, source = asked.arbitration_id >> 8 & 0xFF, asked.arbitration_id & 0xFF
    return answer.arbitration_id & 0xFFFF == source << 8 | target
