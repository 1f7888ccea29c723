"""Making papers, fetching them in a format, and checking one by its code."""

from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError
from sqlalchemy import ColumnElement, func
from sqlmodel import Session, col, select

from inventory.accounts.access import demand, visible_organisations
from inventory.accounts.rules import Action, Principal, Resource
from inventory.audit.use_cases import record
from inventory.errors import PaperChanged, PaperNotPrintable, UnknownPaper
from inventory.organisations.use_cases import organisation
from inventory.papers.gathering import Desk, gathered
from inventory.papers.rules import PaperFormat, PaperKind, code_of, printed, typed
from inventory.papers.schema import PaperContent, PaperOrder, PaperOut, Verified, content_of, plain
from inventory.papers.table import Paper
from inventory.papers.writing_xlsx import xlsx_of
from inventory.reviews.snapshots import canonical, hash_of
from inventory.typesetting.fonts import NoChineseFont, chinese_typeface


@dataclass(frozen=True, slots=True)
class PaperQuery:
    """Which papers; None leaves it open."""

    kind: PaperKind | None = None
    station: str | None = None


@dataclass(frozen=True, slots=True)
class Printing:
    """How a paper is printed: where codes are checked, without a slash, and in which font."""

    base_url: str
    chinese_font: Path | None = None


@dataclass(frozen=True, slots=True)
class PaperFile:
    """A paper in a format, with the name to save it by."""

    name: str
    content: bytes


def make_paper(desk: Desk, principal: Principal, order: PaperOrder) -> PaperOut:
    """Freeze what the database says now as a paper.

    Raises as `gathered` does.
    """
    content = gathered(desk, principal, order)
    text = canonical(plain(content))
    sha256 = hash_of(text)
    row = Paper.model_validate(
        content.model_dump(include=set(PaperOut.model_fields))
        | {"code": code_of(sha256), "sha256": sha256, "content": text}
    )
    with desk.database.begin() as db:
        db.add(row)
        record(
            db,
            who=principal.username,
            action="made",
            entity="paper",
            entity_id=row.code,
            organisation_code=row.organisation_code,
            new=row.model_dump(exclude={"content"}),
            at=desk.now,
        )
    return PaperOut.model_validate(row)


def papers(
    db: Session, principal: Principal, query: PaperQuery, *, offset: int, limit: int
) -> tuple[list[Paper], int]:
    """Papers the caller may see, the latest first, and how many."""
    wanted: list[ColumnElement[bool]] = [
        col(Paper.organisation_code).in_(visible_organisations(principal))
    ]
    if query.kind is not None:
        wanted.append(col(Paper.kind) == query.kind)
    if query.station is not None:
        wanted.append(col(Paper.station_code) == query.station)
    rows = db.exec(
        select(Paper)
        .where(*wanted)
        .order_by(col(Paper.made_at).desc(), col(Paper.code))
        .offset(offset)
        .limit(limit)
    ).all()
    return list(rows), db.exec(select(func.count()).select_from(Paper).where(*wanted)).one()


def paper(db: Session, principal: Principal, code: str) -> Paper:
    """The paper of a code, if the caller may see it.

    Raises:
        UnknownPaper: there is none, or the caller may not know of it.
        NotAllowed: the caller's role sees no papers.
    """
    unknown = UnknownPaper(code)
    row = _kept(db, code)
    if row is None:
        raise unknown
    owner = organisation(db, row.organisation_code)
    demand(principal, Action.READ_PAPER, Resource(owner.code, owner.evaluated_by), unknown)
    return row


def paper_file(row: Paper, asked: PaperFormat, printing: Printing) -> PaperFile:
    """The paper in a format; each format says the same.

    Raises:
        PaperChanged: what is kept is not what was made.
        PaperNotPrintable: a PDF on a machine without a Chinese font.
    """
    if not _is_intact(row):
        raise PaperChanged(printed(row.code))
    content = content_of(row.content)
    footer = f"验证码 {printed(row.code)}  查验：{printing.base_url}/verify/{printed(row.code)}"
    name = f"{content.title}-{row.made_at:%Y%m%d}.{asked.value}"
    return PaperFile(name.replace("/", "-"), _set(content, footer, asked, printing))


def verified(db: Session, code: str) -> Verified:
    """What is told of a paper to whoever holds its code.

    Raises:
        UnknownPaper: the code is mistyped, or no paper has it.
        PaperChanged: what is kept of it was changed so that it can't be read any more.
    """
    row = _kept(db, code)
    if row is None:
        raise UnknownPaper(code)
    try:
        content = content_of(row.content)
    except ValidationError:
        raise PaperChanged(printed(row.code)) from None
    return Verified(
        **content.model_dump(include=set(Verified.model_fields)),
        code=printed(row.code),
        sha256=row.sha256,
        is_intact=_is_intact(row),
    )


def _kept(db: Session, code: str) -> Paper | None:
    plain_code = typed(code)
    return None if plain_code is None else db.get(Paper, plain_code)


def _is_intact(row: Paper) -> bool:
    return hash_of(row.content) == row.sha256 and code_of(row.sha256) == row.code


def _set(content: PaperContent, footer: str, asked: PaperFormat, printing: Printing) -> bytes:
    match asked:
        case PaperFormat.DOCX:
            from inventory.papers.writing_docx import docx_of  # noqa: PLC0415 -- as below

            return docx_of(content, footer)
        case PaperFormat.XLSX:
            return xlsx_of(content, footer)
        case PaperFormat.PDF:
            try:
                typeface = chinese_typeface(printing.chinese_font)
            except NoChineseFont as none:
                raise PaperNotPrintable(str(none)) from none
            # a server starts sooner without the libraries of papers
            from inventory.papers.writing_pdf import pdf_of  # noqa: PLC0415

            return pdf_of(content, footer, typeface)
