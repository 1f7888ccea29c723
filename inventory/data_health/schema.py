"""What the API says of the way benches' data take."""

from datetime import date, datetime
from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field

from inventory.benches.rules import Liveness
from inventory.data_health.rules import ClockState, TransportReason, TransportState


class IngestState(StrEnum):
    """Ingest's sign of life."""

    OK = "ok"
    DISCONNECTED = "disconnected"
    LATE = "late"
    NEVER = "never"


class IngestHealth(BaseModel):
    """Ingest itself: disconnected from the broker, late with its sign of life, or well."""

    state: IngestState
    seen_at: datetime | None
    age_s: float | None


class BenchHealth(BaseModel):
    """The way of one bench's data; counts are of today unless they say otherwise."""

    code: str
    organisation_code: str
    station_code: str | None
    name_zh: str
    name_en: str
    liveness: Liveness
    last_seen_at: datetime | None
    state: TransportState
    reasons: list[TransportReason] = Field(description="the worst first")
    rows: int = Field(description="stored today")
    expected: int = Field(description="for the time its bridge ran, at its publish period")
    gap_s: float = Field(description="pauses longer than 3 periods and 2 s while its bridge ran")
    longest_gap_s: float
    longest_gap_at: datetime | None
    off_s: float = Field(description="time its bridge did not run, since its first row today")
    delay_p50_s: float | None = Field(description="observed to received, clock corrected")
    delay_p99_s: float | None
    odd_rows: int = Field(description="rows whose clock was so wrong that no delay can be told")
    spool_rows: int = Field(description="waiting at the bench now")
    spool_share: float | None = Field(description="of the spool's capacity, 0 to 1")
    spool_trouble: str = Field(description="what the bench's disk says while it takes no rows")
    backlog_age_s: float | None = Field(description="how long the oldest row waits there")
    missing: int = Field(description="numbered rows that have not arrived yet, now")
    resends: int = Field(description="sent again and recognised: harmless")
    rejected: int = Field(description="messages nobody could read, resends included")
    expired: int = Field(description="too old to keep when they arrived")
    quarantined: int = Field(description="unreadable messages kept to be looked at, now")
    dropped: int = Field(description="given up by a full spool")
    clock_offset_s: float | None = Field(description="positive: the bench is ahead")
    clock: ClockState


class DataHealthOut(BaseModel):
    """Whether anything is lost today, and where it is delayed."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "at": "2026-12-01T02:00:00Z",
                    "day": "2026-12-01",
                    "lost_today": 0,
                    "unreadable_today": 0,
                    "missing": 0,
                    "open_alerts": 0,
                    "ingest": {"state": "ok", "seen_at": "2026-12-01T01:59:59Z", "age_s": 1.0},
                    "benches": [
                        {
                            "code": "battery-01",
                            "organisation_code": "BJ01",
                            "station_code": "BJ01-T",
                            "name_zh": "动力电池台架 01",
                            "name_en": "Traction battery bench 01",
                            "liveness": "online",
                            "last_seen_at": "2026-12-01T01:59:59Z",
                            "state": "ok",
                            "reasons": [],
                            "rows": 72000,
                            "expected": 72000,
                            "gap_s": 4.2,
                            "longest_gap_s": 4.2,
                            "longest_gap_at": "2026-12-01T01:10:00Z",
                            "off_s": 0.0,
                            "delay_p50_s": 0.03,
                            "delay_p99_s": 0.2,
                            "odd_rows": 0,
                            "spool_rows": 2,
                            "spool_share": 0.0,
                            "spool_trouble": "",
                            "backlog_age_s": 0.4,
                            "missing": 0,
                            "resends": 0,
                            "rejected": 0,
                            "expired": 0,
                            "quarantined": 0,
                            "dropped": 0,
                            "clock_offset_s": 0.01,
                            "clock": "ok",
                        }
                    ],
                }
            ]
        }
    )

    at: datetime
    day: date = Field(description="local day of China; counts begin with it")
    lost_today: int = Field(description="rows dropped or expired, of all benches")
    unreadable_today: int = Field(description="messages rejected, resends included")
    missing: int = Field(description="rows that may still arrive, on all benches")
    open_alerts: int
    ingest: IngestHealth
    benches: list[BenchHealth] = Field(description="the worst first")
