"""All buses of a bench at work: their frames decoded, counted and remembered by name."""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from can_bridge.catalogue import BusDecoder, Catalogue
from can_bridge.frames import IS_EXTENDED, FrameBatch
from can_bridge.last_values import LastValues, OutcomeCounts, PassingValues
from can_bridge.profile import CheckedProfile
from telemetry.contract.payloads import FrameCounts, SignalInfo, Value


class Traffic:
    """What came over a bench's buses, under the names of its catalogue."""

    def __init__(self, decoders: Sequence[BusDecoder], profile: CheckedProfile) -> None:
        """Name the signals.

        Raises:
            BadProfile: the profile names a signal that no DBC has.
        """
        self._catalogue = Catalogue(decoders, profile)
        names = self._catalogue.names
        self._counts = OutcomeCounts()
        self._values = LastValues(names, profile.profile.stale_after_s)
        self._passing = PassingValues(names, _names_of_instant_faults(profile))
        self._frames = 0
        self._ecus = _ids_of_control_units(profile)

    def infos(self) -> list[SignalInfo]:
        """The signals as the birth message lists them."""
        return self._catalogue.infos()

    def take(self, bus: str, frames: FrameBatch, now_s: float) -> None:
        """Decode data frames of a bus."""
        place = self._catalogue.buses[bus]
        decoded = place.decoder.decode(frames)
        self._frames += len(frames)
        self._counts.add(decoded, self._is_diagnostic(bus, frames))
        self._passing.take(place.first_place, decoded, self._values.fresh(now_s))
        self._values.put(place.first_place, decoded, now_s)

    def _is_diagnostic(self, bus: str, frames: FrameBatch) -> NDArray[np.bool_] | None:
        ids = self._ecus.get(bus)
        if ids is None:
            return None
        is_extended = (frames.flags & IS_EXTENDED) != 0
        is_long = frames.arbitration_id > _LARGEST_11_BIT_ID
        is_own: NDArray[np.bool_] = np.isin(frames.arbitration_id, ids) & (is_extended == is_long)
        return is_own

    def moments(self, now_s: float) -> Iterator[Mapping[str, Value]]:
        """What a rule that needs only one value must see of the frames since the last call."""
        return self._passing.moments(self._values.fresh(now_s))

    def fresh(self, now_s: float) -> Mapping[str, Value]:
        """A view of the last value of every signal; None: not to be believed. Stale ones lack."""
        return self._values.fresh(now_s)

    def all_fresh(self, now_s: float) -> dict[str, Value]:
        """The same as a copy of its own."""
        return self._values.all_fresh(now_s)

    def take_frame_count(self) -> int:
        """Frames since the last call."""
        frames, self._frames = self._frames, 0
        return frames

    def counts(self, lost: int) -> FrameCounts:
        """Frames by what became of them; `lost` ones never came here."""
        return self._counts.as_message(lost)


_LARGEST_11_BIT_ID = 0x7FF


def _ids_of_control_units(profile: CheckedProfile) -> Mapping[str, NDArray[np.uint32]]:
    """Of requests and answers, by bus."""
    ids: dict[str, set[int]] = {}
    for ecu in profile.profile.diagnostics.all_ecus():
        ids.setdefault(ecu.bus, set()).update((ecu.request_id, ecu.response_id))
    return {bus: np.array(sorted(one), np.uint32) for bus, one in ids.items()}


def _names_of_instant_faults(profile: CheckedProfile) -> frozenset[str]:
    instant = [fault.condition.names for fault in profile.faults if not fault.entry.confirm_s]
    return frozenset[str]().union(*instant)
