from dataclasses import replace

import pytest

from telemetry.broker.doctor import findings as f
from telemetry.broker.doctor import verdicts as v
from telemetry.broker.doctor import verdicts_access as access
from telemetry.broker.doctor.verdicts import Grade, Verdict

DAY_S = 86_400.0
LOCAL = f.Connecting(host="127.0.0.1", refusal_3="", refusal_5="", ids_are_users=True)
SHARED = f.Sharing(True, 60, 30, 30, 0, 60, 60)
APART = f.Separation(
    own_up=True,
    own_down=True,
    speaks_for_other=False,
    forges_acknowledgement=False,
    hears_other=False,
    denial_is_acknowledged=False,
)


@pytest.mark.parametrize(
    ("verdict", "grade", "word"),
    [
        (v.of_round_trip(f.RoundTrip(30, 30, 0.4, 3)), Grade.GOOD, "30 of 30"),
        (v.of_round_trip(f.RoundTrip(30, 29, 0.4, 3)), Grade.BAD, "29 of 30"),
        (v.of_round_trip(f.RoundTrip(30, 30, 80, 90)), Grade.WEAK, "80"),
        (v.of_retained(f.Retained(True, True)), Grade.GOOD, "kept"),
        (v.of_retained(f.Retained(False, True)), Grade.BAD, "not kept"),
        (v.of_retained(f.Retained(True, False)), Grade.WEAK, "cleared"),
        (v.of_will(f.Will(0.0, 4.6, 2)), Grade.GOOD, "4.6 s after silence"),
        (v.of_will(f.Will(None, 4.6, 2)), Grade.BAD, "never after a cut"),
        (v.of_will(f.Will(0.0, None, 2)), Grade.WEAK, "never after silence"),
        (v.of_will(f.Will(0.0, 13.0, 2)), Grade.WEAK, "13.0 s"),
        (v.of_payload(f.Payload(1 << 20, 1 << 20, False)), Grade.GOOD, "1024 KiB"),
        (v.of_payload(f.Payload(20_000, 1 << 20, True)), Grade.BAD, "closed"),
        (v.of_in_flight(f.InFlight(300, 300)), Grade.GOOD, "300"),
        (v.of_in_flight(f.InFlight(20, 300)), Grade.WEAK, "max_inflight_messages"),
        (v.of_restart(), Grade.UNKNOWN, "not tried"),
        (access.of_doors(f.Doors(False, False)), Grade.GOOD, "refused"),
        (access.of_doors(f.Doors(True, None)), Grade.BAD, "without a name"),
        (access.of_doors(f.Doors(False, True)), Grade.BAD, "wrong password"),
        (access.of_sharing(SHARED), Grade.GOOD, "30 + 30"),
        (access.of_sharing(replace(SHARED, granted=False)), Grade.WEAK, "one worker"),
        (access.of_sharing(replace(SHARED, by_first=0, by_second=0)), Grade.WEAK, "never delivers"),
        (access.of_sharing(replace(SHARED, stayed=41)), Grade.WEAK, "41 of 60"),
        (access.of_sharing(replace(SHARED, by_first=60, repeated=30)), Grade.WEAK, "twice"),
        (access.of_separation(APART), Grade.GOOD, "own topics"),
        (access.of_separation(replace(APART, own_up=False)), Grade.UNKNOWN, "up/doctor/#"),
        (access.of_separation(replace(APART, speaks_for_other=True)), Grade.BAD, "speaks for"),
        (access.of_separation(replace(APART, forges_acknowledgement=True)), Grade.BAD, "forges"),
        (access.of_separation(replace(APART, hears_other=True)), Grade.BAD, "hears another"),
        (access.of_take_over(f.TakeOver(True)), Grade.WEAK, "use_username_as_clientid"),
        (access.of_take_over(f.TakeOver(False)), Grade.GOOD, "can't take"),
        (access.of_connecting(LOCAL), Grade.GOOD, "3.1.1 + 5"),
        (access.of_connecting(replace(LOCAL, refusal_5="no")), Grade.GOOD, "3.1.1 only"),
        (access.of_connecting(replace(LOCAL, host="broker.school")), Grade.BAD, "in clear"),
        (
            access.of_connecting(
                replace(LOCAL, host="broker.school", secured=f.Secured("TLSv1.3", 3 * DAY_S))
            ),
            Grade.WEAK,
            "ends in 3 days",
        ),
        (
            access.of_connecting(
                replace(LOCAL, host="broker.school", secured=f.Secured("TLSv1.3", 300 * DAY_S))
            ),
            Grade.GOOD,
            "TLSv1.3",
        ),
    ],
)
def test_a_finding_gets_its_grade_and_says_what_was_found(
    verdict: Verdict, grade: Grade, word: str
) -> None:
    assert verdict.grade is grade
    assert word in f"{verdict.measured.en} {verdict.meaning.en} {verdict.remedy.en}"
    for words in (verdict.measured, verdict.meaning, verdict.remedy):
        assert bool(words.zh) == bool(words.en)


def test_a_broker_that_acknowledges_what_it_drops_is_named_and_what_our_watermark_makes_of_it() -> (
    None
):
    short = f.Queued(sent=501, acknowledged=501, came=501)
    lying = v.of_offline_queue(f.OfflineQueue(short, f.Queued(3001, 3001, 1000)))
    assert lying.grade is Grade.WEAK
    assert "2001 messages were acknowledged and then dropped" in lying.meaning.en
    assert "watermark" in lying.meaning.en
    honest = v.of_offline_queue(f.OfflineQueue(short, f.Queued(3001, 1000, 1000)))
    assert "honestly" in honest.meaning.en
    assert v.of_offline_queue(f.OfflineQueue(short, short)).grade is Grade.GOOD
