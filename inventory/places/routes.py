"""Routes of rooms and workstations."""

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Form, Path, Query, Response, UploadFile, status
from pydantic import BaseModel

from inventory.accounts.access import demand_organisation
from inventory.accounts.policies import TheDatabase, require
from inventory.accounts.rules import Action, Principal
from inventory.paging import Limit, Offset, Page, page
from inventory.places.importing import PlaceUpload, export_places, import_places
from inventory.places.schema import (
    PlacedItem,
    PlacesImported,
    RoomChange,
    RoomOrder,
    RoomOut,
    StationPlaces,
    WorkstationChange,
    WorkstationOrder,
)
from inventory.places.use_cases import (
    add_room,
    add_workstation,
    change_room,
    change_workstation,
    remove_room,
    remove_workstation,
    room_equipment,
    room_page,
    rooms,
    station_places,
)
from inventory.requirements.writing import MEDIA_TYPES

router = APIRouter(tags=["places"])
Reader = Annotated[Principal, Depends(require(Action.READ_REGISTER))]
Writer = Annotated[Principal, Depends(require(Action.WRITE_REGISTER))]
Id = Annotated[int, Path(ge=1, le=2**31 - 1)]


class PlacesForm(BaseModel):
    """How a file of rooms is to be imported; without an organisation: into the caller's own."""

    model_config = {"extra": "forbid"}

    file: UploadFile
    organisation: str | None = None
    partial: bool = False


@router.get("/rooms")
def list_rooms(
    database: TheDatabase, caller: Reader, offset: Offset = 0, limit: Limit = 50
) -> Page[RoomOut]:
    """Rooms I may see with their workstations, by organisation and code."""
    with database.read() as db:
        found, total = rooms(db, caller, offset=offset, limit=limit)
    return page(found, total, offset)


@router.post("/rooms", status_code=status.HTTP_201_CREATED)
def make_room(order: RoomOrder, database: TheDatabase, caller: Writer) -> RoomOut:
    """Add a room."""
    return add_room(database, caller, order)


@router.post("/rooms/file")
def import_rooms(
    form: Annotated[PlacesForm, Form(media_type="multipart/form-data")],
    database: TheDatabase,
    caller: Writer,
) -> PlacesImported:
    """Import a csv or xlsx file: adds and updates by code, all of it or nothing."""
    code = form.organisation or caller.organisation_code
    with database.read() as db:
        demand_organisation(db, caller, code, Action.WRITE_REGISTER)
    upload = PlaceUpload(form.file.filename or "", form.file.file.read(), code, form.partial)
    done = import_places(database, upload, who=caller.username)
    return PlacesImported(
        created=done.created,
        updated=done.updated,
        unchanged=done.unchanged,
        problems=list(done.problems),
        ignored_columns=list(done.ignored_columns),
        passed_over=list(done.passed_over),
    )


@router.get("/rooms/file")
def export_rooms(
    database: TheDatabase,
    caller: Reader,
    organisation: Annotated[str | None, Query(max_length=32)] = None,
    file_format: Annotated[Literal["csv", "xlsx"], Query(alias="format")] = "xlsx",
) -> Response:
    """An organisation's rooms as a file that can be imported again; by default my own."""
    code = organisation or caller.organisation_code
    with database.read() as db:
        content = export_places(db, caller, code, f"rooms.{file_format}")
    headers = {"Content-Disposition": f'attachment; filename="rooms.{file_format}"'}
    return Response(content, media_type=MEDIA_TYPES[file_format], headers=headers)


@router.get("/rooms/{room_id}")
def show_room(room_id: Id, database: TheDatabase, caller: Reader) -> RoomOut:
    """One room."""
    with database.read() as db:
        return room_page(db, caller, room_id)


@router.patch("/rooms/{room_id}")
def patch_room(room_id: Id, change: RoomChange, database: TheDatabase, caller: Writer) -> RoomOut:
    """Change what is named of a room."""
    return change_room(database, caller, room_id, change)


@router.delete("/rooms/{room_id}", status_code=status.HTTP_204_NO_CONTENT)
def delete_room(room_id: Id, database: TheDatabase, caller: Writer) -> None:
    """Take a room out with its workstations."""
    remove_room(database, caller, room_id)


@router.get("/rooms/{room_id}/equipment")
def list_room_equipment(room_id: Id, database: TheDatabase, caller: Reader) -> list[PlacedItem]:
    """Equipment whose location text means this room."""
    with database.read() as db:
        return room_equipment(db, caller, room_id)


@router.post("/rooms/{room_id}/workstations", status_code=status.HTTP_201_CREATED)
def make_workstation(
    room_id: Id, order: WorkstationOrder, database: TheDatabase, caller: Writer
) -> RoomOut:
    """Add a workstation to a room."""
    return add_workstation(database, caller, room_id, order)


@router.patch("/workstations/{workstation_id}")
def patch_workstation(
    workstation_id: Id, change: WorkstationChange, database: TheDatabase, caller: Writer
) -> RoomOut:
    """Change what is named of a workstation; answers with its room."""
    return change_workstation(database, caller, workstation_id, change)


@router.delete("/workstations/{workstation_id}", status_code=status.HTTP_204_NO_CONTENT)
def delete_workstation(workstation_id: Id, database: TheDatabase, caller: Writer) -> None:
    """Take a workstation out."""
    remove_workstation(database, caller, workstation_id)


@router.get("/stations/{code}/places")
def show_station_places(code: str, database: TheDatabase, caller: Reader) -> StationPlaces:
    """The station's rooms, what follows from them beside what is stated, and unplaced equipment."""
    with database.read() as db:
        return station_places(db, caller, code)
