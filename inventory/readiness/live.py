"""Why a bench does not count right now: the live side (pure)."""

from collections.abc import Iterator
from datetime import timedelta

from inventory.readiness import bench_wording
from inventory.readiness.defects import Defect, wording_defect
from inventory.readiness.evidence import BenchEvidence, LivePicture
from inventory.readiness.findings import BenchFacts, Bilingual, FindingKind

_HARDWARE = "hardware"


def live_defects(live: LivePicture, bench_code: str) -> tuple[Defect, ...]:
    """All reasons; none for a bench in working order.

    A bench nobody knows of counts as never seen.
    """
    evidence = live.benches.get(bench_code) or BenchEvidence(bench_code, 1, 0)
    faults = tuple(_faults(evidence))
    # a fault and its own work order are one trouble
    repair = () if faults else tuple(_repair(evidence))
    return (*faults, *repair, *_silence(evidence, live), *_identity(evidence, live))


def _faults(evidence: BenchEvidence) -> Iterator[Defect]:
    for fault in evidence.open_faults:
        if fault.severity >= evidence.blocking_severity:
            facts = BenchFacts(
                evidence.bench_code,
                dtc=fault.dtc,
                severity=fault.severity,
                fault_text=Bilingual(fault.text_zh, fault.text_en),
                since_at=fault.since_at,
                last_seen_at=evidence.last_seen_at,
            )
            texts = bench_wording.bench_fault(evidence, fault)
            yield wording_defect(FindingKind.BENCH_FAULT, texts, facts)


def _repair(evidence: BenchEvidence) -> Iterator[Defect]:
    if evidence.repair is not None:
        facts = BenchFacts(evidence.bench_code, since_at=evidence.repair.since_at)
        texts = bench_wording.under_repair(evidence.bench_code, evidence.repair)
        yield wording_defect(FindingKind.UNDER_REPAIR, texts, facts)


def _silence(evidence: BenchEvidence, live: LivePicture) -> Iterator[Defect]:
    facts = BenchFacts(evidence.bench_code, last_seen_at=evidence.last_seen_at)
    if not live.is_silence_known:
        # what nobody can look up now never passes
        unknown = bench_wording.bench_state_unknown(evidence)
        yield wording_defect(FindingKind.BENCH_STATE_UNKNOWN, unknown, facts)
        return
    texts = bench_wording.bench_silent(evidence, live.at)
    if evidence.last_seen_at is None:
        yield wording_defect(FindingKind.BENCH_NEVER_SEEN, texts, facts)
    elif live.at - evidence.last_seen_at > timedelta(seconds=evidence.silence_limit_s):
        yield wording_defect(FindingKind.BENCH_SILENT, texts, facts)


def _identity(evidence: BenchEvidence, live: LivePicture) -> Iterator[Defect]:
    if evidence.identity_kind is None and not _is_heard(evidence, live):
        return
    if evidence.identity_kind != _HARDWARE and not evidence.counts_as_hardware_anyway:
        facts = BenchFacts(evidence.bench_code, last_seen_at=evidence.last_seen_at)
        texts = bench_wording.bench_not_hardware(evidence)
        yield wording_defect(FindingKind.BENCH_NOT_HARDWARE, texts, facts)


def _is_heard(evidence: BenchEvidence, live: LivePicture) -> bool:
    """Whether the bench had its chance to say what it is."""
    return live.is_silence_known and evidence.last_seen_at is not None
