"""What can be wrong with a request about repairs."""

from datetime import datetime

from inventory.errors import StepNotPossible, Unknown


class UnknownWorkOrder(Unknown):
    """No work order has this number."""

    kind = "work order"


class UnknownAsset(Unknown):
    """The organisation's register has no piece of this asset number."""

    kind = "asset"


class UnderRepair(StepNotPossible):
    """The bench is out of use until a work order is finished; `work_order` is its number."""

    def __init__(self, bench_code: str, work_order: int, since_at: datetime) -> None:
        super().__init__("book", "under_repair", ["maintenance"])
        self.bench_code = bench_code
        self.work_order = work_order
        self.since_at = since_at.isoformat()
        told = f"bench {bench_code} is under repair since {self.since_at}"
        self.args = (f"{told}, see work order {work_order}; bookable for maintenance only",)


class TroubleGoesOn(StepNotPossible):
    """Another work order has taken the same fault over; `work_order` is its number."""

    def __init__(self, state: str, work_order: int) -> None:
        super().__init__("reopen", state, ["comment"])
        self.work_order = work_order
        self.args = (f"the same fault goes on in work order {work_order}, which is unfinished",)
