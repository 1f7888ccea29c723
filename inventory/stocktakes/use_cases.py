"""Starting a stocktake, taking in scans and taking them back."""

from collections.abc import Mapping
from datetime import datetime

from sqlmodel import Session, col, select

from inventory.accounts.rules import Action, Principal
from inventory.audit.use_cases import record
from inventory.database import Database
from inventory.documents.use_cases import EntityRef, attach, demand_documents
from inventory.equipment.rules import EquipmentItem
from inventory.equipment.table import Equipment
from inventory.equipment.use_cases import items_of
from inventory.errors import Invalid, StepNotPossible, Taken, UnknownDocument
from inventory.labels.rules import read_code
from inventory.labels.use_cases import asset_of_code
from inventory.stations.use_cases import station
from inventory.stocktakes.errors import UnknownScan
from inventory.stocktakes.finding import (
    counts,
    page_of,
    piece_of,
    scans_of,
    sighting_of,
    stocktake,
)
from inventory.stocktakes.rules import (
    PieceResult,
    StocktakeState,
    Tally,
    is_expected,
    plain,
    tally,
)
from inventory.stocktakes.schema import (
    MOST_CODE,
    PieceFields,
    ScanOrder,
    ScanOut,
    ScansOrder,
    ScansOut,
    StocktakeOrder,
    StocktakePage,
)
from inventory.stocktakes.table import Stocktake, StocktakeDevice, StocktakePiece, StocktakeScan

_SAID = ("code", "location", "counted", "note", "document_ids")
"""What makes two scans of one `client_id` the same; a clock may be set between two tries."""
_PICTURED = tuple(name for name in PieceFields.model_fields if name != "is_expected")


def start(
    database: Database, principal: Principal, order: StocktakeOrder, *, now: datetime
) -> StocktakePage:
    """Begin a stocktake: what is expected is frozen as the register has it now.

    Raises:
        UnknownStation: there is none, or the caller may not know of it.
        NotAllowed: the caller's role does not start stocktakes.
        Taken: the station has one that is open; `code` is its id.
        Invalid: no piece is expected there.
    """
    with database.begin() as db:
        place = station(db, principal, order.station, Action.MANAGE_STOCKTAKE)
        going_on = select(Stocktake).where(
            Stocktake.station_code == place.code, Stocktake.state == StocktakeState.OPEN
        )
        if (known := db.exec(going_on).first()) is not None:
            raise Taken("stocktake", str(known.id))
        rooms = list({plain(one): one for one in order.locations if one}.values())
        items = items_of(db, place.organisation_code)
        expected = [item for item in items if is_expected(item, place.code, rooms)]
        if not expected:
            where = "one of these rooms" if rooms else "this station"
            raise Invalid("locations", f"a place where something is: nothing is in {where}")
        row = Stocktake(
            station_code=place.code,
            organisation_code=place.organisation_code,
            title=order.title,
            locations=rooms,
            started_at=now,
            started_by=principal.username,
        )
        db.add(row)
        db.flush()
        number = row.id or 0
        db.add_all(_picture(number, item, is_wanted=True) for item in expected)
        db.flush()
        _note(db, row, principal, "started", {"expected": len(expected), "locations": rooms}, now)
        return page_of(db, principal, row)


def take_in(
    database: Database,
    principal: Principal,
    stocktake_id: int,
    order: ScansOrder,
    *,
    now: datetime,
) -> ScansOut:
    """Take in what a phone has scanned; each scan once, however often it is sent.

    Scans that come after the end are kept as late ones and change nothing.

    Raises:
        UnknownStocktake: there is none, or the caller may not know of it.
        NotAllowed: the caller's role does not scan.
    """
    with database.begin() as db:
        row = stocktake(db, principal, stocktake_id, Action.SCAN_STOCKTAKE)
        _hear(db, row, principal, order, now)
        answers = [_take(db, row, principal, (order.device_id, scan), now) for scan in order.scans]
        db.flush()
        new = {
            outcome: sum(one.outcome == outcome for one in answers)
            for outcome in ("recorded", "late")
        }
        if any(new.values()):
            _note(db, row, principal, "scanned", new | {"device_id": order.device_id}, now)
        return ScansOut(state=row.state, scans=_told(db, row, answers))


def withdraw(
    database: Database, principal: Principal, stocktake_id: int, client_id: str, *, now: datetime
) -> StocktakePage:
    """Take a scan back: it stays on record and no longer counts. Twice is as good as once.

    Raises:
        UnknownStocktake: there is none, or the caller may not know of it.
        UnknownScan: no scan has the id.
        NotAllowed: the caller's role does not scan.
        StepNotPossible: the stocktake is over.
    """
    with database.begin() as db:
        row = stocktake(db, principal, stocktake_id, Action.SCAN_STOCKTAKE)
        scan = db.get(StocktakeScan, {"stocktake_id": row.id, "client_id": client_id})
        if scan is None:
            raise UnknownScan(client_id)
        if row.state is not StocktakeState.OPEN:
            raise StepNotPossible("withdraw", row.state, [])
        if scan.withdrawn_at is None:
            scan.withdrawn_at, scan.withdrawn_by = now, principal.username
            db.add(scan)
            db.flush()
            told = {"client_id": client_id, "asset_number": scan.asset_number}
            _note(db, row, principal, "withdrawn", told, now)
        return page_of(db, principal, row)


def _hear(
    db: Session, row: Stocktake, principal: Principal, order: ScansOrder, now: datetime
) -> None:
    device = db.get(StocktakeDevice, {"stocktake_id": row.id, "device_id": order.device_id})
    if device is None:
        device = StocktakeDevice(
            stocktake_id=row.id or 0, device_id=order.device_id, who="", unsent=0, seen_at=now
        )
    device.who, device.unsent, device.seen_at = principal.username, order.unsent, now
    db.add(device)


def _take(
    db: Session,
    row: Stocktake,
    principal: Principal,
    sent: tuple[str, ScanOrder],
    now: datetime,
) -> ScanOut:
    device_id, order = sent
    read = read_code(order.code)
    asset = None
    if read.code is not None:
        asset = asset_of_code(db, row.organisation_code, read.code)
    if asset is None and _piece(db, row, read.text) is not None:
        asset = read.text
    scan = StocktakeScan(
        stocktake_id=row.id or 0,
        device_id=device_id,
        who=principal.username,
        # a phone whose clock is ahead would outvote all later scans
        scanned_at=min(order.scanned_at, now),
        received_at=now,
        asset_number=asset,
        is_late=row.state is not StocktakeState.OPEN,
        **order.model_dump(exclude={"scanned_at", "code"}),
        # what a text is read as may be longer than what was sent
        code=read.code or read.text[:MOST_CODE],
    )
    known = db.get(StocktakeScan, {"stocktake_id": row.id, "client_id": order.client_id})
    if known is not None:
        return _again(known, scan)
    try:
        demand_documents(db, row.organisation_code, order.document_ids)
    except UnknownDocument as unknown:
        return ScanOut(client_id=order.client_id, outcome="refused", reason=str(unknown))
    if asset is not None and not scan.is_late:
        _show(db, row, asset)
    db.add(scan)
    db.flush()
    ref = EntityRef(row.organisation_code, "stocktake", str(row.id))
    for one in order.document_ids:
        attach(db, one, ref, who=principal.username, now=now)
    return ScanOut(
        client_id=scan.client_id,
        outcome="late" if scan.is_late else "recorded",
        asset_number=asset,
    )


def _again(known: StocktakeScan, scan: StocktakeScan) -> ScanOut:
    is_same = all(getattr(known, name) == getattr(scan, name) for name in _SAID)
    if not is_same:
        reason = "another scan was sent under this client_id before"
        return ScanOut(client_id=scan.client_id, outcome="refused", reason=reason)
    outcome = "late" if known.is_late else "again"
    return ScanOut(client_id=scan.client_id, outcome=outcome, asset_number=known.asset_number)


def _show(db: Session, row: Stocktake, asset_number: str) -> None:
    """What is seen though not expected is pictured as the register has it now."""
    if db.get(StocktakePiece, {"stocktake_id": row.id, "asset_number": asset_number}) is None:
        found = _piece(db, row, asset_number)
        if found is not None:
            db.add(_picture(row.id or 0, found, is_wanted=False))
            db.flush()


def _piece(db: Session, row: Stocktake, asset_number: str) -> Equipment | None:
    key = {"organisation_code": row.organisation_code, "asset_number": asset_number}
    return db.get(Equipment, key)


def _picture(
    stocktake_id: int, found: Equipment | EquipmentItem, *, is_wanted: bool
) -> StocktakePiece:
    facts = {name: getattr(found, name) for name in _PICTURED}
    return StocktakePiece(stocktake_id=stocktake_id, is_expected=is_wanted, **facts)


def _told(db: Session, row: Stocktake, answers: list[ScanOut]) -> list[ScanOut]:
    assets = {one.asset_number for one in answers if one.asset_number is not None}
    rows = {one.piece.asset_number: one for one in _tally_of_some(db, row, assets).rows}
    for answer in answers:
        found = rows.get(answer.asset_number or "")
        if found is not None:
            answer.item_zh, answer.item_en = found.piece.item_zh, found.piece.item_en
            answer.result = found.result
        elif answer.asset_number is None and answer.outcome != "refused":
            answer.result = PieceResult.UNKNOWN
    return answers


def _tally_of_some(db: Session, row: Stocktake, assets: set[str]) -> Tally:
    query = select(StocktakePiece).where(
        StocktakePiece.stocktake_id == row.id, col(StocktakePiece.asset_number).in_(assets)
    )
    pieces = [piece_of(one) for one in db.exec(query).all()]
    scans = [one for one in scans_of(db, row) if counts(one) and one.asset_number in assets]
    return tally(pieces, [sighting_of(one) for one in scans])


def _note(
    db: Session,
    row: Stocktake,
    principal: Principal,
    action: str,
    new: Mapping[str, object],
    now: datetime,
) -> None:
    record(
        db,
        who=principal.username,
        action=action,
        entity="stocktake",
        entity_id=str(row.id),
        organisation_code=row.organisation_code,
        new=new,
        at=now,
    )
