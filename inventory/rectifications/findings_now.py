"""What the check says now of the stations of an organisation, under one list version or another."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from inventory.accounts.rules import Principal, Role
from inventory.audit.use_cases import SYSTEM
from inventory.errors import Unknown
from inventory.readiness.findings import Finding, FindingKind, LiveEvidenceState, Readiness
from inventory.readiness.use_cases import Asked, ReadinessDesk
from inventory.stations.rules import Level
from inventory.stations.table import Station

FindingKey = tuple[str, FindingKind]
"""Row id and kind: which finding it is among those of a station and list version."""
_LIVE_KINDS = frozenset(
    {
        FindingKind.BENCH_FAULT,
        FindingKind.BENCH_SILENT,
        FindingKind.BENCH_NEVER_SEEN,
        FindingKind.BENCH_NOT_HARDWARE,
    }
)


@dataclass(frozen=True, slots=True)
class Seen:
    """All findings of a station under a list version, of all its modules and levels."""

    list_version: str
    findings: Mapping[FindingKey, Finding]
    is_live_known: bool

    def is_present(self, key: FindingKey) -> bool | None:
        """Whether the check reports this; None when nobody can tell.

        That a bench is no longer reported as silent means nothing while nobody hears any.
        """
        if key in self.findings:
            return True
        return None if key[1] in _LIVE_KINDS and not self.is_live_known else False


class FindingsNow:
    """The findings of one organisation's stations at one moment, each list version checked once."""

    def __init__(
        self, desk: ReadinessDesk, stations: Sequence[Station], organisation: str, now: datetime
    ) -> None:
        # the school's own view, looking only
        self._looker = Principal(0, SYSTEM, Role.ADMINISTRATOR, organisation, is_read_only=True)
        self._desk = desk
        self._now = now
        modules = sorted({module for one in stations for module in one.modules})
        overview = desk.overview(self._looker, None, modules, now)
        self._applying = {
            cells.station.code: _seen(cells.station, cells.answers) for cells in overview.stations
        }
        self._others: dict[tuple[str, str], Seen | None] = {}

    def of(self, station: Station, list_version: str | None) -> Seen | None:
        """What is found under a version, by default the one that applies; None: no such version."""
        applying = self._applying[station.code]
        if list_version is None or applying.list_version == list_version:
            return applying
        key = (station.code, list_version)
        if key not in self._others:
            self._others[key] = self._checked(station, list_version)
        return self._others[key]

    def _checked(self, station: Station, list_version: str) -> Seen | None:
        asked = [
            Asked(module, Level(level), list_version=list_version)
            for module in station.modules
            for level in station.levels
        ]
        try:
            answers = [
                self._desk.check(self._looker, station.code, one, self._now) for one in asked
            ]
        except Unknown:
            return None
        return _seen(station, answers)


def _seen(station: Station, answers: Iterable[Readiness]) -> Seen:
    own = [
        answer
        for answer in answers
        if answer.question.module in station.modules and answer.question.level in station.levels
    ]
    findings: dict[FindingKey, Finding] = {}
    for one in (finding for answer in own for finding in answer.findings):
        known = findings.get((one.row_id, one.kind))
        if known is None or (one.is_binding and not known.is_binding):
            findings[one.row_id, one.kind] = one
    is_live_known = all(one.live_evidence is LiveEvidenceState.AVAILABLE for one in own)
    return Seen(own[0].list_version if own else "", findings, is_live_known)
