"""What the API says of live benches."""

from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field

from inventory.alerts.schema import AlertOut
from inventory.benches.rules import Liveness
from inventory.faults.schema import FaultOut
from inventory.usage_sessions.schema import UsageSessionOut
from telemetry.contract.payloads import BusHealth, BusState, IdentityKind

ReportedValue = float | bool | str | None
"""A signal's value; null is "not available"."""


class BenchOut(BaseModel):
    """A bench with its sign of life.

    What concerns faults and use is null for those who may only see that the bench is shared.
    """

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "code": "battery-01",
                    "organisation_code": "BJ01",
                    "station_code": "BJ01-T",
                    "profile": "battery",
                    "name_zh": "动力电池台架 1",
                    "name_en": "Traction battery bench 1",
                    "is_shared": True,
                    "liveness": "online",
                    "last_seen_at": "2026-12-01T02:00:00Z",
                    "identity_kind": "simulator",
                    "is_in_use": True,
                    "open_faults": 1,
                    "worst_severity": 3,
                    "is_working": False,
                    "work_order": 12,
                }
            ]
        }
    )

    code: str
    organisation_code: str
    station_code: str | None
    profile: str
    name_zh: str
    name_en: str
    is_shared: bool
    liveness: Liveness
    last_seen_at: datetime | None = Field(description="last sign of life, by ingest's clock")
    identity_kind: IdentityKind | None = None
    is_in_use: bool | None = None
    open_faults: int | None = None
    worst_severity: int | None = Field(default=None, description="of the open faults, 1-4")
    is_working: bool | None = Field(
        default=None,
        description="alive within its limit, without a blocking fault and not under repair",
    )
    work_order: int | None = Field(
        default=None, description="number of the unfinished one that keeps it out of use"
    )


class IdentityOut(BaseModel):
    """Who the bench says it is; empty text where a fact could not be read."""

    model_config = ConfigDict(from_attributes=True)

    kind: IdentityKind
    adapter: str
    adapter_serial: str
    vin: str
    ecu_serials: dict[str, str]
    software: str
    ecu_software: dict[str, str]


class SignalOut(BaseModel):
    """One signal of the bench's catalogue; headline signals are shown first."""

    model_config = ConfigDict(from_attributes=True)

    name: str
    unit: str
    message: str
    minimum: float | None
    maximum: float | None
    choices: dict[str, str]
    label_zh: str
    label_en: str
    headline: bool


class FramesOut(BaseModel):
    """CAN frames since the bridge started, each counted once as one of the first six."""

    model_config = ConfigDict(from_attributes=True)

    decoded: int
    short: int
    diagnostic: int = Field(description="requests and answers of the profile's control units")
    unknown_id: int
    unknown_mux: int
    undecodable: int
    not_available: int = Field(description='with at least one value that says "no value"')
    implausible: int = Field(description="with at least one value out of its range")


class BusOut(BaseModel):
    """One bus of the bench; counts are since its bridge started."""

    model_config = ConfigDict(from_attributes=True)

    name: str
    interface: str = Field(description="of the adapter, as python-can names it")
    state: BusHealth
    is_listen_only: bool = Field(
        description="verified that the bridge sends nothing, not even acknowledgements"
    )
    frames: int
    error_frames: int
    lost_frames: int = Field(description="came, but adapter or bridge could not keep them")
    reconnects: int = Field(description="how often the adapter came back after it was gone")
    load: float = Field(description="share of the bit rate in use, 0 to 1, estimated")
    frames_per_s: float
    last_frame_at: datetime | None = Field(description="by the bench's clock")
    detail: str = Field(description="what adapter or system said last, in its own words")


class DiagnosticsOut(BaseModel):
    """Diagnostics since the bridge started: frames at its gate, and what it overheard."""

    model_config = ConfigDict(from_attributes=True)

    is_armed: bool = Field(description="somebody at the bench allows the bridge to ask")
    sent: int
    refused: int
    messages: int = Field(description="overheard, complete")
    broken: int = Field(description="overheard, a frame missing")
    unasked: int = Field(description="answers whose question was not heard")
    passed_over: int = Field(description="codes and freezes there was no room for")


class RowOut(BaseModel):
    """All signals of a bench for one publish period."""

    observed_at: datetime = Field(description="by the bench's clock")
    received_at: datetime = Field(description="by ingest's clock")
    values: dict[str, ReportedValue]


class BenchPulse(BaseModel):
    """What changes from second to second; `data_age_s` is since the last row was received."""

    code: str
    liveness: Liveness
    last_seen_at: datetime | None
    data_age_s: float | None
    is_online: bool = Field(description="the last word of the bench or of its will")
    bus: BusState | None = Field(description="`buses` summed up")
    buses: list[BusOut] = Field(default=[], description="empty while the bench is offline")
    frames: FramesOut | None
    diagnostics: DiagnosticsOut | None = None
    spool_rows: int = Field(description="rows that wait in the bridge's spool")
    dropped_rows: int = Field(description="rows a full spool had to give up")
    faults: list[FaultOut] = Field(description="open ones, the most severe first")
    usage_session: UsageSessionOut | None = Field(description="the open one")
    alerts: list[AlertOut] = Field(default=[], description="open ones on this bench")
    clock_offset_s: float | None = Field(
        default=None, description="bench clock ahead; its moments are not corrected"
    )
    at: datetime = Field(description="when this was true, by the server's clock")


class BenchDetails(BaseModel):
    """What only those see who may look into the bench."""

    blocking_severity: int
    silence_limit_s: int
    identity: IdentityOut | None
    publish_period_ms: int | None
    bridge_version: str
    stored_rows: int
    pulse: BenchPulse
    latest: RowOut | None
    equipment: "EquipmentRef | None" = Field(description="what it is registered as, when known")
    signals: list[SignalOut]


class EquipmentRef(BaseModel):
    """The entry of the equipment register behind a bench."""

    asset_number: str
    name_zh: str
    name_en: str


class BenchPage(BenchOut):
    """One bench; `details` is null for those who may only see that it is shared."""

    details: BenchDetails | None = None


class SeriesOut(BaseModel):
    """One signal, thinned out; the lists belong together by position, a gap has no entries."""

    name: str
    unit: str
    at: list[datetime]
    minimum: list[float | None]
    mean: list[float | None]
    maximum: list[float | None]
    last: list[ReportedValue]


class SignalsOut(BaseModel):
    """Values observed in `[start, end)`."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "bench": "battery-01",
                    "start": "2026-12-01T02:00:00Z",
                    "end": "2026-12-01T02:10:00Z",
                    "points": 300,
                    "series": [
                        {
                            "name": "pack_voltage_v",
                            "unit": "V",
                            "at": ["2026-12-01T02:00:01.9Z"],
                            "minimum": [354.1],
                            "mean": [354.6],
                            "maximum": [355.0],
                            "last": [354.8],
                        }
                    ],
                }
            ]
        }
    )

    bench: str
    start: datetime
    end: datetime
    points: int
    series: list[SeriesOut]
