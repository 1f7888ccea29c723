from datetime import date

from inventory.agreements.rules import (
    Agreement,
    AgreementState,
    covered_until,
    latest,
    loan,
    merged,
)

DAY = date(2026, 12, 1)
RUNNING, NOT_BEGUN = AgreementState.RUNNING, AgreementState.NOT_BEGUN


def test_a_loan_counts_from_its_first_day_through_its_last() -> None:
    agreement = Agreement("某公司", DAY, DAY)
    assert loan([agreement], DAY).state is RUNNING
    assert loan([agreement], date(2026, 12, 2)).state is AgreementState.ENDED
    assert loan([agreement], date(2026, 11, 30)).state is NOT_BEGUN
    assert loan([], DAY).state is AgreementState.NONE
    assert loan([Agreement("某公司", DAY)], DAY).state is AgreementState.NONE


def test_of_several_the_one_that_covers_the_day_decides() -> None:
    old, new = (
        Agreement("甲", None, date(2026, 6, 30)),
        Agreement("甲", date(2026, 12, 2), date.max),
    )
    assert loan([old, new], DAY).agreement == new
    assert loan([old, new], DAY).state is NOT_BEGUN
    assert loan([new, old], date(2026, 6, 30)).agreement == old
    assert loan([old, new], date(2027, 1, 1)).agreement == new


def test_a_file_extends_the_agreement_it_means_and_adds_others() -> None:
    known = (Agreement("甲", date(2026, 1, 1), date(2026, 12, 31), "d" * 32),)
    extended = merged(known, [Agreement(valid_to=date(2027, 12, 31))])
    assert extended == (Agreement("甲", date(2026, 1, 1), date(2027, 12, 31), "d" * 32),)
    other = Agreement("乙", None, date(2027, 1, 31))
    assert merged(known, [other]) == (*known, other)
    following = Agreement("甲", date(2027, 1, 1), date(2027, 12, 31))
    assert merged(known, [following]) == (*known, following)
    assert latest(merged(known, [other])) == other


def test_agreements_that_follow_on_one_another_cover_without_a_gap() -> None:
    first = Agreement("甲", None, date(2026, 12, 31))
    second = Agreement("甲", date(2027, 1, 1), date(2027, 6, 30))
    after_a_gap = Agreement("甲", date(2027, 7, 2), date.max)
    assert covered_until([after_a_gap, second, first], DAY) == date(2027, 6, 30)
    assert covered_until([after_a_gap], date(2027, 7, 2)) == date.max
    assert covered_until([after_a_gap], DAY) is None
