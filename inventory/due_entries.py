"""What becomes due and when, as every slice with dated things tells it (pure).

A slice offers `due_entries(db, organisations, on) -> Iterable[DueEntry]` and is named in
`inventory.due.sources`; it knows nothing of the calendar itself.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class DueKind(StrEnum):
    """What it is that ends on a day."""

    CALIBRATION = "calibration"
    VERIFICATION = "verification"
    SAFETY_TEST = "safety_test"
    FUNCTIONAL_CHECK = "functional_check"
    AGREEMENT = "agreement"
    LIST_VERSION = "list_version"
    STAFF_CERTIFICATE = "staff_certificate"
    CONSUMABLE = "consumable"
    CONDITION_EVIDENCE = "condition_evidence"


@dataclass(frozen=True, slots=True)
class DueEntry:
    """One thing and the last day on which it is in order; for a shortage the day it began.

    `due_on` None: nobody said when it ends. `entity` and `entity_id` are the words of the audit
    trail. `station_codes` empty means every
    station of the organisation. `detail` is a certificate number, a partner, an amount: short and
    the same in both languages.
    """

    kind: DueKind
    organisation_code: str
    entity: str
    entity_id: str
    name_zh: str
    name_en: str
    due_on: date | None
    station_codes: tuple[str, ...] = ()
    detail: str = ""
