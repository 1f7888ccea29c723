"""Writes what a simulated bench sends into a log that other tools can read."""

from collections.abc import Iterator
from itertools import chain
from pathlib import Path

from can_bridge.frames import CLASSIC_BYTES, Frame, FrameBatch
from can_bridge.logs.facts import ChannelFacts, LogFacts
from can_bridge.logs.writing import format_of, write_batches
from device_sims.bench import bus_names
from device_sims.recording import RecordingPlan, recorded


def record(plan: RecordingPlan, log: Path) -> int:
    """Record a bench into a new file and return the number of frames; channels are its buses.

    Raises:
        UnusableRecording: a duration that can't be had.
        UnknownScenario: this kind of bench has no such fault.
        UnwritableLog: the name says no known format, or the file exists or can't be written.
    """
    form = format_of(log)
    facts = LogFacts(
        earliest_s=0.0,
        longest_payload=CLASSIC_BYTES,
        channels={bus: ChannelFacts() for bus in bus_names(plan.kind)},
    )
    batches = _batches(plan, facts)
    # the plan is checked before the file is begun
    first = next(batches)
    return write_batches(chain([first], batches), facts, log, form).frames


def _batches(plan: RecordingPlan, facts: LogFacts) -> Iterator[FrameBatch]:
    for frames in recorded(plan):
        facts.frames += len(frames)
        yield FrameBatch.of(Frame(at_s, bus, *frame) for at_s, bus, frame in frames)
