"""BridgeError and its family: what can be wrong with a file, a profile or an adapter.

BridgeError
├── UnreadableDbc       the DBC cannot be read, even after repair
├── UnreadableLog       the log's format is unknown or its content is not what the format says
├── NoSuchChannel       a log has no frames on the channel that was asked for
├── UnwritableLog       the target of an export exists, cannot be written or has no known format
├── BadCondition        a condition of a profile does not follow the small expression language
├── BadProfile          a bench profile has a wrong, missing or contradictory entry
├── BusUnavailable      the adapter cannot be opened, or not without the risk of transmitting
│   └── BusAbsent       it is not there now; the same profile may find it later
├── SpoolUnusable       the spool file cannot be opened or is of another bench
├── SpoolRefused        the disk takes no rows now, or gives none back
├── SpoolDamaged        the spool file is not what was written
└── TransmissionDenied  something tried to send a frame the diagnostics allowance does not cover
"""

from collections.abc import Iterable
from pathlib import Path


class BridgeError(Exception):
    """Base of everything the bridge refuses; the text is meant for the person at the bench."""


class UnreadableDbc(BridgeError):
    """The DBC cannot be read; `reason` names the line where one is known."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(f"{path}: not a readable DBC: {reason}")
        self.path = path
        self.reason = reason


class UnreadableLog(BridgeError):
    """The log cannot be read as any known format."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(f"{path}: not a readable CAN log: {reason}")
        self.path = path
        self.reason = reason


class NoSuchChannel(BridgeError):
    """A log has nothing on that channel; `channels` are those it has."""

    def __init__(self, path: Path, wanted: str, channels: Iterable[int | str]) -> None:
        names = ", ".join(map(str, channels)) or "none"
        super().__init__(f"{path}: no frames on channel {wanted!r}; channels: {names}")
        self.path = path
        self.wanted = wanted


class UnwritableLog(BridgeError):
    """A log cannot be written there, or not in that format."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(f"{path}: cannot be written: {reason}")
        self.path = path
        self.reason = reason


class BadCondition(BridgeError):
    """A condition such as `motor_speed_rpm > 50` could not be understood.

    `column` counts characters of the condition from 1, None where no place can be named.
    """

    def __init__(self, text: str, reason: str, column: int | None = None) -> None:
        super().__init__(f"condition {text!r}: {reason}")
        self.text = text
        self.reason = reason
        self.column = column


class BadProfile(BridgeError):
    """A bench profile cannot be used; `place` is the table and key, such as `faults[0].dtc`.

    `line` counts from 1, 0 where none can be named.
    """

    def __init__(self, path: Path, place: str, reason: str, line: int = 0) -> None:
        file = f"{path}:{line}" if line else str(path)
        super().__init__(f"{file}: {place}: {reason}" if place else f"{file}: {reason}")
        self.path = path
        self.place = place
        self.reason = reason
        self.line = line


class BusUnavailable(BridgeError):
    """The CAN adapter cannot be used."""

    def __init__(self, interface: str, channel: str, reason: str) -> None:
        super().__init__(f"CAN interface {interface!r} channel {channel!r}: {reason}")
        self.interface = interface
        self.channel = channel


class BusAbsent(BusUnavailable):
    """Nothing is wrong with the profile: the adapter, its port or its server is not there now."""


class SpoolUnusable(BridgeError):
    """The disk spool cannot be used."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(f"spool {path}: {reason}")
        self.path = path


class SpoolRefused(BridgeError):
    """The spool can neither take nor give rows now; nothing was changed, later it may work."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(f"spool {path}: {reason}")
        self.path = path
        self.reason = reason


class SpoolDamaged(BridgeError):
    """Something in a spool file is not what was written; its sound rows can be carried over."""

    def __init__(self, what: str) -> None:
        super().__init__(f"damaged: {what}")
        self.what = what


class TransmissionDenied(BridgeError):
    """A frame was refused before it reached the bus."""

    def __init__(self, arbitration_id: int, data: bytes, reason: str) -> None:
        super().__init__(f"0x{arbitration_id:X} [{data.hex(' ')}] not sent: {reason}")
        self.arbitration_id = arbitration_id
        self.data = data
