"""How persons with certificates become a file that `reading.read_staff` reads back as they were."""

from collections.abc import Iterable, Sequence

from inventory.requirements.writing import write_rows
from inventory.staff.rules import Certificate, StaffMember
from inventory.staff.template import CERTIFICATE_COLUMNS, PERSON_COLUMNS, STAFF_COLUMNS


def write_staff(name: str, staff: Iterable[StaffMember]) -> bytes:
    """Persons as a csv or xlsx file: a row each, and one more for each further certificate."""
    rows: list[Sequence[str]] = [
        [column.name for column in STAFF_COLUMNS],
        ["#" + STAFF_COLUMNS[0].zh, *(column.zh for column in STAFF_COLUMNS[1:])],
    ]
    for one in staff:
        person = _person_cells(one)
        papers = [_certificate_cells(paper) for paper in one.certificates]
        rows.append(person + (papers[0] if papers else [""] * len(CERTIFICATE_COLUMNS)))
        beside = [one.number] + [""] * (len(PERSON_COLUMNS) - 1)
        rows += [beside + paper for paper in papers[1:]]
    return write_rows(name, rows)


def _person_cells(one: StaffMember) -> list[str]:
    return [
        one.number,
        one.name,
        one.affiliation.value,
        ";".join(one.roles),
        ";".join(one.station_codes),
        ";".join(one.modules),
        ";".join(one.levels),
        "是" if one.is_school_leader else "否",
        *(_day_cell(day) for day in (one.trade_since, one.joined_on, one.left_on)),
    ]


def _certificate_cells(one: Certificate) -> list[str]:
    dates = (one.issued_on, one.valid_until, one.reviewed_on, one.ended_on)
    return [
        one.kind.value,
        one.certificate_no,
        one.level.value if one.level else "",
        ";".join(one.modules),
        *(_day_cell(day) for day in dates),
        one.document_id,
    ]


def _day_cell(day: object) -> str:
    return "" if day is None else str(day)
