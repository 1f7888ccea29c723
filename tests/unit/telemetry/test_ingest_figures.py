from telemetry.ingest.figures import SECONDS, Durations, Figures, together


def test_a_duration_counts_below_the_first_bound_it_does_not_exceed() -> None:
    durations = Durations()
    for seconds in (-1.0, 0.002, 0.0021, 1e6):
        durations.note(seconds)
    assert durations.counts[:2] == [2, 1]
    assert durations.counts[-1] == 1
    assert len(durations.counts) == len(SECONDS) + 1
    assert durations.total_s == 0.002 + 0.0021 + 1e6


def test_workers_add_up_and_the_latest_commit_is_theirs() -> None:
    one, two = Figures(rows=3, connected=1, last_commit_s=5.0), Figures(rows=4, last_commit_s=7.0)
    one.delay.note(0.004)
    two.delay.note(0.004)
    total = together([one, two])
    assert (total.rows, total.workers, total.connected) == (7, 2, 1)
    assert total.last_commit_s == 7.0
    assert sum(total.delay.counts) == 2
    assert together([]).last_commit_age_s() is None
