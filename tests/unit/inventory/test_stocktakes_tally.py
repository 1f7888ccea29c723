from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inventory.equipment.rules import EquipmentItem, EquipmentStatus
from inventory.stocktakes.rules import (
    Piece,
    PieceResult,
    ProposalKind,
    Sighting,
    is_expected,
    proposals,
    tally,
)

START = datetime(2026, 12, 1, 8, tzinfo=UTC)
PIECES = (
    Piece("A-1", "示波器", "", "101", EquipmentStatus.IN_SERVICE, 1.0, "", is_expected=True),
    Piece("A-2", "手套", "", "102", EquipmentStatus.UNDER_REPAIR, 10.0, "", is_expected=True),
    Piece("A-3", "表", "", "", EquipmentStatus.IN_SERVICE, 1.0, "", is_expected=True),
    Piece("A-4", "旧表", "", "101", EquipmentStatus.MISSING, 1.0, "", is_expected=False),
    Piece("A-5", "废台", "", "101", EquipmentStatus.RETIRED, 1.0, "", is_expected=False),
)


def seen(asset: str | None, minute: int = 0, **facts: object) -> Sighting:
    at = START + timedelta(minutes=minute)
    plain = Sighting(f"c-{minute}-{asset}", at, "bj-teacher", asset or "?", asset)
    return replace(plain, **facts)  # type: ignore[arg-type]


sightings = st.lists(
    st.builds(
        seen,
        st.sampled_from(["A-1", "A-2", "A-3", "A-4", "A-5", None]),
        st.integers(0, 9),
        location=st.sampled_from(["", "101", "102", "１０１ "]),
        counted=st.sampled_from([None, 1.0, 8.0]),
        code=st.sampled_from(["x", "y"]),
    ),
    max_size=12,
    unique_by=lambda one: one.client_id,
)


def result_of(asset: str, *scans: Sighting, is_closed: bool = False) -> PieceResult:
    found = tally(PIECES, scans, is_closed=is_closed)
    return next(row.result for row in found.rows if row.piece.asset_number == asset)


@given(sightings, st.randoms(use_true_random=False))
def test_the_order_in_which_scans_arrive_changes_nothing(
    scans: list[Sighting], chance: object
) -> None:
    mixed = list(scans)
    chance.shuffle(mixed)  # type: ignore[attr-defined]
    assert tally(PIECES, mixed, is_closed=True) == tally(PIECES, scans, is_closed=True)


@given(sightings)
def test_every_piece_has_one_result_and_every_scan_a_place(scans: list[Sighting]) -> None:
    found = tally(PIECES, scans, is_closed=True)
    assert len({row.piece.asset_number for row in found.rows}) == len(found.rows)
    known = sum(row.times for row in found.rows)
    assert known == sum(one.asset_number is not None for one in scans)
    expected = {one.asset_number for one in PIECES if one.is_expected}
    shown = {row.piece.asset_number for row in found.rows}
    assert expected <= shown
    assert shown - expected == {one.asset_number for one in scans if one.asset_number} - expected
    total = sum(found.count_of(result) for result in PieceResult)
    assert total == len(found.rows) + len(found.unknown)


@given(sightings, sightings)
def test_to_see_more_never_loses_a_piece(before: list[Sighting], more: Sequence[Sighting]) -> None:
    later = [replace(one, client_id=f"later-{one.client_id}") for one in more]
    gone = {PieceResult.MISSING, PieceResult.EXPECTED}
    found = {row.piece.asset_number for row in tally(PIECES, before).rows if row.result not in gone}
    after = {
        row.piece.asset_number
        for row in tally(PIECES, [*before, *later]).rows
        if row.result not in gone
    }
    assert found <= after


@given(sightings)
def test_each_proposal_changes_something_and_one_field_once(scans: list[Sighting]) -> None:
    made = proposals(tally(PIECES, scans, is_closed=True))
    assert all(one.old != one.new for one in made)
    assert len({(one.asset_number, one.kind) for one in made}) == len(made)
    assert "A-5" not in {one.asset_number for one in made}, "what is written off stays so"


@pytest.mark.parametrize(
    ("asset", "facts", "result"),
    [
        ("A-1", {"location": " １０１"}, PieceResult.FOUND),
        ("A-1", {}, PieceResult.FOUND),
        ("A-1", {"location": "102"}, PieceResult.WRONG_PLACE),
        ("A-3", {"location": "101"}, PieceResult.FOUND),
        ("A-4", {"location": "101"}, PieceResult.WRONG_PLACE),
    ],
)
def test_where_it_was_seen_decides(
    asset: str, facts: dict[str, object], result: PieceResult
) -> None:
    assert result_of(asset, seen(asset, 0, **facts)) is result


def test_what_nobody_saw_is_missing_at_the_end_only() -> None:
    assert result_of("A-1") is PieceResult.EXPECTED
    assert result_of("A-1", is_closed=True) is PieceResult.MISSING


def test_the_latest_stated_place_decides_and_all_words_are_kept() -> None:
    scans = (
        seen("A-1", 1, location="102", note="先见于此", document_ids=("a",)),
        seen("A-1", 3, note="补充", document_ids=("a", "b")),
        seen("A-1", 2, location="101"),
    )
    (row,) = (one for one in tally(PIECES, scans).rows if one.piece.asset_number == "A-1")
    assert row.seen is not None
    assert (row.result, row.seen.location, row.times) == (PieceResult.FOUND, "101", 3)
    assert (row.seen.note, row.seen.document_ids) == ("先见于此；补充", ("a", "b"))


def test_what_was_found_is_proposed_and_nothing_else() -> None:
    scans = (
        seen("A-1", location="102"),
        seen("A-2", counted=8.0),
        seen("A-4", location="101"),
        seen("A-5", location="102"),
    )
    made = proposals(tally(PIECES, scans, is_closed=True))
    assert [(one.asset_number, one.kind, one.old, one.new) for one in made] == [
        ("A-1", ProposalKind.MOVE, "101", "102"),
        ("A-2", ProposalKind.CORRECT_QUANTITY, "10", "8"),
        ("A-3", ProposalKind.MARK_MISSING, "in_service", "missing"),
        ("A-4", ProposalKind.PUT_BACK_IN_SERVICE, "missing", "in_service"),
    ]


@pytest.mark.parametrize(
    ("facts", "rooms", "expected"),
    [
        ({}, [], True),
        ({"station_codes": ("BJ01-T",)}, [], True),
        ({"station_codes": ("BJ01-E",)}, [], False),
        ({"location": "101 室"}, ["１０１室"], True),
        ({"location": "102"}, ["101"], False),
        ({"status": EquipmentStatus.UNDER_REPAIR}, [], True),
        ({"status": EquipmentStatus.LENT_OUT}, [], False),
        ({"status": EquipmentStatus.RETIRED}, [], False),
        ({"status": EquipmentStatus.MISSING}, [], False),
    ],
)
def test_a_piece_is_looked_for_where_it_should_be(
    facts: dict[str, object], rooms: list[str], *, expected: bool
) -> None:
    item = EquipmentItem("A-1", "表", **facts)  # type: ignore[arg-type]
    assert is_expected(item, "BJ01-T", rooms) is expected
