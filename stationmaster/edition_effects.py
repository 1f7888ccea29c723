"""Which findings of a station another edition of a list takes away and brings, for a terminal."""

from collections.abc import Iterator, Mapping
from contextlib import closing
from datetime import UTC, datetime

from inventory.accounts.rules import Principal, Role
from inventory.database import Database
from inventory.errors import UnknownStation
from inventory.readiness.editions import effect
from inventory.readiness.findings import Bilingual, Finding
from inventory.readiness.preparing import ReadinessMemory
from inventory.readiness.use_cases import Asked, ReadinessDesk
from inventory.readiness.wording import LEVELS
from inventory.stations.rules import Level
from inventory.stations.table import Station
from stationmaster.evidence import StoredLiveBenches
from stationmaster.language import Language
from stationmaster.readiness_printing import STATUSES, told
from stationmaster.settings import Settings
from stationmaster.stores import open_reader


def effect_lines(
    database: Database,
    station: str,
    versions: tuple[str, str],
    matches: Mapping[str, str],
    language: Language,
) -> Iterator[str]:
    """All modules and levels that the station offers, by the version before and the one after.

    `matches` are row ids of the version before with those of the same rows after.

    Raises:
        UnknownStation: there is none.
        UnknownList: one of the versions does not concern it.
    """
    with database.read() as db:
        found = db.get(Station, station)
        if found is None:
            raise UnknownStation(station)
    operator = Principal(0, "cli", Role.ADMINISTRATOR, found.organisation_code)
    now = datetime.now(UTC)
    with closing(open_reader(Settings())) as reader:
        desk = ReadinessDesk(database, StoredLiveBenches(reader), ReadinessMemory())
        for module in found.modules:
            for level in (one for one in Level if one in found.levels):
                before, after = (
                    desk.check(operator, station, Asked(module, level, list_version=one), now)
                    for one in versions
                )
                change = effect(before, after, matches)
                states = " → ".join(told(STATUSES[one.status], language) for one in (before, after))
                yield f"{module} {told(LEVELS[level], language)}: {states}"
                yield from (f"  + {_line(one, language)}" for one in change.come)
                yield from (f"  - {_line(one, language)}" for one in change.gone)


def _line(finding: Finding, language: Language) -> str:
    binds = Bilingual("必须", "binding") if finding.is_binding else Bilingual("建议", "advice")
    where = f"{finding.row_id} {told(finding.item, language)}"
    return f"[{told(binds, language)}] {where}: {told(finding.reason, language)}"
