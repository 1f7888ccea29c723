"""The tables of reviews: where they stand, their steps, frozen checks and comments."""

from sqlalchemy import JSON, Column, Index, Text, text
from sqlmodel import Field

from inventory.database import Row
from inventory.organisations.schema import Code
from inventory.reviews.schema import CommentFields, ReviewEntryFields, ReviewFields

_GOES_ON = text("state NOT IN ('withdrawn', 'revoked')")


class Review(ReviewFields, Row, table=True):
    """A stored review; a station has one that goes on at most, ended ones stay as history."""

    __tablename__ = "review"
    __table_args__ = (
        Index(
            "uq_review_going_on",
            "station_code",
            unique=True,
            sqlite_where=_GOES_ON,
            postgresql_where=_GOES_ON,
        ),
    )

    id: int | None = Field(default=None, primary_key=True)
    station_code: Code = Field(foreign_key="station.code", max_length=32)
    organisation_code: Code = Field(foreign_key="organisation.code", index=True, max_length=32)


class ReviewSnapshot(Row, table=True):
    """A frozen check by the SHA-256 of its text; never changed."""

    __tablename__ = "review_snapshot"

    sha256: str = Field(primary_key=True, max_length=64)
    text: str = Field(sa_column=Column(Text, nullable=False))


class ReviewEntry(ReviewEntryFields, Row, table=True):
    """A stored step; only ever added."""

    __tablename__ = "review_entry"

    id: int | None = Field(default=None, primary_key=True)
    review_id: int = Field(foreign_key="review.id", index=True)
    snapshot_sha256: str = Field(foreign_key="review_snapshot.sha256", max_length=64)
    document_ids: list[str] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))


class ReviewComment(CommentFields, Row, table=True):
    """A stored comment; only ever added."""

    __tablename__ = "review_comment"

    id: int | None = Field(default=None, primary_key=True)
    review_id: int = Field(foreign_key="review.id", index=True)
    reply_to: int | None = Field(default=None, foreign_key="review_comment.id")
