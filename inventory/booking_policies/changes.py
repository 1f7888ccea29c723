"""What a school has changed of its booking policies, from the audit trail."""

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import ValidationError
from sqlmodel import Session, col, select

from inventory.accounts.access import demand_organisation
from inventory.accounts.rules import Action, Principal
from inventory.audit.table import AuditEntry
from inventory.booking_policies.describing import described
from inventory.booking_policies.keeping import policy_of
from inventory.booking_policies.rules import PolicyCode
from inventory.booking_policies.schema import PolicyChangeOut, PolicyIn
from inventory.readiness.findings import Bilingual

MOST = 100
"""Chosen: policies change a few times a term; these are years."""


def policy_changes(
    db: Session, principal: Principal, organisation_code: str
) -> list[PolicyChangeOut]:
    """The latest changes of an organisation's policies, the last one first.

    Raises:
        UnknownOrganisation: there is none, or the caller may not know of it.
        NotAllowed: the caller's role sees no bookings.
    """
    demand_organisation(db, principal, organisation_code, Action.READ_BOOKING)
    query = (
        select(AuditEntry)
        .where(
            AuditEntry.entity == "booking_policy",
            AuditEntry.organisation_code == organisation_code,
        )
        .order_by(col(AuditEntry.id).desc())
        .limit(MOST)
    )
    return [
        PolicyChangeOut(
            at=one.at,
            who=one.who,
            code=PolicyCode(one.entity_id.rpartition("/")[2]),
            before=_said(one.old),
            after=_said(one.new),
        )
        for one in db.exec(query).all()
    ]


def _said(kept: Mapping[str, Any] | None) -> list[Bilingual]:
    policies: Sequence[Mapping[str, Any]] = (kept or {}).get("policies") or ()
    return [_sentence(one) for one in policies]


def _sentence(one: Mapping[str, Any]) -> Bilingual:
    try:
        return described(policy_of(PolicyIn.model_validate(one)))
    except ValidationError:
        # the trail outlives the fields a policy had when it was written
        return Bilingual("（旧格式的规则）", "(a rule of an earlier form)")
