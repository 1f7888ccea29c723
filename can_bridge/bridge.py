"""The loop of one bench: receive, decode, judge, spool, publish, in one thread."""

import logging
import threading
from collections.abc import Sequence
from dataclasses import dataclass

import msgspec

from can_bridge.buses.port import FrameSource
from can_bridge.catalogue import BusDecoder
from can_bridge.clock import Clock
from can_bridge.delivering import Delivery
from can_bridge.errors import SpoolRefused
from can_bridge.figures import BridgeFigures
from can_bridge.informing import Informant, Introduction, counts_of, reintroduced
from can_bridge.judgement import Judgement
from can_bridge.observing import FrameObserver, Observers
from can_bridge.profile import CheckedProfile
from can_bridge.reported_codes import Heard
from can_bridge.spool import Spool
from can_bridge.traffic import Traffic
from can_bridge.uplink import Uplink
from telemetry.contract import encoding
from telemetry.contract.delivery import STATE_PERIOD_S
from telemetry.contract.payloads import (
    BenchState,
    Birth,
    BusState,
    DurableMessage,
    Identity,
    IdentityKind,
    Samples,
)
from telemetry.contract.spooling import MOST_TROUBLE, SpoolReport
from telemetry.contract.topics import Stream

log = logging.getLogger(__name__)

TICK_S = 0.05
HAND_OVER_S = 0.5
HAND_OVER_PAUSE_S = 0.01
"""How long a bridge that stops waits for the last acknowledgements; what is left stays spooled."""
SILENT_AFTER_S = 2.0
"""Chosen: every bench bus carries a message at least once a second."""


@dataclass(frozen=True, slots=True)
class BridgeParts:
    """What a bridge is made of; `decoders` has one entry per receiver, by bus name.

    `observers` see every batch after it was decoded; they must not raise.
    """

    bench: str
    profile: CheckedProfile
    receivers: Sequence[FrameSource]
    decoders: Sequence[BusDecoder]
    identity: Identity
    spool: Spool
    publisher: Uplink
    clock: Clock
    version: str = ""
    observers: Sequence[FrameObserver] = ()
    informant: Informant | None = None


class Bridge:
    """Carries one bench's traffic to the broker."""

    def __init__(self, parts: BridgeParts) -> None:
        self._parts = parts
        self._traffic = Traffic(parts.decoders, parts.profile)
        self._judgement = Judgement.restored(parts.profile, parts.spool)
        self._observers = Observers(parts.observers, parts.spool)
        self._delivery = Delivery(parts.bench, parts.spool, parts.publisher, parts.clock)
        now_s = parts.clock.monotonic_s()
        self._last_frame_s = now_s - SILENT_AFTER_S - 1
        self._next_publish_s = now_s
        self._next_state_s = now_s
        self._told: BenchState | None = None
        self._introduction = Introduction(now_s)
        self._is_birth_due = True
        self.birth = Birth(
            observed_at_ms=parts.clock.now_ms(),
            epoch=parts.spool.epoch,
            profile=parts.profile.profile.name,
            identity=parts.identity,
            signals=self._traffic.infos(),
            publish_period_ms=parts.profile.profile.publish_period_ms,
            bridge_version=parts.version,
        )

    def run(self, stop: threading.Event) -> None:
        """Step until told to stop, then hand over what is due and say goodbye.

        The receivers must have been started; they are closed in the end.
        """
        parts = self._parts
        parts.publisher.start()
        try:
            while not stop.wait(TICK_S):
                self.step()
            self.step()
            self._say_last_words()
            self._hand_over()
        finally:
            for receiver in parts.receivers:
                receiver.ask_to_stop()
            for receiver in parts.receivers:
                receiver.stop()
            parts.publisher.stop(self._state(is_online=False))
            parts.spool.close()

    def _say_last_words(self) -> None:
        now_ms = self._parts.clock.now_ms()
        drafts = self._observers.close(now_ms)
        # a bench goes on after a restart of its bridge; a recording is over
        if self.birth.identity.kind is IdentityKind.REPLAY:
            drafts += self._judgement.end_usage(now_ms)
        if drafts:
            self._spool(drafts)

    def _hand_over(self) -> None:
        clock, pause = self._parts.clock, threading.Event()
        deadline_s = clock.monotonic_s() + HAND_OVER_S
        while self.unacknowledged and self._parts.publisher.is_connected:
            now_s = clock.monotonic_s()
            if now_s >= deadline_s:
                return
            self._deliver(now_s)
            pause.wait(HAND_OVER_PAUSE_S)

    def step(self) -> None:
        """One tick: everything that arrived is decoded, judged and, where due, published."""
        clock = self._parts.clock
        now_s, now_ms = clock.monotonic_s(), clock.now_ms()
        self._take_frames(now_s, now_ms)
        drafts = self._judge(now_s, now_ms) + self._observers.due(now_ms)
        has_news = bool(drafts)
        if now_s >= self._next_publish_s:
            period_s = self._parts.profile.profile.publish_period_ms / 1000
            self._next_publish_s = max(self._next_publish_s + period_s, now_s)
            drafts += self._samples(now_s, now_ms)
        if drafts:
            self._spool(drafts)
        self._deliver(now_s)
        self._tell_state(now_s, is_urgent=has_news)

    @property
    def unacknowledged(self) -> int:
        """Rows that ingest has not acknowledged; a record of lost ones counts as many."""
        return self._delivery.unacknowledged

    def _deliver(self, now_s: float) -> None:
        if self._delivery.take_incoming(now_s):
            self._is_birth_due = True
        self._introduce(now_s)
        if not self._is_birth_due:
            self._delivery.publish_waiting(now_s)

    def _take_frames(self, now_s: float, now_ms: int) -> None:
        for receiver in self._parts.receivers:
            frames = receiver.drain()
            if len(frames):
                self._last_frame_s = now_s
                self._introduction.heard(now_s)
                self._traffic.take(receiver.name, frames, now_s)
                self._observers.take(receiver.name, frames, now_ms)

    def _judge(self, now_s: float, now_ms: int) -> list[DurableMessage]:
        traffic, informant = self._traffic, self._parts.informant
        values, heard = traffic.fresh(now_s), tuple[Heard, ...]()
        if informant is not None:
            birth = reintroduced(self.birth, informant.identity(values), now_ms)
            if birth is not self.birth:
                self.birth = birth
                self._is_birth_due = True
            heard = tuple(informant.heard())
        frames = traffic.take_frame_count()
        passing = traffic.moments(now_s)
        return self._judgement.step(values, now_ms, frames, heard, now_s, passing)

    def _samples(self, now_s: float, now_ms: int) -> list[DurableMessage]:
        if self._is_silent(now_s):
            return []
        values = self._traffic.all_fresh(now_s)
        if not values:
            return []
        return [Samples(observed_at_ms=now_ms, epoch=1, seq=1, values=values)]

    def _spool(self, drafts: list[DurableMessage]) -> None:
        spool, was_in_trouble = self._parts.spool, bool(self._parts.spool.trouble)
        try:
            spool.commit(drafts, self._judgement.states() | self._observers.states())
        except SpoolRefused as refused:
            # the rules step back to what is on disk, so that no step of a fault is skipped
            self._judgement = Judgement.restored(self._parts.profile, spool)
            self._observers.restore(spool)
            if not was_in_trouble:
                log.warning("%s: no rows are kept until it works: %s", self._parts.bench, refused)
            return
        self._delivery.note_committed()
        if was_in_trouble:
            log.warning("%s: the spool takes rows again", self._parts.bench)

    def _introduce(self, now_s: float) -> None:
        """Say who the bench is; until it may be said, nothing else is."""
        may_say = self._introduction.is_due(self.birth.identity.kind, now_s)
        if not (self._is_birth_due and may_say):
            return
        earlier = self._parts.spool.ledger.earlier()
        self.birth = msgspec.structs.replace(self.birth, earlier=earlier)
        if not self._parts.publisher.publish(Stream.BIRTH, encoding.encode(self.birth)):
            return
        self._is_birth_due = False
        self._told = None
        self._tell_state(now_s, is_urgent=True)

    def _tell_state(self, now_s: float, is_urgent: bool) -> None:
        if self._is_birth_due:
            return
        state = self._state(is_online=True, now_s=now_s)
        told = self._told
        has_changed = told is None or _gist(told) != _gist(state)
        if not (is_urgent or has_changed or now_s >= self._next_state_s):
            return
        if self._parts.publisher.publish(Stream.STATE, encoding.encode(state)):
            self._told = state
            self._next_state_s = now_s + STATE_PERIOD_S

    def _state(self, *, is_online: bool, now_s: float | None = None) -> BenchState:
        spool = self._parts.spool
        buses = [one.status.report(one.name) for one in self._parts.receivers]
        lost = sum(bus.lost_frames for bus in buses)
        return BenchState(
            observed_at_ms=self._parts.clock.now_ms(),
            online=is_online,
            buses=buses,
            bus=self._bus_state(self._parts.clock.monotonic_s() if now_s is None else now_s),
            frames=self._traffic.counts(lost),
            spool_rows=spool.rows,
            dropped_rows=spool.dropped_rows,
            spool=SpoolReport(
                payload_bytes=spool.payload_bytes,
                limit_bytes=spool.limit_bytes,
                oldest_waiting_ms=round(self._delivery.oldest_waiting_s * 1000),
                refused_rows=spool.refused_rows,
                damaged_rows=spool.ledger.damaged,
                files_set_aside=spool.files_set_aside,
                trouble=spool.trouble[:MOST_TROUBLE],
            ),
            fault_codes=self._judgement.open_fault_codes(),
            in_use=self._judgement.is_in_use,
            diagnostics=counts_of(self._parts.informant, self._judgement.passed_over),
        )

    def figures(self) -> BridgeFigures:
        """What the bridge has done since it started; may be called from any thread."""
        spool, counts = self._parts.spool, self._delivery.counts
        return BridgeFigures(
            bench=self._parts.bench,
            is_connected=self._parts.publisher.is_connected,
            connections=counts.connections,
            committed=spool.committed_rows,
            acknowledged=counts.acknowledged,
            sent=counts.sent,
            resent=counts.resent,
            acks=counts.acks,
            foreign_acks=counts.foreign_acks,
            unacknowledged=self._delivery.under_way,
            spool_rows=spool.rows,
            spool_bytes=spool.payload_bytes,
            spool_limit_bytes=spool.limit_bytes,
            oldest_waiting_s=self._delivery.oldest_waiting_s,
            refused_commits=spool.refused_commits,
            refused_rows=spool.refused_rows,
            given_up=spool.ledger.given_up,
            damaged=spool.ledger.damaged,
            files_set_aside=spool.files_set_aside,
            trouble=spool.trouble,
        )

    def _bus_state(self, now_s: float) -> BusState:
        if any(receiver.status.is_down for receiver in self._parts.receivers):
            return BusState.DOWN
        return BusState.SILENT if self._is_silent(now_s) else BusState.ACTIVE

    def _is_silent(self, now_s: float) -> bool:
        return now_s - self._last_frame_s > SILENT_AFTER_S


def _gist(state: BenchState) -> tuple[object, ...]:
    """What is told at once when it changes; counters wait for the heartbeat."""
    buses = [bus.state for bus in state.buses]
    armed, troubled = state.diagnostics.is_armed, bool(state.spool.trouble)
    return state.bus, buses, state.fault_codes, state.in_use, armed, troubled
