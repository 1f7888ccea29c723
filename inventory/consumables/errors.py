"""What can be wrong with a request for consumables, as facts."""

from inventory.errors import Unknown


class UnknownConsumable(Unknown):
    """No consumable has this id."""

    kind = "consumable"
