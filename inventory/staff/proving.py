"""What a station's staff proves on a day, from the database."""

from dataclasses import asdict
from datetime import date

from sqlmodel import Session

from inventory.accounts.rules import Action, Principal
from inventory.staff.judging import (
    Share,
    TrainerJudgement,
    at_station,
    dual_qualified_share,
    industry_expert_share,
    qualified_trainers,
    trainer_judgements,
)
from inventory.staff.keeping import members_of
from inventory.staff.schema import CoverageOut, ShareOut, StaffRulesOut, TrainerOut
from inventory.stations.rules import Level
from inventory.stations.use_cases import station


def staff_rules(db: Session, principal: Principal, code: str, on: date) -> StaffRulesOut:
    """Shares of the teaching team, every trainer against the rule, and who may teach what.

    Raises:
        UnknownStation: there is none, or the caller may not know of it.
        NotAllowed: the caller's role sees no staff.
    """
    found = station(db, principal, code, Action.READ_STAFF)
    people = at_station(members_of(db, found.organisation_code), found.code, on)
    levels = [Level(level) for level in found.levels]
    coverage = [
        CoverageOut(
            module=module,
            level=level,
            trainers=[one.number for one in qualified_trainers(people, module, level, on)],
        )
        for module in found.modules
        for level in levels
    ]
    return StaffRulesOut(
        station=found.code,
        date=on,
        dual_qualified=_share(dual_qualified_share(people, on)),
        industry_experts=_share(industry_expert_share(people, on)),
        trainers=[_trainer(one) for one in trainer_judgements(people, levels, on)],
        coverage=coverage,
    )


def _share(share: Share) -> ShareOut:
    facts = asdict(share) | {
        "percent": float(round(share.percent, 1)),
        "least_percent": float(share.least * 100),
    }
    return ShareOut.model_validate(facts)


def _trainer(one: TrainerJudgement) -> TrainerOut:
    return TrainerOut.model_validate(asdict(one) | {"is_met": one.is_met})
