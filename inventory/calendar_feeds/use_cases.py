"""Making, finding and ending calendar feeds; whose eyes a feed's address stands for."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from inventory.accounts.access import demand_organisation
from inventory.accounts.logins import digest, principal_of
from inventory.accounts.rules import Action, Decision, Principal, authorize
from inventory.accounts.table import User
from inventory.audit.use_cases import record
from inventory.bookable import resource_of
from inventory.calendar_feeds.errors import UnknownFeed
from inventory.calendar_feeds.rules import MOST_FEEDS, FeedKind, is_token
from inventory.calendar_feeds.schema import FeedFields, FeedMade, FeedOrder, FeedOut
from inventory.calendar_feeds.table import CalendarFeed
from inventory.database import Database
from inventory.errors import Invalid, NotAllowed, TooManyOpen
from inventory.stations.use_cases import station

_SECRET_BYTES = 32
_NOTE_USE_AFTER = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Subscribed:
    """A feed that runs, and the account with whose rights it is read."""

    feed: CalendarFeed
    reader: Principal


def make_feed(
    database: Database, principal: Principal, order: FeedOrder, address: str, *, now: datetime
) -> FeedMade:
    """Make a calendar with a secret address; only its hash is kept.

    `address` is the installation's.

    Raises:
        NotAllowed: the caller may not read bookings other than their own.
        Unknown: the thing or station is not known to the caller.
        Invalid: what is named does not belong to the kind of feed.
        TooManyOpen: the caller has as many feeds as one may have.
    """
    _demand_shape(order)
    secret = secrets.token_urlsafe(_SECRET_BYTES)
    with database.begin() as db:
        demand_subject(db, principal, FeedFields.model_validate(order.model_dump()))
        running = [one for one in feeds(db, principal) if one.ended_at is None]
        if len(running) >= MOST_FEEDS:
            raise TooManyOpen("calendar feeds", MOST_FEEDS)
        row = CalendarFeed(
            **order.model_dump(),
            user_id=principal.user_id,
            token_hash=digest(secret),
            created_at=now,
        )
        db.add(row)
        db.flush()
        _note(db, row, principal, "created", now)
    path = f"/calendars/{secret}.ics"
    return FeedMade(**shown(row).model_dump(), path=path, url=f"{address}{path}")


def feeds(db: Session, principal: Principal) -> list[CalendarFeed]:
    """The caller's own feeds, ended ones too, the newest first."""
    query = select(CalendarFeed).where(CalendarFeed.user_id == principal.user_id)
    return list(db.exec(query.order_by(col(CalendarFeed.id).desc())).all())


def end_feed(database: Database, principal: Principal, feed_id: int, *, now: datetime) -> None:
    """End a feed at once; one that is ended stays as it is.

    Raises:
        UnknownFeed: the caller has none of this number.
    """
    with database.begin() as db:
        row = db.get(CalendarFeed, feed_id)
        if row is None or row.user_id != principal.user_id:
            raise UnknownFeed(str(feed_id))
        if row.ended_at is None:
            row.ended_at = now
            db.add(row)
            _note(db, row, principal, "ended", now)


def subscribed(database: Database, secret: str, now: datetime) -> Subscribed:
    """The feed of an address; its use is noted.

    Raises:
        UnknownFeed: wrong, ended, or the account was closed.
    """
    unknown = UnknownFeed(secret[:8])
    if not is_token(secret):
        raise unknown
    with database.read() as db:
        query = (
            select(CalendarFeed, User)
            .join(User, col(User.id) == col(CalendarFeed.user_id))
            .where(CalendarFeed.token_hash == digest(secret))
        )
        found = db.exec(query).first()
    if found is None or found[0].ended_at is not None or found[1].is_disabled:
        raise unknown
    row, owner = found
    if row.last_used_at is None or now - row.last_used_at > _NOTE_USE_AFTER:
        with database.begin() as db:
            used = db.get(CalendarFeed, row.id)
            if used is not None:
                used.last_used_at = now
    return Subscribed(row, principal_of(owner, is_read_only=True))


def demand_subject(db: Session, principal: Principal, feed: FeedFields) -> None:
    """Pass when somebody may read the bookings a feed shows; asked again whenever it is read.

    Raises:
        NotAllowed: the role does not read bookings.
        Unknown: the thing's organisation or the station is not known to them.
    """
    if feed.kind is FeedKind.MINE:
        return
    if authorize(principal, Action.READ_BOOKING) is not Decision.ALLOWED:
        raise NotAllowed(Action.READ_BOOKING.value)
    if feed.station_code is not None:
        station(db, principal, feed.station_code, Action.READ_BOOKING)
    if feed.resource_key is not None:
        owner = resource_of(feed.resource_key).organisation_code
        demand_organisation(db, principal, owner, Action.READ_BOOKING)


def shown(row: CalendarFeed) -> FeedOut:
    """The feed as its owner sees it later."""
    return FeedOut.model_validate(row, from_attributes=True)


def _demand_shape(order: FeedOrder) -> None:
    wanted = {
        FeedKind.MINE: (False, False),
        FeedKind.RESOURCE: (True, False),
        FeedKind.STATION: (False, True),
    }[order.kind]
    if wanted != (order.resource_key is not None, order.station_code is not None):
        expected = "resource_key for a resource, station_code for a station, neither for mine"
        raise Invalid("kind", expected)
    if order.resource_key is not None:
        try:
            resource_of(order.resource_key)
        except ValueError as wrong:
            raise Invalid("resource_key", str(wrong).removeprefix("expected ")) from wrong


def _note(db: Session, row: CalendarFeed, who: Principal, action: str, now: datetime) -> None:
    facts = row.model_dump(include={"name", "kind", "resource_key", "station_code", "has_people"})
    record(
        db,
        who=who.username,
        action=action,
        entity="calendar_feed",
        entity_id=str(row.id),
        organisation_code=who.organisation_code,
        old=facts if action == "ended" else None,
        new=facts if action == "created" else None,
        at=now,
    )
