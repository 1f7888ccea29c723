"""Each field of a usage session, spelled once."""

from datetime import datetime

from sqlmodel import SQLModel


class UsageSessionFields(SQLModel):
    """A span in which a bench was really used, `[started_at, ended_at)`; still open without end.

    Moments are the bench's own clock; `observed_at` is the latest step.
    """

    bench_code: str
    usage_id: str
    started_at: datetime
    observed_at: datetime
    ended_at: datetime | None = None


class UsageSessionOut(UsageSessionFields):
    """A usage session as the API shows it; `evidence` counts what was seen, by the profile."""

    model_config = {
        "json_schema_extra": {
            "examples": [
                {
                    "bench_code": "battery-01",
                    "usage_id": "u-1764554400000",
                    "started_at": "2026-12-01T02:00:00Z",
                    "observed_at": "2026-12-01T02:10:00Z",
                    "evidence": {"in_use_rows": 6000},
                }
            ]
        }
    }

    evidence: dict[str, float] = {}
