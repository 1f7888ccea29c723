"""Routes of stations."""

from typing import Annotated

from fastapi import APIRouter, Depends

from inventory.accounts.policies import TheDatabase, require
from inventory.accounts.rules import Action, Principal
from inventory.paging import Limit, Offset, Page, page
from inventory.stations.schema import ExamSettings, StationOut, StationPlace
from inventory.stations.use_cases import set_exams, set_place, shown, station, stations

router = APIRouter(tags=["stations"])
Looker = Annotated[Principal, Depends(require(Action.READ_STATION))]
Master = Annotated[Principal, Depends(require(Action.WRITE_STATION))]


@router.get("/stations")
def list_stations(
    database: TheDatabase, caller: Looker, offset: Offset = 0, limit: Limit = 50
) -> Page[StationOut]:
    """Stations I may see, by code."""
    with database.read() as db:
        rows, total = stations(db, caller, offset=offset, limit=limit)
        return page([shown(db, caller, row) for row in rows], total, offset)


@router.get("/stations/{code}")
def show_station(code: str, database: TheDatabase, caller: Looker) -> StationOut:
    """One station."""
    with database.read() as db:
        found = station(db, caller, code, Action.READ_STATION)
        return shown(db, caller, found)


@router.put("/stations/{code}/exams")
def set_station_exams(
    code: str, exams: ExamSettings, database: TheDatabase, caller: Master
) -> StationOut:
    """Say how a station holds exams: minutes, modules at the same time; null takes back."""
    with database.read() as db:
        station(db, caller, code, Action.WRITE_STATION)
    set_exams(database, code, exams, who=caller.username)
    with database.read() as db:
        return shown(db, caller, station(db, caller, code, Action.READ_STATION))


@router.put("/stations/{code}/place")
def set_station_place(
    code: str, place: StationPlace, database: TheDatabase, caller: Master
) -> StationOut:
    """Say where a station is, so that others find it by distance; null takes back."""
    with database.read() as db:
        station(db, caller, code, Action.WRITE_STATION)
    set_place(database, code, place, who=caller.username)
    with database.read() as db:
        return shown(db, caller, station(db, caller, code, Action.READ_STATION))
