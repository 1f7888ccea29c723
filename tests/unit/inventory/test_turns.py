import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

import pytest

from inventory.turns import NoTurn, Turns, turns_of

SOON_S = 5.0


def wait_for(turns: Turns, count: int) -> None:
    """Until so many stand in the row; there is nothing else to be told by."""
    looked = threading.Event()
    while turns.waiting < count:
        looked.wait(0.001)


def test_turns_come_in_the_order_they_were_asked_for() -> None:
    turns, had = Turns(), []

    def write(number: int) -> None:
        with turns.turn(SOON_S):
            had.append(number)

    with ThreadPoolExecutor(8) as threads:
        with turns.turn(SOON_S):
            for number in range(8):
                threads.submit(write, number)
                wait_for(turns, number + 1)
        with turns.turn(SOON_S):
            had.append(-1)
    assert had == [*range(8), -1], "who comes again waits behind all who are there"


def test_who_gives_up_is_passed_over() -> None:
    turns = Turns()
    with turns.turn(SOON_S), pytest.raises(NoTurn), turns.turn(0.001):
        pass
    with turns.turn(0.001):
        assert turns.waiting == 0


def test_a_turn_that_failed_is_passed_on() -> None:
    turns = Turns()
    with pytest.raises(ZeroDivisionError), turns.turn(SOON_S):
        raise ZeroDivisionError
    with turns.turn(0.001):
        pass


def test_a_turn_may_end_in_another_thread() -> None:
    turns, held = Turns(), ExitStack()
    held.enter_context(turns.turn(SOON_S))
    with ThreadPoolExecutor(1) as threads:
        threads.submit(held.close).result()
    with turns.turn(0.001):
        pass


def test_all_who_open_a_file_stand_in_one_row() -> None:
    one = turns_of("/a/b.db")
    assert turns_of("/a/b.db") is one
    assert turns_of("/a/c.db") is not one
