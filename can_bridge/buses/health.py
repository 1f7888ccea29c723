"""How a bus is doing, from what its adapter reports (pure)."""

from dataclasses import dataclass, replace

from can_bridge.buses.adapter import Controller
from telemetry.contract.payloads import BusHealth

SILENT_AFTER_S = 2.0
"""Chosen: every bench bus carries a message at least once a second."""
ERRORS_WITHOUT_FRAME = 5
"""Chosen: a wrong bit rate yields hundreds of errors a second, of which the slowest adapters tell
two; a disturbed line also yields frames."""
PASSIVE_FADES_S = 5.0
"""Chosen: not every adapter says when its controller has recovered; without errors it has."""


@dataclass(frozen=True, slots=True)
class Signs:
    """What is known of a bus; moments on a monotonic clock in seconds, None for never."""

    is_open: bool = True
    last_frame_s: float | None = None
    last_error_s: float | None = None
    errors_since_frame: int = 0
    controller: Controller = Controller.ACTIVE

    def after(
        self, frames: int, errors: int, controller: Controller | None, now_s: float
    ) -> "Signs":
        """The next signs; `controller` is None where nothing was said of it."""
        signs = self
        if errors:
            signs = replace(
                signs, last_error_s=now_s, errors_since_frame=signs.errors_since_frame + errors
            )
        if frames:
            signs = replace(signs, last_frame_s=now_s, errors_since_frame=0)
            if signs.controller is Controller.OFF:
                # a controller that is off the bus receives nothing
                signs = replace(signs, controller=Controller.ACTIVE)
        if controller is not None:
            at = now_s if controller is Controller.PASSIVE else signs.last_error_s
            signs = replace(signs, controller=controller, last_error_s=at)
        return signs

    def closed(self) -> "Signs":
        """The adapter is gone."""
        return replace(self, is_open=False)

    def opened(self) -> "Signs":
        """The adapter is there (again); its controller starts afresh."""
        return Signs(last_frame_s=self.last_frame_s)

    def health(self, now_s: float) -> BusHealth:
        """The worst that is true now."""
        has_frames = _is_within(self.last_frame_s, now_s, SILENT_AFTER_S)
        if not self.is_open:
            return BusHealth.DOWN
        if self.controller is Controller.OFF:
            return BusHealth.BUS_OFF
        if (
            not has_frames
            and self.errors_since_frame >= ERRORS_WITHOUT_FRAME
            and _is_within(self.last_error_s, now_s, SILENT_AFTER_S)
        ):
            return BusHealth.WRONG_BITRATE
        if self.controller is Controller.PASSIVE and _is_within(
            self.last_error_s, now_s, PASSIVE_FADES_S
        ):
            return BusHealth.ERROR_PASSIVE
        return BusHealth.ACTIVE if has_frames else BusHealth.SILENT


def _is_within(moment_s: float | None, now_s: float, span_s: float) -> bool:
    return moment_s is not None and now_s - moment_s <= span_s
