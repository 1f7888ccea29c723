"""What answers of several checks have in common (pure)."""

from collections.abc import Sequence

from inventory.conditions.ground import StationGround
from inventory.conditions.rules import Computed
from inventory.readiness.findings import Bilingual
from inventory.staff.rules import StaffMember

NO_STAFF = Bilingual("尚未登记人员", "no staff is registered")
REGISTER = Bilingual("登记人员及证书后自动判断", "register staff and certificates")


def unless_empty(
    ground: StationGround,
    is_met: bool,
    required: Bilingual,
    said: Bilingual,
    remedy: Bilingual,
    people: Sequence[StaffMember],
) -> Computed:
    """The answer; a school that keeps no staff register has told nothing at all."""
    if not ground.is_staff_kept:
        return Computed(None, required, NO_STAFF, REGISTER)
    return Computed(is_met, required, said, remedy, tuple(one.number for one in people))


def named(people: Sequence[StaffMember], word: Bilingual) -> Bilingual:
    """How many there are, and who."""
    names = "、".join(one.shown for one in people)
    count = len(people)
    return Bilingual(
        f"{word.zh} {count} 人" + (f"：{names}" if names else ""),
        f"{count} {word.en}" + (f": {names.replace('、', ', ')}" if names else ""),
    )


def not_stated(zh: str, en: str) -> Bilingual:
    """That a fact of the station is missing."""
    return Bilingual(f"站点未说明{zh}", f"the station has not stated its {en}")
