"""The signals around a fault: a ring of the last seconds, and captures that run on after it."""

from collections import deque
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import msgspec

from telemetry.contract.payloads import (
    MOST_FREEZE_SIGNALS,
    FaultReport,
    FaultState,
    FreezeFrame,
    Value,
)

PERIOD_MS = 100
BEFORE_MS = 10_000
AFTER_MS = 5_000
MOST_CAPTURES = 8
"""Chosen: captures at once; a bench that loses power raises many faults within a second."""
QUIET_MS = 60_000
"""Chosen: a fault that comes and goes is captured at most this often."""
_DIGITS = 7
_OLDEST_STEPS = 256


class Moment(NamedTuple):
    """The two clocks: wall clock in ms since 1970, and one in ms that only goes forward."""

    wall_ms: int
    steady_ms: int


class Capture(msgspec.Struct):
    """A freeze that is being written; `offsets_ms` are relative to the confirmation."""

    report: FaultReport
    at_ms: int
    began_steady_ms: int
    names: list[str]
    offsets_ms: list[int]
    rows: list[list[Value]]


class Freezer:
    """Samples the named signals every 100 ms and hands out a freeze 5 s after a confirmation.

    What is in `kept()` survives a restart; a capture found there is handed out as it is.
    """

    def __init__(self, names: Sequence[str], cut_off: Sequence[Capture] = ()) -> None:
        """`names` in order of importance; `cut_off` is what a bridge that was stopped had kept."""
        self._names = list(names)
        self._ring: deque[tuple[int, list[Value]]] = deque(maxlen=BEFORE_MS // PERIOD_MS + 1)
        self._captures: list[Capture] = []
        self._cut_off = list(cut_off)
        self._last_at: dict[str, int] = {}
        self.passed_over = 0
        """Confirmations without a freeze, because too many came at once."""

    def step(self, values: Mapping[str, Value], now: Moment) -> list[FaultReport]:
        """Take a sample if it is time, and return the reports whose freeze is complete."""
        done = [_with_freeze(capture, is_complete=False) for capture in self._cut_off]
        self._cut_off = []
        if not self._ring or now.steady_ms - self._ring[-1][0] >= PERIOD_MS:
            row = [_short(values.get(name)) for name in self._names]
            self._ring.append((now.steady_ms, row))
            for capture in self._captures:
                self._add(capture, now.steady_ms, row)
        over = [one for one in self._captures if _is_over(one, now.steady_ms)]
        if over:
            self._captures = [one for one in self._captures if not _is_over(one, now.steady_ms)]
            done += [_with_freeze(capture, is_complete=True) for capture in over]
        return done

    def watch(self, reports: Sequence[FaultReport], wanted: Sequence[str], now: Moment) -> None:
        """Begin a capture for each confirmation; a clearing is noted in the capture it belongs to.

        `wanted` are the signals of the fault itself, kept before all others.
        """
        for report in reports:
            if report.state is FaultState.CONFIRMED:
                self._begin(report, wanted, now)
            elif report.state is FaultState.CLEARED:
                for capture in self._captures:
                    if capture.report.fault_id == report.fault_id:
                        capture.report = report

    def kept(self) -> bytes:
        """The captures that are not yet handed out."""
        return msgspec.json.encode([*self._cut_off, *self._captures])

    def _begin(self, report: FaultReport, wanted: Sequence[str], now: Moment) -> None:
        code = f"{report.ecu} {report.dtc}-{report.failure_type:02X}"
        last = self._last_at.get(code)
        if last is not None and now.steady_ms - last < QUIET_MS:
            return
        if len(self._captures) >= MOST_CAPTURES:
            self.passed_over += 1
            return
        if len(self._last_at) >= _OLDEST_STEPS:
            self._last_at.pop(next(iter(self._last_at)))
        self._last_at[code] = now.steady_ms
        own = [name for name in wanted if name in self._names]
        names = [*own, *(name for name in self._names if name not in own)][:MOST_FREEZE_SIGNALS]
        capture = Capture(report, now.wall_ms, now.steady_ms, names, [], [])
        for at_ms, row in self._ring:
            self._add(capture, at_ms, row)
        self._captures.append(capture)

    def _add(self, capture: Capture, steady_ms: int, row: Sequence[Value]) -> None:
        offset_ms = steady_ms - capture.began_steady_ms
        if -BEFORE_MS <= offset_ms <= AFTER_MS:
            place = {name: position for position, name in enumerate(self._names)}
            capture.offsets_ms.append(offset_ms)
            capture.rows.append([row[place[name]] for name in capture.names])


def _is_over(capture: Capture, steady_ms: int) -> bool:
    return steady_ms - capture.began_steady_ms >= AFTER_MS


def _with_freeze(capture: Capture, *, is_complete: bool) -> FaultReport:
    columns = {
        name: [row[position] for row in capture.rows] for position, name in enumerate(capture.names)
    }
    freeze = FreezeFrame(
        at_ms=capture.at_ms,
        offsets_ms=capture.offsets_ms,
        signals={
            name: column
            for name, column in columns.items()
            if any(value is not None for value in column)
        },
        is_complete=is_complete,
    )
    return msgspec.structs.replace(capture.report, freeze=freeze)


def _short(value: Value) -> Value:
    """Seven digits are more than any sensor has and a third of the bytes."""
    if isinstance(value, float):
        return float(f"{value:.{_DIGITS}g}")
    return value
