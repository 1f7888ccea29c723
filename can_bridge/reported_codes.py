"""Trouble codes that control units report: what is heard becomes the life of faults (pure).

A control unit has judged already, so a confirmed code is a confirmed fault at once and a pending
one a pending fault. It is cleared when the same control unit answers the same question again and
no longer lists it, when it confirms that its codes were cleared, or when nobody has heard of it
for `FORGOTTEN_AFTER_MS` of bridge time: a tester that left tells nothing any more.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from can_bridge import faults
from can_bridge.dtc import DtcStatus
from can_bridge.faults import FaultOutcome, FaultPhase, FaultRule

FORGOTTEN_AFTER_MS = 24 * 3_600_000
"""Chosen: a day of bench time. A code that is still stored is heard again when it is next read."""
CLEAR_BROADCAST_S = 2.5
"""A J1939 control unit repeats its active codes every second; two repetitions must lack one."""
MOST_CODES = 500
"""Chosen: per bench; a whole car's scan found 20. More are counted, not kept."""
REPORTED = DtcStatus.TEST_FAILED | DtcStatus.PENDING | DtcStatus.CONFIRMED
"""Status bits that make a listed code a fault; some control units list every test they know."""


class HeardCode(NamedTuple):
    """A code in a list; `severity` is 0 where its sender says nothing of it."""

    dtc: str
    failure_type: int
    status: int
    severity: int = 0


@dataclass(frozen=True, slots=True)
class Heard:
    """One complete answer of a control unit.

    `question` names what was asked, so that only an answer to the same question can clear; with
    `mask`, a list holds the codes of which a status bit is in the mask. None: the question was not
    heard, and the answer clears nothing. `is_all_cleared`: the control unit cleared its memory.
    `is_broadcast`: the list repeats itself every second.
    """

    source: str
    ecu: str
    question: str
    codes: tuple[HeardCode, ...] = ()
    mask: int | None = None
    is_all_cleared: bool = False
    is_broadcast: bool = False


@dataclass(frozen=True, slots=True)
class Tracked:
    """A code of one control unit; `listed` maps the questions it answers to its status byte."""

    source: str
    ecu: str
    dtc: str
    failure_type: int
    severity: int = 0
    is_broadcast: bool = False
    listed: Mapping[str, int] = field(default_factory=dict)
    quiet_ms: int = 0
    phase: FaultPhase = field(default_factory=FaultPhase)

    @property
    def status(self) -> int:
        """The status bits of all lists together."""
        status = 0
        for one in self.listed.values():
            status |= one
        return status


class CodeOutcome(NamedTuple):
    """A step of a reported code's life; `status` is the control unit's own byte."""

    code: Tracked
    outcome: FaultOutcome


Codes = Mapping[str, Tracked]


def take(codes: Codes, heard: Heard) -> tuple[Codes, int]:
    """What is known after an answer, and how many codes there was no room for."""
    known = dict(codes)
    listed = {_key(heard, code): code for code in heard.codes if code.status & REPORTED}
    for key, tracked in codes.items():
        if tracked.ecu != heard.ecu:
            continue
        if heard.is_all_cleared:
            known[key] = replace(tracked, listed={}, quiet_ms=0)
        elif key not in listed and _speaks_of(heard, tracked):
            left = {name: at for name, at in tracked.listed.items() if name != heard.question}
            known[key] = replace(tracked, listed=left, quiet_ms=0)
    refused = 0
    for key, code in listed.items():
        before = known.get(key)
        if before is None and len(known) >= MOST_CODES:
            refused += 1
            continue
        if before is None or not before.listed:
            # who opens a fault says how it is known
            before = replace(before or _new(heard, code), source=heard.source)
        known[key] = replace(
            before,
            severity=code.severity or before.severity,
            listed={**before.listed, heard.question: code.status},
            quiet_ms=0,
        )
    return known, refused


def step(
    codes: Codes, at_ms: int, elapsed_ms: int, severities: Mapping[str, int]
) -> tuple[Codes, Sequence[CodeOutcome]]:
    """Advance all codes; `severities` rates them by key, and those that are over are let go.

    `elapsed_ms` of bridge time went by since the last step, whatever the wall clock did.
    """
    known: dict[str, Tracked] = {}
    told: list[CodeOutcome] = []
    for key, tracked in codes.items():
        now = replace(tracked, quiet_ms=tracked.quiet_ms + elapsed_ms)
        if now.quiet_ms >= FORGOTTEN_AFTER_MS:
            now = replace(now, listed={})
        rule = _rule(now, severities.get(key, now.severity))
        phase, outcomes = faults.step(rule, now.phase, at_ms, bool(now.listed), {})
        told += [CodeOutcome(now, _with_own_status(now, outcome)) for outcome in outcomes]
        if now.listed or phase.first_at_ms is not None or _still_damped(phase, at_ms):
            known[key] = replace(now, phase=phase)
    return known, told


def shifted(codes: Codes, by_ms: int) -> Codes:
    """The same codes after the wall clock was set by `by_ms`."""
    return {
        key: replace(code, phase=faults.shifted(code.phase, by_ms)) for key, code in codes.items()
    }


def _key(heard: Heard, code: HeardCode) -> str:
    return f"{heard.ecu} {code.dtc}-{code.failure_type:02X}"


def _new(heard: Heard, code: HeardCode) -> Tracked:
    return Tracked(
        source=heard.source,
        ecu=heard.ecu,
        dtc=code.dtc,
        failure_type=code.failure_type,
        is_broadcast=heard.is_broadcast,
    )


def _speaks_of(heard: Heard, tracked: Tracked) -> bool:
    """Whether an answer that lacks a code says that the code is gone."""
    before = tracked.listed.get(heard.question)
    return before is not None and heard.mask is not None and bool(before & heard.mask)


def _rule(code: Tracked, severity: int) -> FaultRule:
    is_confirmed = bool(code.status & DtcStatus.CONFIRMED)
    return FaultRule(
        dtc=code.dtc,
        failure_type=code.failure_type,
        severity=severity,
        confirm_s=0.0 if is_confirmed else math.inf,
        clear_s=CLEAR_BROADCAST_S if code.is_broadcast else 0.0,
        origin=f"{code.ecu}-",
    )


def _with_own_status(code: Tracked, outcome: FaultOutcome) -> FaultOutcome:
    if outcome.step is faults.FaultStep.CLEARED:
        return replace(outcome, status=0)
    return replace(outcome, status=code.status & 0xFF)


def _still_damped(phase: FaultPhase, at_ms: int) -> bool:
    recent = [at for at in phase.confirmed_at_ms if 0 <= at_ms - at < faults.FLAP_WINDOW_MS]
    return bool(recent)
