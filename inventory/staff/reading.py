"""How rows of a staff file become persons with certificates."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TypeVar

from inventory.requirements.cells import RowReader, Unexpected, day, one_of, text
from inventory.requirements.reading import LEVEL_WORDS, demand_columns
from inventory.requirements.tabular import PassedOver, RowProblem, SourceRow, read_table
from inventory.staff.rules import (
    Affiliation,
    Certificate,
    CertificateKind,
    StaffMember,
    StaffRole,
    has_identity_number,
)
from inventory.staff.template import (
    CERTIFICATE_COLUMNS,
    CHINESE_NAMES,
    PERSON_COLUMNS,
    STAFF_COLUMNS,
)
from inventory.stations.rules import Level

E = TypeVar("E", bound=StrEnum)
_NUMBER = re.compile(r"[^\s;|'\"=+@#-][^\s;|'\"]{0,63}")
_MODULE = re.compile(r"[1-9]-(?:[1-9]\d?|\*)")
_CODE = re.compile(r"[A-Z0-9](?:[A-Z0-9-]{0,30}[A-Z0-9])?")
_DOCUMENT = re.compile(r"(?:[0-9a-f]{32})?")
ROLE_WORDS = {
    "1+x办公室主任": StaffRole.OFFICE_DIRECTOR,
    "办公室主任": StaffRole.OFFICE_DIRECTOR,
    "培训站站长": StaffRole.TRAINING_STATIONMASTER,
    "考核站站长": StaffRole.EXAM_STATIONMASTER,
    "办公室成员": StaffRole.OFFICE_MEMBER,
    "任课教师": StaffRole.TEACHER,
    "教师": StaffRole.TEACHER,
    "培训师": StaffRole.TRAINER,
    "考评组长": StaffRole.LEAD_ASSESSOR,
    "考评员": StaffRole.ASSESSOR,
    "监考": StaffRole.INVIGILATOR,
    "监考员": StaffRole.INVIGILATOR,
    "技术支持": StaffRole.TECHNICIAN,
    "高压操作人": StaffRole.HV_OPERATOR,
    "高压监护人": StaffRole.SAFETY_WATCHER,
}
_AFFILIATION = one_of(
    Affiliation,
    {
        "": Affiliation.SCHOOL,
        "本校": Affiliation.SCHOOL,
        "行业企业": Affiliation.INDUSTRY,
        "企业": Affiliation.INDUSTRY,
        "外校": Affiliation.OTHER_SCHOOL,
        "评价组织": Affiliation.EVALUATION_ORGANISATION,
    },
)
_KIND = one_of(
    CertificateKind,
    {
        "职业技能等级证书": CertificateKind.SKILL_LEVEL,
        "学历": CertificateKind.DEGREE,
        "职业资格": CertificateKind.QUALIFICATION,
        "教师资格": CertificateKind.TEACHER_LICENCE,
        "教师资格证": CertificateKind.TEACHER_LICENCE,
        "师资证书": CertificateKind.TRAINER,
        "考评员证": CertificateKind.ASSESSOR,
        "双师型认定": CertificateKind.DUAL_QUALIFIED,
        "企业证明": CertificateKind.EMPLOYER_LETTER,
        "低压电工作业证": CertificateKind.ELECTRICIAN,
        "其他": CertificateKind.OTHER,
    },
)
_YES = {"是": True, "yes": True, "true": True, "1": True}
_NO = {"": False, "否": False, "no": False, "false": False, "0": False}


@dataclass(frozen=True, slots=True)
class PersonRow:
    """A readable person; `number` is the first row a spreadsheet program shows of them."""

    number: int
    member: StaffMember


@dataclass(frozen=True, slots=True)
class StaffReading:
    """What a staff file says: whole persons, and the problems of the others' rows."""

    persons: tuple[PersonRow, ...]
    problems: tuple[RowProblem, ...]
    ignored_columns: tuple[str, ...]
    passed_over: tuple[PassedOver, ...] = ()


def read_staff(name: str, content: bytes) -> StaffReading:
    """Read a staff register; a person's further certificates follow in rows with the same number.

    Such a row leaves the person's other cells empty or repeats them. A person of whom one row is
    bad is not read at all.

    Raises:
        UnreadableFile: the file as a whole can't be read or lacks columns.
    """
    table = read_table(name, content, CHINESE_NAMES)
    demand_columns(table.columns, ("number",))
    persons: dict[str, PersonRow] = {}
    firsts: dict[str, SourceRow] = {}
    bad: set[str] = set()
    problems = list(table.problems)
    for row in table.rows:
        member, row_problems = _read_row(row, firsts)
        number = row.cells.get("number", "")
        known = persons.get(number)
        if known is None:
            persons[number] = PersonRow(row.number, member)
        else:
            both = known.member.certificates + member.certificates
            row_problems += _repeated(row, both)
            persons[number] = replace(known, member=replace(known.member, certificates=both))
        problems += row_problems
        bad |= {number} if row_problems else set()
    named = {column.name for column in STAFF_COLUMNS}
    ignored = tuple(column for column in table.columns if column not in named)
    good = tuple(one for number, one in persons.items() if number not in bad)
    return StaffReading(
        good, tuple(sorted(problems, key=lambda one: one.row)), ignored, table.comments
    )


def _read_row(row: SourceRow, firsts: dict[str, SourceRow]) -> tuple[StaffMember, list[RowProblem]]:
    reader = RowReader(row)
    for column in row.cells:
        reader.read(column, _private)
    number = reader.read("number", _number)
    first = firsts.setdefault(number or "", row)
    is_further = first is not row
    if is_further:
        _check_same(reader, row, first)
    certificates: tuple[Certificate, ...] = ()
    if any(row.cells.get(column.name) for column in CERTIFICATE_COLUMNS):
        certificates = (_certificate(reader),)
    if is_further:
        return StaffMember(number, certificates=certificates), reader.problems
    member = StaffMember(
        number=number,
        name=reader.read("name", text(80)),
        affiliation=reader.read("affiliation", _AFFILIATION),
        roles=reader.read("roles", _several(StaffRole, ROLE_WORDS)),
        station_codes=reader.read("station_codes", _matching(_CODE, "BJ01-T")),
        modules=reader.read("teaches_modules", _matching(_MODULE, "2-1")),
        levels=reader.read("teaches_levels", _several(Level, LEVEL_WORDS)),
        is_school_leader=reader.read("is_school_leader", _yes_or_no),
        trade_since=reader.read("trade_since", day),
        joined_on=reader.read("joined_on", day),
        left_on=reader.read("left_on", day),
        certificates=certificates,
    )
    _check_order(reader, "left_on", member.joined_on, member.left_on)
    return member, reader.problems


def _certificate(reader: RowReader) -> Certificate:
    found = Certificate(
        kind=reader.read("certificate_kind", _KIND),
        certificate_no=reader.read("certificate_no", text(80)),
        level=reader.read("certificate_level", _level),
        modules=reader.read("certificate_modules", _matching(_MODULE, "2-1")),
        issued_on=reader.read("issued_on", day),
        valid_until=reader.read("valid_until", day),
        reviewed_on=reader.read("reviewed_on", day),
        ended_on=reader.read("ended_on", day),
        document_id=reader.read("document_id", _document),
    )
    _check_order(reader, "valid_until", found.issued_on, found.valid_until)
    if found.kind is CertificateKind.SKILL_LEVEL and found.level is None:
        reader.refuse("certificate_level", Unexpected("初级、中级 或 高级", "a level"))
    return found


def _check_order(reader: RowReader, column: str, start: object, end: object) -> None:
    if start is not None and end is not None and str(end) < str(start):
        reader.refuse(column, Unexpected(f"不早于 {start}", f"a day not before {start}"))


def _check_same(reader: RowReader, row: SourceRow, first: SourceRow) -> None:
    for column in PERSON_COLUMNS:
        cell, before = row.cells.get(column.name, ""), first.cells.get(column.name, "")
        if cell and cell != before:
            reader.refuse(
                column.name,
                Unexpected(
                    f"空白，或与第 {first.number} 行相同",
                    f"nothing, or the same as in row {first.number}",
                ),
            )


def _repeated(row: SourceRow, certificates: Sequence[Certificate]) -> list[RowProblem]:
    keys = [one.key for one in certificates]
    if len(set(keys)) == len(keys):
        return []
    cell = row.cells.get("certificate_no", "")
    expected = ("同一人的证书不重复", "a certificate the person does not have already")
    return [RowProblem(row.number, "certificate_no", cell, *expected)]


def _private(cell: str) -> str:
    if has_identity_number(cell):
        raise Unexpected(
            "不含身份证号的内容，可填后四位", "no identity number; its last four characters will do"
        )
    return cell


def _number(cell: str) -> str:
    if not _NUMBER.fullmatch(cell):
        raise Unexpected(
            "1–64 个字符，无空格、引号、分号，不以 = + - @ # 开头",
            "1-64 characters without blanks, quotes or semicolons, not beginning with = + - @ #",
        )
    return cell


def _parts(cell: str) -> list[str]:
    return [part.strip() for part in re.split(r"[;；、|]", cell) if part.strip()]


def _several(kind: type[E], words: dict[str, E]) -> Callable[[str], tuple[E, ...]]:
    parse_one = one_of(kind, words)

    def parse(cell: str) -> tuple[E, ...]:
        return tuple(dict.fromkeys(parse_one(part) for part in _parts(cell)))

    return parse


def _matching(pattern: re.Pattern[str], example: str) -> Callable[[str], tuple[str, ...]]:
    def parse(cell: str) -> tuple[str, ...]:
        parts = _parts(cell)
        if not all(pattern.fullmatch(part) for part in parts):
            raise Unexpected(f"如 {example}，用 ; 分隔", f"codes such as {example}, separated by ;")
        return tuple(dict.fromkeys(parts))

    return parse


def _level(cell: str) -> Level | None:
    return one_of(Level, LEVEL_WORDS)(cell) if cell else None


def _yes_or_no(cell: str) -> bool:
    found = (_YES | _NO).get(cell.casefold())
    if found is None:
        raise Unexpected("是 或 否", "yes or no")
    return found


def _document(cell: str) -> str:
    if not _DOCUMENT.fullmatch(cell):
        raise Unexpected("附件编号", "the id of a stored document")
    return cell
