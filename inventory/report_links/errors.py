"""What can be wrong with a report by a code, and with the code."""

from inventory.errors import InventoryError, Unknown


class UnknownReportLink(Unknown):
    """Nobody reports by this token; it is wrong, or was replaced or ended."""

    kind = "report link"


class UnknownReport(Unknown):
    """No report has this number."""

    kind = "report"


class TooManyReports(InventoryError):
    """So many reports came by one link or from one address that no more are taken for a while."""

    def __init__(self, retry_after_s: int) -> None:
        super().__init__(f"too many reports; try again in {retry_after_s} s")
        self.retry_after_s = retry_after_s
