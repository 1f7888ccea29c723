"""Which pieces of a register somebody looks for, and how many there are of each sort (pure)."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from inventory.due.rules import DueState
from inventory.due_entries import DueKind
from inventory.equipment.rules import EquipmentItem, EquipmentStatus, stands_in
from inventory.requirements.rules import Requirement


@dataclass(frozen=True, slots=True)
class Ending:
    """The most pressing day of a piece; `due_on` None: nobody stated an end."""

    kind: DueKind
    due_on: date | None
    state: DueState


@dataclass(frozen=True, slots=True)
class Piece:
    """A register row with what it counts for and what ends first; None where nothing does."""

    item: EquipmentItem
    rows: tuple[str, ...] = ()
    modules: tuple[str, ...] = ()
    ending: Ending | None = None


@dataclass(frozen=True, slots=True)
class Sought:
    """What is looked for; None leaves it open, an empty `room` asks for pieces without a place.

    `text` is words that all have to occur: in number, name, model, serial, place, parameters, rows.
    """

    station: str | None = None
    module: str | None = None
    row: str | None = None
    room: str | None = None
    status: EquipmentStatus | None = None
    due: DueState | None = None
    text: str = ""


@dataclass(frozen=True, slots=True)
class Purposes:
    """What rows of a list a piece may count for: those it names, else those called as it is."""

    of_names: Mapping[str, tuple[str, ...]]
    modules: Mapping[str, str]

    def rows_of(self, item: EquipmentItem) -> tuple[str, ...]:
        """Row ids, as the register names them or by the piece's name."""
        return item.serves_rows or self.of_names.get(item.item_zh, ())

    def modules_of(self, rows: Iterable[str]) -> tuple[str, ...]:
        """Modules of rows, each once; rows of another list have none."""
        return tuple(sorted({self.modules[row] for row in rows if row in self.modules}))


@dataclass(frozen=True, slots=True)
class Sorts:
    """What a whole register has, to choose from; `rows` are by module."""

    statuses: Mapping[EquipmentStatus, int]
    due: Mapping[DueState, int]
    rooms: tuple[str, ...]
    rows: Mapping[str, tuple[str, ...]]


def purposes_of(requirements: Iterable[Requirement]) -> Purposes:
    """What the rows of a list are for."""
    of_names: dict[str, tuple[str, ...]] = {}
    modules: dict[str, str] = {}
    for row in requirements:
        of_names[row.item_zh] = (*of_names.get(row.item_zh, ()), row.row_id)
        modules[row.row_id] = row.module_code
    return Purposes(of_names, modules)


def is_sought(piece: Piece, sought: Sought) -> bool:
    """Whether a piece is one of those that are looked for."""
    item = piece.item
    wanted = (
        (sought.status, item.status),
        (sought.room, item.location),
        (sought.due, piece.ending.state if piece.ending else None),
    )
    if any(want is not None and want != has for want, has in wanted):
        return False
    if sought.station is not None and not stands_in(item, sought.station):
        return False
    lists = ((sought.module, piece.modules), (sought.row, piece.rows))
    if any(want is not None and want not in has for want, has in lists):
        return False
    return _has_words(piece, sought.text)


def sorts_of(pieces: Sequence[Piece], modules: Mapping[str, str]) -> Sorts:
    """What there is to choose from in a register, whatever is looked for; `modules` by row."""
    statuses = Counter(piece.item.status for piece in pieces)
    due = Counter(piece.ending.state for piece in pieces if piece.ending)
    rows: dict[str, set[str]] = {}
    for row in {row for piece in pieces for row in piece.rows if row in modules}:
        rows.setdefault(modules[row], set()).add(row)
    return Sorts(
        {status: statuses[status] for status in EquipmentStatus},
        {state: due[state] for state in DueState},
        tuple(sorted({piece.item.location for piece in pieces if piece.item.location})),
        {module: tuple(sorted(rows[module])) for module in sorted(rows)},
    )


def _has_words(piece: Piece, text: str) -> bool:
    words = text.casefold().split()
    if not words:
        return True
    item = piece.item
    told = (
        item.asset_number,
        item.item_zh,
        item.item_en,
        item.model,
        item.serial,
        item.location,
        item.parameters,
        item.bench_code or "",
        *piece.rows,
    )
    everything = "\n".join(told).casefold()
    return all(word in everything for word in words)
