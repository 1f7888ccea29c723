"""What a stocktake found, from what was expected and what was seen (pure)."""

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from inventory.equipment.rules import EquipmentItem, EquipmentStatus, stands_in


class StocktakeState(StrEnum):
    """Signed means that the record is frozen; cancelled ones leave no record."""

    OPEN = "open"
    SIGNED = "signed"
    CANCELLED = "cancelled"


class PieceResult(StrEnum):
    """What became of a piece; expected ones that nobody has seen are missing at the end."""

    EXPECTED = "expected"
    FOUND = "found"
    WRONG_PLACE = "wrong_place"
    MISSING = "missing"
    UNKNOWN = "unknown"


class ProposalKind(StrEnum):
    """What a signed stocktake proposes to change in the register."""

    MARK_MISSING = "mark_missing"
    MOVE = "move"
    CORRECT_QUANTITY = "correct_quantity"
    PUT_BACK_IN_SERVICE = "put_back_in_service"


class ProposalState(StrEnum):
    """Outdated means that the register said something else already when it was to be applied."""

    OPEN = "open"
    APPLIED = "applied"
    DECLINED = "declined"
    OUTDATED = "outdated"


EXPECTED_STATUSES = frozenset({EquipmentStatus.IN_SERVICE, EquipmentStatus.UNDER_REPAIR})
"""Chosen: what is lent out, written off or known to be missing is not looked for."""
_AWAY = frozenset({EquipmentStatus.LENT_OUT, EquipmentStatus.MISSING})
FIELD_OF: Mapping[ProposalKind, str] = {
    ProposalKind.MARK_MISSING: "status",
    ProposalKind.MOVE: "location",
    ProposalKind.CORRECT_QUANTITY: "quantity",
    ProposalKind.PUT_BACK_IN_SERVICE: "status",
}
"""The field of the register each proposal changes."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece as the register had it: at the start if expected, else when it was first seen."""

    asset_number: str
    item_zh: str
    item_en: str
    location: str
    status: EquipmentStatus
    quantity: float
    quantity_unit: str
    is_expected: bool


@dataclass(frozen=True, slots=True)
class Sighting:
    """Somebody saw something; `asset_number` is None where the code names nothing of the school.

    `location` is empty where it was not said, `counted` None where nobody counted.
    """

    client_id: str
    scanned_at: datetime
    who: str
    code: str
    asset_number: str | None
    location: str = ""
    counted: float | None = None
    note: str = ""
    document_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PieceRow:
    """A piece, what became of it, and the sighting that decides; `times` it was seen."""

    piece: Piece
    result: PieceResult
    seen: Sighting | None
    times: int


@dataclass(frozen=True, slots=True)
class Tally:
    """All that a stocktake found: pieces by asset number, unknown codes as they were first met."""

    rows: tuple[PieceRow, ...]
    unknown: tuple[Sighting, ...]

    def count_of(self, result: PieceResult) -> int:
        """Pieces, or different unknown codes, of a result."""
        if result is PieceResult.UNKNOWN:
            return len(self.unknown)
        return sum(row.result is result for row in self.rows)


@dataclass(frozen=True, slots=True)
class Proposal:
    """A change of one field of the register, spelled as texts."""

    asset_number: str
    kind: ProposalKind
    old: str
    new: str


def is_expected(item: EquipmentItem, station_code: str, locations: Iterable[str]) -> bool:
    """Whether a stocktake of a station, or of some of its rooms, looks for a piece."""
    rooms = {plain(one) for one in locations}
    is_here = stands_in(item, station_code) and (not rooms or plain(item.location) in rooms)
    return is_here and item.status in EXPECTED_STATUSES


def plain(location: str) -> str:
    """A place without the differences that people do not mean."""
    return "".join(unicodedata.normalize("NFKC", location).casefold().split())


def tally(
    pieces: Iterable[Piece], sightings: Iterable[Sighting], *, is_closed: bool = False
) -> Tally:
    """What was found; the order in which sightings arrived does not matter.

    A piece counts once however often it was seen; the latest place and number that somebody stated
    decide, notes and photos are those of all sightings.
    """
    of_piece: dict[str, list[Sighting]] = {}
    unknown: dict[str, Sighting] = {}
    for one in sorted(sightings, key=lambda seen: (seen.scanned_at, seen.client_id)):
        if one.asset_number is None:
            unknown.setdefault(one.code, one)
        else:
            of_piece.setdefault(one.asset_number, []).append(one)
    rows = [
        _row(piece, of_piece.get(piece.asset_number, []), is_closed=is_closed)
        for piece in sorted(pieces, key=lambda piece: piece.asset_number)
        if piece.is_expected or piece.asset_number in of_piece
    ]
    return Tally(tuple(rows), tuple(unknown.values()))


def proposals(found: Tally) -> list[Proposal]:
    """What a closed tally means for the register; nothing for what is written off."""
    return [one for row in found.rows for one in _proposals(row)]


def _row(piece: Piece, seen: list[Sighting], *, is_closed: bool) -> PieceRow:
    if not seen:
        gone = PieceResult.MISSING if is_closed else PieceResult.EXPECTED
        return PieceRow(piece, gone, None, 0)
    together = _together(seen)
    is_same = not together.location or not piece.location
    is_same = is_same or plain(together.location) == plain(piece.location)
    is_right = piece.is_expected and is_same
    result = PieceResult.FOUND if is_right else PieceResult.WRONG_PLACE
    return PieceRow(piece, result, together, len(seen))


def _together(seen: list[Sighting]) -> Sighting:
    last = seen[-1]
    places = [one.location for one in seen if one.location]
    counts = [one.counted for one in seen if one.counted is not None]
    notes = dict.fromkeys(one.note for one in seen if one.note)
    documents = dict.fromkeys(name for one in seen for name in one.document_ids)
    return Sighting(
        last.client_id,
        last.scanned_at,
        last.who,
        last.code,
        last.asset_number,
        places[-1] if places else "",
        counts[-1] if counts else None,
        "；".join(notes),
        tuple(documents),
    )


def _proposals(row: PieceRow) -> Iterable[Proposal]:
    piece, seen = row.piece, row.seen
    if row.result is PieceResult.MISSING:
        missing = EquipmentStatus.MISSING.value
        yield Proposal(piece.asset_number, ProposalKind.MARK_MISSING, piece.status.value, missing)
    if seen is None or piece.status is EquipmentStatus.RETIRED:
        return
    if piece.status in _AWAY:
        back = EquipmentStatus.IN_SERVICE.value
        kind = ProposalKind.PUT_BACK_IN_SERVICE
        yield Proposal(piece.asset_number, kind, piece.status.value, back)
    if seen.location and plain(seen.location) != plain(piece.location):
        yield Proposal(piece.asset_number, ProposalKind.MOVE, piece.location, seen.location)
    if seen.counted is not None and seen.counted != piece.quantity:
        old, new = spelled_quantity(piece.quantity), spelled_quantity(seen.counted)
        yield Proposal(piece.asset_number, ProposalKind.CORRECT_QUANTITY, old, new)


def spelled_quantity(quantity: float) -> str:
    """A number as proposals spell it."""
    return f"{quantity:.12g}"
