"""Reading, setting and explaining booking policies."""

from collections.abc import Callable, Sequence
from datetime import datetime

from sqlmodel import Session

from inventory.accounts.access import demand_organisation
from inventory.accounts.rules import Action, Principal
from inventory.audit.use_cases import record
from inventory.bookable import resource_of
from inventory.booking_policies.describing import described
from inventory.booking_policies.errors import InvalidPolicy
from inventory.booking_policies.keeping import effective, policy_of, rows_of
from inventory.booking_policies.rules import (
    FIGURES,
    FIGURES_NEEDED,
    Asked,
    Effect,
    Policy,
    PolicyCode,
    is_of,
)
from inventory.booking_policies.schema import PolicyFields, PolicyIn, PolicyOut
from inventory.booking_policies.table import BookingPolicy
from inventory.database import Database
from inventory.errors import Invalid
from inventory.stations.use_cases import own_stations

_EVERY = tuple(dict.fromkeys(name for names in FIGURES.values() for name in names))


def booking_policies(db: Session, principal: Principal, organisation_code: str) -> list[PolicyOut]:
    """All policies on an organisation's resources, defaults among them.

    Raises:
        UnknownOrganisation: there is none, or the caller may not know of it.
        NotAllowed: the caller's role sees no bookings.
    """
    demand_organisation(db, principal, organisation_code, Action.READ_BOOKING)
    rows = {row.id: row for row in rows_of(db, organisation_code)}
    policies = effective([policy_of(row, row.id) for row in rows.values()])
    return [_shown(organisation_code, one, rows.get(one.id)) for one in policies]


def policies_on(
    db: Session, principal: Principal, resource_key: str, station_code: str
) -> list[PolicyOut]:
    """The policies a resource has for people of the caller's organisation, as a screen tells them.

    Raises:
        Invalid: the key is none.
        UnknownOrganisation: there is none, or the caller may not know of it.
        NotAllowed: the caller's role sees no bookings.
    """
    try:
        resource = resource_of(resource_key)
    except ValueError as bad:
        raise Invalid("resource", str(bad).removeprefix("expected ")) from None
    asked = Asked(resource, (station_code,) if station_code else ())
    return [
        one
        for one in booking_policies(db, principal, resource.organisation_code)
        if is_of(policy_of(one).scope, asked, principal.organisation_code)
    ]


def set_policies(
    database: Database,
    principal: Principal,
    code: PolicyCode,
    items: Sequence[PolicyIn] | None,
    *,
    organisation_code: str,
    now: datetime,
) -> list[PolicyOut]:
    """Set all policies of a code, in place of what was; None gives the code back to the defaults.

    Raises:
        UnknownOrganisation: there is none, or the caller may not know of it.
        NotAllowed: the caller's role does not set policies.
        InvalidPolicy: one is of another code, lacks its figure, or names what is not the school's.
    """
    _each(items, lambda one: _check(code, one))
    with database.begin() as db:
        demand_organisation(db, principal, organisation_code, Action.MANAGE_BOOKING_POLICY)
        _each(items, lambda one: _demand_own(db, organisation_code, one))
        before = [row for row in rows_of(db, organisation_code) if row.code is code]
        old = [_told(row) for row in before]
        new = [_told(one) for one in items or ()]
        if old != new:
            for row in before:
                db.delete(row)
            for one in items or ():
                facts = {"organisation_code": organisation_code, "set_at": now}
                by = {"set_by": principal.username}
                db.add(BookingPolicy.model_validate(one.model_dump() | facts | by))
            db.flush()
            record(
                db,
                who=principal.username,
                action="updated",
                entity="booking_policy",
                entity_id=f"{organisation_code}/{code.value}",
                organisation_code=organisation_code,
                old={"policies": old},
                new={"policies": None if items is None else new},
                at=now,
            )
        return booking_policies(db, principal, organisation_code)


def _told(one: PolicyFields) -> dict[str, object]:
    return {name: getattr(one, name) for name in PolicyFields.model_fields}


def _each(items: Sequence[PolicyIn] | None, check: Callable[[PolicyIn], None]) -> None:
    for n, one in enumerate(items or (), 1):
        try:
            check(one)
        except Invalid as why:
            raise InvalidPolicy(n, why) from None


def _check(code: PolicyCode, one: PolicyIn) -> None:
    if one.code is not code:
        raise Invalid("code", f"{code.value}, as the address says")
    used = FIGURES.get(code, ())
    strange = [name for name in _EVERY if name not in used and getattr(one, name)]
    if strange:
        raise Invalid(strange[0], f"nothing; {code.value} has {', '.join(used) or 'no figures'}")
    given = [name for name in used if getattr(one, name) not in (None, [], False)]
    if code in FIGURES_NEEDED and not given and one.effect is not Effect.OFF:
        raise Invalid(used[0], f"a value of {' or '.join(used)}")
    if one.least is not None and one.most is not None and one.most < one.least:
        raise Invalid("most", f"at least {one.least}")


def _demand_own(db: Session, organisation_code: str, one: PolicyIn) -> None:
    if one.station_code is not None:
        own = own_stations(db, organisation_code)
        if one.station_code not in own:
            raise Invalid(
                "station_code", f"a station of {organisation_code}: {', '.join(sorted(own))}"
            )
    if one.resource_key is None:
        return
    try:
        resource = resource_of(one.resource_key)
    except ValueError as bad:
        raise Invalid("resource_key", str(bad).removeprefix("expected ")) from None
    if resource.organisation_code != organisation_code:
        raise Invalid("resource_key", f"a resource of {organisation_code}")


def _shown(organisation_code: str, policy: Policy, row: BookingPolicy | None) -> PolicyOut:
    scope = policy.scope
    return PolicyOut(
        id=policy.id,
        organisation_code=organisation_code,
        is_default=policy.id is None,
        said=described(policy),
        code=policy.code,
        effect=policy.effect,
        station_code=scope.station_code or None,
        resource_key=scope.resource_key or None,
        kinds=list(scope.kinds),
        modules=list(scope.modules),
        purposes=list(scope.purposes),
        roles=list(scope.roles),
        askers=scope.askers,
        least=policy.least,
        most=policy.most,
        allowed_roles=list(policy.allowed_roles),
        displaces=list(policy.displaces),
        staff_roles=list(policy.staff_roles),
        certificates=list(policy.certificates),
        level=policy.level,
        is_trainer_rule=policy.is_trainer_rule,
        waits_for_register=policy.waits_for_register,
        note=policy.note,
        set_at=None if row is None else row.set_at,
        set_by=None if row is None else row.set_by,
    )
