"""Who may do what: the one place where a role becomes a permission (pure)."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """What a person is in an organisation."""

    ADMINISTRATOR = "administrator"
    STATIONMASTER = "stationmaster"
    INSTRUCTOR = "instructor"
    EVALUATOR = "evaluator"
    VISITOR = "visitor"


class Action(StrEnum):
    """What can be asked of the system; every route names one."""

    READ_SELF = "read_self"
    READ_STATION = "read_station"
    READ_STATUS = "read_status"
    READ_READINESS = "read_readiness"
    READ_BENCH = "read_bench"
    READ_BENCH_DETAILS = "read_bench_details"
    READ_REGISTER = "read_register"
    READ_LIST = "read_list"
    READ_METRICS = "read_metrics"
    READ_BOOKING = "read_booking"
    READ_DATA_HEALTH = "read_data_health"
    MANAGE_SESSION = "manage_session"
    MANAGE_API_KEYS = "manage_api_keys"
    MANAGE_ACCOUNTS = "manage_accounts"
    WRITE_STATION = "write_station"
    WRITE_REGISTER = "write_register"
    WRITE_LIST = "write_list"
    WRITE_BOOKING = "write_booking"
    MANAGE_BOOKING_POLICY = "manage_booking_policy"
    APPROVE_BOOKING = "approve_booking"
    ACKNOWLEDGE_ALERT = "acknowledge_alert"
    READ_RECTIFICATION = "read_rectification"
    WORK_ON_RECTIFICATION = "work_on_rectification"
    MANAGE_RECTIFICATION = "manage_rectification"
    JUDGE_RECTIFICATION = "judge_rectification"
    READ_REVIEW = "read_review"
    WRITE_REVIEW = "write_review"
    JUDGE_REVIEW = "judge_review"
    READ_DOCUMENT = "read_document"
    WRITE_DOCUMENT = "write_document"
    READ_PAPER = "read_paper"
    MAKE_PAPER = "make_paper"
    WRITE_ANNUAL_REPORT = "write_annual_report"
    READ_WORK_ORDER = "read_work_order"
    WORK_ON_WORK_ORDER = "work_on_work_order"
    MANAGE_WORK_ORDER = "manage_work_order"
    READ_STOCKTAKE = "read_stocktake"
    SCAN_STOCKTAKE = "scan_stocktake"
    MANAGE_STOCKTAKE = "manage_stocktake"
    READ_STAFF = "read_staff"
    WRITE_STAFF = "write_staff"
    MOVE_STOCK = "move_stock"
    MANAGE_NOTIFICATIONS = "manage_notifications"
    MANAGE_GROUP_BOT = "manage_group_bot"
    MANAGE_CALENDAR_FEED = "manage_calendar_feed"
    READ_OFFER = "read_offer"
    MANAGE_OFFER = "manage_offer"
    REQUEST_SHARING = "request_sharing"
    READ_INCOME = "read_income"
    WRITE_INCOME = "write_income"


class Decision(StrEnum):
    """Answer to a request: hidden means that not even the existence may be told."""

    ALLOWED = "allowed"
    REFUSED = "refused"
    HIDDEN = "hidden"


@dataclass(frozen=True, slots=True)
class Principal:
    """Who asks. `is_read_only` is set for API keys; `user_id` is theirs who made the key."""

    user_id: int
    username: str
    role: Role
    organisation_code: str
    is_read_only: bool = False


@dataclass(frozen=True, slots=True)
class Resource:
    """What a decision needs to know of the thing asked for.

    `organisation_code` None means that it belongs to everybody, such as a bundled list;
    `evaluated_by` is the evaluation organisation of the owner.
    """

    organisation_code: str | None
    evaluated_by: str | None = None
    is_shared: bool = False


_VISITOR = frozenset(
    {
        Action.READ_SELF,
        Action.MANAGE_SESSION,
        Action.MANAGE_NOTIFICATIONS,
        Action.READ_STATION,
        Action.READ_STATUS,
        Action.READ_BENCH,
        Action.READ_OFFER,
        Action.REQUEST_SHARING,
        Action.MANAGE_CALENDAR_FEED,
    }
)
_READER = _VISITOR - {Action.REQUEST_SHARING} | {
    Action.READ_READINESS,
    Action.READ_BENCH_DETAILS,
    Action.READ_REGISTER,
    Action.READ_LIST,
    Action.READ_BOOKING,
    Action.READ_DATA_HEALTH,
    Action.READ_RECTIFICATION,
    Action.READ_REVIEW,
    Action.READ_DOCUMENT,
    Action.READ_PAPER,
    Action.READ_WORK_ORDER,
    Action.READ_STOCKTAKE,
    Action.READ_STAFF,
    Action.MANAGE_API_KEYS,
}
_INSTRUCTOR = _READER | {
    Action.REQUEST_SHARING,
    Action.WRITE_BOOKING,
    Action.ACKNOWLEDGE_ALERT,
    Action.WORK_ON_RECTIFICATION,
    Action.WRITE_DOCUMENT,
    Action.WORK_ON_WORK_ORDER,
    Action.SCAN_STOCKTAKE,
    Action.MOVE_STOCK,
}
_STATIONMASTER = _INSTRUCTOR | {
    Action.MANAGE_BOOKING_POLICY,
    Action.APPROVE_BOOKING,
    Action.MAKE_PAPER,
    Action.WRITE_ANNUAL_REPORT,
    Action.WRITE_STATION,
    Action.WRITE_REGISTER,
    Action.MANAGE_RECTIFICATION,
    Action.JUDGE_RECTIFICATION,
    Action.WRITE_REVIEW,
    Action.WRITE_LIST,
    Action.MANAGE_WORK_ORDER,
    Action.MANAGE_STOCKTAKE,
    Action.WRITE_STAFF,
    Action.MANAGE_GROUP_BOT,
    Action.MANAGE_OFFER,
    Action.READ_INCOME,
    Action.WRITE_INCOME,
}
EVALUATING_ACTIONS = frozenset(
    {
        Action.JUDGE_RECTIFICATION,
        Action.JUDGE_REVIEW,
        Action.WRITE_DOCUMENT,
        Action.MAKE_PAPER,
    }
)
"""What an evaluator may do in a school it evaluates although it changes something there.

Its photos and forms become the school's documents, so that the school sees what is said of it.
"""
PERMISSIONS: Mapping[Role, frozenset[Action]] = {
    Role.VISITOR: _VISITOR,
    Role.INSTRUCTOR: _INSTRUCTOR,
    Role.EVALUATOR: _READER | EVALUATING_ACTIONS | {Action.WRITE_LIST, Action.READ_INCOME},
    Role.STATIONMASTER: _STATIONMASTER,
    Role.ADMINISTRATOR: _STATIONMASTER | {Action.MANAGE_ACCOUNTS, Action.READ_METRICS},
}
CHANGING_ACTIONS = frozenset(
    {
        Action.MANAGE_API_KEYS,
        Action.MANAGE_ACCOUNTS,
        Action.WRITE_STATION,
        Action.WRITE_REGISTER,
        Action.WRITE_LIST,
        Action.WRITE_ANNUAL_REPORT,
        Action.MANAGE_BOOKING_POLICY,
        Action.WRITE_BOOKING,
        Action.APPROVE_BOOKING,
        Action.ACKNOWLEDGE_ALERT,
        Action.WORK_ON_RECTIFICATION,
        Action.MANAGE_RECTIFICATION,
        Action.WRITE_REVIEW,
        Action.WORK_ON_WORK_ORDER,
        Action.MANAGE_WORK_ORDER,
        Action.SCAN_STOCKTAKE,
        Action.MANAGE_STOCKTAKE,
        Action.WRITE_STAFF,
        Action.MOVE_STOCK,
        Action.MANAGE_NOTIFICATIONS,
        Action.MANAGE_GROUP_BOT,
        Action.MANAGE_CALENDAR_FEED,
        Action.MANAGE_OFFER,
        Action.REQUEST_SHARING,
        Action.WRITE_INCOME,
        *EVALUATING_ACTIONS,
    }
)
"""What an API key can never do; all but `EVALUATING_ACTIONS` an evaluator can't do in a school."""


def authorize(principal: Principal, action: Action, resource: Resource | None = None) -> Decision:
    """Decide on a request; without a resource: whether the role may ever do this.

    The role is looked at first, so that a refusal is the same for ids that exist and ids that
    don't.
    """
    if action not in PERMISSIONS[principal.role]:
        return Decision.REFUSED
    if principal.is_read_only and action in CHANGING_ACTIONS:
        return Decision.REFUSED
    if resource is None or resource.organisation_code is None:
        return Decision.ALLOWED
    return _of_organisation(principal, action, resource)


def _of_organisation(principal: Principal, action: Action, resource: Resource) -> Decision:
    if principal.role is Role.VISITOR:
        return Decision.ALLOWED if resource.is_shared else Decision.HIDDEN
    if resource.organisation_code == principal.organisation_code:
        return Decision.ALLOWED
    is_evaluated = resource.evaluated_by == principal.organisation_code
    if principal.role is Role.EVALUATOR and is_evaluated:
        is_refused = action in CHANGING_ACTIONS - EVALUATING_ACTIONS
        return Decision.REFUSED if is_refused else Decision.ALLOWED
    return Decision.HIDDEN


MIN_PASSWORD = 12
"""OWASP ASVS 5.0 6.2.1 asks for 8 and recommends 15; chosen between, without composition rules."""
MAX_PASSWORD = 128
_MIN_DIFFERENT = 5


def password_objection(username: str, password: str) -> str | None:
    """What is expected of a password that this one lacks; None when it will do."""
    if not MIN_PASSWORD <= len(password) <= MAX_PASSWORD:
        return f"{MIN_PASSWORD} to {MAX_PASSWORD} characters"
    if len(set(password)) < _MIN_DIFFERENT:
        return f"at least {_MIN_DIFFERENT} different characters"
    if username.lower() in password.lower():
        return "something that does not contain the user name"
    return None
