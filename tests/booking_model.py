"""Bookings as a plain list that says what the house must do; it shares no code with it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Asia/Shanghai")
LONGEST = timedelta(hours=3)
QUOTA = timedelta(hours=10)
EXAM_DAYS = 7
TAKES = {
    "bench:BJ01/battery-01": {"bench:BJ01/battery-01"},
    "equipment:BJ01/A1": {"bench:BJ01/battery-01"},
    "bench:BJ01/motor-01": {"bench:BJ01/motor-01"},
    "equipment:BJ01/A2": {"equipment:BJ01/A2"},
    "workstation:BJ01/W1": {"workstation:BJ01/W1", "bench:BJ01/battery-01"},
    "workstation:BJ01/W2": {"workstation:BJ01/W2"},
    "room:BJ01/101": {
        "room:BJ01/101",
        "workstation:BJ01/W1",
        "workstation:BJ01/W2",
        "bench:BJ01/battery-01",
    },
    "person:BJ01/T-017": {"person:BJ01/T-017"},
}
NEEDS_A_YES = "bench:BJ01/motor-01"
TEACHERS = {"bj-teacher", "bj-other"}
HOLDING = {"held", "requested", "booked"}
UNFINISHED = HOLDING | {"draft", "waiting"}
FROM = {
    "hold": {"draft"},
    "wait": {"draft"},
    "confirm": {"draft", "held", "waiting"},
    "approve": {"requested"},
    "decline": {"requested"},
    "check_in": {"booked"},
    "end_early": {"booked"},
    "release": {"booked"},
    "cancel": UNFINISHED,
}


class No(Exception):
    """The house must refuse."""


@dataclass
class Slot:
    asked: tuple[str, ...]
    start: datetime
    end: datetime
    set_up: timedelta = timedelta()
    clear_up: timedelta = timedelta()

    @property
    def keys(self) -> set[str]:
        return {key for one in self.asked for key in TAKES[one]}


@dataclass
class Entry:
    id: int
    slot: Slot
    purpose: str
    holder: str
    maker: str
    state: str = "draft"
    hold_until: datetime | None = None
    waits: datetime | None = None
    needs_yes: bool = False
    decided_by: str | None = None
    is_checked_in: bool = False
    ended_early: datetime | None = None

    @property
    def over(self) -> datetime:
        return self.slot.end if self.ended_early is None else self.ended_early

    @property
    def blocked(self) -> tuple[datetime, datetime]:
        return self.slot.start - self.slot.set_up, self.over + self.slot.clear_up


@dataclass
class Offer:
    id: int
    mine: int
    other: int
    state: str = "offered"


@dataclass
class Model:
    now: datetime
    entries: dict[int, Entry] = field(default_factory=dict)
    offers: dict[int, Offer] = field(default_factory=dict)

    def attempt(self, act: Callable[[Model], object]) -> bool:
        """Do it or nothing; whether it was done."""
        entries = {number: replace(one) for number, one in self.entries.items()}
        offers = {number: replace(one) for number, one in self.offers.items()}
        try:
            act(self)
        except No:
            self.entries, self.offers = entries, offers
            return False
        return True

    def place(
        self, slot: Slot, purpose: str, who: tuple[str, str], wish: str, booking_id: int
    ) -> None:
        maker, holder = who
        self._demand_span(slot)
        if holder != maker and maker in TEACHERS:
            raise No
        entry = Entry(booking_id, slot, purpose, holder, maker)
        self.entries[booking_id] = entry
        if wish != "draft":
            self._settle(entry, wish, maker)

    def step(self, booking_id: int, step: str, who: str) -> None:
        entry = self.entries[booking_id]
        is_leader = who not in TEACHERS
        is_theirs = is_leader or who in {entry.holder, entry.maker}
        if not (is_leader if step in {"approve", "decline", "release"} else is_theirs):
            raise No
        if step == "cancel" and entry.state == "cancelled":
            return
        if entry.state not in FROM[step] or entry.over <= self.now:
            raise No
        if step in {"end_early", "release"} and entry.slot.start > self.now:
            raise No
        if step in {"check_in", "release"} and entry.is_checked_in:
            raise No
        getattr(self, f"_{step}")(entry, who)

    def move(self, booking_id: int, slot: Slot, who: str) -> None:
        entry = self.entries[booking_id]
        self._demand_movable(entry, slot, who)
        if slot == entry.slot:
            return
        held = entry.slot.keys if entry.state in HOLDING else set()
        left = [(key, entry.blocked) for key in held]
        in_way: list[Entry] = []
        displaced: list[Entry] = []
        if entry.state != "draft":
            wish = {"waiting": "wait", "held": "hold"}.get(entry.state, "book")
            in_way, displaced = self._look(replace(entry, slot=slot), wish, who)
        entry.slot = slot
        if entry.hold_until is not None and self.now < slot.start < entry.hold_until:
            entry.hold_until = slot.start
        self._ask_again(entry, who, judged=entry.state != "draft")
        self._decide_by_place(entry)
        self._withdraw(entry)
        if entry.state in HOLDING:
            self._displace(displaced)
        self._offer_left(left)
        if entry.state == "waiting" and not in_way:
            self._settle(entry, "book", who)

    def _demand_movable(self, entry: Entry, slot: Slot, who: str) -> None:
        if who in TEACHERS and who not in {entry.holder, entry.maker}:
            raise No
        if entry.state not in UNFINISHED or entry.over <= self.now:
            raise No
        old = entry.slot
        if (slot.start, slot.end) != (old.start, old.end):
            self._demand_span(slot)
            if old.start <= self.now and slot.start != old.start:
                raise No

    def _decide_by_place(self, entry: Entry) -> None:
        if entry.state in {"booked", "requested"}:
            self._firm(entry)

    def _firm(self, entry: Entry) -> None:
        entry.state = "requested" if self._lacks_yes(entry) else "booked"
        if entry.state == "requested":
            has_begun = entry.slot.start <= self.now
            entry.hold_until = entry.slot.end if has_begun else entry.slot.start

    def swap(self, mine_id: int, other_id: int, who: str, offer_id: int) -> None:
        mine, other = self.entries[mine_id], self.entries[other_id]
        if who in TEACHERS and who not in {mine.holder, mine.maker}:
            raise No
        if mine_id == other_id:
            raise No
        self._demand_swappable(mine, other)
        self.offers[offer_id] = Offer(offer_id, mine_id, other_id)
        if who not in TEACHERS or who == other.holder:
            self._exchange(self.offers[offer_id], who)

    def answer(self, offer_id: int, who: str, *, accept: bool) -> None:
        offer = self.offers[offer_id]
        mine, other = self.entries[offer.mine], self.entries[offer.other]
        is_asked = who not in TEACHERS or who == other.holder
        if offer.state != "offered" or not (is_asked or who == mine.holder):
            raise No
        if not accept:
            offer.state = "refused" if is_asked else "withdrawn"
        elif is_asked:
            self._demand_swappable(mine, other)
            self._exchange(offer, who)
        else:
            raise No

    def pass_time(self, now: datetime) -> None:
        """Let the clock go on; whose time is out ends, then the queue is asked."""
        self.now = now
        left = []
        for entry in self.entries.values():
            if self._is_out(entry):
                if entry.state in HOLDING:
                    left += [(key, entry.blocked) for key in entry.slot.keys]
                entry.state = "expired"
        self._offer_left(left)

    def overlaps(self) -> list[tuple[int, int]]:
        """Pairs that hold the same thing at the same moment: there must be none."""
        held = [one for one in self.entries.values() if one.state in HOLDING]
        return [
            (one.id, two.id)
            for one in held
            for two in held
            if one.id < two.id and one.slot.keys & two.slot.keys and _meet(one.blocked, two.blocked)
        ]

    # what the steps do

    def _hold(self, entry: Entry, who: str) -> None:
        self._settle(entry, "hold", who)

    def _wait(self, entry: Entry, who: str) -> None:
        if entry.slot.start <= self.now:
            raise No
        self._settle(entry, "wait", who)

    def _confirm(self, entry: Entry, who: str) -> None:
        if entry.state != "held":
            self._settle(entry, "book", who)
            return
        if entry.needs_yes and who not in TEACHERS:
            entry.decided_by = who
        self._firm(entry)

    def _approve(self, entry: Entry, who: str) -> None:
        entry.state, entry.decided_by = "booked", who

    def _decline(self, entry: Entry, who: str) -> None:
        entry.decided_by = who
        self._end(entry, "declined")

    def _check_in(self, entry: Entry, _who: str) -> None:
        early = max(timedelta(minutes=30), entry.slot.set_up)
        if self.now < entry.slot.start - early:
            raise No
        entry.is_checked_in = True

    def _end_early(self, entry: Entry, _who: str) -> None:
        before = entry.blocked
        entry.ended_early = self.now
        self._offer_left([(key, (entry.blocked[1], before[1])) for key in entry.slot.keys])

    def _cancel(self, entry: Entry, _who: str) -> None:
        self._withdraw(entry)
        self._end(entry, "cancelled")

    def _release(self, entry: Entry, _who: str) -> None:
        self._end(entry, "released")

    # what rules say

    def _demand_span(self, slot: Slot) -> None:
        if slot.end <= self.now:
            raise No

    def _look(self, entry: Entry, wish: str, who: str | None) -> tuple[list[Entry], list[Entry]]:
        """Who is in the way, and who gives way; refuses what no policy lets pass."""
        if entry.purpose in {"class", "exam"} and entry.slot.end - entry.slot.start > LONGEST:
            raise No
        own = (entry.slot.start, entry.slot.end)
        for at in own:
            # a booking over midnight on Sunday counts in both weeks
            mine = _within(_week_of(at), own)
            if mine and self.hours_of(entry.holder, at, without=entry.id) + mine > QUOTA:
                raise No
        found = [
            one
            for one in self.entries.values()
            if one.id != entry.id
            and one.state in HOLDING
            and one.slot.keys & entry.slot.keys
            and _meet(one.blocked, entry.blocked)
        ]
        giving = []
        is_firm = wish != "hold" and (not self._needs_yes(entry) or self._decides(who))
        if entry.purpose == "exam" and is_firm:
            giving = [one for one in found if one.purpose == "class" and self._has_notice(one)]
        in_way = [one for one in found if one not in giving]
        if in_way and (wish != "wait" or entry.slot.start <= self.now):
            raise No
        return in_way, [] if in_way else giving

    def hours_of(self, holder: str, at: datetime, without: int = 0) -> timedelta:
        """What somebody holds in the local week of a moment."""
        spans = [
            _within(_week_of(at), (one.slot.start, one.slot.end))
            for one in self.entries.values()
            if one.holder == holder and one.state in HOLDING and one.id != without
        ]
        return sum(spans, timedelta())

    def _has_notice(self, one: Entry) -> bool:
        days = one.slot.start.astimezone(ZONE).date() - self.now.astimezone(ZONE).date()
        return days.days >= EXAM_DAYS

    def _needs_yes(self, entry: Entry) -> bool:
        return NEEDS_A_YES in entry.slot.keys and entry.holder in TEACHERS

    def _decides(self, who: str | None) -> bool:
        return who is not None and who not in TEACHERS

    def _lacks_yes(self, entry: Entry) -> bool:
        return entry.needs_yes and entry.decided_by is None

    def _ask_again(self, entry: Entry, who: str, *, judged: bool) -> None:
        entry.needs_yes = judged and self._needs_yes(entry)
        entry.decided_by = who if entry.needs_yes and self._decides(who) else None

    def _settle(self, entry: Entry, wish: str, who: str) -> None:
        in_way, displaced = self._look(entry, wish, who)
        self._ask_again(entry, who, judged=True)
        entry.hold_until = None
        if in_way:
            entry.state, entry.waits = "waiting", entry.waits or self.now
        elif wish == "hold":
            entry.state = "held"
            entry.hold_until = self._until(entry, timedelta(minutes=15))
        else:
            self._firm(entry)
            self._displace(displaced)

    def _until(self, entry: Entry, lasts: timedelta) -> datetime:
        wanted = self.now + lasts
        return min(wanted, entry.slot.start) if entry.slot.start > self.now else wanted

    def _is_out(self, entry: Entry) -> bool:
        if entry.state in {"held", "requested"}:
            return entry.hold_until is not None and entry.hold_until <= self.now
        if entry.state == "waiting":
            return entry.slot.start <= self.now
        return entry.state == "draft" and entry.slot.end <= self.now

    def _end(self, entry: Entry, state: str) -> None:
        left = [(key, entry.blocked) for key in entry.slot.keys] if entry.state in HOLDING else []
        entry.state = state
        self._offer_left(left)

    def _displace(self, displaced: list[Entry]) -> None:
        left = []
        for one in displaced:
            left += [(key, one.blocked) for key in one.slot.keys]
            one.state = "displaced"
        self._offer_left(left)

    def _offer_left(self, left: list[tuple[str, tuple[datetime, datetime]]]) -> None:
        left = [one for one in left if one[1][0] < one[1][1]]
        if not left:
            return
        span = min(one[1][0] for one in left), max(one[1][1] for one in left)
        keys = {key for key, _ in left}
        waiting = [one for one in self.entries.values() if one.state == "waiting"]
        for one in sorted(waiting, key=lambda one: (one.waits or self.now, one.id)):
            if one.slot.start <= self.now or not one.slot.keys & keys:
                continue
            if not _meet(one.blocked, span):
                continue
            try:
                self._look(one, "hold", None)
            except No:
                continue
            one.state = "held"
            one.hold_until = self._until(one, timedelta(hours=2))
            one.needs_yes = self._needs_yes(one)

    def _withdraw(self, entry: Entry) -> None:
        for one in self.offers.values():
            if one.state == "offered" and entry.id in {one.mine, one.other}:
                one.state = "withdrawn"

    def _demand_swappable(self, *both: Entry) -> None:
        if any(one.state != "booked" or one.slot.start <= self.now for one in both):
            raise No

    def _exchange(self, offer: Offer, who: str) -> None:
        mine, other = self.entries[offer.mine], self.entries[offer.other]
        mine.slot, other.slot = other.slot, mine.slot
        offer.state = "done"
        for one in (mine, other):
            self._withdraw(one)
        for one in (mine, other):
            self._look(one, "book", who)
            self._ask_again(one, who, judged=True)
            self._decide_by_place(one)


def _week_of(at: datetime) -> tuple[datetime, datetime]:
    day = at.astimezone(ZONE)
    monday = (day - timedelta(days=day.weekday())).replace(hour=0, minute=0)
    return monday, monday + timedelta(days=7)


def _within(week: tuple[datetime, datetime], span: tuple[datetime, datetime]) -> timedelta:
    return max(min(week[1], span[1]) - max(week[0], span[0]), timedelta())


def _meet(one: tuple[datetime, datetime], two: tuple[datetime, datetime]) -> bool:
    return one[0] < two[1] and two[0] < one[1]
