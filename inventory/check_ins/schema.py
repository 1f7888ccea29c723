"""What the API says to whoever scanned a label."""

from datetime import datetime

from pydantic import BaseModel, ConfigDict

from inventory.bookable import BookingPurpose
from inventory.bookings.life import BookingStep


class ArrivalOut(BaseModel):
    """A booking of the caller's; `steps` are taken at `/bookings/{id}/steps`.

    `opens_at` is from when one may check in, null where it is possible or done.
    """

    booking_id: int
    title: str
    purpose: BookingPurpose
    start_at: datetime
    end_at: datetime
    checked_in_at: datetime | None = None
    steps: list[BookingStep]
    opens_at: datetime | None = None


class ArrivalsOut(BaseModel):
    """What a label is on, and the caller's bookings of it that run or begin today."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "code": "battery-01",
                    "name_zh": "动力电池台架",
                    "name_en": "Battery bench",
                    "bookings": [
                        {
                            "booking_id": 17,
                            "title": "电池检测",
                            "purpose": "class",
                            "start_at": "2026-12-02T00:00:00Z",
                            "end_at": "2026-12-02T01:40:00Z",
                            "checked_in_at": None,
                            "steps": ["check_in"],
                            "opens_at": None,
                        }
                    ],
                }
            ]
        }
    )

    code: str
    name_zh: str
    name_en: str
    bookings: list[ArrivalOut]
