"""What can be wrong with an entry of income, in words for people too."""

from decimal import Decimal

from inventory.errors import InventoryError, StepNotPossible, Unknown


class UnknownIncome(Unknown):
    """No entry has this number."""

    kind = "entry of income"


class BookingNotUsed(InventoryError):
    """Nothing is earned with a booking that has not begun, or that was given back."""

    def __init__(self, booking_id: int) -> None:
        super().__init__(f"booking {booking_id} was not used: expected one that has begun")
        self.booking_id = booking_id
        self.zh = f"预约 {booking_id} 尚未开始使用或已取消，不能登记收入。"
        self.en = f"Booking {booking_id} has not begun, or was given back: it earned nothing."


class WrongSource(InventoryError):
    """A booking says by itself whether who pays is from inside or outside."""

    def __init__(self, source: str) -> None:
        super().__init__(f"source: expected {source}, as the booking is")
        self.source = source
        word = "校外" if source == "outside" else "校内"
        self.zh = f"该预约属于{word}使用，收入来源应为{word}。"
        self.en = f"The booking is for use from {source}, and so is its income."


class WrongParts(InventoryError):
    """Parts of rigs that are not the amount; `parts` is their sum, None: some are not told."""

    def __init__(self, amount: Decimal, parts: Decimal | None) -> None:
        told = "some parts are not told" if parts is None else f"the parts add up to {parts}"
        super().__init__(f"rigs: expected parts that add up to {amount}; {told}")
        self.amount, self.parts = str(amount), None if parts is None else str(parts)
        self.zh = f"各设备金额之和应为 {amount} 元，" + (
            "且每台都要填写，或都不填（平均分摊）。" if parts is None else f"现为 {parts} 元。"
        )
        self.en = f"The parts of the rigs must add up to {amount}: {told}."


class AlreadyCorrected(StepNotPossible):
    """The entry is taken back by another one, `corrected_by_id`, or is itself such a one."""

    def __init__(self, entry_id: int, corrected_by_id: int | None) -> None:
        super().__init__("correct", "corrected", [])
        self.entry_id, self.corrected_by_id = entry_id, corrected_by_id
        if corrected_by_id is None:
            self.zh = f"第 {entry_id} 笔是冲销记录，不能再冲销；请重新登记。"
            self.en = f"Entry {entry_id} takes another one back; enter the right one anew."
        else:
            self.zh = f"第 {entry_id} 笔已由第 {corrected_by_id} 笔冲销。"
            self.en = f"Entry {entry_id} was taken back by {corrected_by_id} already."
