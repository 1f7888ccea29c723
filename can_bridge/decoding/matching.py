"""Which message of the DBC a frame is."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from can_bridge.decoding.layout import MessagePlan
from can_bridge.frames import IS_EXTENDED

_STANDARD_IDS = 1 << 11
_BROADCAST_FORMAT = 240
"""J1939-21: from this PDU format on the next byte belongs to the group, below it is an address."""
_ANY_SENDER = 0xFE
"""J1939-81 null address: DBCs use it for a group that any controller may send."""


class FrameMatcher:
    """Looks up frames by (id, extended flag), then J1939 ones by their parameter group.

    Of two messages with one id the later counts, as in cantools. Of several messages of one
    group, a sender that none of them names gets the one for any sender, else the first.
    """

    def __init__(self, messages: Sequence[MessagePlan]) -> None:
        self.unknown = len(messages)
        """The message number of frames that match nothing."""
        # one more place, where every id beyond 11 bits without the flag is sent
        self._standard = np.full(_STANDARD_IDS + 1, self.unknown, np.int64)
        extended: dict[int, int] = {}
        groups: dict[int, int] = {}
        for message in messages:
            if not message.is_extended:
                if message.frame_id < _STANDARD_IDS:
                    self._standard[message.frame_id] = message.index
                continue
            extended[message.frame_id] = message.index
            if message.is_j1939:
                group = _group_of(message.frame_id)
                if message.frame_id & 0xFF == _ANY_SENDER or group not in groups:
                    groups[group] = message.index
        self._extended = _SortedKeys(extended, self.unknown)
        self._groups = _SortedKeys(groups, self.unknown)

    def match(
        self, arbitration_id: NDArray[np.uint32], flags: NDArray[np.uint8]
    ) -> NDArray[np.int64]:
        """Number of the message of each frame, `unknown` where there is none."""
        is_extended = (flags & IS_EXTENDED).astype(bool)
        if not is_extended.any():
            return self._standard.take(arbitration_id, mode="clip")
        if is_extended.all():
            return self._match_extended(arbitration_id)
        found = self._standard.take(arbitration_id, mode="clip")
        found[is_extended] = self._match_extended(arbitration_id[is_extended])
        return found

    def _match_extended(self, arbitration_id: NDArray[np.uint32]) -> NDArray[np.int64]:
        found = self._extended.look_up(arbitration_id)
        if self._groups:
            rest = np.flatnonzero(found == self.unknown)
            if len(rest):
                found[rest] = self._groups.look_up(_groups_of(arbitration_id[rest]))
        return found


class _SortedKeys:
    """A table from whole numbers to message numbers, looked up by bisection."""

    def __init__(self, entries: dict[int, int], unknown: int) -> None:
        keys = sorted(entries)
        self._keys = np.array(keys, np.uint32)
        self._messages = np.array([entries[key] for key in keys], np.int64)
        self._unknown = unknown

    def __len__(self) -> int:
        return len(self._keys)

    def look_up(self, wanted: NDArray[np.uint32]) -> NDArray[np.int64]:
        if not len(self._keys):
            return np.full(len(wanted), self._unknown, np.int64)
        place = self._keys.searchsorted(wanted)
        place[place == len(self._keys)] = 0
        found = self._messages.take(place)
        found[self._keys.take(place) != wanted] = self._unknown
        return found


def _group_of(frame_id: int) -> int:
    group = frame_id >> 8 & 0x3FFFF
    return group if group >> 8 & 0xFF >= _BROADCAST_FORMAT else group & 0x3FF00


def _groups_of(frame_ids: NDArray[np.uint32]) -> NDArray[np.uint32]:
    group = frame_ids >> np.uint32(8) & np.uint32(0x3FFFF)
    is_addressed = (group >> np.uint32(8) & np.uint32(0xFF)) < _BROADCAST_FORMAT
    return np.where(is_addressed, group & np.uint32(0x3FF00), group)
