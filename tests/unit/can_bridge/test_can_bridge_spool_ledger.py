from hypothesis import given
from hypothesis import strategies as st

from can_bridge.spool_ledger import (
    MOST_FINISHED_EPOCHS,
    AckKind,
    EpochSpan,
    Ledger,
    Stretch,
    uncovered,
)
from can_bridge.waiting_age import MOST_MARKS, WaitingAge
from telemetry.contract.spooling import EarlierEpoch

ACTS = st.one_of(
    st.just(("open", 0, 0)),
    st.tuples(st.just("rows"), st.integers(1, 5), st.just(0)),
    st.tuples(st.just("ack"), st.integers(0, 5), st.integers(0, 12)),
)


def positions(ledger: Ledger) -> list[int]:
    return [at for one in ledger.waiting() for at in range(one.first, one.last + 1)]


@given(st.lists(ACTS, max_size=40))
def test_a_ledger_knows_what_waits_as_a_plain_list_does(acts: list[tuple[str, int, int]]) -> None:
    ledger, epochs = Ledger("battery-01").begun(1), [1]
    waiting: list[tuple[int, int, int]] = []
    position = 0
    for act, first, second in acts:
        if act == "open":
            epochs.append(len(epochs) + 1)
            ledger = ledger.begun(epochs[-1])
        elif act == "rows":
            for _ in range(first):
                position += 1
                waiting.append((position, ledger.present.epoch, ledger.present.last_seq + 1))
                ledger = ledger.with_rows(1, position)
        else:
            epoch = epochs[-1 - first % len(epochs)]
            span = ledger.span_of(epoch)
            ledger, kind = ledger.after_ack(epoch, second)
            is_foreign = span is None or (
                epoch == ledger.present.epoch and second > ledger.present.last_seq
            )
            assert (kind is AckKind.FOREIGN) is is_foreign
            if not is_foreign:
                waiting = [row for row in waiting if row[1] != epoch or row[2] > second]
        assert positions(ledger) == [row[0] for row in waiting]
        assert ledger.last_position == position
        assert ledger.first_waiting == (waiting[0][0] if waiting else position + 1)
        for after in range(position + 2):
            following = next((row[0] for row in waiting if row[0] > after), None)
            assert ledger.waiting_after(after) == following


def test_a_copy_put_back_is_told_more_than_it_knows_and_lets_go() -> None:
    ledger = Ledger("b").begun(1).with_rows(10, 0).begun(2).with_rows(3, 0)
    ledger, kind = ledger.after_ack(1, 50)
    assert (kind, positions(ledger)) == (AckKind.FURTHER, [11, 12, 13])
    assert ledger.after_ack(1, 60)[1] is AckKind.REPEATED
    assert ledger.after_ack(1, 9)[1] is AckKind.LOWER
    assert ledger.after_ack(2, 4)[1] is AckKind.FOREIGN, "never sent"
    assert ledger.earlier() == [EarlierEpoch(epoch=1, last_seq=10, acknowledged=10)]


def test_finished_epochs_are_remembered_for_a_while_and_waiting_ones_for_ever() -> None:
    ledger = Ledger("b").begun(1).with_rows(1, 0)
    for epoch in range(2, 60):
        ledger = ledger.begun(epoch).with_rows(1, 0)
        ledger, _ = ledger.after_ack(epoch, 1)
    ledger = ledger.begun(60).begun(61)
    known = [span.epoch for span in ledger.spans]
    assert known == [1, *range(60 - MOST_FINISHED_EPOCHS, 60), 61]


@given(st.sets(st.integers(1, 30)), st.integers(1, 30), st.integers(1, 30))
def test_holes_are_exactly_what_no_row_covers(rows: set[int], one: int, other: int) -> None:
    stretch = Stretch(7, min(one, other), max(one, other))
    holes = uncovered(stretch, ((row, row) for row in sorted(rows)))
    missing = {at for hole in holes for at in range(hole.first, hole.last + 1)}
    assert missing == set(range(stretch.first, stretch.last + 1)) - rows


def test_a_record_covers_what_it_stands_for_also_before_the_stretch() -> None:
    assert list(uncovered(Stretch(7, 5, 20), iter([(1, 8), (12, 15)]))) == [
        Stretch(7, 9, 11),
        Stretch(7, 16, 20),
    ]


def test_an_epoch_without_waiting_rows_has_no_stretch() -> None:
    assert EpochSpan(1, 0, 5, 5).waiting is None
    assert EpochSpan(1, 10, 5, 3).waiting == Stretch(1, 14, 15)


def test_the_oldest_row_ages_until_it_is_taken() -> None:
    age = WaitingAge(100.0, 0)
    assert age.age_s(1, 150.0) == 0.0
    for second in range(10):
        age.committed(second + 1, 1, 100.0 + second)
    assert age.age_s(1, 110.0) == 10.0
    assert age.age_s(6, 110.0) == 5.0
    assert age.age_s(11, 110.0) == 0.0


def test_rows_of_an_earlier_opening_bring_their_age() -> None:
    age = WaitingAge(100.0, 40, inherited_s=3600.0)
    age.committed(41, 1, 101.0)
    assert age.age_s(1, 110.0) == 3610.0
    assert age.age_s(41, 110.0) == 9.0
    assert WaitingAge(100.0, 40, inherited_s=-5.0).age_s(1, 101.0) == 1.0


@given(st.integers(1, 4000))
def test_an_age_is_never_too_small_however_many_rows_wait(first_waiting: int) -> None:
    age = WaitingAge(0.0, 0)
    for row in range(1, 4001):
        age.committed(row, 1, float(row))
    exact_s = 4000.0 - first_waiting
    assert exact_s <= age.age_s(first_waiting, 4000.0) <= exact_s + 4000 / MOST_MARKS * 4
