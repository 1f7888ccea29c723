"""Stored editions as the comparison of editions takes them."""

from collections.abc import Collection, Mapping, Sequence

from sqlmodel import Session, col, select

from inventory.errors import Invalid
from inventory.requirements.editions import EditionChanges, Row, compare_editions
from inventory.requirements.reading import COLUMNS, read_requirement
from inventory.requirements.table import RequirementRow
from inventory.requirements.tabular import SourceRow
from inventory.requirements.use_cases import requirement_list


def changes_between(
    db: Session,
    old: str,
    new: str,
    *,
    pairs: Sequence[str] = (),
    publishers: Collection[str] | None = None,
) -> EditionChanges:
    """What changed from one version to another.

    Args:
        db: where they are stored.
        old: the version before.
        new: the version after.
        pairs: what a person corrects: `old row id:new row id`, or `old row id:` for none.
        publishers: whose lists the caller may see besides everybody's; None: all.

    Raises:
        UnknownList: a version is not known to the caller.
        Invalid: a pair names a row that is not there.
    """
    for version in (old, new):
        requirement_list(db, version, publishers)
    before, after = _rows(db, old), _rows(db, new)
    return compare_editions(before, after, corrections(pairs, before, after))


def corrections(
    pairs: Sequence[str], before: Sequence[Row], after: Sequence[Row]
) -> Mapping[str, str]:
    """Pairs as a mapping of row ids.

    Raises:
        Invalid: a pair is none, or names a row that is not there, or one twice.
    """
    old_ids, new_ids = {row[0].row_id for row in before}, {row[0].row_id for row in after}
    told: dict[str, str] = {}
    for pair in pairs:
        old_id, colon, new_id = pair.partition(":")
        is_known = old_id in old_ids and (not new_id or new_id in new_ids)
        is_again = old_id in told or (new_id and new_id in told.values())
        if not colon or not is_known or is_again:
            raise Invalid(
                "pair", f"old row id:new row id, each of its edition and once, got {pair}"
            )
        told[old_id] = new_id
    return told


def _rows(db: Session, version: str) -> list[Row]:
    query = select(RequirementRow).where(RequirementRow.version == version)
    found: list[Row] = []
    for row in db.exec(query.order_by(col(RequirementRow.position))).all():
        cells = {name: getattr(row, name) for name in COLUMNS}
        source = SourceRow(row.position, cells)
        found.append((read_requirement(source, row.settled_parameters)[0], cells))
    return found
