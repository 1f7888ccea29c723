"""Which spooled rows are under way: sent in order, sent again when acknowledgements stall."""

from dataclasses import dataclass, replace

from telemetry.contract.delivery import MAX_UNACKNOWLEDGED, RESEND_AFTER_S

TELLING_REPEATS = 3
WENT_BACK_AFTER_S = 2 * RESEND_AFTER_S
REPAIR_AFTER_S = 1.0
"""Chosen: with a row lost, ingest repeats its acknowledgement five times a second; waiting for
RESEND_AFTER_S would hold a fault back for longer than it may take."""

FIRST_PATIENCE_S = 1.0
IMPATIENT_RESENDS = 4
"""Chosen: ingest answers in a tenth of a second, and after a kill it is back within three. Only a
store that is away for longer is not plied with the same rows so often: every RESEND_AFTER_S."""


@dataclass(frozen=True, slots=True)
class DeliveryWindow:
    """State of delivery, in positions of the spool; moments are monotonic seconds.

    `progress_at_s` is when ingest last acknowledged more, or when the wait for it began;
    `sent_again_at_s` the same, or when sending began anew since.
    """

    acknowledged: int = 0
    sent: int = 0
    progress_at_s: float = 0.0
    sent_again_at_s: float = 0.0
    repeated_acks: int = 0
    lower_acks: int = 0
    resends: int = 0

    def room(self) -> int:
        """How many more rows may be sent now.

        Rows are counted by position; one record for many dropped rows counts as many, which
        only makes the window smaller for a moment.
        """
        return max(0, MAX_UNACKNOWLEDGED - (self.sent - self.acknowledged))

    def after_sending(self, position: int, now_s: float) -> "DeliveryWindow":
        """A row was handed to the broker."""
        if self.sent <= self.acknowledged and not (self.repeated_acks or self.lower_acks):
            return replace(self, sent=position, progress_at_s=now_s, sent_again_at_s=now_s)
        return replace(self, sent=position)

    def after_ack(self, position: int, now_s: float) -> "DeliveryWindow":
        """Ingest acknowledged; nothing waits up to `position`.

        The acknowledgement of another epoch than the oldest waiting row's moves nothing: it
        counts as a repeated one, or a row lost at the end of an epoch would wait for the time-out.
        """
        if position <= self.acknowledged:
            return replace(self, repeated_acks=self.repeated_acks + 1)
        return DeliveryWindow(position, max(self.sent, position), now_s, now_s)

    def after_lower_ack(self) -> "DeliveryWindow":
        """Ingest acknowledged less of an epoch than it had before."""
        return replace(self, lower_acks=self.lower_acks + 1)

    def misses_rows(self, now_s: float) -> bool:
        """Whether ingest keeps saying the same number while rows are under way: one got lost."""
        return (
            self.sent > self.acknowledged
            and self.repeated_acks >= TELLING_REPEATS
            and now_s - self.sent_again_at_s >= REPAIR_AFTER_S
        )

    def store_went_back(self, now_s: float) -> bool:
        """Whether ingest has long insisted on less than it once acknowledged.

        Single lower numbers are late acknowledgements that overtook each other on the way.
        """
        return (
            self.lower_acks >= TELLING_REPEATS and now_s - self.progress_at_s >= WENT_BACK_AFTER_S
        )

    def after_connecting(self, now_s: float) -> "DeliveryWindow":
        """A new connection knows nothing of what was sent on the old one."""
        return DeliveryWindow(self.acknowledged, self.acknowledged, now_s, now_s)

    def sent_again(self, now_s: float) -> "DeliveryWindow":
        """Start over from the acknowledged row; how long nothing moved stays known."""
        return replace(self, sent=self.acknowledged, repeated_acks=0, sent_again_at_s=now_s)

    def after_waiting(self, now_s: float) -> "DeliveryWindow":
        """Start over from the acknowledged row when nothing moved for long."""
        patience_s = FIRST_PATIENCE_S if self.resends < IMPATIENT_RESENDS else RESEND_AFTER_S
        if self.sent > self.acknowledged and now_s - self.sent_again_at_s >= patience_s:
            return replace(self.sent_again(now_s), resends=self.resends + 1)
        return self
