"""Importing a timetable: tried as a whole first, then booked lesson by lesson, each a series."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from threading import Event

from sqlmodel import Session

from inventory.audit.use_cases import record
from inventory.bookings.desk import Desk
from inventory.bookings.guarding import guarded
from inventory.bookings.recurring import SeriesPlaced, place_series
from inventory.database import Database
from inventory.errors import InventoryError
from inventory.requirements.errors import RowsRefused
from inventory.timetables.keeping import fingerprint, known_line
from inventory.timetables.meaning import Meant
from inventory.timetables.reading import CellProblem
from inventory.timetables.schema import TimetableImported, TimetableRowOut
from inventory.timetables.table import TimetableImport, TimetableLine
from inventory.timetables.trying import (
    TimetableUpload,
    Tried,
    known_out,
    row_out,
    told_of,
    try_upload,
)

_MOST_BREATH_S = 0.1
"""SQLite's waiting writers look again after 100 ms at most; so one of them gets in between."""


@dataclass
class _Done:
    """What an import has done so far."""

    rows: list[TimetableRowOut] = field(default_factory=list)
    problems: list[CellProblem] = field(default_factory=list)
    bookings: int = 0


def try_timetable(database: Database, desk: Desk, upload: TimetableUpload) -> TimetableImported:
    """Tell what importing would do; nothing is written and no writer waits.

    Raises:
        UnreadableFile: the file as a whole can't be read.
        Invalid: there is no such term, or a decision names nothing.
        NotAllowed: the caller's role does not book, or not for others.
    """
    with database.read() as db:
        tried = try_upload(db, desk, upload)
    return _out(tried, tried.rows, tried.problems, is_dry_run=True)


def import_timetable(
    database: Database, desk: Desk, upload: TimetableUpload, clock: Callable[[], datetime]
) -> TimetableImported:
    """Book a term's timetable for the caller's organisation.

    A file that is bad in any place books nothing. Else each lesson is booked in a transaction of
    its own, so that others can book meanwhile, and whoever stops it finds whole series only. What
    an earlier import has booked is left as it is: the same file books nothing twice, and one that
    was stopped goes on where it was. What somebody else took since it was tried is told.

    Raises:
        RowsRefused: something is bad or can't be had; nothing was booked, all of it is told.
        InventoryError: of `try_timetable`.
    """
    with database.read() as db:
        tried = try_upload(db, desk, upload)
    if tried.problems:
        raise RowsRefused(sorted(tried.problems, key=lambda one: one.row))
    run_id = _begin(database, desk, upload, tried)
    done = _Done()
    resting = Event()
    for one in tried.meant:
        began = clock()
        _book(database, desk, (run_id, one), done, clock)
        took_s = (clock() - began).total_seconds()
        resting.wait(min(max(took_s, 0) / 2, _MOST_BREATH_S))
    _finish(database, desk, run_id, clock())
    return _out(tried, done.rows, done.problems, is_dry_run=False, import_id=run_id, done=done)


def _begin(database: Database, desk: Desk, upload: TimetableUpload, tried: Tried) -> int:
    with database.begin() as db:
        run = TimetableImport(
            organisation_code=desk.caller().organisation_code,
            file_name=upload.name[:200],
            sha256=hashlib.sha256(upload.content).hexdigest(),
            term=tried.term.name,
            term_first_day=tried.term.first_day,
            rows_total=len(tried.meant),
            started_at=desk.now,
            started_by=desk.who,
            changed_at=desk.now,
        )
        db.add(run)
        db.flush()
        facts = {"file": run.file_name, "term": run.term, "lessons": run.rows_total}
        _note(db, run, desk, "begun", facts, desk.now)
        return run.id or 0


def _book(
    database: Database,
    desk: Desk,
    what: tuple[int, Meant],
    done: _Done,
    clock: Callable[[], datetime],
) -> None:
    """Book one lesson, or see that it is booked already; what is refused is told and counted."""
    run_id, one = what
    draft = one.series.draft
    try:
        with guarded(draft.resources[0].key, draft.blocked), database.begin() as db:
            run = db.get_one(TimetableImport, run_id)
            shown = _placed(db, desk, run, one)
            run.changed_at = clock()
            db.add(run)
    except InventoryError as refused:
        with database.begin() as db:
            run = db.get_one(TimetableImport, run_id)
            run.rows_refused, run.changed_at = run.rows_refused + 1, clock()
            db.add(run)
        done.problems += told_of(one.row, refused)
        return
    done.rows.append(shown)
    done.bookings += 0 if shown.is_known else shown.times


def _placed(db: Session, desk: Desk, run: TimetableImport, one: Meant) -> TimetableRowOut:
    known = known_line(db, run.organisation_code, run.term_first_day, one)
    if known is not None and known.alive:
        run.rows_known += 1
        return known_out(one, known)
    if known is not None:
        known.line.is_current = False
        db.add(known.line)
        db.flush()
    placed = place_series(db, desk, one.series)
    db.add(_line(run, one, placed))
    run.rows_booked += 1
    run.bookings += len(placed.placed)
    times = [each.row.start_at for each in placed.placed]
    return row_out(one, min(times), len(times), placed.series.id)


def _line(run: TimetableImport, one: Meant, placed: SeriesPlaced) -> TimetableLine:
    return TimetableLine(
        import_id=run.id or 0,
        organisation_code=run.organisation_code,
        term_first_day=run.term_first_day,
        fingerprint=fingerprint(one),
        row=one.row.number,
        place=one.row.place[:80],
        title=one.row.shown,
        times=len(placed.placed),
        series_id=placed.series.id or 0,
    )


def _finish(database: Database, desk: Desk, run_id: int, now: datetime) -> None:
    with database.begin() as db:
        run = db.get_one(TimetableImport, run_id)
        run.finished_at, run.changed_at = now, now
        db.add(run)
        counted = ("rows_booked", "rows_known", "rows_refused", "bookings")
        _note(db, run, desk, "imported", {name: getattr(run, name) for name in counted}, now)


def _note(
    db: Session,
    run: TimetableImport,
    desk: Desk,
    action: str,
    facts: Mapping[str, object],
    now: datetime,
) -> None:
    record(
        db,
        who=desk.who,
        action=action,
        entity="timetable_import",
        entity_id=str(run.id),
        organisation_code=run.organisation_code,
        new=facts,
        at=now,
    )


def _out(
    tried: Tried,
    rows: Sequence[TimetableRowOut],
    problems: Sequence[CellProblem],
    *,
    is_dry_run: bool,
    import_id: int | None = None,
    done: _Done | None = None,
) -> TimetableImported:
    reading = tried.reading
    new = sum(row.times for row in rows if not row.is_known)
    return TimetableImported(
        is_dry_run=is_dry_run,
        import_id=import_id,
        form=reading.form,
        term=tried.term.name,
        term_first_day=tried.term.first_day,
        rows=list(rows),
        bookings=new if done is None else done.bookings,
        problems=sorted(problems, key=lambda one: (one.row, one.cell)),
        unknown=tried.unknown_out(),
        choices=tried.choices,
        left_out=tried.left_out,
        passed=tried.passed_out(),
        columns=list(reading.columns),
        ignored_columns=list(reading.ignored_columns),
    )
