"""What can be wrong with a request to the inventory, as facts and without a word of HTTP."""

from collections.abc import Sequence
from datetime import datetime


class InventoryError(Exception):
    """A use case can't do what was asked; the attributes say why."""

    def facts(self) -> dict[str, object]:
        """The attributes of the error, for a machine-readable answer."""
        return {name: value for name, value in vars(self).items() if not name.startswith("_")}


class Unknown(InventoryError):
    """There is no such thing, or the caller may not know that there is one."""

    kind = "thing"

    def __init__(self, code: str) -> None:
        super().__init__(f"{self.kind} {code!r} is not known")
        self.code = code


class UnknownOrganisation(Unknown):
    """No organisation has this code."""

    kind = "organisation"


class UnknownUser(Unknown):
    """No account has this user name."""

    kind = "user"


class UnknownStation(Unknown):
    """No station has this code."""

    kind = "station"


class UnknownBench(Unknown):
    """No bench has this code."""

    kind = "bench"


class UnknownFreeze(Unknown):
    """No values were kept with a fault of this id."""

    kind = "freeze of fault"


class UnknownExport(Unknown):
    """The caller has no export of this id."""

    kind = "export"


class UnknownApiKey(Unknown):
    """No API key has this id."""

    kind = "API key"


class UnknownBooking(Unknown):
    """No booking has this id."""

    kind = "booking"


class UnknownAlert(Unknown):
    """No alert has this id."""

    kind = "alert"


class UnknownRectification(Unknown):
    """No rectification has this id."""

    kind = "rectification"


class UnknownFinding(Unknown):
    """The check does not report this now; nothing is to be rectified."""

    kind = "finding"


class UnknownReview(Unknown):
    """No review has this id."""

    kind = "review"


class UnknownSnapshot(Unknown):
    """No step of the review rests on a frozen check of this hash."""

    kind = "snapshot"


class UnknownEquipment(Unknown):
    """The organisation has nothing of this asset number."""

    kind = "equipment"


class UnknownProof(Unknown):
    """No proof or agreement has this id."""

    kind = "proof or agreement"


class UnknownDocument(Unknown):
    """The organisation has no document of this id."""

    kind = "document"


class UnknownTrainingBatch(Unknown):
    """No training batch has this id."""

    kind = "training batch"


class UnknownPaper(Unknown):
    """No paper has this verification code."""

    kind = "paper"


class PaperNotPrintable(InventoryError):
    """This machine can't set Chinese in PDF; `reason` says what to install."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class PaperChanged(InventoryError):
    """What is kept of a paper no longer has the hash its code stands for; it is not printed."""

    def __init__(self, code: str) -> None:
        super().__init__(f"paper {code} is not what was made under its code")
        self.code = code


class UnsupportedFile(InventoryError):
    """The bytes are of no kind that is taken here, whatever the name says; `expected` are those."""

    def __init__(self, expected: list[str]) -> None:
        super().__init__(f"file: expected one of {', '.join(expected)} by its content")
        self.expected = expected


class Taken(InventoryError):
    """The code or name is already in use."""

    def __init__(self, kind: str, code: str) -> None:
        super().__init__(f"{kind} {code!r} already exists")
        self.kind = kind
        self.code = code


class StepNotPossible(InventoryError):
    """Something is in a state from which the step does not lead on; `possible` names those."""

    def __init__(self, step: str, state: str, possible: list[str]) -> None:
        super().__init__(f"{step} is not possible from {state}; possible: {', '.join(possible)}")
        self.step = step
        self.state = state
        self.possible = possible


class SlotTaken(InventoryError):
    """Something is booked in a part of the span; `start_at` and `end_at` are the other booking's.

    Whose it is, is not said. `nearest` are spans that would pass, as texts.
    """

    def __init__(
        self,
        resource_key: str,
        start_at: datetime,
        end_at: datetime,
        nearest: Sequence[tuple[str, str]] = (),
    ) -> None:
        super().__init__(
            f"{resource_key} is booked from {start_at.isoformat()} to {end_at.isoformat()}"
        )
        self.resource_key = resource_key
        self.start_at = start_at.isoformat()
        self.end_at = end_at.isoformat()
        self.nearest = [{"start_at": start, "end_at": end} for start, end in nearest]


class Invalid(InventoryError):
    """A value is not acceptable; `field` names it and `expected` says what would be."""

    def __init__(self, field: str, expected: str) -> None:
        super().__init__(f"{field}: expected {expected}")
        self.field = field
        self.expected = expected


class UnstorableText(InventoryError):
    """A text has the character NUL in it, which no text of ours may have."""

    def __init__(self) -> None:
        super().__init__("a text has the character NUL in it: expected one without")


class NotLoggedIn(InventoryError):
    """The caller showed no valid session and no valid API key."""

    def __init__(self) -> None:
        super().__init__("log in, or send a valid API key")


class WrongCredentials(InventoryError):
    """User name and password don't belong together; which of them is wrong is not said."""

    def __init__(self) -> None:
        super().__init__("user name or password is wrong")


class TooManyAttempts(InventoryError):
    """Too many failed logins of late; try again after `retry_after_s`."""

    def __init__(self, retry_after_s: int) -> None:
        super().__init__(f"too many failed logins; try again in {retry_after_s} s")
        self.retry_after_s = retry_after_s


class TooBusy(InventoryError):
    """More of something goes on at once than this server bears; `what` names it."""

    def __init__(self, what: str) -> None:
        super().__init__(f"too many {what} at once; try again in a moment")
        self.what = what


class TooManyOpen(InventoryError):
    """One caller has as much of something going on as one caller may; `what` names it."""

    def __init__(self, what: str, limit: int) -> None:
        super().__init__(f"you have {limit} {what} already; end one of them first")
        self.what = what
        self.limit = limit


class NotAllowed(InventoryError):
    """The caller's role does not include the action."""

    def __init__(self, action: str) -> None:
        super().__init__(f"your role does not allow {action}")
        self.action = action


class ForeignRequest(InventoryError):
    """A write with a session cookie that did not come from our own pages."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class SourceUnavailable(InventoryError):
    """A store behind the inventory gives no answer now; `source` names it."""

    def __init__(self, source: str) -> None:
        super().__init__(f"{source} gives no answer now")
        self.source = source
