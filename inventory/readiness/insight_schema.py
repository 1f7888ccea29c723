"""Plans, failures and capacity as the API shows them."""

from datetime import date

from pydantic import BaseModel, Field

from inventory.readiness.capacity import Capacity
from inventory.readiness.failing import Failure
from inventory.readiness.findings import Question, Status
from inventory.readiness.planning import Plan, PlannedAction
from inventory.stations.rules import Level, StationUse


class Answered(BaseModel):
    """What was asked."""

    station: str
    module: str
    level: Level
    use: StationUse
    date: date


class PlanOut(Answered):
    """The smallest set of actions after which the station would pass."""

    is_possible: bool = Field(description="false where no list speaks of the question")
    is_certain: bool = Field(description="false while a fact that must be stated is not known")
    actions: list[PlannedAction] = Field(description="all are needed; the least effort first")


class WhatIfOut(Answered):
    """What happens when one thing fails; things that a spare one replaces are left out."""

    status: Status = Field(description="as it is now")
    failures: list[Failure] = Field(description="worst first")


class CapacityOut(Answered):
    """How many examinees a day holds."""

    capacity: Capacity


def asked_of(station: str, question: Question) -> dict[str, object]:
    """The fields of `Answered`."""
    return {
        "station": station,
        "module": question.module,
        "level": question.level,
        "use": question.use,
        "date": question.on_date,
    }


def plan_shown(station: str, question: Question, found: Plan) -> PlanOut:
    """A plan for the API and for `--json`."""
    return PlanOut.model_validate(
        asked_of(station, question)
        | {
            "is_possible": found.is_possible,
            "is_certain": found.is_certain,
            "actions": list(found.actions),
        }
    )


def what_if_shown(
    station: str, question: Question, status: Status, found: tuple[Failure, ...]
) -> WhatIfOut:
    """Failures for the API and for `--json`."""
    told = {"status": status, "failures": list(found)}
    return WhatIfOut.model_validate(asked_of(station, question) | told)


def capacity_shown(station: str, question: Question, found: Capacity) -> CapacityOut:
    """A capacity for the API and for `--json`."""
    return CapacityOut.model_validate(asked_of(station, question) | {"capacity": found})
