"""What another edition of a list means to a station: which findings come, and which go."""

from collections.abc import Mapping
from dataclasses import dataclass

from inventory.readiness.findings import Finding, Readiness


@dataclass(frozen=True, slots=True)
class EditionEffect:
    """Findings of one edition only, and how many both have; a finding is one kind at one row."""

    gone: tuple[Finding, ...]
    come: tuple[Finding, ...]
    stay: int


def effect(before: Readiness, after: Readiness, matches: Mapping[str, str]) -> EditionEffect:
    """Compare the answers to one question by two editions.

    Args:
        before: by the edition before.
        after: by the edition after.
        matches: row ids of the edition before to those of the same rows in the edition after.
    """
    old = {_key(one, matches.get(one.row_id, f"-{one.row_id}")): one for one in before.findings}
    new = {_key(one, one.row_id): one for one in after.findings}
    return EditionEffect(
        gone=tuple(one for key, one in old.items() if key not in new),
        come=tuple(one for key, one in new.items() if key not in old),
        stay=len(old.keys() & new.keys()),
    )


def _key(finding: Finding, row_id: str) -> tuple[object, ...]:
    bench = finding.bench
    row = row_id if finding.row_id else ""
    return finding.kind, row, finding.asset_numbers, bench and (bench.bench_code, bench.dtc)
