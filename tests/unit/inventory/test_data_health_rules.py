from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest

from inventory.benches.rules import Liveness
from inventory.data_health.rules import (
    BACKLOG_S,
    CLOCK_TOLERANCE_S,
    DELAY_P99_S,
    GAP_NOTICE_S,
    BenchSigns,
    ClockState,
    TransportReason,
    TransportState,
    clock_state,
    day_begins,
    local_day,
    reasons,
    state,
)


def signs(**facts: Any) -> BenchSigns:  # noqa: ANN401 - any field
    return BenchSigns(**{"liveness": Liveness.ONLINE, "clock": ClockState.OK} | facts)


def test_a_bench_that_lives_and_loses_nothing_is_well() -> None:
    assert reasons(signs()) == ()
    assert state(()) is TransportState.OK


@pytest.mark.parametrize(
    ("facts", "reason", "verdict"),
    [
        ({"dropped": 1}, TransportReason.DROPPED, TransportState.TROUBLE),
        ({"expired": 1}, TransportReason.EXPIRED, TransportState.TROUBLE),
        ({"rejected": 1}, TransportReason.REJECTED, TransportState.TROUBLE),
        ({"backlog_age_s": BACKLOG_S + 1}, TransportReason.BACKLOG, TransportState.TROUBLE),
        ({"missing": 1}, TransportReason.MISSING, TransportState.NOTICE),
        ({"quarantined": 1}, TransportReason.QUARANTINED, TransportState.NOTICE),
        ({"clock": ClockState.OFF}, TransportReason.CLOCK_OFF, TransportState.NOTICE),
        ({"delay_p99_s": DELAY_P99_S + 1}, TransportReason.DELAYED, TransportState.NOTICE),
        ({"gap_s": GAP_NOTICE_S + 1}, TransportReason.GAPS, TransportState.NOTICE),
        ({"liveness": Liveness.SILENT}, TransportReason.SILENT, TransportState.UNKNOWN),
        ({"liveness": Liveness.LATE}, TransportReason.SILENT, TransportState.UNKNOWN),
        ({"liveness": Liveness.NEVER}, TransportReason.NEVER, TransportState.UNKNOWN),
    ],
)
def test_each_thing_that_can_be_wrong_is_named_and_weighed(
    facts: dict[str, object], reason: TransportReason, verdict: TransportState
) -> None:
    found = reasons(signs(**facts))
    assert found == (reason,)
    assert state(found) is verdict


def test_limits_themselves_are_still_well() -> None:
    at_the_limit = signs(backlog_age_s=BACKLOG_S, delay_p99_s=DELAY_P99_S, gap_s=GAP_NOTICE_S)
    assert reasons(at_the_limit) == ()


def test_what_is_lost_weighs_more_than_a_bench_that_is_away() -> None:
    found = reasons(signs(dropped=1, missing=2, liveness=Liveness.SILENT))
    expected = (TransportReason.DROPPED, TransportReason.MISSING, TransportReason.SILENT)
    assert found == expected
    assert state(found) is TransportState.TROUBLE


def test_a_bench_that_never_came_has_nothing_else_to_tell() -> None:
    assert reasons(signs(liveness=Liveness.NEVER, missing=3)) == (TransportReason.NEVER,)


def test_a_clock_is_off_either_way_and_unknown_is_not_well() -> None:
    assert clock_state(None) is ClockState.UNKNOWN
    assert clock_state(-CLOCK_TOLERANCE_S) is ClockState.OK
    assert clock_state(CLOCK_TOLERANCE_S + 0.1) is ClockState.OFF
    assert clock_state(-CLOCK_TOLERANCE_S - 0.1) is ClockState.OFF


def test_a_day_begins_at_midnight_in_china() -> None:
    evening = datetime(2026, 12, 1, 16, 0, tzinfo=UTC)
    assert local_day(evening) == date(2026, 12, 2)
    assert local_day(evening - timedelta(seconds=1)) == date(2026, 12, 1)
    assert day_begins(date(2026, 12, 2)) == evening
    starts = [day_begins(date(2026, 1, 1) + timedelta(days=n)) for n in range(366)]
    assert {later - earlier for earlier, later in pairwise(starts)} == {timedelta(days=1)}
