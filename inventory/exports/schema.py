"""What the API says of exports."""

from datetime import datetime
from typing import Annotated

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from inventory.exports.rules import ExportFormat, ExportState, ExportTrouble


class ExportRequest(BaseModel):
    """Rows observed in `[from, to)`; without signals: all."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "from": "2026-12-01T00:00:00Z",
                    "to": "2026-12-02T00:00:00Z",
                    "format": "csv",
                    "signals": ["pack_voltage_v", "pack_current_a"],
                }
            ]
        },
    )

    start: AwareDatetime = Field(alias="from")
    end: AwareDatetime = Field(alias="to")
    format: ExportFormat = ExportFormat.CSV
    signals: (
        Annotated[
            list[Annotated[str, Field(min_length=1, max_length=200)]],
            Field(min_length=1, max_length=2000),
        ]
        | None
    ) = None
    bom: bool = Field(default=True, description="CSV begins with the mark Excel needs for UTF-8")


class ExportOut(BaseModel):
    """An export; `rows_total` is null until the rows are counted.

    It is private to who ordered it, and goes at `expires_at`.
    """

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "id": "5f1d7a90c3b24e68",
                    "bench": "battery-01",
                    "start": "2026-12-01T00:00:00Z",
                    "end": "2026-12-02T00:00:00Z",
                    "format": "csv",
                    "state": "running",
                    "made_at": "2026-12-02T01:00:00Z",
                    "rows_done": 360000,
                    "rows_total": 864000,
                    "size_bytes": 131000000,
                }
            ]
        }
    )

    id: str
    bench: str
    start: datetime
    end: datetime
    format: ExportFormat
    signals: list[str] | None = Field(default=None, description="null: all")
    state: ExportState
    made_at: datetime
    rows_done: int
    rows_total: int | None = None
    size_bytes: int
    expires_at: datetime | None = None
    trouble: ExportTrouble | None = Field(default=None, description="why it failed")
    file: str | None = Field(default=None, description="where to fetch it, when done")
