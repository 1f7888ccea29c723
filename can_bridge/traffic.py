"""All buses of a bench at work: their frames decoded, counted and remembered by name."""

from collections.abc import Iterator, Mapping, Sequence

from can_bridge.catalogue import BusDecoder, Catalogue
from can_bridge.frames import FrameBatch
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

    def infos(self) -> list[SignalInfo]:
        """The signals as the birth message lists them."""
        return self._catalogue.infos()

    def take(self, bus: str, frames: FrameBatch, now_s: float) -> None:
        """Decode data frames of a bus."""
        place = self._catalogue.buses[bus]
        decoded = place.decoder.decode(frames)
        self._frames += len(frames)
        self._counts.add(decoded)
        self._passing.take(place.first_place, decoded, self._values.fresh(now_s))
        self._values.put(place.first_place, decoded, now_s)

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


def _names_of_instant_faults(profile: CheckedProfile) -> frozenset[str]:
    instant = [fault.condition.names for fault in profile.faults if not fault.entry.confirm_s]
    return frozenset[str]().union(*instant)
