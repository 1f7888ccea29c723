"""Whether a rig will do on a day, in words, and which failures are told to whom (pure)."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import NamedTuple

from inventory.equipment.rules import EquipmentStatus, Repair
from inventory.moments import SCHOOL_ZONE
from inventory.proofs.rules import ProofKind, ProofRecord, ProofState, proof
from inventory.readiness.findings import Bilingual


class TroubleKind(StrEnum):
    """What is wrong with a rig; one never heard of may be fine and simply not be connected."""

    FAULT = "fault"
    REPAIR = "repair"
    NOT_THERE = "not_there"
    PROOF = "proof"
    SILENT = "silent"
    NEVER_HEARD = "never_heard"


class NoticeState(StrEnum):
    """What became of a notice; `over`: its booking ended or went elsewhere by itself."""

    OPEN = "open"
    RESTORED = "restored"
    SUBSTITUTED = "substituted"
    OVER = "over"


class OpenFault(NamedTuple):
    """A fault that takes a bench out of working order."""

    dtc: str
    text_zh: str
    text_en: str
    since_at: datetime


@dataclass(frozen=True, slots=True)
class Signs:
    """The last a bench was heard of, None: never; and how long it may be silent."""

    last_seen_at: datetime | None
    silence_limit: timedelta


@dataclass(frozen=True, slots=True)
class RigFacts:
    """All that is known of a rig now; `signs` None: it is no bench, or nobody could look.

    `intervals` are the months between proofs that the list in force asks for. `left_on` is the last
    day of a person who is part of a booking as a rig is.
    """

    faults: Sequence[OpenFault] = ()
    repair: Repair | None = None
    status: EquipmentStatus = EquipmentStatus.IN_SERVICE
    proofs: Sequence[ProofRecord] = ()
    intervals: Mapping[ProofKind, int] = field(default_factory=dict)
    signs: Signs | None = None
    left_on: date | None = None


@dataclass(frozen=True, slots=True)
class Trouble:
    """One reason why a rig is not in order, and since when."""

    kind: TroubleKind
    said: Bilingual
    since_at: datetime


PROVEN = (ProofKind.CALIBRATION, ProofKind.VERIFICATION, ProofKind.SAFETY_TEST)
"""Chosen: what others vouch for; a functional check is done before the lesson itself."""
SETTLES = timedelta(minutes=15)
"""Chosen: faults are set for teaching and links drop; who is told at once is told for nothing."""
SOON = timedelta(hours=1)
"""Chosen: whoever begins within it can't wait for a trouble to settle."""
AHEAD = timedelta(days=7)
"""Chosen: most things are mended within a week; whoever books further off is told when it nears."""
_STATUS: Mapping[EquipmentStatus, Bilingual] = {
    EquipmentStatus.UNDER_REPAIR: Bilingual("登记为维修中", "registered as under repair"),
    EquipmentStatus.LENT_OUT: Bilingual("登记为已借出", "registered as lent out"),
    EquipmentStatus.RETIRED: Bilingual("登记为已报废", "registered as retired"),
    EquipmentStatus.MISSING: Bilingual("登记为缺失", "registered as missing"),
}
_PROOF: Mapping[ProofKind, Bilingual] = {
    ProofKind.CALIBRATION: Bilingual("校准", "calibration"),
    ProofKind.VERIFICATION: Bilingual("检定", "verification"),
    ProofKind.SAFETY_TEST: Bilingual("安全检测", "safety test"),
}


def troubles(facts: RigFacts, on: date, now: datetime) -> tuple[Trouble, ...]:
    """Why a rig would not be in order on a day, as far as is known now; none: it would be.

    Proofs are asked for on the day; faults, repairs and silence are those of now, since nobody
    knows when they end.
    """
    found = [*_faults(facts), *_repair(facts, now), *_proofs(facts, on), *_silence(facts, now)]
    if facts.left_on is not None and facts.left_on < on:
        said = Bilingual(f"{facts.left_on} 离岗", f"leaves on {facts.left_on}")
        found.append(Trouble(TroubleKind.NOT_THERE, said, _LONG_AGO))
    return tuple(found)


def is_failed(found: Iterable[Trouble]) -> bool:
    """Whether something is surely wrong: a bench that was never connected has not failed."""
    return any(one.kind is not TroubleKind.NEVER_HEARD for one in found)


def failures(found: Iterable[Trouble]) -> tuple[Trouble, ...]:
    """What is surely wrong."""
    return tuple(one for one in found if one.kind is not TroubleKind.NEVER_HEARD)


def is_told(found: Iterable[Trouble], start_at: datetime, now: datetime) -> bool:
    """Whether the holder of a booking that begins at a moment is told now.

    What has begun is not told: whoever stands at the rig knows. A trouble that may pass is told
    once it has lasted, or when the booking is near.
    """
    if start_at <= now or start_at - now > AHEAD:
        return False
    is_near = start_at - now <= SOON
    return any(is_near or now - one.since_at >= SETTLES for one in failures(found))


def school_day(at: datetime) -> date:
    """The day of a moment at school."""
    return at.astimezone(SCHOOL_ZONE).date()


def _faults(facts: RigFacts) -> Iterator[Trouble]:
    for one in facts.faults:
        said = Bilingual(
            f"未消除的阻断故障 {one.dtc} {one.text_zh}".rstrip(),
            f"open blocking fault {one.dtc} {one.text_en}".rstrip(),
        )
        yield Trouble(TroubleKind.FAULT, said, one.since_at)


def _repair(facts: RigFacts, now: datetime) -> Iterator[Trouble]:
    if facts.repair is not None:
        number, since_at = facts.repair.number, facts.repair.since_at
        said = Bilingual(f"维修工单 #{number} 停用中", f"out of use by work order #{number}")
        yield Trouble(TroubleKind.REPAIR, said, since_at)
    if facts.status in _STATUS:
        yield Trouble(TroubleKind.NOT_THERE, _STATUS[facts.status], now - SETTLES)


def _proofs(facts: RigFacts, on: date) -> Iterator[Trouble]:
    for kind in PROVEN:
        found = proof(facts.proofs, kind, on, facts.intervals.get(kind))
        name = _PROOF[kind]
        if found.state is ProofState.EXPIRED and found.until is not None:
            said = Bilingual(
                f"{name.zh}有效期至 {found.until}，{on} 已过期",
                f"{name.en} holds until {found.until}, overdue on {on}",
            )
            yield Trouble(TroubleKind.PROOF, said, _midnight(found.until))
        elif found.state is ProofState.FAILED:
            day = found.done_on or on
            said = Bilingual(f"{name.zh}未通过（{day}）", f"{name.en} failed on {day}")
            yield Trouble(TroubleKind.PROOF, said, _midnight(day))


def _silence(facts: RigFacts, now: datetime) -> Iterator[Trouble]:
    signs = facts.signs
    if signs is None:
        return
    if signs.last_seen_at is None:
        said = Bilingual("从未收到该台架的数据", "never heard of so far")
        yield Trouble(TroubleKind.NEVER_HEARD, said, now)
    elif now - signs.last_seen_at > signs.silence_limit:
        heard = signs.last_seen_at.astimezone(SCHOOL_ZONE)
        said = Bilingual(
            f"{heard:%Y-%m-%d %H:%M} 起无数据", f"no sign of life since {heard:%Y-%m-%d %H:%M}"
        )
        yield Trouble(TroubleKind.SILENT, said, signs.last_seen_at + signs.silence_limit)


def _midnight(day: date) -> datetime:
    # what ends with a day ahead was known long ago and has settled
    return min(datetime.combine(day, time(), SCHOOL_ZONE), _LONG_AGO)


_LONG_AGO = datetime(2000, 1, 1, tzinfo=SCHOOL_ZONE)
