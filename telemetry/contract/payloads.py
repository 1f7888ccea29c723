"""What the messages say: one typed record per stream, JSON on the wire."""

from enum import StrEnum
from typing import Annotated

import msgspec
from msgspec import Meta

from telemetry.contract.diagnostics import Count, DiagnosticsCounts
from telemetry.contract.spooling import MOST_EARLIER_EPOCHS, EarlierEpoch, Epoch, SpoolReport

EpochMs = Annotated[
    int, Meta(description="milliseconds since 1970-01-01T00:00:00Z", ge=-(2**53), le=2**53)
]
Seq = Annotated[
    int, Meta(description="1, 2, 3 … over all durable streams of an epoch", ge=1, lt=2**53)
]
SignalName = Annotated[str, Meta(min_length=1, max_length=128)]
TroubleCode = Annotated[
    str,
    Meta(
        pattern=r"^([PCBU][0-3][0-9A-F]{3}|SPN [0-9]{1,6} FMI [0-9]{1,2}|GB32960-[0-9]{1,2})$",
        examples=["P0AA6", "SPN 84 FMI 3", "GB32960-11"],
    ),
]
Value = float | bool | str | None
"""A scaled value; None is "not available". Whole numbers travel as JSON numbers too."""


class IdentityKind(StrEnum):
    """What stands behind a bench code, as the bridge itself says."""

    HARDWARE = "hardware"
    SIMULATOR = "simulator"
    REPLAY = "replay"


class BusState(StrEnum):
    """What the bridge sees on its buses."""

    ACTIVE = "active"
    SILENT = "silent"
    DOWN = "down"


class BusHealth(StrEnum):
    """How one bus is doing, the first that applies of: down … silent, else active.

    `down`: the adapter cannot be read; the bridge tries again. `bus_off`: the controller took
    itself off the bus. `wrong_bitrate`: errors and not a single frame. `error_passive`: the
    controller met many errors lately. `silent`: no frame for 2 s.
    """

    ACTIVE = "active"
    SILENT = "silent"
    ERROR_PASSIVE = "error_passive"
    WRONG_BITRATE = "wrong_bitrate"
    BUS_OFF = "bus_off"
    DOWN = "down"


class FaultState(StrEnum):
    """Life of a fault; pending ones are not yet believed."""

    PENDING = "pending"
    CONFIRMED = "confirmed"
    CLEARED = "cleared"


class FaultSource(StrEnum):
    """How a fault is known.

    `derived` from a condition over signals; `read` from a control unit by the bridge (UDS 19 02);
    `overheard` when a tester read it; `dm1` broadcast by a J1939 control unit; `alarm_flag` a
    GB/T 32960 alarm bit of a signal.
    """

    DERIVED = "derived"
    READ = "read"
    OVERHEARD = "overheard"
    DM1 = "dm1"
    ALARM_FLAG = "alarm_flag"


class UsageEvent(StrEnum):
    """Life of a usage session."""

    STARTED = "started"
    EXTENDED = "extended"
    ENDED = "ended"


class Message(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Fields every message has."""

    v: Annotated[int, Meta(description="contract version", ge=1, le=1)] = 1
    observed_at_ms: EpochMs


class Durable(Message, frozen=True, kw_only=True, omit_defaults=True):
    """A message that is spooled until ingest acknowledges (epoch, seq)."""

    epoch: Epoch
    seq: Seq


class SignalInfo(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One signal of the bench's catalogue.

    `minimum` and `maximum` are the DBC's range in `unit`; None where the DBC states none.
    `choices` maps raw values (as text) to labels. `headline` signals are shown first, in order.
    """

    name: SignalName
    unit: str = ""
    message: str = ""
    minimum: float | None = None
    maximum: float | None = None
    choices: dict[str, str] = {}
    label_zh: str = ""
    label_en: str = ""
    headline: bool = False


class Identity(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Who the bench says it is; empty text where a fact could not be read.

    `ecu_serials` and `ecu_software` are by name of the control unit; `software` is that of the
    first one.
    """

    kind: IdentityKind
    adapter: str = ""
    adapter_serial: str = ""
    vin: str = ""
    ecu_serials: dict[str, str] = {}
    software: str = ""
    ecu_software: dict[str, str] = {}


class Birth(Message, frozen=True, kw_only=True, omit_defaults=True):
    """Retained: what this bench is and which signals it will send.

    `epoch` is that of the rows to come; `earlier` are those before it, oldest first, as far as
    the bench remembers: the order of epochs is this one.
    """

    epoch: Epoch
    profile: str
    identity: Identity
    signals: list[SignalInfo]
    publish_period_ms: Annotated[int, Meta(ge=10, le=60_000)]
    bridge_version: str = ""
    earlier: Annotated[list[EarlierEpoch], Meta(max_length=MOST_EARLIER_EPOCHS)] = []


class FrameCounts(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """CAN frames since the bridge started.

    Each counts once as `decoded`, `short`, `diagnostic`, `unknown_id`, `unknown_mux`, `undecodable`
    or `lost`; `lost` ones came while the bridge was held up and its backlog was full, `diagnostic`
    ones have an id of the profile's control units that no DBC has. `not_available` and
    `implausible` count, besides, frames with at least one such value: it is not published.
    """

    decoded: Count = 0
    short: Count = 0
    diagnostic: Count = 0
    unknown_id: Count = 0
    unknown_mux: Count = 0
    undecodable: Count = 0
    not_available: Count = 0
    implausible: Count = 0
    lost: Count = 0


class BusReport(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One bus of the bench; counts are since the bridge started.

    `is_listen_only`: verified that nothing is sent and nothing acknowledged, or a bus without
    wires. `load`: share of the bit rate in use over the last seconds, 0 to 1, estimated with
    typical bit stuffing. `lost_frames` came, but neither adapter nor bridge could keep them.
    `detail`: what the adapter or the system said last, as it said it.
    """

    name: Annotated[str, Meta(min_length=1, max_length=64)]
    interface: Annotated[str, Meta(max_length=64)] = ""
    state: BusHealth = BusHealth.SILENT
    is_listen_only: bool = False
    frames: Count = 0
    error_frames: Count = 0
    lost_frames: Count = 0
    reconnects: Count = 0
    load: Annotated[float, Meta(ge=0)] = 0.0
    frames_per_s: Annotated[float, Meta(ge=0)] = 0.0
    last_frame_at_ms: EpochMs | None = None
    detail: Annotated[str, Meta(max_length=300)] = ""


class BenchState(Message, frozen=True, kw_only=True, omit_defaults=True):
    """Retained heartbeat, at least every 2 s; the will says `online = false`.

    `bus` sums up `buses`: down when any is down or off, silent when all are. `dropped_rows` are
    all rows this bench has lost.
    """

    online: bool
    bus: BusState = BusState.SILENT
    buses: Annotated[list[BusReport], Meta(max_length=32)] = []
    frames: FrameCounts = FrameCounts()
    spool_rows: Count = 0
    dropped_rows: Count = 0
    spool: SpoolReport = SpoolReport()
    fault_codes: list[str] = []
    in_use: bool = False
    diagnostics: DiagnosticsCounts = DiagnosticsCounts()


class Samples(Durable, frozen=True, kw_only=True, omit_defaults=True):
    """All signals of a bench for one publish period, last value each.

    A record with `dropped` > 0 stands for that many rows which the bench had to give up: it covers
    `seq` … `last_seq` and carries no values. The rows of a full spool are samples, damaged ones can
    be any; rows the disk refused never had a number, so there can be more than it covers.
    """

    values: dict[str, Value] = {}
    last_seq: Count = 0
    dropped: Count = 0


class UsageReport(Durable, frozen=True, kw_only=True, omit_defaults=True):
    """A step of a usage session; `usage_id` is unique per bench and stable over its steps."""

    usage_id: str
    event: UsageEvent
    started_at_ms: EpochMs
    ended_at_ms: EpochMs | None = None
    evidence: dict[str, float] = {}


MOST_FREEZE_SAMPLES = 200
MOST_FREEZE_SIGNALS = 32
FreezeOffset = Annotated[int, Meta(ge=-60_000, le=60_000)]
FreezeColumn = Annotated[list[Value], Meta(max_length=MOST_FREEZE_SAMPLES)]


class FreezeFrame(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Values around the confirmation of a fault, as columns.

    `offsets_ms` are the moments before (negative) and after `at_ms`; each list of `signals` has
    one value per offset, in the same order. `is_complete` is false when the bridge was stopped
    before the last value.
    """

    at_ms: EpochMs
    offsets_ms: Annotated[list[FreezeOffset], Meta(max_length=MOST_FREEZE_SAMPLES)]
    signals: Annotated[dict[str, FreezeColumn], Meta(max_length=MOST_FREEZE_SIGNALS)]
    is_complete: bool = True


class FaultReport(Durable, frozen=True, kw_only=True, omit_defaults=True):
    """A step of a fault's life; `fault_id` is unique per bench and stable over its steps.

    `dtc` is SAE J2012 text (`P0AA6`), a J1939 code (`SPN 84 FMI 3`) or a GB/T 32960.3 general
    alarm bit (`GB32960-11`); `failure_type` the third byte of a UDS code (0 none); `status` the
    ISO 14229-1 status byte; `severity` 1-4 as GB/T 32960 alarm levels (4: thermal event, 2025).
    `ecu` is the control unit that has it, where one does. A report with `freeze` comes once more,
    in the state the fault is in, some seconds after its confirmation.
    """

    fault_id: str
    dtc: TroubleCode
    failure_type: Annotated[int, Meta(ge=0, le=255)] = 0
    status: Annotated[int, Meta(ge=0, le=255)] = 0
    severity: Annotated[int, Meta(ge=1, le=4)]
    state: FaultState
    first_at_ms: EpochMs
    text_zh: str
    text_en: str
    remedy_zh: str = ""
    remedy_en: str = ""
    signals: dict[str, Value] = {}
    source: FaultSource = FaultSource.DERIVED
    ecu: str = ""
    freeze: FreezeFrame | None = None


class Ack(msgspec.Struct, frozen=True, kw_only=True):
    """Ingest's word that everything of `epoch` up to and including `seq` is committed."""

    epoch: Epoch
    seq: Count
    v: int = 1


UpMessage = Birth | BenchState | Samples | UsageReport | FaultReport
DurableMessage = Samples | UsageReport | FaultReport
