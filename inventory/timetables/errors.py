"""What can be wrong with a timetable's import, as facts."""

from inventory.errors import Unknown


class UnknownTimetableImport(Unknown):
    """No import of a timetable has this number."""

    kind = "import of a timetable"
