"""What can be wrong with offers and with requests for shared use."""

from inventory.errors import InventoryError, StepNotPossible, Unknown


class UnknownOffer(Unknown):
    """No offer has this number, or it is not published."""

    kind = "offer"


class UnknownSharingRequest(Unknown):
    """No request has this number, or neither side is the caller's."""

    kind = "request for shared use"


class NotOffered(InventoryError):
    """The slot is not one of those an offer has free; `nearest` are some that are."""

    def __init__(self, expected: str, nearest: list[dict[str, str]]) -> None:
        super().__init__(f"slot: expected {expected}")
        self.expected = expected
        self.nearest = nearest


class TermsChanged(StepNotPossible):
    """The terms are others by now than those that were accepted; `terms_no` is theirs."""

    def __init__(self, terms_no: int) -> None:
        super().__init__("accept", "terms_offered", ["accept"])
        self.args = (f"the terms were changed meanwhile; read number {terms_no}",)
        self.terms_no = terms_no
