"""Each field of a booking policy, spelled once."""

from datetime import datetime
from typing import Annotated, Any

from pydantic import BaseModel
from pydantic import Field as Limit
from sqlmodel import Field as Column
from sqlmodel import SQLModel

from inventory.accounts.rules import Role
from inventory.bookable import MAX_KEY, BookingPurpose, ResourceKind
from inventory.booking_policies.rules import Askers, Effect, PolicyCode
from inventory.database import enum_as_text
from inventory.organisations.schema import Code
from inventory.readiness.findings import Bilingual
from inventory.staff.rules import CertificateKind, StaffRole
from inventory.staff.schema import Module
from inventory.stations.rules import Level

Figure = Annotated[int, Limit(ge=0, le=1_000_000)]
_MAX_LIST = 50


class PolicyFields(SQLModel):
    """A policy; the fields are those of `rules.Policy` and its scope, see there."""

    code: PolicyCode = Column(sa_type=enum_as_text(PolicyCode))
    effect: Effect = Column(default=Effect.REFUSE, sa_type=enum_as_text(Effect))
    station_code: Code | None = None
    resource_key: str | None = Column(default=None, max_length=MAX_KEY)
    kinds: list[ResourceKind] = Column(default_factory=list, max_length=_MAX_LIST)
    modules: list[Module] = Column(default_factory=list, max_length=_MAX_LIST)
    purposes: list[BookingPurpose] = Column(default_factory=list, max_length=_MAX_LIST)
    roles: list[Role] = Column(default_factory=list, max_length=_MAX_LIST)
    askers: Askers = Column(default=Askers.ALL, sa_type=enum_as_text(Askers))
    least: Figure | None = None
    most: Figure | None = None
    allowed_roles: list[Role] = Column(default_factory=list, max_length=_MAX_LIST)
    displaces: list[BookingPurpose] = Column(default_factory=list, max_length=_MAX_LIST)
    staff_roles: list[StaffRole] = Column(default_factory=list, max_length=_MAX_LIST)
    certificates: list[CertificateKind] = Column(default_factory=list, max_length=_MAX_LIST)
    level: Level | None = Column(default=None, sa_type=enum_as_text(Level))
    is_trainer_rule: bool = False
    waits_for_register: bool = False
    note: str = Column(default="", max_length=200)


class PolicyIn(PolicyFields):
    """A policy as a school sets it."""

    model_config = {"extra": "forbid"}


_POLICY: dict[str, Any] = {
    "id": 3,
    "organisation_code": "BJ01",
    "is_default": False,
    "code": "horizon",
    "effect": "refuse",
    "station_code": None,
    "resource_key": None,
    "kinds": [],
    "modules": [],
    "purposes": ["class"],
    "roles": ["instructor"],
    "askers": "own",
    "least": None,
    "most": 60,
    "allowed_roles": [],
    "displaces": [],
    "staff_roles": [],
    "certificates": [],
    "level": None,
    "is_trainer_rule": False,
    "waits_for_register": False,
    "note": "",
    "said": {"zh": "最多提前 60 天预约", "en": "at most 60 days ahead"},
    "set_at": "2026-11-20T02:00:00Z",
    "set_by": "bj-master",
}


class PolicyOut(PolicyFields):
    """A policy as the API shows it, with what it says; a default has no id."""

    model_config = {"json_schema_extra": {"examples": [_POLICY]}}

    id: int | None = None
    organisation_code: str
    is_default: bool
    said: Bilingual
    set_at: datetime | None = None
    set_by: str | None = None


class PolicyChangeOut(BaseModel):
    """A change of all policies of a code; none on a side: the defaults held."""

    at: datetime
    who: str
    code: PolicyCode
    before: list[Bilingual]
    after: list[Bilingual]


class ObjectionOut(BaseModel):
    """One policy that is not met; `field` is where the order would have to change."""

    code: PolicyCode
    said: Bilingual
    field: str
    resource_key: str
    policy_id: int | None
