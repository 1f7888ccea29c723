"""The two schools with rooms, register, staff and policies to book by."""

from datetime import timedelta

from inventory.accounts.rules import Role
from inventory.accounts.schema import UserFields
from inventory.accounts.use_cases import create_user
from inventory.bookable import BookingPurpose
from inventory.booking_policies.rules import Effect, PolicyCode
from inventory.booking_policies.table import BookingPolicy
from inventory.database import Database
from inventory.equipment.table import Equipment
from inventory.places.rules import RoomKind, WorkstationKind
from inventory.places.table import RoomRow, WorkstationRow
from inventory.staff.table import StaffRow
from tests.booking_model import LONGEST, NEEDS_A_YES, QUOTA
from tests.schools import NOW, PASSWORD, quick_passwords

_OWNER = "BJ01"


def furnish_to_book(database: Database) -> None:
    """Add what `tests.booking_model` knows of to a furnished database."""
    other = UserFields(
        username="bj-other", name="bj-other", role=Role.INSTRUCTOR, organisation_code=_OWNER
    )
    create_user(database, quick_passwords(), other, PASSWORD, who="test", now=NOW)
    with database.begin() as db:
        assets = {"A1": "battery-01", "A2": None}
        db.add_all(
            Equipment(organisation_code=_OWNER, asset_number=asset, item_zh=asset, bench_code=bench)
            for asset, bench in assets.items()
        )
        db.add(StaffRow(organisation_code=_OWNER, number="T-017", name="王老师"))
        room = RoomRow(
            organisation_code=_OWNER, code="101", name_zh="101", kind=RoomKind.TRAINING_ROOM
        )
        db.add(room)
        db.flush()
        db.add_all(
            WorkstationRow(
                organisation_code=_OWNER,
                code=code,
                kind=WorkstationKind.BENCH,
                room_id=room.id or 0,
                asset_number=asset,
            )
            for code, asset in (("W1", "A1"), ("W2", ""))
        )
        db.add_all(_policies())


def _policies() -> list[BookingPolicy]:
    rows: list[dict[str, object]] = [
        {
            "code": PolicyCode.LENGTH,
            "purposes": [BookingPurpose.CLASS, BookingPurpose.EXAM],
            "most": LONGEST // timedelta(minutes=1),
        },
        {"code": PolicyCode.WEEKLY_QUOTA, "most": QUOTA // timedelta(hours=1)},
        {
            "code": PolicyCode.OWNER_APPROVAL,
            "effect": Effect.APPROVE,
            "resource_key": NEEDS_A_YES,
            "roles": [Role.INSTRUCTOR],
        },
    ]
    made: dict[str, object] = {"organisation_code": _OWNER, "set_at": NOW, "set_by": "test"}
    return [BookingPolicy.model_validate(row | made) for row in rows]
