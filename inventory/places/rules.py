"""What rooms and workstations say of a station, and which room a location text means (pure)."""

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import accumulate


class RoomKind(StrEnum):
    """What a room or marked area is for."""

    EXAM_ROOM = "exam_room"
    TRAINING_ROOM = "training_room"
    HV_AREA = "hv_area"
    STORE = "store"
    OTHER = "other"


class WorkstationKind(StrEnum):
    """What a workstation works on: a whole vehicle 整车 or a bench 台架."""

    VEHICLE = "vehicle"
    BENCH = "bench"


@dataclass(frozen=True, slots=True)
class Workstation:
    """A place where one trainee or examinee works.

    `position` is its mark on the floor plan; `x_m` and `y_m` are its distance from the room's
    corner, where somebody measured it. Empty `exam_tasks` mean that it is set up for none.
    """

    code: str
    kind: WorkstationKind
    position: str = ""
    x_m: float | None = None
    y_m: float | None = None
    exam_tasks: tuple[int, ...] = ()
    asset_number: str = ""


@dataclass(frozen=True, slots=True)
class Room:
    """A room or marked area; empty `station_codes` mean that all the school's stations use it."""

    code: str
    name_zh: str
    name_en: str = ""
    kind: RoomKind = RoomKind.OTHER
    station_codes: tuple[str, ...] = ()
    area_m2: float | None = None
    workstations: tuple[Workstation, ...] = ()


DERIVABLE = (
    "workstations",
    "vehicle_workstations",
    "bench_workstations",
    "exam_rooms",
    "hv_areas",
)
"""Facts of a station that follow from its rooms; names as in `stations.schema.StationFacts`."""


@dataclass(frozen=True, slots=True)
class Fact:
    """A fact as the station states it and as its rooms say; None is not stated, or no rooms."""

    name: str
    stated: int | None
    derived: int | None

    @property
    def applied(self) -> int | None:
        """What counts: what is stated goes before what follows from rooms."""
        return self.derived if self.stated is None else self.stated

    @property
    def differs(self) -> bool:
        """Whether both are known and are not the same."""
        return None not in {self.stated, self.derived} and self.stated != self.derived


def rooms_of(rooms: Iterable[Room], station_code: str) -> list[Room]:
    """The rooms a station uses."""
    return [one for one in rooms if not one.station_codes or station_code in one.station_codes]


def derived(rooms: Sequence[Room]) -> Mapping[str, int]:
    """What a station's rooms say of it; nothing where no room is on record."""
    if not rooms:
        return {}
    places = [one for room in rooms for one in room.workstations]
    kinds = [one.kind for one in places]
    uses = [room.kind for room in rooms]
    return {
        "workstations": len(places),
        "vehicle_workstations": kinds.count(WorkstationKind.VEHICLE),
        "bench_workstations": kinds.count(WorkstationKind.BENCH),
        "exam_rooms": uses.count(RoomKind.EXAM_ROOM),
        "hv_areas": uses.count(RoomKind.HV_AREA),
    }


def facts(stated: Mapping[str, int | None], rooms: Sequence[Room]) -> list[Fact]:
    """Every derivable fact of a station, stated beside derived."""
    told = derived(rooms)
    return [Fact(name, stated.get(name), told.get(name)) for name in DERIVABLE]


class RoomFinder:
    """Finds the room that a location text means, among an organisation's rooms."""

    def __init__(self, rooms: Iterable[Room]) -> None:
        self._keys: dict[str, set[str]] = {}
        for room in rooms:
            for text in (room.code, room.name_zh, room.name_en):
                if key := _folded(text)[0]:
                    self._keys.setdefault(key, set()).add(room.code)

    def room_of(self, location: str) -> str | None:
        """Code of the room a text begins with, such as `101` of `101 东侧货架`; None where unclear.

        The longest name wins; a name that two rooms have decides nothing.
        """
        text, breaks = _folded(location)
        for end in range(len(text), 0, -1):
            codes = self._keys.get(text[:end])
            if codes is not None and (end in breaks or _ends_here(text, end)):
                return next(iter(codes)) if len(codes) == 1 else None
        return None


def _folded(text: str) -> tuple[str, set[int]]:
    """A text without its blanks, in one case and width, and where the blanks were."""
    words = unicodedata.normalize("NFKC", text).casefold().split()
    return "".join(words), set(accumulate(map(len, words)))


def _ends_here(text: str, end: int) -> bool:
    """Whether a name can end here: room 10 is not the beginning of room 101."""
    before, after = text[end - 1], text[end]
    return not (before.isascii() and before.isalnum() and after.isascii() and after.isalnum())
