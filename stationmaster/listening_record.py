"""What is heard on a bench as JSON, for scripts."""

from collections.abc import Sequence

from can_bridge.buses.port import BusStatus
from can_bridge.listening import BusSeen, IdSeen, ValueSeen
from can_bridge.listening_fits import Suggestion
from can_bridge.listening_post import Picture


def picture_record(picture: Picture, found: Sequence[Suggestion]) -> dict[str, object]:
    """One picture: buses, identifiers and values; rates in 1/s, load as a share of 1."""
    view = picture.view
    return {
        "seconds": round(view.now_s - view.started_s, 3),
        "unparsable_lines": picture.unparsable_lines,
        "buses": [_bus(bus, picture.statuses.get(bus.name)) for bus in view.buses.values()],
        "ids": [_id(seen) for seen in view.known_ids()],
        "unknown_ids": [_id(seen) for seen in view.unknown_ids()],
        "values": [_value(seen) for seen in view.ranked_values()],
        "suggestions": [_suggestion(one) for one in found],
    }


def _bus(bus: BusSeen, status: BusStatus | None) -> dict[str, object]:
    record: dict[str, object] = {
        "name": bus.name,
        "frames": bus.frames,
        "error_frames": bus.error_frames,
        "frames_per_s": bus.frames_per_s,
        "load": bus.load,
        "outcomes": {outcome.value: count for outcome, count in bus.outcomes.items()},
    }
    if status is not None:
        record |= {
            "state": status.health.value,
            "error_frames": bus.error_frames + status.error_frames,
            "lost_frames": status.lost_frames,
            "reconnects": status.reconnects,
            "is_listen_only": status.is_listen_only,
            "detail": status.detail,
        }
    return record


def _id(seen: IdSeen) -> dict[str, object]:
    return {
        "bus": seen.key.bus,
        "id": seen.key.arbitration_id,
        "is_extended": seen.key.is_extended,
        "message": seen.message or None,
        "frames": seen.frames,
        "rate_hz": seen.rate_hz,
        "data": seen.data.hex(),
    }


def _suggestion(found: Suggestion) -> dict[str, object]:
    return {
        "bus": found.bus,
        "dbc": found.fit.name,
        "unknown_ids": found.unknown_ids,
        "explained_ids": found.explained_ids,
        "lengths_matching": found.fit.lengths_matching,
        "score": found.fit.score,
    }


def _value(seen: ValueSeen) -> dict[str, object]:
    return {
        "bus": seen.bus,
        "name": seen.signal.name,
        "message": seen.signal.message,
        "value": seen.value,
        "unit": seen.signal.unit,
        "choice": seen.choice or None,
        "quality": seen.quality.name.lower(),
        "raw": seen.raw,
        "headline": seen.signal.is_headline,
    }
