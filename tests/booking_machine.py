"""Random lives of bookings, on the house and on a plain model side by side."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import ClassVar, TypeVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from sqlalchemy import select as select_columns
from sqlmodel import col, select

from inventory.accounts.rules import Principal, Role
from inventory.bookings.desk import Desk
from inventory.bookings.drafts import BookingWish
from inventory.bookings.life import BookingStep
from inventory.bookings.orders import BookingChange, BookingOrder, SeriesOrder
from inventory.bookings.overdue import settle_overdue
from inventory.bookings.series_use_cases import book_series
from inventory.bookings.stepping import BY_PERSONS, Wanted
from inventory.bookings.table import Booking, BookingPart, BookingSwap
from inventory.bookings.use_cases import answer, book, change_booking, swap, take_step
from inventory.database import Database, open_database
from inventory.errors import InventoryError
from tests.booking_model import (
    FROM,
    HOLDING,
    LONGEST,
    QUOTA,
    TAKES,
    TEACHERS,
    UNFINISHED,
    Model,
    No,
    Slot,
)
from tests.schools import NOW

T = TypeVar("T")
HALF = timedelta(minutes=30)
PEOPLE = {
    "bj-teacher": Principal(3, "bj-teacher", Role.INSTRUCTOR, "BJ01"),
    "bj-other": Principal(7, "bj-other", Role.INSTRUCTOR, "BJ01"),
    "bj-master": Principal(2, "bj-master", Role.STATIONMASTER, "BJ01"),
}
RARE = {"room:BJ01/101", "equipment:BJ01/A2", "workstation:BJ01/W2", "person:BJ01/T-017"}
COMMON = sorted(set(TAKES) - RARE) * 2 + sorted(RARE)
whos = st.sampled_from(sorted(PEOPLE))
assets = st.lists(st.sampled_from(COMMON), min_size=1, max_size=2, unique=True)
starts = st.integers(-1, 12) | st.integers(9 * 48, 9 * 48 + 4)
lengths = st.sampled_from([1, 2, 2, 3, 4, 7])
buffers = st.sampled_from([0, 0, 0, 1])
purposes = st.sampled_from(["class", "class", "exam", "maintenance"])
wishes = st.sampled_from(["book", "book", "hold", "wait", "wait", "draft"])
picks = st.integers(0, 1_000)


class Lives(RuleBasedStateMachine):
    """What the house accepts the model accepts, and afterwards both look alike."""

    template: ClassVar[Path]
    """A furnished SQLite file, see `tests.booking_world`."""

    @initialize()
    def open(self) -> None:
        self.refusal: InventoryError | None = None
        self.database = in_memory(self.template)
        self.model = Model(NOW)

    @rule(
        who=whos,
        asked=assets,
        start=starts,
        length=lengths,
        buffer=buffers,
        purpose=purposes,
        wish=wishes,
        for_other=st.booleans(),
    )
    def place(  # noqa: PLR0913, PLR0917 - an order has these facts
        self,
        who: str,
        asked: list[str],
        start: int,
        length: int,
        buffer: int,
        purpose: str,
        wish: str,
        for_other: bool,
    ) -> None:
        slot = self.slot(asked, start, length, buffer)
        holder = "bj-teacher" if for_other else who
        order = BookingOrder(
            resources=asked,
            start_at=slot.start,
            end_at=slot.end,
            purpose=purpose,
            wish=BookingWish(wish),
            holder=holder,
            set_up_min=30 * buffer,
            clear_up_min=0,
        )
        done = self.do(lambda: book(self.database, self.desk(who), order))
        number = done.id if done is not None else 0
        self.same(done, lambda m: m.place(slot, purpose, (who, holder), wish, number))

    @rule(who=whos, asked=assets, start=starts, purpose=purposes, take_rest=st.booleans())
    def place_series(
        self, who: str, asked: list[str], start: int, purpose: str, take_rest: bool
    ) -> None:
        slots = [self.slot(asked, start + 48 * day, 2, 0) for day in range(2)]
        order = SeriesOrder(
            resources=asked,
            start_at=slots[0].start,
            end_at=slots[0].end,
            purpose=purpose,
            rule="FREQ=DAILY;COUNT=2",
            closed="keep",
            take_rest=take_rest,
        )
        done = self.do(lambda: book_series(self.database, self.desk(who), order))
        numbers = {one.start_at: one.id for one in done.bookings} if done is not None else {}

        def act(model: Model) -> None:
            wanted = [one for one in slots if one.end > model.now]
            placed = 0
            for place, one in enumerate(wanted):
                number = numbers.get(one.start, -1 - place)
                alone = partial(
                    Model.place,
                    slot=one,
                    purpose=purpose,
                    who=(who, who),
                    wish="book",
                    booking_id=number,
                )
                placed += model.attempt(alone)
            is_whole = placed == len(wanted)
            if not placed or not (is_whole or take_rest):
                raise No

        self.same(done, act)

    @precondition(lambda self: self.model.entries)
    @rule(who=whos, pick=picks, step=st.sampled_from(sorted(BY_PERSONS)))
    def step(self, who: str, pick: int, step: BookingStep) -> None:
        number = self.pick(pick)
        wanted = Wanted(step, "words")
        done = self.do(lambda: take_step(self.database, self.desk(who), number, wanted))
        self.same(done, lambda m: m.step(number, step.value, who))

    @precondition(lambda self: any(one.state in UNFINISHED for one in self.model.entries.values()))
    @rule(who=whos, pick=picks, which=picks)
    def step_on(self, who: str, pick: int, which: int) -> None:
        going = [one for one in self.model.entries.values() if one.state in UNFINISHED]
        entry = going[-1 - pick % len(going)]
        steps = [step for step in sorted(BY_PERSONS) if entry.state in FROM[step.value]]
        step = steps[which % len(steps)]
        who = who if which % 3 else "bj-master"
        done = self.do(
            lambda: take_step(self.database, self.desk(who), entry.id, Wanted(step, "x"))
        )
        self.same(done, lambda m: m.step(entry.id, step.value, who))

    @precondition(lambda self: self.model.entries)
    @rule(
        who=whos,
        pick=picks,
        by=st.integers(-3, 3),
        longer=st.integers(-1, 3),
        asked=st.none() | assets,
    )
    def move(self, who: str, pick: int, by: int, longer: int, asked: list[str] | None) -> None:
        number = self.pick(pick)
        old = self.model.entries[number].slot
        start, end = old.start + by * HALF, old.end + (by + longer) * HALF
        if end <= start:
            return
        keys = old.asked if asked is None else named(asked)
        new = Slot(keys, start, end, old.set_up, old.clear_up)
        wanted = BookingChange(resources=asked or list(keys), start_at=start, end_at=end)
        done = self.do(lambda: change_booking(self.database, self.desk(who), number, wanted))
        self.same(done, lambda m: m.move(number, new, who))

    @precondition(lambda self: len(self.model.entries) > 1)
    @rule(who=whos, mine=picks, other=picks)
    def offer(self, who: str, mine: int, other: int) -> None:
        one, two = self.pick(mine), self.pick(other)
        done = self.do(lambda: swap(self.database, self.desk(who), one, two))
        number = done.id if done is not None else 0
        self.same(done, lambda m: m.swap(one, two, who, number))

    @precondition(lambda self: self.model.offers)
    @rule(who=whos, pick=picks, accept=st.booleans())
    def answer(self, who: str, pick: int, accept: bool) -> None:
        number = sorted(self.model.offers)[pick % len(self.model.offers)]
        done = self.do(lambda: answer(self.database, self.desk(who), number, accept=accept))
        self.same(done, lambda m: m.answer(number, who, accept=accept))

    @rule(minutes=st.sampled_from([5, 15, 30, 120, 1440]))
    def wait(self, minutes: int) -> None:
        now = self.model.now + timedelta(minutes=minutes)
        self.model.pass_time(now)
        settle_overdue(self.database, Desk(None, now))

    @invariant()
    def the_same_on_both_sides(self) -> None:
        if not hasattr(self, "database"):
            return
        with self.database.read() as db:
            rows = db.execute(
                select_columns(
                    col(Booking.id),
                    col(Booking.state),
                    col(Booking.start_at),
                    col(Booking.end_at),
                    col(Booking.hold_until),
                )
            ).all()
            parts = db.execute(
                select_columns(
                    col(BookingPart.booking_id),
                    col(BookingPart.resource_key),
                    col(BookingPart.is_holding),
                )
            ).all()
            swaps = {row.id: row.state.value for row in db.exec(select(BookingSwap)).all()}
        found = {row.id: row for row in rows}
        takes: dict[int, set[str]] = {}
        for part in parts:
            takes.setdefault(part.booking_id, set()).add(part.resource_key)
            assert part.is_holding == (found[part.booking_id].state.value in HOLDING)
        assert found.keys() == self.model.entries.keys(), "a booking was lost"
        for number, entry in self.model.entries.items():
            row = found[number]
            assert row.state.value == entry.state, number
            assert (row.start_at, row.end_at) == (entry.slot.start, entry.slot.end), number
            assert takes[number] == entry.slot.keys, number
            if entry.state in {"held", "requested"}:
                assert row.hold_until == entry.hold_until, number
        assert swaps == {number: one.state for number, one in self.model.offers.items()}

    @invariant()
    def nobody_has_what_somebody_else_has(self) -> None:
        if not hasattr(self, "database"):
            return
        assert self.model.overlaps() == []
        for entry in self.model.entries.values():
            if entry.state not in HOLDING:
                continue
            if entry.purpose != "maintenance":
                assert entry.slot.end - entry.slot.start <= LONGEST
            assert self.model.hours_of(entry.holder, entry.slot.start) <= QUOTA
            if entry.state == "booked" and entry.holder in TEACHERS and entry.needs_yes:
                assert entry.decided_by not in TEACHERS | {None}

    def teardown(self) -> None:
        if hasattr(self, "database"):
            self.database.close()

    def desk(self, who: str) -> Desk:
        return Desk(PEOPLE[who], self.model.now)

    def pick(self, number: int) -> int:
        """Late bookings more often than early ones: most of those have ended."""
        every = sorted(self.model.entries)
        return every[-1 - number % min(len(every), 8)]

    def slot(self, keys: list[str], start: int, length: int, buffer: int) -> Slot:
        begin = NOW + start * HALF
        begin += (self.model.now - NOW) // HALF * HALF
        return Slot(named(keys), begin, begin + length * HALF, buffer * HALF)

    def do(self, act: Callable[[], T]) -> T | None:
        self.refusal = None
        try:
            return act()
        except InventoryError as refusal:
            self.refusal = refusal
            return None

    def same(self, done: object, act: Callable[[Model], object]) -> None:
        assert self.model.attempt(act) == (done is not None), repr(self.refusal)


def named(keys: list[str]) -> tuple[str, ...]:
    """A bench goes by its own name, however it was asked for."""
    bench = "bench:BJ01/battery-01"
    return tuple(sorted({bench if key == "equipment:BJ01/A1" else key for key in keys}))


def in_memory(template: Path) -> Database:
    """A copy of a SQLite file that no disk slows down."""
    database = open_database("sqlite://")
    with database.engine.connect() as connection:
        kept = connection.connection.driver_connection
        assert kept is not None
        connection.rollback()
        with sqlite3.connect(template) as source:
            source.backup(kept)
    return database
