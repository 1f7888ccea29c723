"""The rules at work on one bench: their state, and their outcomes as messages."""

import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from typing import Protocol, TypeVar

import msgspec

from can_bridge import faults, reported_codes, usage_sessions
from can_bridge.fault_tests import FaultTest, fault_tests
from can_bridge.fault_wording import CodeBook
from can_bridge.faults import FaultPhase
from can_bridge.freezing import Capture, Freezer, Moment
from can_bridge.profile import CheckedProfile
from can_bridge.reported_codes import Codes, Heard, Tracked
from can_bridge.usage_sessions import UsageOutcome, UsageRule, UsageState
from telemetry.contract.payloads import (
    DurableMessage,
    FaultReport,
    UsageEvent,
    UsageReport,
    Value,
)

log = logging.getLogger(__name__)

CLOCK_WAS_SET_MS = 500
"""Chosen: between two steps the clocks differ by far less unless somebody set one."""
LONGEST_QUIET_STEP_MS = 5_000
_USAGE, _FAULTS, _CODES, _FREEZES = "usage", "faults", "codes", "freezes"


class KeptStates(Protocol):
    """Where the states of the rules survive the process."""

    def state(self, name: str) -> bytes | None:
        """The state kept last under that name."""


class Judgement:
    """Usage sessions and faults of one bench.

    After a step, `states()` must be kept together with the messages it returned, or not at all.
    """

    def __init__(self, profile: CheckedProfile, kept: KeptStates) -> None:
        self._profile = profile
        self._tests = fault_tests(profile)
        self._book = CodeBook(profile.profile.trouble_codes)
        self._usage = _kept(kept, _USAGE, UsageState) or UsageState()
        self._phases = _kept(kept, _FAULTS, dict[str, FaultPhase]) or {}
        self._codes: Codes = _kept(kept, _CODES, dict[str, Tracked]) or {}
        self._freezer = _freezer(profile, kept)
        self._last: Moment | None = None
        self._steady_s = 0.0
        self._codes_passed_over = 0

    @classmethod
    def restored(cls, profile: CheckedProfile, kept: KeptStates) -> "Judgement":
        """Go on from the kept states; a state of an older shape is forgotten."""
        return cls(profile, kept)

    def step(
        self,
        values: Mapping[str, Value],
        at_ms: int,
        frames: int,
        heard: Sequence[Heard] = (),
        monotonic_s: float | None = None,
        passing: Iterable[Mapping[str, Value]] = (),
    ) -> list[DurableMessage]:
        """Advance all rules by one observation; epoch and seq of the messages are placeholders.

        `passing` are values since the last step that are already over; only faults that are
        confirmed at once see them, and only where they fail.

        With `monotonic_s`, a clock that is set while the bridge runs moves what is running along
        with it; without, time that went by is told by the wall clock alone.
        """
        now, elapsed_ms = self._now(at_ms, monotonic_s)
        messages: list[DurableMessage] = [*self._use(values, at_ms, frames)]
        messages += self._freezer.step(values, now)
        for moment in passing:
            messages += self._glance(moment, now)
        for test in self._tests:
            messages += self._test(test, values, now)
        messages += self._reported(heard, now, elapsed_ms)
        return messages

    def end_usage(self, at_ms: int) -> list[DurableMessage]:
        """End the open usage session, when no more traffic can come."""
        self._usage, steps = usage_sessions.end(self._usage)
        return [_usage_report(outcome, at_ms) for outcome in steps]

    def states(self) -> dict[str, bytes]:
        """States to keep."""
        return {
            _USAGE: msgspec.json.encode(asdict(self._usage)),
            _FAULTS: msgspec.json.encode(
                {key: asdict(phase) for key, phase in self._phases.items()}
            ),
            _CODES: msgspec.json.encode(self._codes),
            _FREEZES: self._freezer.kept(),
        }

    def open_fault_codes(self) -> list[str]:
        """Trouble codes of confirmed faults, however they are known."""
        calm = FaultPhase()
        tested = {test.dtc for test in self._tests if self._phases.get(test.key, calm).is_confirmed}
        return sorted(
            tested | {code.dtc for code in self._codes.values() if code.phase.is_confirmed}
        )

    @property
    def passed_over(self) -> int:
        """Reported codes and freezes for which there was no room."""
        return self._codes_passed_over + self._freezer.passed_over

    @property
    def is_in_use(self) -> bool:
        """Whether a usage session is running."""
        return self._usage.open is not None

    def _now(self, at_ms: int, monotonic_s: float | None) -> tuple[Moment, int]:
        last = self._last
        if last is None:
            self._last, elapsed_ms = Moment(at_ms, 0), 0
        else:
            by_wall_ms = at_ms - last.wall_ms
            elapsed_ms = by_wall_ms
            if monotonic_s is not None:
                elapsed_ms = round((monotonic_s - self._steady_s) * 1000)
                self._follow_clock(by_wall_ms - elapsed_ms)
            elapsed_ms = max(elapsed_ms, 0)
            self._last = Moment(at_ms, last.steady_ms + elapsed_ms)
        self._steady_s = self._steady_s if monotonic_s is None else monotonic_s
        return self._last, elapsed_ms

    def _follow_clock(self, set_by_ms: int) -> None:
        if abs(set_by_ms) < CLOCK_WAS_SET_MS:
            return
        log.warning("the clock was set by %.1f s; running times go on", set_by_ms / 1000)
        self._usage = usage_sessions.shifted(self._usage, set_by_ms)
        self._phases = {
            key: faults.shifted(phase, set_by_ms) for key, phase in self._phases.items()
        }
        self._codes = reported_codes.shifted(self._codes, set_by_ms)

    def _use(self, values: Mapping[str, Value], at_ms: int, frames: int) -> list[UsageReport]:
        entry, in_use = self._profile.profile.usage, self._profile.in_use
        if entry is None or in_use is None:
            return []
        rule = UsageRule(entry.start_s, entry.idle_s)
        holds = in_use.holds(values)
        self._usage, steps = usage_sessions.step(rule, self._usage, at_ms, holds, frames)
        return [_usage_report(outcome, at_ms) for outcome in steps]

    def _glance(self, values: Mapping[str, Value], now: Moment) -> list[FaultReport]:
        reports = []
        for test in self._tests:
            seen = test.look(values)
            if seen.is_failing and not seen.rule.confirm_s:
                reports += self._test(test, values, now)
        return reports

    def _test(self, test: FaultTest, values: Mapping[str, Value], now: Moment) -> list[FaultReport]:
        phase = self._phases.get(test.key, FaultPhase())
        seen = test.look(values)
        if not seen.is_failing and phase == FaultPhase():
            return []
        snapshot = {name: values.get(name) for name in test.names}
        self._phases[test.key], outcomes = faults.step(
            seen.rule, phase, now.wall_ms, seen.is_failing, snapshot
        )
        reports = [test.report(outcome, now.wall_ms) for outcome in outcomes]
        self._freezer.watch(reports, test.names, now)
        return reports

    def _reported(self, heard: Sequence[Heard], now: Moment, elapsed_ms: int) -> list[FaultReport]:
        for one in heard:
            self._codes, refused = reported_codes.take(self._codes, one)
            self._codes_passed_over += refused
        if not self._codes:
            return []
        severities = {key: self._book.severity(code) for key, code in self._codes.items()}
        quiet_ms = min(elapsed_ms, LONGEST_QUIET_STEP_MS)
        self._codes, told = reported_codes.step(self._codes, now.wall_ms, quiet_ms, severities)
        reports = [self._book.report(code, outcome, now.wall_ms) for code, outcome in told]
        self._freezer.watch(reports, (), now)
        return reports


_State = TypeVar("_State")


def _kept(kept: KeptStates, name: str, kind: type[_State]) -> _State | None:
    raw = kept.state(name)
    if raw is None:
        return None
    try:
        return msgspec.json.decode(raw, type=kind)
    except msgspec.DecodeError as old:
        log.warning("state %s is of another shape and begins anew: %s", name, old)
        return None


def _freezer(profile: CheckedProfile, kept: KeptStates) -> Freezer:
    headlines = [name for name, entry in profile.profile.signals.items() if entry.headline]
    names = list(dict.fromkeys([*headlines, *sorted(profile.condition_names())]))
    return Freezer(names, _kept(kept, _FREEZES, list[Capture]) or [])


def _usage_report(outcome: UsageOutcome, at_ms: int) -> UsageReport:
    return UsageReport(
        observed_at_ms=at_ms,
        epoch=1,
        seq=1,
        usage_id=outcome.usage_id,
        event=UsageEvent(outcome.step.value),
        started_at_ms=outcome.started_at_ms,
        ended_at_ms=outcome.ended_at_ms,
        evidence={"active_s": outcome.active_s, "frames": outcome.frames},
    )
