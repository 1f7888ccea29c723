"""The only place that knows how a topic is spelled."""

import re
from dataclasses import dataclass
from enum import StrEnum

PREFIX = "stationmaster/v1"
BENCH_CODE = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,30}[a-z0-9])?")
"""Bench codes are lower case ASCII so that they are the same as topic level, user and client id."""


class Stream(StrEnum):
    """What a bench sends upwards."""

    BIRTH = "birth"
    STATE = "state"
    SAMPLES = "samples"
    USAGE = "usage"
    FAULTS = "faults"


DURABLE_STREAMS = frozenset({Stream.SAMPLES, Stream.USAGE, Stream.FAULTS})
"""Streams whose messages carry (epoch, seq) and stay in the spool until ingest acknowledges."""


class NotABenchTopic(ValueError):
    """The topic name does not follow `stationmaster/v1/{bench}/up/{stream}`."""

    def __init__(self, topic: str) -> None:
        super().__init__(f"{topic!r}: expected {PREFIX}/{{bench}}/up/{{stream}}")
        self.topic = topic


@dataclass(frozen=True, slots=True)
class UpTopic:
    """A parsed upward topic name."""

    bench: str
    stream: Stream


def check_bench_code(code: str) -> str:
    """Return the code unchanged.

    Raises:
        ValueError: the code is not 1-32 of `a-z 0-9 -`, starting and ending with a letter or digit.
    """
    if BENCH_CODE.fullmatch(code) is None:
        raise ValueError(f"bench code {code!r}: expected 1-32 characters of a-z, 0-9 and '-'")
    return code


def up(bench: str, stream: Stream) -> str:
    """The topic name on which a bench publishes a stream."""
    return f"{PREFIX}/{check_bench_code(bench)}/up/{stream.value}"


def ack(bench: str) -> str:
    """The topic name on which ingest tells a bench what it has committed."""
    return f"{PREFIX}/{check_bench_code(bench)}/down/ack"


def up_filter() -> str:
    """The topic filter that covers every stream of every bench."""
    return f"{PREFIX}/+/up/+"


def parse_up(topic: str) -> UpTopic:
    """Split an upward topic name.

    Raises:
        NotABenchTopic: wrong prefix, bench code or stream.
    """
    parts = topic.split("/")
    expected_levels = 5
    if len(parts) != expected_levels or "/".join(parts[:2]) != PREFIX or parts[3] != "up":
        raise NotABenchTopic(topic)
    if BENCH_CODE.fullmatch(parts[2]) is None:
        raise NotABenchTopic(topic)
    try:
        return UpTopic(parts[2], Stream(parts[4]))
    except ValueError as unknown_stream:
        raise NotABenchTopic(topic) from unknown_stream
