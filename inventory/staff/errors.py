"""What can be wrong with a request for persons and certificates, as facts."""

from inventory.errors import Unknown


class UnknownStaffMember(Unknown):
    """No person of the staff has this id."""

    kind = "staff member"


class UnknownCertificate(Unknown):
    """No certificate of the staff has this id."""

    kind = "certificate"
