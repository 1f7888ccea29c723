"""Finding stocktakes and what they show now, scoped to who asks."""

from collections import Counter
from dataclasses import asdict, dataclass

from sqlalchemy import ColumnElement, func
from sqlmodel import Session, col, select

from inventory.accounts.access import demand, visible_organisations
from inventory.accounts.rules import Action, Decision, Principal, Resource, authorize
from inventory.equipment.table import Equipment
from inventory.errors import NotAllowed
from inventory.labels.use_cases import labels_of
from inventory.organisations.use_cases import organisation
from inventory.stocktakes.errors import UnknownStocktake
from inventory.stocktakes.rules import (
    Piece,
    PieceResult,
    PieceRow,
    ProposalState,
    Sighting,
    StocktakeState,
    Tally,
    tally,
)
from inventory.stocktakes.schema import (
    DeviceOut,
    RowOut,
    SeenOut,
    SheetOut,
    StocktakeOut,
    StocktakePage,
)
from inventory.stocktakes.table import (
    Stocktake,
    StocktakeDevice,
    StocktakePiece,
    StocktakeProposal,
    StocktakeScan,
)


@dataclass(frozen=True, slots=True)
class StocktakeQuery:
    """Which stocktakes; None leaves it open."""

    station: str | None = None
    state: StocktakeState | None = None


def stocktake(db: Session, principal: Principal, stocktake_id: int, action: Action) -> Stocktake:
    """The stocktake of an id, if the caller may do this with it.

    Raises:
        UnknownStocktake: there is none, or the caller may not know of it.
        NotAllowed: the caller's role does not include the action.
    """
    if authorize(principal, action) is not Decision.ALLOWED:
        # the same for ids that exist and ids that don't
        raise NotAllowed(action.value)
    unknown = UnknownStocktake(str(stocktake_id))
    row = db.get(Stocktake, stocktake_id)
    if row is None:
        raise unknown
    demand(principal, action, resource_of(db, row), unknown)
    return row


def resource_of(db: Session, row: Stocktake) -> Resource:
    """The stocktake as decisions on access take it."""
    owner = organisation(db, row.organisation_code)
    return Resource(owner.code, owner.evaluated_by)


def stocktakes(
    db: Session, principal: Principal, query: StocktakeQuery, *, offset: int, limit: int
) -> tuple[list[Stocktake], int]:
    """Those the caller may see, the latest first; and how many in all."""
    wanted: list[ColumnElement[bool]] = [
        col(Stocktake.organisation_code).in_(visible_organisations(principal))
    ]
    if query.station is not None:
        wanted.append(col(Stocktake.station_code) == query.station)
    if query.state is not None:
        wanted.append(col(Stocktake.state) == query.state)
    latest = select(Stocktake).where(*wanted).order_by(col(Stocktake.id).desc())
    total = db.exec(select(func.count()).select_from(Stocktake).where(*wanted)).one()
    return list(db.exec(latest.offset(offset).limit(limit)).all()), total


def scans_of(db: Session, row: Stocktake) -> list[StocktakeScan]:
    """Every scan that came, also late and withdrawn ones."""
    query = select(StocktakeScan).where(StocktakeScan.stocktake_id == row.id)
    return list(db.exec(query.order_by(col(StocktakeScan.client_id))).all())


def pieces_of(db: Session, row: Stocktake) -> list[Piece]:
    """The frozen pieces as the rules take them."""
    query = select(StocktakePiece).where(StocktakePiece.stocktake_id == row.id)
    return [piece_of(one) for one in db.exec(query).all()]


def piece_of(row: StocktakePiece) -> Piece:
    """A stored piece as the rules take it."""
    return Piece(**row.model_dump(exclude={"stocktake_id"}))


def sighting_of(scan: StocktakeScan) -> Sighting:
    """A stored scan as the rules take it."""
    return Sighting(
        scan.client_id,
        scan.scanned_at,
        scan.who,
        scan.code,
        scan.asset_number,
        scan.location,
        scan.counted,
        scan.note,
        tuple(scan.document_ids),
    )


def tally_of(db: Session, row: Stocktake, *, is_closed: bool | None = None) -> Tally:
    """What was found; by default missing is told when the stocktake is over."""
    over = row.state is not StocktakeState.OPEN if is_closed is None else is_closed
    counted = [sighting_of(one) for one in scans_of(db, row) if counts(one)]
    return tally(pieces_of(db, row), counted, is_closed=over)


def counts(scan: StocktakeScan) -> bool:
    """Whether a scan is part of the result."""
    return not scan.is_late and scan.withdrawn_at is None


def page_of(
    db: Session, principal: Principal, row: Stocktake, found: Tally | None = None
) -> StocktakePage:
    """A stocktake with its figures; `found` where they are known already."""
    found = found or tally_of(db, row)
    scans = scans_of(db, row)
    devices = db.exec(
        select(StocktakeDevice)
        .where(StocktakeDevice.stocktake_id == row.id)
        .order_by(col(StocktakeDevice.device_id))
    ).all()
    proposals = select(func.count()).where(
        StocktakeProposal.stocktake_id == row.id,
        StocktakeProposal.state == ProposalState.OPEN,
    )
    valid = [one for one in scans if counts(one)]
    things = Counter(one.asset_number or f"?{one.code}" for one in valid)
    resource = resource_of(db, row)

    def may(action: Action) -> bool:
        return authorize(principal, action, resource) is Decision.ALLOWED

    return StocktakePage(
        **StocktakeOut.model_validate(row).model_dump(),
        counts={result: found.count_of(result) for result in PieceResult},
        scans=len(valid),
        doubles=sum(times - 1 for times in things.values()),
        withdrawn=sum(one.withdrawn_at is not None for one in scans),
        late=sum(one.is_late for one in scans),
        devices=[DeviceOut.model_validate(one.model_dump()) for one in devices],
        open_proposals=db.exec(proposals).one(),
        may_scan=may(Action.SCAN_STOCKTAKE) and row.state is StocktakeState.OPEN,
        may_manage=may(Action.MANAGE_STOCKTAKE),
    )


def rows_out(db: Session, row: Stocktake, found: Tally) -> list[RowOut]:
    """The pieces as the API shows them, with the codes on their labels."""
    labels = labels_of(db, row.organisation_code)
    return [_row_out(one, labels.get(one.piece.asset_number)) for one in found.rows]


def sheet(db: Session, principal: Principal, row: Stocktake) -> SheetOut:
    """All that a phone needs to go on without a network."""
    found = tally_of(db, row)
    places = select(Equipment.location).where(
        Equipment.organisation_code == row.organisation_code, Equipment.location != ""
    )
    return SheetOut(
        stocktake=page_of(db, principal, row, found),
        rooms=sorted(set(db.exec(places.distinct()).all()) | set(row.locations)),
        rows=rows_out(db, row, found),
        unknown=[seen_out(one) for one in found.unknown],
    )


def seen_out(seen: Sighting) -> SeenOut:
    """A sighting as the API shows it."""
    return SeenOut.model_validate(asdict(seen) | {"document_ids": list(seen.document_ids)})


def _row_out(row: PieceRow, label: str | None) -> RowOut:
    return RowOut(
        **asdict(row.piece),
        result=row.result,
        times=row.times,
        seen=None if row.seen is None else seen_out(row.seen),
        label=label,
    )
