from datetime import UTC, date, datetime

from inventory.history.rules import begun_per_day, comparable, day_span, days_between, local_day


def test_a_day_begins_at_midnight_in_china() -> None:
    start, end = day_span(date(2026, 12, 1), date(2026, 12, 2))
    assert start == datetime(2026, 11, 30, 16, tzinfo=UTC)
    assert end == datetime(2026, 12, 2, 16, tzinfo=UTC)
    assert local_day(start) == date(2026, 12, 1)
    assert local_day(datetime(2026, 12, 2, 15, 59, 59, tzinfo=UTC)) == date(2026, 12, 2)
    assert list(days_between(date(2026, 12, 31), date(2027, 1, 1))) == [
        date(2026, 12, 31),
        date(2027, 1, 1),
    ]


def test_usage_sessions_count_to_the_local_day_they_began_on() -> None:
    starts = [datetime(2026, 12, 1, hour, tzinfo=UTC) for hour in (15, 16, 23)]
    assert begun_per_day(starts) == {date(2026, 12, 1): 1, date(2026, 12, 2): 2}


def test_signals_of_different_units_are_told_apart_and_missing_ones_too() -> None:
    found = comparable(
        ["u", "t", "i", "u"], {"u": "V", "t": "degC", "i": "A"}, {"u": "V", "t": "K"}
    )
    assert (found.names, found.missing) == (["u"], ["i"])
    assert found.different_units == {"t": ("degC", "K")}
