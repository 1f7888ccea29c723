"""What can be wrong with a request for rooms and workstations, as facts."""

from inventory.errors import Unknown


class UnknownRoom(Unknown):
    """No room has this id."""

    kind = "room"


class UnknownWorkstation(Unknown):
    """No workstation has this id."""

    kind = "workstation"
