from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from inventory.accounts.throttling import FORGET_AFTER, PER_ACCOUNT, PER_ADDRESS, wait

NOW = datetime(2026, 12, 1, 8, 0, tzinfo=UTC)
NONE = timedelta(0)


@dataclass
class Failed:
    failures: int
    last_at: datetime = NOW


def test_the_first_failures_cost_nothing() -> None:
    assert wait(None, PER_ACCOUNT, NOW) == NONE
    assert wait(Failed(4), PER_ACCOUNT, NOW) == NONE


def test_the_wait_doubles_up_to_its_limit() -> None:
    waits = [wait(Failed(n), PER_ACCOUNT, NOW).total_seconds() for n in (5, 6, 7, 100)]
    assert waits == [1, 2, 4, 900]


def test_waiting_helps() -> None:
    failed = Failed(7)
    assert wait(failed, PER_ACCOUNT, NOW + timedelta(seconds=3)) == timedelta(seconds=1)
    assert wait(failed, PER_ACCOUNT, NOW + timedelta(seconds=4)) == NONE


def test_old_failures_are_forgotten() -> None:
    later = NOW + FORGET_AFTER + timedelta(seconds=1)
    assert wait(Failed(100), PER_ACCOUNT, later) == NONE


def test_a_clock_set_back_does_not_lock_for_longer_than_the_limit() -> None:
    assert wait(Failed(100), PER_ACCOUNT, NOW - timedelta(days=1)) == PER_ACCOUNT.longest


def test_at_most_thirty_guesses_reach_the_hash_in_ten_minutes() -> None:
    failed, guesses, at = Failed(0), 0, NOW
    while at < NOW + timedelta(minutes=10):
        if wait(failed if guesses else None, PER_ACCOUNT, at) == NONE:
            guesses += 1
            failed = Failed(guesses, at)
        at += timedelta(milliseconds=60)
    assert guesses <= 30


def test_a_shared_address_is_slowed_but_not_shut() -> None:
    assert wait(Failed(10_000), PER_ADDRESS, NOW) <= timedelta(seconds=8)
