"""Taking documents in, handing them out, and saying what they belong to."""

import secrets
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import BinaryIO

from sqlalchemy import func
from sqlmodel import Session, col, select

from inventory.accounts.access import demand, demand_organisation, visible_organisations
from inventory.accounts.rules import Action, Decision, Principal, Resource, authorize
from inventory.audit.use_cases import record
from inventory.database import Database
from inventory.documents.files import DocumentFiles, StoredFile
from inventory.documents.rules import HEAD_BYTES, MediaType, media_type, shown_name
from inventory.documents.schema import AttachmentFields, DocumentPage
from inventory.documents.table import Document, DocumentAttachment
from inventory.errors import NotAllowed, UnknownDocument, UnsupportedFile
from inventory.organisations.use_cases import organisation


@dataclass(frozen=True, slots=True)
class Received:
    """A file whose bytes are kept already; `name` is safe."""

    file: StoredFile
    name: str
    media_type: MediaType


@dataclass(frozen=True, slots=True)
class EntityRef:
    """A thing of an organisation in the words of the audit trail: `equipment`, `BJ01/A-7`."""

    organisation_code: str
    entity: str
    entity_id: str


def receive(
    files: DocumentFiles,
    name: str,
    content: BinaryIO,
    kinds: Collection[MediaType] = tuple(MediaType),
) -> Received:
    """Keep the bytes of a file; what becomes of it is up to a transaction that follows.

    Bytes that no transaction names take room and do no harm; `stationmaster documents check`
    counts them.

    Raises:
        UnsupportedFile: it is none of `kinds`, whatever its name says.
        Invalid: it is empty or too large.
        SourceUnavailable: there is no room, or the disk gives no answer.
    """
    head = content.read(HEAD_BYTES)
    content.seek(0)
    kind = media_type(head)
    if kind is None or kind not in kinds:
        raise UnsupportedFile(sorted(one.value for one in kinds))
    return Received(files.put(content), shown_name(name, kind), kind)


def store_document(
    database: Database,
    principal: Principal,
    organisation_code: str,
    received: Received,
    *,
    now: datetime,
) -> Document:
    """Make a file a document of an organisation; one it has already stays what it was.

    Raises:
        UnknownOrganisation: there is none, or the caller may not know of it.
        NotAllowed: the caller's role does not hand in documents.
    """
    with database.begin() as db:
        demand_organisation(db, principal, organisation_code, Action.WRITE_DOCUMENT)
        return keep_document(db, organisation_code, received, who=principal.username, now=now)


def keep_document(
    db: Session, organisation_code: str, received: Received, *, who: str, now: datetime
) -> Document:
    """The same in the caller's own write transaction, which has seen to the rights."""
    query = select(Document).where(
        Document.organisation_code == organisation_code, Document.sha256 == received.file.sha256
    )
    known = db.exec(query).first()
    if known is not None:
        return known
    row = Document(
        id=secrets.token_hex(16),
        organisation_code=organisation_code,
        sha256=received.file.sha256,
        name=received.name,
        media_type=received.media_type,
        size_bytes=received.file.size_bytes,
        uploaded_by=who,
        uploaded_at=now,
    )
    db.add(row)
    db.flush()
    record(
        db,
        who=who,
        action="uploaded",
        entity="document",
        entity_id=row.id,
        organisation_code=organisation_code,
        new=row.model_dump(include={"name", "sha256", "media_type", "size_bytes"}),
        at=now,
    )
    return row


def document(db: Session, principal: Principal, document_id: str, action: Action) -> Document:
    """The document of an id, if the caller may do this with it.

    Raises:
        UnknownDocument: there is none, or the caller may not know of it.
        NotAllowed: the caller's role does not include the action.
    """
    if authorize(principal, action) is not Decision.ALLOWED:
        # the same for ids that exist and ids that don't
        raise NotAllowed(action.value)
    row = db.get(Document, document_id)
    if row is None:
        raise UnknownDocument(document_id)
    owner = organisation(db, row.organisation_code)
    resource = Resource(owner.code, owner.evaluated_by)
    demand(principal, action, resource, UnknownDocument(document_id))
    return row


def document_page(db: Session, principal: Principal, document_id: str) -> DocumentPage:
    """A document with everything it belongs to.

    Raises:
        UnknownDocument: there is none, or the caller may not know of it.
        NotAllowed: the caller's role sees none.
    """
    row = document(db, principal, document_id, Action.READ_DOCUMENT)
    query = select(DocumentAttachment).where(DocumentAttachment.document_id == row.id)
    attached = db.exec(query.order_by(col(DocumentAttachment.id))).all()
    facts = [AttachmentFields.model_validate(one) for one in attached]
    return DocumentPage.model_validate(row, update={"attachments": facts})


def documents(
    db: Session,
    principal: Principal,
    of: tuple[str | None, str | None] = (None, None),
    *,
    offset: int,
    limit: int,
) -> tuple[list[Document], int]:
    """Documents the caller may see, the latest first, and how many; `of` is entity and id."""
    wanted = [col(Document.organisation_code).in_(visible_organisations(principal))]
    entity, entity_id = of
    if entity is not None or entity_id is not None:
        attached = select(DocumentAttachment.document_id)
        if entity is not None:
            attached = attached.where(DocumentAttachment.entity == entity)
        if entity_id is not None:
            attached = attached.where(DocumentAttachment.entity_id == entity_id)
        wanted.append(col(Document.id).in_(attached))
    query = select(Document).where(*wanted)
    ordered = query.order_by(col(Document.uploaded_at).desc(), col(Document.id))
    total = db.exec(select(func.count()).select_from(Document).where(*wanted)).one()
    return list(db.exec(ordered.offset(offset).limit(limit)).all()), total


def attach(db: Session, document_id: str, to: EntityRef, *, who: str, now: datetime) -> None:
    """Say that a document belongs to a thing, in the transaction of the slice that owns the thing.

    Whoever calls has made sure that the thing exists and that the caller may write it. To attach
    twice is to attach once.

    Raises:
        UnknownDocument: the thing's organisation has no such document.
    """
    demand_documents(db, to.organisation_code, [document_id])
    query = select(DocumentAttachment).where(
        DocumentAttachment.document_id == document_id,
        DocumentAttachment.entity == to.entity,
        DocumentAttachment.entity_id == to.entity_id,
    )
    if db.exec(query).first() is not None:
        return
    row = DocumentAttachment(
        document_id=document_id,
        entity=to.entity,
        entity_id=to.entity_id,
        attached_by=who,
        attached_at=now,
    )
    db.add(row)
    db.flush()
    _tell(db, "attached", document_id, to, (who, now))


def detach(db: Session, document_id: str, of: EntityRef, *, who: str, now: datetime) -> None:
    """Take that back; the document stays.

    Raises:
        UnknownDocument: it does not belong to the thing.
    """
    query = select(DocumentAttachment).where(
        DocumentAttachment.document_id == document_id,
        DocumentAttachment.entity == of.entity,
        DocumentAttachment.entity_id == of.entity_id,
    )
    row = db.exec(query).first()
    if row is None:
        raise UnknownDocument(document_id)
    db.delete(row)
    db.flush()
    _tell(db, "detached", document_id, of, (who, now))


def demand_documents(db: Session, organisation_code: str, ids: Iterable[str]) -> None:
    """Pass when an organisation has all of these documents.

    Raises:
        UnknownDocument: it lacks one, which it names.
    """
    wanted = list(ids)
    query = select(Document.id).where(
        Document.organisation_code == organisation_code, col(Document.id).in_(wanted)
    )
    known = set(db.exec(query).all()) if wanted else set()
    for one in wanted:
        if one not in known:
            raise UnknownDocument(one)


def _tell(
    db: Session, action: str, document_id: str, of: EntityRef, by: tuple[str, datetime]
) -> None:
    who, now = by
    facts = {"entity": of.entity, "entity_id": of.entity_id}
    record(
        db,
        who=who,
        action=action,
        entity="document",
        entity_id=document_id,
        organisation_code=of.organisation_code,
        old=facts if action == "detached" else None,
        new=facts if action == "attached" else None,
        at=now,
    )
