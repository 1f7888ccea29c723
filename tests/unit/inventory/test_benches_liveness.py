from datetime import UTC, datetime, timedelta

import pytest

from inventory.benches.rules import Liveness, liveness

NOW = datetime(2026, 12, 1, 8, 0, tzinfo=UTC)
LIMIT = timedelta(hours=1)


@pytest.mark.parametrize(
    ("age_s", "is_online", "expected"),
    [
        (None, True, Liveness.NEVER),
        (0, True, Liveness.ONLINE),
        (6, True, Liveness.ONLINE),
        (7, True, Liveness.LATE),
        (1, False, Liveness.LATE),
        (3600, False, Liveness.LATE),
        (3601, True, Liveness.SILENT),
        (-5, True, Liveness.ONLINE),
    ],
)
def test_a_bench_is_classified_by_its_last_sign_of_life(
    age_s: int | None, is_online: bool, expected: Liveness
) -> None:
    seen_at = None if age_s is None else NOW - timedelta(seconds=age_s)
    assert liveness(seen_at, is_online=is_online, now=NOW, silence_limit=LIMIT) is expected
