"""What can be wrong with a scanned label."""

from inventory.errors import Unknown


class UnknownLabel(Unknown):
    """No label of a thing of the caller's own school, or of a booking of theirs, says this."""

    kind = "label"
