"""What can be wrong with booking policies, as facts."""

from inventory.errors import Invalid


class InvalidPolicy(Invalid):
    """A policy of several can't be kept; `item` is its number, from 1."""

    def __init__(self, item: int, why: Invalid) -> None:
        super().__init__(why.field, why.expected)
        self.args = (f"policy {item}: {why}",)
        self.item = item
