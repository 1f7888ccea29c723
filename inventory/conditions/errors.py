"""What can be wrong with a request for conditions, as facts."""

from inventory.errors import Unknown


class UnknownCondition(Unknown):
    """The list that applies has no such condition, or not for a station of this use."""

    kind = "condition"
