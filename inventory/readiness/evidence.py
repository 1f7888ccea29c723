"""What a readiness check knows of live benches (pure; the use case gathers it)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from inventory.equipment.rules import Repair


@dataclass(frozen=True, slots=True)
class OpenFault:
    """A confirmed fault that is not cleared; `severity` 1-4 as GB/T 32960 alarm levels."""

    dtc: str
    severity: int
    text_zh: str
    text_en: str
    remedy_zh: str
    remedy_en: str
    since_at: datetime


@dataclass(frozen=True, slots=True)
class BenchEvidence:
    """What is known of one bench, and the terms on which it counts as in working order.

    A fault of at least `blocking_severity`, or silence longer than `silence_limit_s`, takes it
    out. `identity_kind` is what the bench says it is: hardware, simulator or replay; None when it
    never said, which is no hardware once it is heard. `counts_as_hardware_anyway` is set for
    demonstration schools. `repair` is the work order that keeps it out of use.
    """

    bench_code: str
    blocking_severity: int
    silence_limit_s: float
    identity_kind: str | None = None
    last_seen_at: datetime | None = None
    open_faults: tuple[OpenFault, ...] = ()
    counts_as_hardware_anyway: bool = False
    repair: Repair | None = None


@dataclass(frozen=True, slots=True)
class LivePicture:
    """All benches a check may meet, as they are at one moment.

    `is_silence_known` is false while telemetry gives no answer: faults on record still block, but
    nobody can say who is silent.
    """

    at: datetime
    benches: Mapping[str, BenchEvidence] = field(default_factory=dict)
    is_silence_known: bool = True
