"""Telling a school's station masters of yesterday's use without a booking, once."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from sqlmodel import Session, col, select

from inventory.benches.table import Bench
from inventory.database import Database
from inventory.moments import today
from inventory.notifications.outbox import MANAGERS, Everybody, Message, put
from inventory.notifications.rules import MessageKind
from inventory.notifications.table import OutboxMessage
from inventory.unbooked_use.rules import TOLD_FROM
from inventory.unbooked_use.stretches import Stretch, notes_of, span_of_notes, stretches
from inventory.utilisation.fleet import Question, fleet_of


def tell_unbooked_use(database: Database, now: datetime) -> int:
    """Tell each school of unbooked use of the day before that nobody has explained.

    A look that finds nothing makes no writer wait; looking twice tells nothing twice.

    Returns:
        How many schools were told.
    """
    day = today(now) - timedelta(days=1)
    with database.read() as db:
        found = {code: _unexplained(db, code, day, now) for code in _untold(db, day)}
    news = {code: rest for code, rest in found.items() if _lasts(rest) > TOLD_FROM}
    if not news:
        return 0
    with database.begin() as db:
        told = [put(db, _message(code, rest, day, now)) for code, rest in news.items()]
    return len([one for one in told if one is not None])


def _untold(db: Session, day: date) -> list[str]:
    codes = db.exec(select(Bench.organisation_code).distinct()).all()
    keys = {_key(code, day): code for code in sorted(codes)}
    query = select(OutboxMessage.dedupe_key).where(col(OutboxMessage.dedupe_key).in_(keys))
    told = set(db.exec(query).all())
    return [code for key, code in keys.items() if key not in told]


def _unexplained(db: Session, organisation_code: str, day: date, now: datetime) -> list[Stretch]:
    query = select(Bench).where(Bench.organisation_code == organisation_code)
    benches = db.exec(query.order_by(col(Bench.code))).all()
    question = Question(day, day)
    fleet = fleet_of(db, benches, question, now)
    notes = notes_of(db, [one.code for one in benches], span_of_notes(question))
    return [one for one in stretches(fleet, notes) if not one.is_settled]


def _lasts(rest: Sequence[Stretch]) -> timedelta:
    return sum((one.span.length - one.explained for one in rest), timedelta())


def _message(code: str, rest: Sequence[Stretch], day: date, now: datetime) -> Message:
    benches = {one.bench.code: one.bench for one in rest}
    return Message(
        kind=MessageKind.UNBOOKED_USE,
        organisation_code=code,
        recipients=(Everybody(code, MANAGERS),),
        facts={
            "day": day,
            "minutes": _lasts(rest) // timedelta(minutes=1),
            "times": len(rest),
            "benches": [one.name_zh for one in benches.values()],
            "benches_en": [one.name_en or one.name_zh for one in benches.values()],
        },
        at=now,
        dedupe_key=_key(code, day),
    )


def _key(organisation_code: str, day: date) -> str:
    return f"unbooked_use:{organisation_code}:{day}"
