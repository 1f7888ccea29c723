"""What the log commands print, in both languages."""

from collections.abc import Iterator
from datetime import UTC, datetime

from can_bridge.logs.facts import LogFacts
from can_bridge.logs.reading import CanLog
from can_bridge.logs.writers.plan import EARLIEST_DATE_S
from can_bridge.logs.writing import Written
from stationmaster.language import Language


def facts_record(log: CanLog, facts: LogFacts, bitrate: int) -> dict[str, object]:
    """For JSON: everything `fact_lines` prints."""
    return {
        "log": str(log.path),
        "format": log.format,
        "frames": facts.frames,
        "distinct_ids": facts.distinct_ids,
        "extended_frames": facts.extended_frames,
        "fd_frames": facts.fd_frames,
        "remote_frames": facts.remote_frames,
        "error_frames": facts.error_frames,
        "sent_frames": facts.sent_frames,
        "earliest_s": facts.earliest_s,
        "latest_s": facts.latest_s,
        "duration_s": facts.duration_s,
        "steps_back": facts.steps_back,
        "unparsable_lines": log.unparsable_lines,
        "bad_line_numbers": log.bad_line_numbers,
        "lines_without_frame": log.counts.event_lines,
        "channels": {
            str(name): {"frames": entry.frames, "load_pct": facts.load_pct(name, bitrate)}
            for name, entry in facts.channels.items()
        },
    }


def fact_lines(log: CanLog, facts: LogFacts, bitrate: int, lang: Language) -> Iterator[str]:
    """A log's facts, one a line."""
    say = _Words(lang)
    yield f"{log.path}: {log.format}"
    ids = say("个标识符", "ids")
    yield f"{facts.frames} {say('帧', 'frames')}, {facts.distinct_ids} {ids}"
    if facts.earliest_s is not None and facts.latest_s is not None:
        until = f"{_time(facts.earliest_s)} … {_time(facts.latest_s)}"
        yield f"{until} ({facts.duration_s:.3f} s)"
    for name, entry in facts.channels.items():
        load = facts.load_pct(name, bitrate)
        told = "" if load is None else f", {load:.1f} % / {bitrate} bit/s"
        yield f"  {say('通道', 'channel')} {name}: {entry.frames} {say('帧', 'frames')}{told}"
    yield from _odd_facts(log, facts, say)


def written_lines(written: Written, source: CanLog | None, lang: Language) -> Iterator[str]:
    """What was written and what the format could not hold."""
    say = _Words(lang)
    yield f"{written.path}: {written.format}, {written.frames} {say('帧', 'frames')}"
    for name, number in written.plan.channel_numbers.items():
        if isinstance(name, str) and written.format not in {"candump", "csv"}:
            yield f"  {say('通道', 'channel')} {name} = {number}"
    for reason, count in written.losses.dropped.items():
        yield f"  {say('未写入', 'not written')}: {count} × {reason}"
    for reason, count in written.losses.reduced.items():
        yield f"  {say('格式存不下', 'not kept by the format')}: {count} × {reason}"
    if source is not None and source.unparsable_lines:
        yield _bad_lines(source, say)


class _Words:
    def __init__(self, lang: Language) -> None:
        self._is_chinese = lang is Language.ZH

    def __call__(self, zh: str, en: str) -> str:
        """The words of the language that was asked for."""
        return zh if self._is_chinese else en


def _odd_facts(log: CanLog, facts: LogFacts, say: _Words) -> Iterator[str]:
    for count, zh, en in (
        (facts.extended_frames, "29 位标识符的帧", "frames with 29-bit ids"),
        (facts.fd_frames, "CAN FD 帧", "CAN FD frames"),
        (facts.remote_frames, "远程帧", "remote frames"),
        (facts.error_frames, "错误帧", "error frames"),
        (facts.sent_frames, "由记录工具自己发送的帧", "frames sent by the recording tool"),
        (facts.steps_back, "处时间倒退", "steps back in time"),
        (log.counts.event_lines, "行不是帧（文件头、注释、事件）", "lines of header or events"),
    ):
        if count:
            yield f"  {count} {say(zh, en)}"
    if facts.earliest_s is not None and facts.earliest_s < 0:
        yield f"  {say('有负的时间', 'negative times')}: {facts.earliest_s:.6f} s"
    if log.unparsable_lines:
        yield _bad_lines(log, say)


def _bad_lines(log: CanLog, say: _Words) -> str:
    numbers = ", ".join(map(str, log.bad_line_numbers))
    more = ", …" if log.unparsable_lines > len(log.bad_line_numbers) else ""
    told = say("行读不懂，行号", "unparsable lines")
    return f"  {log.unparsable_lines} {told}: {numbers}{more}"


def _time(at_s: float) -> str:
    if at_s < EARLIEST_DATE_S:
        return f"{at_s:.6f}"
    return f"{datetime.fromtimestamp(at_s, UTC).astimezone():%Y-%m-%d %H:%M:%S.%f}"
