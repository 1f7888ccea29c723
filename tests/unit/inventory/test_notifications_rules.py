from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inventory.notifications.rules import (
    FOR_GROUPS,
    PAUSES,
    TECHNICAL,
    URGENCY,
    Hours,
    MessageKind,
    Timing,
    Urgency,
    default_timing,
    is_quiet,
    may_reach_at,
    next_local,
    pause_after,
)

ZONE = ZoneInfo("Asia/Shanghai")
NIGHT = Hours(ZONE)
times = st.times(timezones=st.none()).map(lambda one: one.replace(second=0, microsecond=0))
moments = st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1)).map(  # noqa: DTZ001
    lambda one: one.replace(tzinfo=UTC)
)


def local(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-12-01T{text}+08:00").astimezone(UTC)


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        ("06:59", "07:00"),
        ("07:00", "07:00"),
        ("21:59", "21:59"),
    ],
)
def test_a_normal_mail_waits_for_the_end_of_the_night(at: str, expected: str) -> None:
    assert may_reach_at(local(at), Urgency.NORMAL, Timing.AT_ONCE, NIGHT) == local(expected)


def test_after_the_evening_it_is_the_next_morning() -> None:
    found = may_reach_at(local("22:00"), Urgency.NORMAL, Timing.AT_ONCE, NIGHT)
    assert found == local("07:00") + timedelta(days=1)


def test_what_is_urgent_disturbs_the_night() -> None:
    at = local("03:00")
    assert may_reach_at(at, Urgency.URGENT, Timing.AT_ONCE, NIGHT) == at


def test_a_digest_comes_at_its_hour_however_urgent_a_message_is() -> None:
    for urgency in Urgency:
        found = may_reach_at(local("12:00"), urgency, Timing.DIGEST, NIGHT)
        assert found == local("07:30") + timedelta(days=1)


def test_quiet_hours_by_day_end_on_the_same_day() -> None:
    lesson = Hours(ZONE, time(8), time(12))
    found = may_reach_at(local("09:00"), Urgency.NORMAL, Timing.AT_ONCE, lesson)
    assert found == local("12:00")


def test_two_equal_times_mean_that_no_hour_is_quiet() -> None:
    never = Hours(ZONE, time(7), time(7))
    assert not any(is_quiet(local(f"{hour:02}:00"), never) for hour in range(24))


@given(moments, st.sampled_from(Urgency), st.sampled_from([Timing.AT_ONCE, Timing.DIGEST]))
@pytest.mark.parametrize("zone", ["Asia/Shanghai", "Europe/Berlin"])
def test_nobody_is_told_before_it_happened_or_more_than_a_day_late(
    zone: str, at: datetime, urgency: Urgency, timing: Timing
) -> None:
    found = may_reach_at(at, urgency, timing, Hours(ZoneInfo(zone)))
    assert at <= found <= at + timedelta(hours=25)
    assert found.tzinfo == at.tzinfo


@given(moments, times, times)
def test_a_normal_mail_never_comes_in_a_quiet_hour(at: datetime, begin: time, end: time) -> None:
    hours = Hours(ZONE, begin, end)
    assert not is_quiet(may_reach_at(at, Urgency.NORMAL, Timing.AT_ONCE, hours), hours)


@given(moments, times)
def test_the_next_time_of_day_is_the_first_one(at: datetime, wanted: time) -> None:
    found = next_local(at, wanted, ZONE)
    assert found.astimezone(ZONE).time() == wanted
    assert timedelta(0) <= found - at < timedelta(days=1)


def test_pauses_grow_and_end() -> None:
    found = [pause_after(attempts) for attempts in range(1, len(PAUSES) + 2)]
    assert found[-1] is None
    given_ = [one for one in found if one is not None]
    assert given_ == sorted(given_)
    assert timedelta(days=1) < sum(given_, timedelta(0)) < timedelta(days=3)


def test_every_kind_has_its_urgency_and_low_ones_wait_for_the_digest() -> None:
    assert set(URGENCY) == set(MessageKind)
    for kind, urgency in URGENCY.items():
        is_low = urgency is Urgency.LOW
        assert (default_timing(kind) is Timing.DIGEST) == is_low, kind
    assert not FOR_GROUPS & TECHNICAL
