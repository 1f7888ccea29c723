import re
from collections import Counter
from enum import StrEnum
from pathlib import Path

import pytest

from inventory.accounts.rules import Role
from inventory.alerts.rules import AlertEnd, AlertKind
from inventory.annual_reports.rules import AnnualSection
from inventory.benches.rules import Liveness
from inventory.bookable import ResourceKind
from inventory.booking_policies.rules import Askers, Effect, PolicyCode
from inventory.bookings.drafts import BookingWish
from inventory.bookings.life import BookingStep
from inventory.bookings.rules import BookingPurpose, BookingState, SeriesScope, SwapState
from inventory.calendar_feeds.rules import FeedKind
from inventory.conditions.rules import Check, ConditionBasis, ConditionOutcome, StatementState
from inventory.consumables.rules import MovementKind, StockState
from inventory.data_health.rules import ClockState, TransportReason, TransportState
from inventory.data_health.schema import IngestState
from inventory.due.rules import DueState
from inventory.due_entries import DueKind
from inventory.equipment.rules import EquipmentStatus, Ownership
from inventory.faults.rules import FaultState
from inventory.glossary import glossary_page, terms
from inventory.income.rules import IncomeSource
from inventory.organisations.rules import OrganisationKind
from inventory.papers.rules import PaperKind
from inventory.places.rules import RoomKind, WorkstationKind
from inventory.proofs.rules import ProofKind, ProofResult
from inventory.readiness.capacity import TermSource
from inventory.readiness.findings import FindingKind, LiveEvidenceState, RemedyGroup, Status
from inventory.readiness.planning import Step
from inventory.rectifications.rules import RectificationState, RectificationStep
from inventory.requirements.comparing import Verdict
from inventory.requirements.editions import Match
from inventory.requirements.parameters import Outcome, PieceState
from inventory.requirements.rules import Authority, CalibrationDuty, Obligation, QuantityBasis
from inventory.requirements.sharing import Sharing
from inventory.reviews.rules import ReviewState, ReviewStep, Side
from inventory.school_calendar.recurrence import ClosedDays
from inventory.school_calendar.rules import DayKind, DaySource
from inventory.sharing.rules import OfferState, SharingSide, SharingState, SharingStep
from inventory.staff.rules import Affiliation, CertificateKind, CertificateState, StaffRole
from inventory.stations.rules import Level, StationUse
from inventory.stocktakes.rules import (
    PieceResult,
    ProposalKind,
    ProposalState,
    StocktakeState,
)
from inventory.utilisation.rules import BookingOutcome
from inventory.work_orders.rules import WorkOrderSource, WorkOrderState, WorkOrderStep
from telemetry.contract.payloads import (
    BusHealth,
    BusState,
    FaultSource,
    IdentityKind,
    UsageEvent,
)

DOMAIN: tuple[type[StrEnum], ...] = (
    FeedKind,
    OfferState,
    SharingSide,
    SharingState,
    SharingStep,
    IncomeSource,
    Level,
    StationUse,
    Role,
    OrganisationKind,
    Obligation,
    Authority,
    CalibrationDuty,
    QuantityBasis,
    EquipmentStatus,
    Ownership,
    ProofKind,
    ProofResult,
    DueKind,
    DueState,
    Status,
    FindingKind,
    RemedyGroup,
    LiveEvidenceState,
    Liveness,
    FaultState,
    FaultSource,
    UsageEvent,
    IdentityKind,
    BusState,
    BusHealth,
    BookingPurpose,
    BookingState,
    ResourceKind,
    SwapState,
    BookingOutcome,
    BookingStep,
    BookingWish,
    SeriesScope,
    PolicyCode,
    Effect,
    Askers,
    DayKind,
    DaySource,
    ClosedDays,
    AlertKind,
    AlertEnd,
    TransportState,
    TransportReason,
    ClockState,
    IngestState,
    RectificationState,
    RectificationStep,
    ReviewState,
    ReviewStep,
    Side,
    WorkOrderState,
    WorkOrderSource,
    WorkOrderStep,
    Affiliation,
    CertificateKind,
    CertificateState,
    StaffRole,
    RoomKind,
    WorkstationKind,
    MovementKind,
    StockState,
    PaperKind,
    AnnualSection,
    Check,
    ConditionBasis,
    ConditionOutcome,
    StatementState,
    StocktakeState,
    PieceResult,
    ProposalKind,
    ProposalState,
    Sharing,
    TermSource,
    Step,
    PieceState,
    Outcome,
    Match,
    Verdict,
)


def enum_name(kind: type[StrEnum]) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", kind.__name__).lower()


@pytest.mark.parametrize("kind", DOMAIN)
def test_every_value_of_the_domain_has_its_glossary_row(kind: type[StrEnum]) -> None:
    prefix = f"{enum_name(kind)}."
    listed = [term.code_name for term in terms() if term.code_name.startswith(prefix)]
    assert sorted(listed) == sorted(f"{prefix}{member.value}" for member in kind)


def test_the_glossary_knows_no_enum_the_code_does_not() -> None:
    named = {term.code_name.partition(".")[0] for term in terms() if "." in term.code_name}
    assert named == {enum_name(kind) for kind in DOMAIN}


def test_no_code_name_stands_for_two_words() -> None:
    counted = Counter(term.code_name for term in terms())
    assert [name for name, times in counted.items() if times > 1] == []


def test_every_term_has_both_languages() -> None:
    assert all(term.zh and term.en and term.code_name for term in terms())


def test_the_page_is_what_the_glossary_says(root: Path) -> None:
    assert (root / "docs/glossary.md").read_text("utf-8") == glossary_page()
