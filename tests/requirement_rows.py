"""A requirement row with nothing special about it, for tests to change."""

from dataclasses import replace

from inventory.requirements.rules import (
    Authority,
    CalibrationDuty,
    Obligation,
    QuantityBasis,
    Requirement,
    Sourced,
)
from inventory.stations.rules import Level, StationUse

OFFICIAL = Sourced(Authority.OFFICIAL)
_PLAIN = Requirement(
    row_id="R1",
    module_code="2-1",
    levels=frozenset(Level),
    uses=frozenset(StationUse),
    category="",
    exam_tasks=(),
    item_zh="台架",
    item_en="",
    technical_parameters="-",
    quantity_basis=QuantityBasis.PER_STATION,
    quantity_n=1,
    quantity_unit="",
    per_n_examinees=None,
    obligation=Obligation.MANDATORY,
    duty=CalibrationDuty.NONE,
    duty_condition="",
    interval_months=None,
    sharing_rule="",
    alternative_group="",
    authority_item=OFFICIAL,
    authority_parameters=OFFICIAL,
    authority_quantity=OFFICIAL,
)


def requirement(row_id: str, **changes: object) -> Requirement:
    """One piece for the station, mandatory and official, of every level and use of module 2-1."""
    return replace(_PLAIN, row_id=row_id, **changes)  # type: ignore[arg-type]
