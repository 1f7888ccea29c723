"""Which DBC describes the traffic on a bus best."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from cantools.database.can import Database

from can_bridge.decoding.layout import plan_message
from can_bridge.decoding.matching import FrameMatcher
from can_bridge.frames import IS_EXTENDED

_WEIGHTS = (0.5, 0.4, 0.1)
"""Of frames, ids and the DBC's own messages. Frames alone would let one frequent id decide; ids
alone one that is seen once; the last settles it between a car's DBC and a collection of many."""


@dataclass(frozen=True, slots=True)
class Observed:
    """How often one id was seen with one length (bytes)."""

    arbitration_id: int
    is_extended: bool
    length: int
    frames: int


@dataclass(frozen=True, slots=True)
class Fit:
    """How well a DBC describes what was seen; all but `name` are shares from 0 to 1.

    Attributes:
        frames_known: frames whose id is in the DBC (J1939: whose parameter group is).
        ids_known: distinct ids that are in the DBC.
        lengths_matching: of the frames known, those as long as the DBC says.
        messages_seen: messages of the DBC that were seen.
        score: what `best_fits` sorts by; known ids count for it only with the right length.
    """

    name: str
    frames_known: float
    ids_known: float
    lengths_matching: float
    messages_seen: float
    score: float


def best_fits(seen: Sequence[Observed], databases: Mapping[str, Database]) -> tuple[Fit, ...]:
    """Every DBC with its fit, the best first; equals in the order given.

    Nothing seen, or a DBC without messages, fits with a score of 0.
    """
    fits = [_fit(name, seen, database) for name, database in databases.items()]
    return tuple(sorted(fits, key=lambda fit: -fit.score))


def _fit(name: str, seen: Sequence[Observed], database: Database) -> Fit:
    if not seen or not database.messages:
        return Fit(name, 0.0, 0.0, 0.0, 0.0, 0.0)
    plans = [plan_message(message, index, 0) for index, message in enumerate(database.messages)]
    ids = np.array([one.arbitration_id for one in seen], np.uint32)
    is_extended = np.array([one.is_extended for one in seen], bool)
    lengths = np.array([one.length for one in seen], np.int64)
    frames = np.array([one.frames for one in seen], np.float64)
    flags = np.where(is_extended, IS_EXTENDED, 0).astype(np.uint8)
    message = FrameMatcher(plans).match(ids, flags)
    is_known = message != len(plans)
    stated = np.array([*(plan.length for plan in plans), -1], np.int64)
    is_fitting = is_known & (stated[message] == lengths)
    keys = ids.astype(np.int64) << 1 | is_extended
    all_ids = len(np.unique(keys))
    frames_fitting = _share(frames[is_fitting].sum(), frames.sum())
    ids_fitting = _share(len(np.unique(keys[is_fitting])), all_ids)
    messages_seen = _share(len(np.unique(message[is_known])), len(plans))
    return Fit(
        name=name,
        frames_known=_share(frames[is_known].sum(), frames.sum()),
        ids_known=_share(len(np.unique(keys[is_known])), all_ids),
        lengths_matching=_share(frames[is_fitting].sum(), frames[is_known].sum()),
        messages_seen=messages_seen,
        # a DBC none of whose frames fits describes something else, however many ids it shares
        score=float(np.dot(_WEIGHTS, (frames_fitting, ids_fitting, messages_seen)))
        if frames_fitting
        else 0.0,
    )


def _share(part: float, whole: float) -> float:
    return float(part / whole) if whole else 0.0
