"""What people decided of the columns of a header, kept for the publisher's next file."""

import hashlib
from collections.abc import Mapping
from datetime import datetime

from pydantic import TypeAdapter, ValidationError
from sqlmodel import Session

from inventory.errors import Invalid
from inventory.requirements.mapping import ListMapping, propose, remembered
from inventory.requirements.sheets import read_grids
from inventory.requirements.table import RememberedMapping

_MAPPING = TypeAdapter(ListMapping)
_HEADER_ROWS = TypeAdapter(dict[str, int])


def mapping_of(text: str | bytes) -> ListMapping:
    """A mapping from JSON.

    Raises:
        Invalid: it is none, naming the first place that is wrong.
    """
    try:
        return _MAPPING.validate_json(text)
    except ValidationError as bad:
        first = bad.errors()[0]
        place = ".".join(str(part) for part in ("mapping", *first["loc"]))
        raise Invalid(place, f"a list mapping as it is proposed ({first['msg']})") from bad


def mapping_text(mapping: ListMapping) -> bytes:
    """A mapping as JSON, to be corrected by a person."""
    return _MAPPING.dump_json(mapping, indent=1)


def header_rows_of(text: str) -> dict[str, int]:
    """Header rows by sheet, from JSON.

    Raises:
        Invalid: it is no such object.
    """
    try:
        return _HEADER_ROWS.validate_json(text or "{}")
    except ValidationError as bad:
        raise Invalid("header_rows", "a JSON object of sheet titles and row numbers") from bad


def propose_mapping(
    db: Session,
    name: str,
    content: bytes,
    organisation_code: str | None,
    header_rows: Mapping[str, int] | None = None,
) -> ListMapping:
    """Propose a mapping of a file, with what was decided of equal headers before.

    Raises:
        UnreadableFile: the file as a whole can't be read.
    """

    def recall(header: str) -> Mapping[str, str] | None:
        found = db.get(RememberedMapping, _key(organisation_code, header))
        return None if found is None else dict(found.mapping)

    return propose(read_grids(name, content), recall, header_rows)


def remember(
    db: Session, mapping: ListMapping, organisation_code: str | None, *, who: str, now: datetime
) -> None:
    """Keep what was decided, in the transaction of the import that used it."""
    for sheet in mapping.sheets:
        if not sheet.is_used:
            continue
        header, decided = remembered(sheet)
        key = _key(organisation_code, header)
        row = db.get(RememberedMapping, key) or RememberedMapping(
            key=key, organisation_code=organisation_code, remembered_by=who, remembered_at=now
        )
        row.mapping, row.remembered_by, row.remembered_at = dict(decided), who, now
        db.add(row)
        db.flush()


def digest_of(content: bytes, mapping: ListMapping | None) -> str:
    """SHA-256 of a file and, where there is one, of what its columns were taken to mean."""
    digest = hashlib.sha256(content)
    for sheet in mapping.sheets if mapping else ():
        digest.update(repr((sheet.title, sheet.is_used, sheet.header_row)).encode())
        digest.update(repr([(one.number, one.target) for one in sheet.columns]).encode())
        digest.update(repr(sorted(sheet.constants.items())).encode())
    return digest.hexdigest()


def _key(organisation_code: str | None, header: str) -> str:
    return hashlib.sha256(f"{organisation_code or ''}\n{header}".encode()).hexdigest()
