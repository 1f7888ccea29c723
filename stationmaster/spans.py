"""Spans of time as people ask for them: --from and --to, or --last."""

from datetime import UTC, datetime

from stationmaster.durations import seconds_in


def span_s(
    begin: str | None, end: str | None, last: str | None, now_s: float
) -> tuple[float, float]:
    """From and to in seconds since 1970; infinite where nothing is said.

    Raises:
        ValueError: what is said is no span; the text names the option.
    """
    if last is None:
        from_s = -float("inf") if begin is None else _moment(begin)
        to_s = float("inf") if end is None else _moment(end)
    elif begin is None and end is None:
        length_s = seconds_in(last)
        if length_s is None:
            raise ValueError(f"--last {last!r}: expected such as 90s, 15m, 2h or 1d")
        from_s, to_s = now_s - length_s, float("inf")
    else:
        raise ValueError("--last goes without --from and --to")
    if from_s >= to_s:
        raise ValueError(f"--from {begin} is not before --to {end}")
    return from_s, to_s


def _moment(text: str) -> float:
    """A moment in local time unless it says otherwise; a time alone is today's."""
    today = datetime.now(UTC).astimezone().date()
    for attempt in (text, f"{today}T{text}"):
        try:
            return datetime.fromisoformat(attempt).astimezone().timestamp()
        except ValueError:
            continue
    raise ValueError(f"{text!r}: expected such as 2026-05-04T10:30:00 or 10:30")
