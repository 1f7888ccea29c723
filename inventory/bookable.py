"""What can be booked and how it is named (pure): one text key for everything."""

from dataclasses import dataclass
from enum import StrEnum

MAX_KEY = 120
"""Longest key: kind, organisation and an asset number of 64 characters, with room to spare."""


class ResourceKind(StrEnum):
    """What is booked.

    Equipment is any row of the register (a vehicle, a kit), as a whole however many pieces it
    counts; a person is a row of the staff register (an assessor, a teacher).
    """

    BENCH = "bench"
    EQUIPMENT = "equipment"
    WORKSTATION = "workstation"
    ROOM = "room"
    PERSON = "person"


class BookingPurpose(StrEnum):
    """What a slot is booked for."""

    CLASS = "class"
    EXAM = "exam"
    MAINTENANCE = "maintenance"
    OPEN_SHARING = "open_sharing"


@dataclass(frozen=True, slots=True, order=True)
class Resource:
    """Something that can be booked; `code` is its own within kind and organisation."""

    kind: ResourceKind
    organisation_code: str
    code: str

    @property
    def key(self) -> str:
        """Its one name, such as `bench:BJ01/battery-01`."""
        return f"{self.kind.value}:{self.organisation_code}/{self.code}"


def resource_of(key: str) -> Resource:
    """The resource of a key.

    Raises:
        ValueError: it is no key; the text says what is expected.
    """
    kind, colon, rest = key.partition(":")
    organisation_code, slash, code = rest.partition("/")
    kinds = [one.value for one in ResourceKind]
    if kind not in kinds or not (colon and slash and organisation_code and code):
        raise ValueError(f"expected <{'|'.join(kinds)}>:<organisation>/<code>")
    if len(key) > MAX_KEY:
        raise ValueError(f"expected at most {MAX_KEY} characters")
    return Resource(ResourceKind(kind), organisation_code, code)
