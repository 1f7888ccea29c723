"""What can be wrong with a request on a stocktake."""

from inventory.errors import StepNotPossible, Unknown


class UnknownStocktake(Unknown):
    """No stocktake has this id."""

    kind = "stocktake"


class UnknownScan(Unknown):
    """The stocktake has no scan of this id."""

    kind = "scan"


class UnknownRecord(Unknown):
    """The stocktake is not signed, so it has no record."""

    kind = "record of stocktake"


class UnknownProposal(Unknown):
    """The stocktake does not propose this."""

    kind = "proposal"


class ScansUnsent(StepNotPossible):
    """Phones said that they hold scans which have not come in; `people` had them in hand last."""

    def __init__(self, unsent: int, device_ids: list[str], people: list[str]) -> None:
        super().__init__("sign", "open", ["cancel"])
        told = f"{unsent} scans have not been sent yet, by phones of {', '.join(people)}"
        self.args = (f"{told}; have them sent, or end the stocktake without them",)
        self.unsent = unsent
        self.device_ids = device_ids
        self.people = people
