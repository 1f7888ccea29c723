"""Rows of one bench as columns: joined, cut, and packed into segments with a directory (pure)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import msgspec
import numpy as np

from telemetry.store.cells import Column
from telemetry.store.columns import Integers

SEGMENT_BYTES = 32 * 1024
"""Chosen: a signal of an hour is in one segment, and a segment wastes half a page of 4 KB."""
POSITION, EPOCH, SEQ, RECEIVED = -1, -2, -3, -4
"""Stand in a directory where a signal's id would."""

Place = tuple[int, int, int]
"""Key, offset in the segment, length."""
Directory = list[tuple[int, list[Place]]]
"""Per segment its row id and what is in it."""
_pack = msgspec.msgpack.encode
_unpack = msgspec.msgpack.Decoder(Directory).decode


@dataclass(frozen=True, slots=True)
class RowTable:
    """Rows in order of (observed, position)."""

    observed: Integers
    position: Integers
    epoch: Integers
    seq: Integers
    received: Integers
    columns: Mapping[str, Column]

    def __len__(self) -> int:
        return len(self.observed)

    def headers(self) -> dict[int, Integers]:
        """What every row has beside its observation, by directory key."""
        return {
            POSITION: self.position,
            EPOCH: self.epoch,
            SEQ: self.seq,
            RECEIVED: self.received,
        }

    def taken(self, places: Integers) -> "RowTable":
        """The rows at these places, in their order."""
        return RowTable(
            self.observed[places],
            self.position[places],
            self.epoch[places],
            self.seq[places],
            self.received[places],
            {name: column.taken(places) for name, column in self.columns.items()},
        )

    @classmethod
    def joined(cls, tables: Sequence["RowTable"]) -> "RowTable":
        """All rows of all tables."""
        if len(tables) == 1 and bool((np.diff(tables[0].observed) > 0).all()):
            return tables[0]
        names = dict.fromkeys(name for table in tables for name in table.columns)
        observed = np.concatenate([table.observed for table in tables])
        position = np.concatenate([table.position for table in tables])
        order = np.lexsort((position, observed))
        return cls(
            observed[order],
            position[order],
            np.concatenate([table.epoch for table in tables])[order],
            np.concatenate([table.seq for table in tables])[order],
            np.concatenate([table.received for table in tables])[order],
            {
                name: Column.joined(
                    [table.columns.get(name) or Column.absent(len(table)) for table in tables]
                ).taken(order)
                for name in names
            },
        )


def segmented(columns: Iterable[tuple[int, bytes]]) -> list[tuple[list[Place], bytes]]:
    """Columns one after the other in segments of at least `SEGMENT_BYTES`, but the last."""
    segments: list[tuple[list[Place], bytes]] = []
    places: list[Place] = []
    content = bytearray()
    for key, column in columns:
        places.append((key, len(content), len(column)))
        content += column
        if len(content) >= SEGMENT_BYTES:
            segments.append((places, bytes(content)))
            places, content = [], bytearray()
    if places:
        segments.append((places, bytes(content)))
    return segments


def encode_directory(directory: Directory) -> bytes:
    """As kept beside the segments."""
    return _pack(directory)


def decode_directory(content: bytes) -> Directory:
    """What `encode_directory` packed."""
    return _unpack(content)
