"""Why a stretch of use can't be settled."""

from inventory.errors import InventoryError, Unknown


class UnknownUseNote(Unknown):
    """No note has this number, or it was taken back, or it is not the caller's to see."""

    kind = "note of use"


class NothingUnbooked(InventoryError):
    """The bench was not used without a booking then, as far as is known now."""

    def __init__(self) -> None:
        super().__init__("the bench was not used without a booking at that moment")
        self.zh = "这一时刻没有未预约的使用，可能刚收到新的数据，请刷新后再看。"
        self.en = "No use without a booking is known for then; newer data may have come."


class UseGoesOn(InventoryError):
    """The bench is still in use: how long it will be is not known yet."""

    def __init__(self) -> None:
        super().__init__("the bench is still in use; settle it when it is over")
        self.zh = "台架还在使用中，结束后才能说明归属。"
        self.en = "The bench is still in use; this can be settled when it is over."
