"""Routes of documents."""

from typing import Annotated, cast
from urllib.parse import quote

from fastapi import APIRouter, Depends, Form, Path, Query, Request, Response, UploadFile, status
from pydantic import BaseModel

from inventory.accounts.access import demand_organisation
from inventory.accounts.policies import Now, TheDatabase, require
from inventory.accounts.rules import Action, Principal
from inventory.documents.files import DocumentFiles
from inventory.documents.schema import DocumentOut, DocumentPage, EntityId, EntityKind
from inventory.documents.use_cases import (
    document,
    document_page,
    documents,
    receive,
    store_document,
)
from inventory.organisations.schema import Code
from inventory.paging import Limit, Offset, Page, page

router = APIRouter(tags=["documents"])
Reader = Annotated[Principal, Depends(require(Action.READ_DOCUMENT))]
Writer = Annotated[Principal, Depends(require(Action.WRITE_DOCUMENT))]
DocumentKey = Annotated[str, Path(max_length=64)]


def files_of(request: Request) -> DocumentFiles:
    """The document files the app was made with."""
    return cast("DocumentFiles", request.app.state.documents)


Files = Annotated[DocumentFiles, Depends(files_of)]


class DocumentForm(BaseModel):
    """A file to hand in; without an organisation: for the caller's own."""

    model_config = {"extra": "forbid"}

    file: UploadFile
    organisation: Code | None = None


@router.post("/documents", status_code=status.HTTP_201_CREATED)
def upload_document(
    form: Annotated[DocumentForm, Form(media_type="multipart/form-data")],
    database: TheDatabase,
    files: Files,
    caller: Writer,
    now: Now,
) -> DocumentOut:
    """Hand in a PDF, JPEG, PNG or WebP; what the organisation has already is answered as it is."""
    code = form.organisation or caller.organisation_code
    with database.read() as db:
        # before anything of a stranger is written to the disk
        demand_organisation(db, caller, code, Action.WRITE_DOCUMENT)
    received = receive(files, form.file.filename or "", form.file.file)
    return DocumentOut.model_validate(store_document(database, caller, code, received, now=now))


@router.get("/documents")
def list_documents(
    database: TheDatabase,
    caller: Reader,
    entity: Annotated[EntityKind | None, Query()] = None,
    entity_id: Annotated[EntityId | None, Query()] = None,
    offset: Offset = 0,
    limit: Limit = 50,
) -> Page[DocumentOut]:
    """Documents I may see, the latest first; those of one thing by entity and id."""
    with database.read() as db:
        rows, total = documents(db, caller, (entity, entity_id), offset=offset, limit=limit)
        return page([DocumentOut.model_validate(row) for row in rows], total, offset)


@router.get("/documents/{document_id}")
def show_document(document_id: DocumentKey, database: TheDatabase, caller: Reader) -> DocumentPage:
    """What a document is and what it belongs to."""
    with database.read() as db:
        return document_page(db, caller, document_id)


@router.get(
    "/documents/{document_id}/content",
    response_class=Response,
    responses={200: {"description": "The file", "content": {"application/octet-stream": {}}}},
)
def fetch_document(
    document_id: DocumentKey, database: TheDatabase, files: Files, caller: Reader
) -> Response:
    """The file itself, always to be saved and never shown as a page of ours."""
    with database.read() as db:
        row = document(db, caller, document_id, Action.READ_DOCUMENT)
    named = f"attachment; filename*=UTF-8''{quote(row.name, safe='')}"
    return Response(
        files.get(row.sha256),
        media_type=row.media_type.value,
        headers={"Content-Disposition": named},
    )
