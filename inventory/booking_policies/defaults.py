"""The policies of a school that has set none of a code (pure); reasons are in decision 0041."""

from inventory.accounts.rules import Role
from inventory.bookable import BookingPurpose
from inventory.booking_policies.rules import Askers, Effect, Policy, PolicyCode, Scope
from inventory.staff.rules import CertificateKind

_TAUGHT = (BookingPurpose.CLASS, BookingPurpose.EXAM, BookingPurpose.OPEN_SHARING)
_OTHERS = Scope(askers=Askers.OTHERS)
_OWN = Scope(askers=Askers.OWN)
_STAFF = (Role.INSTRUCTOR, Role.STATIONMASTER, Role.ADMINISTRATOR)

DEFAULTS: tuple[Policy, ...] = (
    Policy(PolicyCode.WHO, scope=_OWN, allowed_roles=_STAFF),
    Policy(
        PolicyCode.WHO,
        scope=Scope(
            askers=Askers.OTHERS,
            purposes=(BookingPurpose.CLASS, BookingPurpose.EXAM, BookingPurpose.MAINTENANCE),
        ),
    ),
    Policy(PolicyCode.OWNER_APPROVAL, Effect.APPROVE, _OTHERS),
    Policy(PolicyCode.HORIZON, scope=_OWN, most=400),
    Policy(PolicyCode.HORIZON, scope=_OTHERS, most=90),
    Policy(PolicyCode.NOTICE, scope=_OTHERS, least=24),
    Policy(PolicyCode.LENGTH, scope=Scope(purposes=_TAUGHT), least=5, most=14 * 60),
    Policy(PolicyCode.WEEKLY_QUOTA, Effect.WARN, _OWN, most=40),
    Policy(PolicyCode.WEEKLY_QUOTA, scope=_OTHERS, most=20),
    Policy(
        PolicyCode.EXAM_PRIORITY,
        scope=Scope(askers=Askers.OWN, purposes=(BookingPurpose.EXAM,)),
        least=7,
        displaces=(BookingPurpose.CLASS,),
    ),
    Policy(PolicyCode.MINORS, scope=Scope(purposes=_TAUGHT)),
    Policy(
        PolicyCode.HIGH_VOLTAGE,
        scope=Scope(purposes=_TAUGHT),
        certificates=(CertificateKind.ELECTRICIAN,),
        waits_for_register=True,
    ),
    Policy(PolicyCode.OPENING_HOURS, Effect.WARN, Scope(askers=Askers.OWN, purposes=_TAUGHT)),
    Policy(PolicyCode.OPENING_HOURS, scope=_OTHERS),
    Policy(PolicyCode.IN_ORDER, Effect.WARN, Scope(purposes=_TAUGHT)),
)
"""Lenient to the school's own people, strict to others; a school sharpens what it wants."""
