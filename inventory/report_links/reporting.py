"""Taking reports from people without an account, and telling them what became of them."""

import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from io import BytesIO
from math import ceil
from typing import BinaryIO

from sqlalchemy import delete
from sqlmodel import Session, col, func, select

from inventory.database import Database
from inventory.documents.files import DocumentFiles
from inventory.documents.metadata import NoPicture, without_metadata
from inventory.documents.rules import HEAD_BYTES, IMAGES, media_type
from inventory.documents.use_cases import Received, keep_document, receive
from inventory.errors import Invalid, UnsupportedFile
from inventory.report_links.errors import TooManyReports, UnknownReport, UnknownReportLink
from inventory.report_links.rules import (
    ALPHABET,
    MAX_PHOTO_BYTES,
    MAX_TEXT,
    NUMBER_LENGTH,
    PER_ADDRESS,
    PER_LINK,
    WINDOW,
    pause,
    read_number,
)
from inventory.report_links.table import PublicReport, ReportAttempt, ReportLink
from inventory.report_links.use_cases import LinkedThing, thing_of
from inventory.work_orders.keeping import Told, keep
from inventory.work_orders.rules import (
    UNFINISHED,
    WorkOrderLife,
    WorkOrderSource,
    WorkOrderState,
    WorkOrderStep,
)
from inventory.work_orders.table import WorkOrder
from inventory.work_orders.use_cases import new_order

REPORTER = "public:report"
"""Who reports without an account; no user name has a colon."""

_TOKEN = re.compile(r"[A-Za-z0-9_-]{10,32}")
_FORM_ID = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True, slots=True)
class Caller:
    """From where a page is asked for, and when."""

    address: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Written:
    """What somebody wrote; `form_id` is of the page, so that what is sent twice is one report."""

    text: str
    form_id: str = ""
    photo_name: str = ""
    photo: BinaryIO | None = None


@dataclass(frozen=True, slots=True)
class ReportState:
    """What became of a report, for whoever has its number."""

    number: str
    state: WorkOrderState
    reported_at: datetime
    changed_at: datetime


def linked_thing(database: Database, token: str, caller: Caller) -> tuple[LinkedThing, int]:
    """What a token is on, and how many reports of it are unfinished.

    Raises:
        UnknownReportLink: the token is wrong, or was replaced or ended.
        TooManyReports: the address tried too many wrong ones.
    """
    with database.read() as db:
        row = running_link(db, token)
        if row is not None:
            return thing_of(db, row), _unfinished(db, row)
    with database.begin() as db:
        _reserve(db, caller, None)
    raise UnknownReportLink(token[:8])


def take_report(
    database: Database, files: DocumentFiles, token: str, written: Written, caller: Caller
) -> str:
    """Make a work order of what somebody wrote; it takes nothing out of use by itself.

    The attempt is counted before the photo is looked at, so that many at once can't fill the disk.

    Returns:
        The number under which the state can be asked for.

    Raises:
        UnknownReportLink: the token is wrong, or was replaced or ended.
        TooManyReports: too many came by this link or from this address.
        Invalid: there is no text or too much of it, or the photo is too large.
        UnsupportedFile: the photo is none, or broken.
        SourceUnavailable: there is no room for the photo.
    """
    with database.begin() as db:
        row = running_link(db, token)
        _reserve(db, caller, row)
    if row is None:
        raise UnknownReportLink(token[:8])
    text = written.text.replace("\0", "").strip()
    if not 0 < len(text) <= MAX_TEXT:
        raise Invalid("text", f"1 to {MAX_TEXT} characters")
    photo = None if written.photo is None else _photo(files, written.photo_name, written.photo)
    with database.begin() as db:
        form_id = written.form_id if _FORM_ID.fullmatch(written.form_id) else None
        if (known := _known(db, form_id)) is not None:
            return known
        row = running_link(db, token)
        if row is None:
            raise UnknownReportLink(token[:8])
        number = _number()
        order = _open(db, row, (text, photo), caller.at)
        db.add(
            PublicReport(
                number=number,
                form_id=form_id,
                report_link_id=row.id or 0,
                work_order_id=order.id or 0,
                at=caller.at,
            )
        )
    return number


def _photo(files: DocumentFiles, name: str, content: BinaryIO) -> Received:
    """Keep a photo without the place and the device a phone writes into it."""
    told = content.read(MAX_PHOTO_BYTES + 1)
    if len(told) > MAX_PHOTO_BYTES:
        raise Invalid("photo", f"at most {MAX_PHOTO_BYTES // 1024 // 1024} MB")
    kind = media_type(told[:HEAD_BYTES])
    if kind is None or kind not in IMAGES:
        raise UnsupportedFile(sorted(one.value for one in IMAGES))
    try:
        bare = without_metadata(told, kind)
    except NoPicture as broken:
        raise UnsupportedFile([kind.value]) from broken
    return receive(files, name, BytesIO(bare), IMAGES)


def report_state(database: Database, typed: str, caller: Caller) -> ReportState:
    """What became of a report; asking for numbers that are none is counted like reports.

    Raises:
        UnknownReport: no report has this number.
        TooManyReports: the address tried too many.
    """
    number = read_number(typed)
    if number is not None:
        with database.read() as db:
            report = db.get(PublicReport, number)
            if report is not None:
                order = db.get_one(WorkOrder, report.work_order_id)
                return ReportState(number, order.state, report.at, order.changed_at)
    with database.begin() as db:
        _reserve(db, caller, None)
    raise UnknownReport(typed[:20])


def running_link(db: Session, token: str) -> ReportLink | None:
    """The link of a token, None where it is wrong, or was replaced or ended."""
    if not _TOKEN.fullmatch(token):
        return None
    query = select(ReportLink).where(ReportLink.token == token, col(ReportLink.ended_at).is_(None))
    return db.exec(query).first()


def _unfinished(db: Session, row: ReportLink) -> int:
    query = select(func.count()).where(
        WorkOrder.organisation_code == row.organisation_code,
        WorkOrder.bench_code == row.bench_code,
        WorkOrder.asset_number == row.asset_number,
        col(WorkOrder.state).in_(UNFINISHED),
    )
    return db.exec(query).one()


def _reserve(db: Session, caller: Caller, row: ReportLink | None) -> None:
    db.exec(delete(ReportAttempt).where(col(ReportAttempt.at) <= caller.at - WINDOW))
    waits = [pause(_of_address(db, caller), PER_ADDRESS, caller.at)]
    if row is not None:
        waits.append(pause(_of_link(db, row), PER_LINK, caller.at))
    longest = max(waits)
    if longest > timedelta(0):
        raise TooManyReports(ceil(longest.total_seconds()))
    link_id = None if row is None else row.id
    db.add(ReportAttempt(report_link_id=link_id, address=caller.address, at=caller.at))


def _of_address(db: Session, caller: Caller) -> Sequence[datetime]:
    query = select(ReportAttempt.at).where(ReportAttempt.address == caller.address)
    return db.exec(query).all()


def _of_link(db: Session, row: ReportLink) -> Sequence[datetime]:
    query = select(ReportAttempt.at).where(ReportAttempt.report_link_id == row.id)
    return db.exec(query).all()


def _known(db: Session, form_id: str | None) -> str | None:
    if form_id is None:
        return None
    query = select(PublicReport.number).where(PublicReport.form_id == form_id)
    return db.exec(query).first()


def _open(
    db: Session, row: ReportLink, written: tuple[str, Received | None], now: datetime
) -> WorkOrder:
    text, photo = written
    code = row.organisation_code
    order = new_order(db, code, (row.bench_code, row.asset_number), now=now)
    order.source, order.text, order.reported_by = WorkOrderSource.PUBLIC, text, REPORTER
    photos: tuple[str, ...] = ()
    if photo is not None:
        photos = (keep_document(db, code, photo, who=REPORTER, now=now).id,)
    keep(db, order, WorkOrderLife(), Told(WorkOrderStep.OPEN, REPORTER, now, text, photos))
    return order


def _number() -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(NUMBER_LENGTH))
