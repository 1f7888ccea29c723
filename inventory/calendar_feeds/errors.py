"""What can be wrong with a calendar feed."""

from inventory.errors import Unknown


class UnknownFeed(Unknown):
    """No feed has this number or address that the caller may know of."""

    kind = "calendar feed"
