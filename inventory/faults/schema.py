"""Each field of a fault, spelled once."""

from datetime import datetime

from pydantic import BaseModel
from sqlmodel import Field, SQLModel

from inventory.database import enum_as_text
from inventory.faults.rules import FaultState
from telemetry.contract.payloads import FaultSource


class FaultFields(SQLModel):
    """A fault as its bench reports it.

    `dtc` is SAE J2012 text, `SPN 84 FMI 3` (J1939) or `GB32960-11` (alarm bit); `failure_type` the
    third byte, `status` the ISO 14229-1 status byte, `severity` 1-4 as GB/T 32960 alarm levels.
    `source` says how it is known, `ecu` which control unit has it. Moments are the bench's own
    clock.
    """

    bench_code: str
    fault_id: str
    dtc: str
    failure_type: int = 0
    status: int = 0
    severity: int
    state: FaultState = Field(sa_type=enum_as_text(FaultState))
    first_at: datetime
    observed_at: datetime
    confirmed_at: datetime | None = None
    cleared_at: datetime | None = None
    text_zh: str
    text_en: str
    remedy_zh: str = ""
    remedy_en: str = ""
    source: FaultSource = Field(default=FaultSource.DERIVED, sa_type=enum_as_text(FaultSource))
    ecu: str = ""


class FreezeOut(BaseModel):
    """Values around the confirmation of a fault, as columns.

    `offsets_ms` are before (negative) and after `at`; each list of `signals` has one value per
    offset. Not complete: the bridge was stopped before the last value.
    """

    model_config = {
        "json_schema_extra": {
            "examples": [
                {
                    "at": "2026-12-01T02:00:01Z",
                    "offsets_ms": [-100, 0, 100],
                    "signals": {"isolation_kohm": [812.0, 80.0, 79.5]},
                    "is_complete": True,
                }
            ]
        }
    }

    at: datetime
    offsets_ms: list[int]
    signals: dict[str, list[float | bool | str | None]]
    is_complete: bool


class FaultOut(FaultFields):
    """A fault as the API shows it; `signals` are the values when the bench reported it."""

    model_config = {
        "json_schema_extra": {
            "examples": [
                {
                    "bench_code": "battery-01",
                    "fault_id": "P0AA6-1764554400000",
                    "dtc": "P0AA6",
                    "severity": 3,
                    "state": "confirmed",
                    "first_at": "2026-12-01T02:00:00Z",
                    "observed_at": "2026-12-01T02:00:01Z",
                    "confirmed_at": "2026-12-01T02:00:01Z",
                    "text_zh": "绝缘电阻过低",
                    "text_en": "Isolation resistance too low",
                    "remedy_zh": "断开高压，检查高压线束",
                    "remedy_en": "Disconnect high voltage and check the harness",
                    "signals": {"isolation_kohm": 80.0},
                    "is_blocking": True,
                }
            ]
        }
    }

    signals: dict[str, float | bool | str | None] = {}
    is_blocking: bool = Field(description="takes the bench out of working order")
    has_freeze: bool = Field(default=False, description="values around the confirmation are kept")
