"""Routes of stocktakes."""

import io
from typing import Annotated

import segno
from fastapi import APIRouter, Depends, Path, Query, Request, Response, status

from inventory.accounts.policies import Now, TheDatabase, own_address, require
from inventory.accounts.rules import Action, Principal
from inventory.paging import Limit, Offset, Page, page
from inventory.stocktakes.ending import cancel, record_of, sign
from inventory.stocktakes.finding import (
    StocktakeQuery,
    page_of,
    rows_out,
    sheet,
    stocktake,
    stocktakes,
    tally_of,
)
from inventory.stocktakes.phone_routes import HOME
from inventory.stocktakes.proposing import decide, proposals_of
from inventory.stocktakes.rules import PieceResult, StocktakeState, plain
from inventory.stocktakes.schema import (
    DecisionOrder,
    EndOrder,
    ProposalOut,
    RecordOut,
    RowOut,
    ScansOrder,
    ScansOut,
    SheetOut,
    StocktakeOrder,
    StocktakeOut,
    StocktakePage,
)
from inventory.stocktakes.use_cases import start, take_in, withdraw

router = APIRouter(tags=["stocktakes"])
Reader = Annotated[Principal, Depends(require(Action.READ_STOCKTAKE))]
Scanner = Annotated[Principal, Depends(require(Action.SCAN_STOCKTAKE))]
Manager = Annotated[Principal, Depends(require(Action.MANAGE_STOCKTAKE))]
StocktakeId = Annotated[int, Path(ge=1, le=2**31 - 1)]
ClientId = Annotated[str, Path(max_length=64)]


class Wanted:
    """Which pieces of a stocktake a caller asks for."""

    def __init__(
        self,
        result: PieceResult | None = None,
        location: Annotated[str | None, Query(max_length=200)] = None,
    ) -> None:
        self.result = result
        self.room = None if location is None else plain(location)

    def has(self, row: RowOut) -> bool:
        """Whether a piece is among them."""
        if self.result is not None and row.result is not self.result:
            return False
        return self.room is None or plain(row.location) == self.room


@router.get("/stocktakes")
def list_stocktakes(
    database: TheDatabase,
    caller: Reader,
    station: Annotated[str | None, Query(max_length=32)] = None,
    state: StocktakeState | None = None,
    offset: Offset = 0,
    limit: Limit = 50,
) -> Page[StocktakeOut]:
    """Stocktakes I may see, the latest first."""
    with database.read() as db:
        wanted = StocktakeQuery(station, state)
        rows, total = stocktakes(db, caller, wanted, offset=offset, limit=limit)
        return page([StocktakeOut.model_validate(row) for row in rows], total, offset)


@router.post("/stocktakes", status_code=status.HTTP_201_CREATED)
def start_stocktake(
    order: StocktakeOrder, database: TheDatabase, caller: Manager, now: Now
) -> StocktakePage:
    """Begin to count a station or some of its rooms; what is expected is frozen now."""
    return start(database, caller, order, now=now)


@router.get("/stocktakes/{stocktake_id}")
def show_stocktake(
    stocktake_id: StocktakeId, database: TheDatabase, caller: Reader
) -> StocktakePage:
    """A stocktake with its figures."""
    with database.read() as db:
        row = stocktake(db, caller, stocktake_id, Action.READ_STOCKTAKE)
        return page_of(db, caller, row)


@router.get(
    "/stocktakes/{stocktake_id}/code",
    response_class=Response,
    responses={200: {"description": "The code", "content": {"image/svg+xml": {}}}},
)
def draw_code(
    stocktake_id: StocktakeId, request: Request, database: TheDatabase, caller: Reader
) -> Response:
    """A QR code by which a phone opens the page on which this stocktake is counted."""
    with database.read() as db:
        row = stocktake(db, caller, stocktake_id, Action.READ_STOCKTAKE)
        address = f"{own_address(request)}{HOME}/{row.id}"
    drawn = io.BytesIO()
    segno.make_qr(address, error="m").save(drawn, kind="svg", scale=4, light="#fff")
    return Response(drawn.getvalue(), media_type="image/svg+xml")


@router.get("/stocktakes/{stocktake_id}/rows")
def list_rows(
    stocktake_id: StocktakeId,
    database: TheDatabase,
    caller: Reader,
    wanted: Annotated[Wanted, Depends()],
    offset: Offset = 0,
    limit: Limit = 50,
) -> Page[RowOut]:
    """Pieces with what became of them, by room as the register has it and asset number."""
    with database.read() as db:
        row = stocktake(db, caller, stocktake_id, Action.READ_STOCKTAKE)
        rows = [one for one in rows_out(db, row, tally_of(db, row)) if wanted.has(one)]
    rows.sort(key=lambda one: (plain(one.location), one.asset_number))
    return page(rows[offset : offset + limit], len(rows), offset)


@router.get("/stocktakes/{stocktake_id}/sheet")
def show_sheet(stocktake_id: StocktakeId, database: TheDatabase, caller: Reader) -> SheetOut:
    """All that a phone needs to go on without a network."""
    with database.read() as db:
        row = stocktake(db, caller, stocktake_id, Action.READ_STOCKTAKE)
        return sheet(db, caller, row)


@router.post("/stocktakes/{stocktake_id}/scans")
def send_scans(
    stocktake_id: StocktakeId, order: ScansOrder, database: TheDatabase, caller: Scanner, now: Now
) -> ScansOut:
    """Send scans; to send one again is harmless, and each is answered for itself."""
    return take_in(database, caller, stocktake_id, order, now=now)


@router.delete("/stocktakes/{stocktake_id}/scans/{client_id}")
def withdraw_scan(
    stocktake_id: StocktakeId, client_id: ClientId, database: TheDatabase, caller: Scanner, now: Now
) -> StocktakePage:
    """Take a scan back; it stays on record and no longer counts."""
    return withdraw(database, caller, stocktake_id, client_id, now=now)


@router.post("/stocktakes/{stocktake_id}/sign")
def sign_stocktake(
    stocktake_id: StocktakeId, order: EndOrder, database: TheDatabase, caller: Manager, now: Now
) -> StocktakePage:
    """Close it: the record is frozen with its hash, and changes of the register are proposed."""
    return sign(database, caller, stocktake_id, order, now=now)


@router.post("/stocktakes/{stocktake_id}/cancel")
def cancel_stocktake(
    stocktake_id: StocktakeId, order: EndOrder, database: TheDatabase, caller: Manager, now: Now
) -> StocktakePage:
    """Give it up; its scans stay, nothing is proposed."""
    return cancel(database, caller, stocktake_id, order, now=now)


@router.get("/stocktakes/{stocktake_id}/record")
def show_record(stocktake_id: StocktakeId, database: TheDatabase, caller: Reader) -> RecordOut:
    """The signed record as it was frozen."""
    with database.read() as db:
        return record_of(db, caller, stocktake_id)


@router.get("/stocktakes/{stocktake_id}/proposals")
def list_proposals(
    stocktake_id: StocktakeId,
    database: TheDatabase,
    caller: Reader,
    offset: Offset = 0,
    limit: Limit = 50,
) -> Page[ProposalOut]:
    """What a signed stocktake proposes for the register, by asset number."""
    with database.read() as db:
        found = proposals_of(db, caller, stocktake_id)
    return page(found[offset : offset + limit], len(found), offset)


@router.post("/stocktakes/{stocktake_id}/proposals/decision")
def decide_on_proposals(
    stocktake_id: StocktakeId,
    order: DecisionOrder,
    database: TheDatabase,
    caller: Manager,
    now: Now,
) -> list[ProposalOut]:
    """Apply or decline proposals, by default all open ones, in one step."""
    return decide(database, caller, stocktake_id, order, now=now)
