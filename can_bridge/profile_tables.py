"""What the tables of a bench profile (TOML) may hold: one record a table, checked by type."""

from typing import Annotated

import msgspec
from msgspec import Meta

from telemetry.contract.payloads import IdentityKind

SignalKey = Annotated[str, Meta(min_length=1, max_length=128)]
Seconds = Annotated[float, Meta(ge=0, le=86_400)]
CanId = Annotated[int, Meta(ge=0, lt=1 << 29)]
Did = Annotated[int, Meta(ge=0, le=0xFFFF)]


class Record(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A table of the profile; a misspelt key is an error."""


class BusEntry(Record, frozen=True, kw_only=True):
    """A bus of the bench: adapter as python-can names it, and the DBC of its messages.

    `channel` may hold `{bench}`. `options` goes to python-can as it is. `accept_active` takes
    an adapter whose listen-only mode cannot be set or verified: it may acknowledge frames and so
    take part in the bench's traffic, though the bridge sends none.
    """

    name: str = "can"
    dbc: str = ""
    interface: str = "virtual"
    channel: str = "{bench}"
    bitrate: Annotated[int, Meta(gt=0, le=1_000_000)] = 500_000
    accept_active: bool = False
    options: dict[str, str | int | float | bool] = {}


class UsageEntry(Record, frozen=True, kw_only=True):
    """When the bench is in use: `in_use` for `start_s`; ended after `idle_s` without."""

    in_use: str
    start_s: Seconds = 3.0
    idle_s: Seconds = 60.0


class FaultEntry(Record, frozen=True, kw_only=True):
    """A fault test; `severity` 1-3 as GB/T 32960 alarm levels.

    `freeze` names signals kept with the fault besides those of the condition.
    """

    condition: str
    dtc: str
    failure_type: Annotated[int, Meta(ge=0, le=255)] = 0
    severity: Annotated[int, Meta(ge=1, le=3)]
    confirm_s: Seconds = 1.0
    clear_s: Seconds = 2.0
    text_zh: str
    text_en: str
    remedy_zh: str = ""
    remedy_en: str = ""
    freeze: list[str] = []


class DiagnosticsEntry(Record, frozen=True, kw_only=True):
    """Allowance to transmit; without it the bridge only listens.

    With `is_allowed` the bridge may send read requests (0x22, 0x19, 0x3E, 0x10 01) to
    `request_id` on bus `bus`, nothing else. DIDs as ISO 14229-1 annex C.
    """

    is_allowed: bool = False
    bus: str = ""
    request_id: CanId = 0x7E4
    response_id: CanId = 0x7EC
    ecu: str = "ECU"
    vin_did: Did = 0xF190
    serial_did: Did = 0xF18C
    software_did: Did = 0xF195


class SignalEntry(Record, frozen=True, kw_only=True):
    """A signal by its name on the wire.

    `source` is `Message.Signal` (or `bus/Message.Signal`), the name itself by default.
    `plot_minimum` and `plot_maximum` replace the DBC's range for plots, never for plausibility.
    `not_available` replaces the raw values taken as "no value"; empty list: every value counts.
    """

    source: str = ""
    unit: str | None = None
    label_zh: str = ""
    label_en: str = ""
    headline: bool = False
    plot_minimum: float | None = None
    plot_maximum: float | None = None
    not_available: list[int] | None = None
    minimum: float | None = None
    maximum: float | None = None


class Profile(Record, frozen=True, kw_only=True):
    """A bench profile as written; `match` lists the messages that make it apply to a DBC."""

    name: str
    identity: IdentityKind = IdentityKind.HARDWARE
    publish_period_ms: Annotated[int, Meta(ge=10, le=60_000)] = 1000
    stale_after_s: Annotated[float, Meta(gt=0, le=3600)] = 5.0
    buses: list[BusEntry] = []
    usage: UsageEntry | None = None
    faults: list[FaultEntry] = []
    diagnostics: DiagnosticsEntry = DiagnosticsEntry()
    signals: dict[SignalKey, SignalEntry] = {}
    match: list[str] = []
