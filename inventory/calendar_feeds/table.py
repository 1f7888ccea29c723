"""The table of calendar feeds."""

from datetime import datetime

from sqlmodel import Field

from inventory.calendar_feeds.schema import FeedFields
from inventory.database import Row
from inventory.organisations.schema import Code


class CalendarFeed(FeedFields, Row, table=True):
    """A stored feed; it shows what its owner may see at the moment it is asked for.

    `token_hash` is the SHA-256 of the address's secret, which is stored nowhere.
    """

    __tablename__ = "calendar_feed"

    id: int | None = Field(default=None, primary_key=True)
    user_id: int = Field(foreign_key="user_account.id", index=True)
    station_code: Code | None = Field(default=None, foreign_key="station.code", max_length=32)
    token_hash: str = Field(unique=True, max_length=64)
    created_at: datetime
    last_used_at: datetime | None = None
    ended_at: datetime | None = None
