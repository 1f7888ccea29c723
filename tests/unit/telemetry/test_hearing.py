from telemetry.ingest.hearing import DEAF_AFTER_S, Hearing

LATER_S = 100.0 + 2 * DEAF_AFTER_S


def test_a_connection_that_never_brought_anything_live_is_not_deaf() -> None:
    hearing = Hearing()
    assert not hearing.is_deaf(LATER_S)
    hearing.note_arrived(100.0, is_live=False)
    hearing.note_acknowledged()
    assert not hearing.is_deaf(LATER_S)


def test_silence_after_live_messages_is_deafness_in_the_end() -> None:
    hearing = Hearing()
    hearing.note_arrived(100.0, is_live=True)
    hearing.note_acknowledged()
    assert not hearing.is_deaf(100.0 + DEAF_AFTER_S)
    assert hearing.is_deaf(100.1 + DEAF_AFTER_S)


def test_a_broker_that_waits_for_our_answers_may_be_silent() -> None:
    hearing = Hearing()
    for _ in range(3):
        hearing.note_arrived(100.0, is_live=True)
    hearing.note_acknowledged()
    assert not hearing.is_deaf(LATER_S)
