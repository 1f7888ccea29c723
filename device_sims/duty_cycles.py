"""What people do at a bench: free exercises, a class in groups, an exam; all from a seed."""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar

_Command = TypeVar("_Command")


class Duty(StrEnum):
    """How a bench is used.

    `free`: exercises one after the other with short pauses. `class`: lessons in which groups take
    turns. `exam`: examinees one by one, all with the same tasks.
    """

    FREE = "free"
    CLASS = "class"
    EXAM = "exam"


@dataclass(frozen=True, slots=True)
class Phase(Generic[_Command]):
    """One command held for `lasts_s` seconds."""

    lasts_s: float
    command: _Command


@dataclass(frozen=True, slots=True)
class Repertoire(Generic[_Command]):
    """What can be done at a kind of bench.

    `idle` leaves the bench alone, `ready` is the state between pieces of work. `start` switches on,
    `stop` switches off, `work` is one piece of an exercise that ends in `ready`.
    """

    idle: _Command
    ready: _Command
    start: Callable[[], list[Phase[_Command]]]
    work: Callable[[random.Random], list[Phase[_Command]]]
    stop: Callable[[], list[Phase[_Command]]]


GROUPS, LESSON_PAUSE_S = 4, (600.0, 900.0)
TALK_S = (40.0, 120.0)
"""A group is shown what to do while the bench is left alone."""
DISCUSSION_S = (10.0, 40.0)
EXAMINEES, BREAK_S = 8, (1200.0, 1800.0)
READING_S = (60.0, 120.0)
"""An examinee's identity is checked, and the task read."""
TASK_STEPS, WRITING_DOWN_S = 6, 30.0
PACE = (0.75, 1.5)
"""How much quicker or slower than usual an examinee works."""


def free_exercise(can: Repertoire[_Command], chance: random.Random) -> Iterator[Phase[_Command]]:
    """Switch on, work several pieces, switch off, pause."""
    yield from can.start()
    for _ in range(chance.randint(3, 7)):
        yield from can.work(chance)
    yield from can.stop()
    yield Phase(chance.uniform(20, 35), can.idle)


def lesson(can: Repertoire[_Command], chance: random.Random) -> Iterator[Phase[_Command]]:
    """Each group looks, switches on, works a little, discusses and switches off; then a break."""
    for _ in range(GROUPS):
        yield Phase(chance.uniform(*TALK_S), can.idle)
        yield from can.start()
        for _ in range(chance.randint(5, 8)):
            yield from can.work(chance)
            yield Phase(chance.uniform(*DISCUSSION_S), can.ready)
        yield from can.stop()
    yield Phase(chance.uniform(*LESSON_PAUSE_S), can.idle)


def exam(can: Repertoire[_Command], chance: random.Random) -> Iterator[Phase[_Command]]:
    """Every examinee does the same steps in the same order, each at a pace of their own."""
    # drawn once: an exam asks the same of everybody
    steps = [list(can.work(chance)) for _ in range(TASK_STEPS)]
    for _ in range(EXAMINEES):
        yield Phase(chance.uniform(*READING_S), can.idle)
        pace = chance.uniform(*PACE)
        yield from can.start()
        for step in steps:
            yield Phase(WRITING_DOWN_S * pace, can.ready)
            yield from (Phase(phase.lasts_s * pace, phase.command) for phase in step)
        yield Phase(15 * pace, can.ready)
        yield from can.stop()
    yield Phase(chance.uniform(*BREAK_S), can.idle)


class DutyCycle(Generic[_Command]):
    """Endless days of one duty; the same seed gives the same days."""

    def __init__(self, can: Repertoire[_Command], duty: Duty, seed: int) -> None:
        self._can = can
        self._duty = duty
        # a simulation must be repeatable, not unpredictable
        self._chance = random.Random(seed)  # noqa: S311
        self._phases: Iterator[Phase[_Command]] = iter(())
        self._now: Phase[_Command] = Phase(0.0, can.idle)
        self._left_s = 0.0

    def after(self, dt_s: float) -> _Command:
        """The command that holds `dt_s` seconds later."""
        self._left_s -= dt_s
        while self._left_s <= 0:
            following = next(self._phases, None)
            if following is None:
                self._phases = self._day()
                continue
            self._now = following
            self._left_s += following.lasts_s
        return self._now.command

    def _day(self) -> Iterator[Phase[_Command]]:
        match self._duty:
            case Duty.FREE:
                return free_exercise(self._can, self._chance)
            case Duty.CLASS:
                return lesson(self._can, self._chance)
            case Duty.EXAM:
                return exam(self._can, self._chance)
