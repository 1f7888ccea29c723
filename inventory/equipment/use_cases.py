"""Importing a school's register and looking things up in it."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace
from datetime import UTC, datetime
from functools import lru_cache
from itertools import groupby
from operator import itemgetter
from typing import Any

from sqlalchemy import ColumnElement, Row, Text, and_, cast, func
from sqlalchemy import select as sql_select
from sqlmodel import Session, col, select

from inventory.accounts.access import visible_organisations
from inventory.accounts.rules import Principal
from inventory.agreements.rules import Agreement
from inventory.agreements.rules import merged as agreements_merged
from inventory.agreements.table import EquipmentAgreement
from inventory.audit.use_cases import record
from inventory.benches.table import Bench
from inventory.database import Database
from inventory.equipment.keeping import Recorded, keep_dated
from inventory.equipment.reading import RegisterReading, RegisterRow, read_register
from inventory.equipment.rules import EquipmentItem
from inventory.equipment.table import Equipment
from inventory.organisations.use_cases import organisation
from inventory.proofs.rules import ProofRecord
from inventory.proofs.rules import merged as proofs_merged
from inventory.proofs.table import EquipmentProof
from inventory.requirements.errors import RowsRefused
from inventory.requirements.tabular import PassedOver, RowProblem
from inventory.stations.table import Station

_FIELDS = tuple(field.name for field in fields(EquipmentItem) if field.name != "repair")
_PLAIN = tuple(name for name in _FIELDS if name not in {"proofs", "agreements"})
_LISTS = (_PLAIN.index("station_codes"), _PLAIN.index("serves_rows"))
_AGREED = len(_PLAIN)
_PROVEN = _AGREED + 1 + len(fields(Agreement))


@dataclass(frozen=True, slots=True)
class RegisterUpload:
    """A register file of one organisation; `is_partial` imports the good rows of a bad file."""

    name: str
    content: bytes
    organisation_code: str
    is_partial: bool = False


@dataclass(frozen=True, slots=True)
class RegisterImport:
    """What an import did, counted in rows."""

    created: int
    updated: int
    unchanged: int
    problems: tuple[RowProblem, ...]
    ignored_columns: tuple[str, ...]
    passed_over: tuple[PassedOver, ...] = ()


def import_register(database: Database, upload: RegisterUpload, *, who: str) -> RegisterImport:
    """Add and update rows by asset number in one transaction; rows not in the file stay.

    Only the organisation's own stations and benches may be named. A file without a column of
    original values leaves those that are known.

    Raises:
        UnreadableFile: the file as a whole can't be read.
        RowsRefused: rows are bad and the import is not partial.
        UnknownOrganisation: nobody has the code.
    """
    reading = read_register(upload.name, upload.content)
    with database.begin() as db:
        organisation(db, upload.organisation_code)
        foreign = _foreign_codes(db, upload.organisation_code, reading)
        problems = tuple(sorted((*reading.problems, *foreign), key=lambda problem: problem.row))
        bad_rows = {problem.row for problem in problems}
        good = [row.item for row in reading.rows if row.number not in bad_rows]
        if problems and not (upload.is_partial and good):
            raise RowsRefused(problems)
        before = {item.asset_number: item for item in items_of(db, upload.organisation_code)}
        if not reading.has_values:
            good = [_with_known_value(item, before.get(item.asset_number)) for item in good]
        _free_benches(db, upload.organisation_code, good)
        done = [
            _put(db, upload.organisation_code, (before.get(item.asset_number), item), who)
            for item in good
        ]
    return RegisterImport(
        created=done.count("created"),
        updated=done.count("updated"),
        unchanged=done.count(""),
        problems=problems,
        ignored_columns=reading.ignored_columns,
        passed_over=reading.passed_over,
    )


def equipment(
    db: Session, principal: Principal, *, offset: int, limit: int
) -> tuple[list[Equipment], int]:
    """Register rows the caller may see, by organisation and asset number, and how many."""
    seen = col(Equipment.organisation_code).in_(visible_organisations(principal))
    query = select(Equipment).where(seen)
    ordered = query.order_by(col(Equipment.organisation_code), col(Equipment.asset_number))
    total = db.exec(select(func.count()).select_from(Equipment).where(seen)).one()
    return list(db.exec(ordered.offset(offset).limit(limit)).all()), total


def items_of(db: Session, organisation_code: str) -> list[EquipmentItem]:
    """An organisation's whole register as the rules take it, in one statement."""
    # plain columns, and lists as text: mapped objects, and reading the same few lists thousands of
    # times, would cost a check most of its time
    plain = [getattr(Equipment, name) for name in _PLAIN]
    for place in _LISTS:
        plain[place] = cast(plain[place], Text)
    query = (
        sql_select(*plain, *_columns(EquipmentAgreement, Agreement))
        .add_columns(*_columns(EquipmentProof, ProofRecord))
        .outerjoin(EquipmentAgreement, _is_about(EquipmentAgreement))
        .outerjoin(EquipmentProof, _is_about(EquipmentProof))
        .where(col(Equipment.organisation_code) == organisation_code)
        # the order decides which of two equal things is chosen; a server keeps none by itself
        .order_by(col(Equipment.asset_number), col(EquipmentAgreement.id), col(EquipmentProof.id))
    )
    return [_item(list(group)) for _, group in groupby(db.execute(query), key=itemgetter(0))]


def _columns(table: type[EquipmentAgreement | EquipmentProof], kind: type) -> list[Any]:
    """A paper's number and what the rules take of it."""
    return [col(table.id), *(getattr(table, field.name) for field in fields(kind))]


def _is_about(table: type[EquipmentAgreement | EquipmentProof]) -> ColumnElement[bool]:
    return and_(
        col(table.organisation_code) == col(Equipment.organisation_code),
        col(table.asset_number) == col(Equipment.asset_number),
    )


def _item(rows: Sequence[Row[Any]]) -> EquipmentItem:
    """From a row for each pair of an agreement and a proof of the thing."""
    plain: list[Any] = [*rows[0][:_AGREED]]
    for place in _LISTS:
        plain[place] = _codes(plain[place])
    agreements = {row[_AGREED]: row[_AGREED + 1 : _PROVEN] for row in rows}
    proofs = {row[_PROVEN]: row[_PROVEN + 1 :] for row in rows}
    proven = tuple(ProofRecord(*of) for number, of in proofs.items() if number is not None)
    agreed = tuple(Agreement(*of) for number, of in agreements.items() if number is not None)
    return EquipmentItem(*[*plain, proven, agreed])


@lru_cache(maxsize=4096)
def _codes(stored: str) -> tuple[str, ...]:
    return tuple(json.loads(stored))


def _free_benches(db: Session, organisation_code: str, items: Sequence[EquipmentItem]) -> None:
    """Let benches change hands inside one file, whatever the order of its rows."""
    wanted = {item.asset_number: item.bench_code for item in items}
    query = select(Equipment).where(
        Equipment.organisation_code == organisation_code, col(Equipment.bench_code).is_not(None)
    )
    for row in db.exec(query).all():
        if wanted.get(row.asset_number, row.bench_code) != row.bench_code:
            row.bench_code = None
            db.add(row)
    db.flush()


def _with_known_value(item: EquipmentItem, before: EquipmentItem | None) -> EquipmentItem:
    return item if before is None else replace(item, original_value=before.original_value)


def _put(
    db: Session, organisation_code: str, items: tuple[EquipmentItem | None, EquipmentItem], who: str
) -> str:
    before, item = items
    if before is not None:
        item = replace(
            item,
            proofs=proofs_merged(before.proofs, item.proofs, is_result_told=False),
            agreements=agreements_merged(before.agreements, item.agreements),
        )
    if before == item:
        return ""
    old, new = None if before is None else asdict(before), asdict(item)
    key = {"organisation_code": organisation_code, "asset_number": item.asset_number}
    values = {name: new[name] for name in _PLAIN} | {
        "station_codes": list(item.station_codes),
        "serves_rows": list(item.serves_rows),
    }
    row = db.get(Equipment, key)
    if row is None:
        row = Equipment.model_validate(values | key)
    else:
        row.sqlmodel_update(values)
    db.add(row)
    db.flush()
    keep_dated(db, organisation_code, (before, item), Recorded(who, datetime.now(UTC)))
    action = "created" if old is None else "updated"
    changed = {name: new[name] for name in _FIELDS if old is None or old[name] != new[name]}
    record(
        db,
        who=who,
        action=action,
        entity="equipment",
        entity_id=f"{organisation_code}/{item.asset_number}",
        organisation_code=organisation_code,
        old=None if old is None else {name: old[name] for name in changed},
        new=changed,
    )
    return action


def _foreign_codes(
    db: Session, organisation_code: str, reading: RegisterReading
) -> list[RowProblem]:
    own_stations = select(Station.code).where(Station.organisation_code == organisation_code)
    own_benches = select(Bench.code).where(Bench.organisation_code == organisation_code)
    problems = [
        *_unknown_stations(reading.rows, set(db.exec(own_stations).all()), organisation_code),
        *_unknown_benches(reading.rows, set(db.exec(own_benches).all())),
    ]
    before = {item.asset_number: item.bench_code for item in items_of(db, organisation_code)}
    # an asset whose row is refused keeps its bench, which may spoil another row
    while True:
        refused = {problem.row for problem in problems}
        fit = [row for row in reading.rows if row.number not in refused]
        taken = list(_taken_benches(fit, before))
        if not taken:
            return problems
        problems += taken


def _unknown_stations(
    rows: Sequence[RegisterRow], stations: set[str], organisation_code: str
) -> Iterator[RowProblem]:
    for row in rows:
        for code in row.item.station_codes:
            if code not in stations:
                yield RowProblem(
                    row.number,
                    "station_codes",
                    code,
                    f"{organisation_code} 的站点代码：{'、'.join(sorted(stations)) or '（无）'}",
                    f"a station of {organisation_code}: {', '.join(sorted(stations)) or 'none'}",
                )


def _unknown_benches(rows: Sequence[RegisterRow], benches: set[str]) -> Iterator[RowProblem]:
    for row in rows:
        code = row.item.bench_code
        if code is not None and code not in benches:
            yield RowProblem(
                row.number,
                "bench_code",
                code,
                f"本校台架代码：{'、'.join(sorted(benches)) or '（无）'}",
                f"a bench of the same organisation: {', '.join(sorted(benches)) or 'none'}",
            )


def _taken_benches(
    rows: Sequence[RegisterRow], before: Mapping[str, str | None]
) -> Iterator[RowProblem]:
    in_file = {row.item.asset_number for row in rows}
    held = {
        code: asset for asset, code in before.items() if code is not None and asset not in in_file
    }
    for row in rows:
        code = row.item.bench_code
        if code is None:
            continue
        if held.setdefault(code, row.item.asset_number) != row.item.asset_number:
            yield RowProblem(
                row.number,
                "bench_code",
                code,
                f"未被其他资产使用的台架（{held[code]} 已使用）",
                f"a bench no other asset has ({held[code]} has it)",
            )
