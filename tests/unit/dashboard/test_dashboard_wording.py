import re
import string
from enum import StrEnum
from pathlib import Path

import pytest

from dashboard.wording import TEXTS, Lang, say, texts
from inventory.accounts.rules import Role
from inventory.alerts.rules import AlertEnd, AlertKind
from inventory.annual_reports.rules import AnnualSection
from inventory.benches.rules import Liveness
from inventory.booking_policies.rules import PolicyCode
from inventory.calendar_feeds.rules import FeedKind
from inventory.conditions.rules import ConditionBasis, ConditionOutcome, StatementState
from inventory.consumables.rules import MovementKind, StockState
from inventory.data_health.rules import TransportReason, TransportState
from inventory.data_health.schema import IngestState
from inventory.due.rules import DueState
from inventory.due_entries import DueKind
from inventory.equipment.rules import EquipmentStatus, Ownership
from inventory.exports.rules import ExportFormat, ExportState, ExportTrouble
from inventory.glossary import terms
from inventory.labels.sheets import SheetKind
from inventory.papers.rules import PaperFormat, PaperKind
from inventory.places.rules import RoomKind, WorkstationKind
from inventory.proofs.rules import ProofResult
from inventory.readiness.findings import FindingKind, RemedyGroup, Status
from inventory.readiness.planning import Step
from inventory.rectifications.rules import RectificationState, RectificationStep
from inventory.requirements.chinese_clauses import Doubt
from inventory.requirements.editions import Match
from inventory.requirements.mapping import Because
from inventory.requirements.parameters import Outcome, PieceState
from inventory.requirements.rules import Authority, Obligation, QuantityBasis
from inventory.reviews.progress import StageState
from inventory.reviews.rules import ReviewState, ReviewStep, Side
from inventory.school_calendar.recurrence import ClosedDays
from inventory.school_calendar.rules import DayKind
from inventory.sharing.rules import OfferState, SharingState, SharingStep
from inventory.staff.rules import Affiliation, CertificateKind, CertificateState, StaffRole
from inventory.stations.rules import MODULES, Level, StationUse
from inventory.stocktakes.rules import PieceResult, ProposalKind, ProposalState, StocktakeState
from inventory.utilisation.rules import BookingOutcome
from inventory.work_orders.rules import WorkOrderState, WorkOrderStep
from telemetry.contract.payloads import BusHealth, BusState, IdentityKind

FOLDER = Path(__file__).resolve().parents[3] / "dashboard"
SOURCES = [
    path.read_text("utf-8")
    for path in (*FOLDER.rglob("*.py"), *FOLDER.rglob("*.js"))
    if not path.name.startswith("texts_")
]
SPOKEN_ENUMS: dict[str, type[StrEnum]] = {
    "status": Status,
    "overall": Status,
    "glyph": Status,
    "level": Level,
    "level_full": Level,
    "use": StationUse,
    "use_of": StationUse,
    "role": Role,
    "group": RemedyGroup,
    "condition_outcome": ConditionOutcome,
    "condition_basis": ConditionBasis,
    "statement_state": StatementState,
    "staff_role": StaffRole,
    "affiliation": Affiliation,
    "certificate_kind": CertificateKind,
    "certificate_state": CertificateState,
    "room_kind": RoomKind,
    "workstation_kind": WorkstationKind,
    "stock_state": StockState,
    "movement": MovementKind,
    "due_kind": DueKind,
    "due_state": DueState,
    "proof_result": ProofResult,
    "kind": FindingKind,
    "authority": Authority,
    "liveness": Liveness,
    "identity": IdentityKind,
    "identity_note": IdentityKind,
    "bus": BusState,
    "bus_health": BusHealth,
    "export_state": ExportState,
    "export_trouble": ExportTrouble,
    "export": ExportFormat,
    "transport": TransportState,
    "transport_glyph": TransportState,
    "reason": TransportReason,
    "ingest": IngestState,
    "alert_kind": AlertKind,
    "alert_remedy": AlertKind,
    "alert_end": AlertEnd,
    "review_state": ReviewState,
    "need": ReviewState,
    "review_step": ReviewStep,
    "side": Side,
    "stage": StageState,
    "stage_glyph": StageState,
    "equipment_status": EquipmentStatus,
    "ownership": Ownership,
    "step": Step,
    "paper_kind": PaperKind,
    "paper_format": PaperFormat,
    "annual": AnnualSection,
    "task_state": RectificationState,
    "task_step": RectificationStep,
    "repair_state": WorkOrderState,
    "repair_step": WorkOrderStep,
    "repair_sheet": SheetKind,
    "count_state": StocktakeState,
    "count_result": PieceResult,
    "count_kind": ProposalKind,
    "count_proposal": ProposalState,
    "because": Because,
    "basis": QuantityBasis,
    "obligation": Obligation,
    "piece": PieceState,
    "doubt": Doubt,
    "outcome": Outcome,
    "match": Match,
    "use_outcome": BookingOutcome,
    "offer_state": OfferState,
    "sharing_state": SharingState,
    "sharing_step": SharingStep,
    "policy_code": PolicyCode,
    "feed_kind": FeedKind,
    "day_kind": DayKind,
    "closed_days": ClosedDays,
}
MAX_STATUS_LETTERS = 9


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_every_text_exists_in_both_languages_with_the_same_values() -> None:
    empty = [key for key, both in TEXTS.items() if not all(text.strip() for text in both)]
    unlike = [key for key, (zh, en) in TEXTS.items() if placeholders(zh) != placeholders(en)]
    assert (empty, unlike) == ([], [])


@pytest.mark.parametrize("area", sorted(SPOKEN_ENUMS))
def test_every_value_of_an_enumeration_has_a_word(area: str) -> None:
    missing = [one.value for one in SPOKEN_ENUMS[area] if f"{area}.{one.value}" not in TEXTS]
    assert missing == []


def test_every_module_has_a_long_and_a_short_name() -> None:
    keys = {f"{area}.{module}" for area in ("module", "module_short") for module in MODULES}
    assert keys <= set(TEXTS)


def test_no_text_is_without_use() -> None:
    everything = "\n".join(SOURCES)
    families = set(re.findall(r"[`\"']([a-z_]+)\.\$?\{", everything)) | {"module_short", "use_of"}
    stems = set(re.findall(r"[\"'`]([a-z_]+\.[a-z_]+)_\$\{", everything))
    unused = [
        key
        for key in TEXTS
        if key not in everything
        and key.partition(".")[0] not in families
        and not any(key.startswith(f"{stem}_") for stem in stems)
        and not (key.endswith("_hint") and key.removesuffix("_hint") in everything)
    ]
    assert unused == []


def test_every_key_that_is_asked_for_exists() -> None:
    areas = {key.partition(".")[0] for key in TEXTS}
    asked: set[str] = set()
    for source in SOURCES:
        asked |= set(
            re.findall(r"say\(\s*(?:lang,\s*)?[\"']([a-z_]+\.[a-zA-Z_0-9-]+)[\"']", source)
        )
    assert asked
    assert {key for key in asked if key not in TEXTS and key.partition(".")[0] in areas} == set()


def test_words_of_a_status_fit_their_narrow_column() -> None:
    words = [TEXTS[key][1] for key in TEXTS if key.startswith(("status.", "overall."))]
    assert [word for word in words if len(word) > MAX_STATUS_LETTERS] == []


def test_values_are_put_into_the_text() -> None:
    assert say(Lang.ZH, "live.age", n="0.1") == "0.1 秒前"
    assert say(Lang.EN, "live.age", n="0.1") == "0.1 s ago"


def test_a_component_gets_only_the_areas_it_asks_for() -> None:
    found = texts(Lang.EN, "login")
    assert found["login.submit"] == "Log in"
    assert all(key.startswith("login.") for key in found)


def test_roles_are_called_what_the_glossary_calls_them() -> None:
    known = {one.code_name: one.zh for one in terms()}
    assert {role: say(Lang.ZH, f"role.{role}") for role in Role} == {
        role: known[f"role.{role}"] for role in Role
    }


def test_words_agree_with_the_glossary() -> None:
    for key, zh in (
        ("page.stations", "站点"),
        ("level.elementary", "初级"),
        ("status.not_ready", "缺项"),
        ("live.fact_asset", "资产编号"),
        ("role.stationmaster", "站长"),
    ):
        assert say(Lang.ZH, key) == zh
