"""What the tables of a bench profile (TOML) may hold: one record a table, checked by type."""

from typing import Annotated, Literal

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
    """A fault test; `severity` 1-4 as GB/T 32960 alarm levels (4: thermal event).

    `freeze` names signals kept with the fault besides those of the condition.
    """

    condition: str
    dtc: str
    failure_type: Annotated[int, Meta(ge=0, le=255)] = 0
    severity: Annotated[int, Meta(ge=1, le=4)]
    confirm_s: Seconds = 1.0
    clear_s: Seconds = 2.0
    text_zh: str
    text_en: str
    remedy_zh: str = ""
    remedy_en: str = ""
    freeze: list[str] = []


class EcuEntry(Record, frozen=True, kw_only=True):
    """A control unit that may be read; DIDs as ISO 14229-1 annex C.

    Ids above 0x7FF are 29-bit ids. `bus` is that of `[diagnostics]` by default.
    """

    name: Annotated[str, Meta(min_length=1, max_length=32)]
    bus: str = ""
    request_id: CanId
    response_id: CanId
    vin_did: Did = 0xF190
    serial_did: Did = 0xF18C
    software_did: Did = 0xF195


class DiagnosticsEntry(Record, frozen=True, kw_only=True):
    """What may be read from control units, and what is taken from overheard diagnostics.

    With `is_allowed`, and only while somebody at the bench has armed it, the bridge may send read
    requests (0x22, 0x19, 0x3E, 0x10 01) to the `ecus`; `ecu`, `request_id` … stand for a single
    one. Identity is read once per arming, trouble codes every `read_period_s` (0: never).
    `overhear` takes trouble codes and identity from what a tester asks; `j1939_buses` names buses
    whose 29-bit ids are J1939; `vin_signals` are signals whose values are the VIN's ASCII bytes,
    one to six bytes each, in order.
    """

    is_allowed: bool = False
    bus: str = ""
    request_id: CanId = 0x7E4
    response_id: CanId = 0x7EC
    ecu: str = "ECU"
    vin_did: Did = 0xF190
    serial_did: Did = 0xF18C
    software_did: Did = 0xF195
    ecus: list[EcuEntry] = []
    read_period_s: Annotated[float, Meta(ge=0, le=86_400)] = 0.0
    frames_per_minute: Annotated[int, Meta(ge=1, le=600)] = 120
    frames_per_arming: Annotated[int, Meta(ge=1, le=10_000)] = 1200
    overhear: bool = True
    j1939_buses: list[str] = []
    vin_signals: list[SignalKey] = []

    def all_ecus(self) -> list[EcuEntry]:
        """The control units with their buses filled in; empty where nothing is allowed."""
        if not self.is_allowed:
            return []
        listed = self.ecus or [
            EcuEntry(
                name=self.ecu,
                request_id=self.request_id,
                response_id=self.response_id,
                vin_did=self.vin_did,
                serial_did=self.serial_did,
                software_did=self.software_did,
            )
        ]
        return [msgspec.structs.replace(ecu, bus=ecu.bus or self.bus) for ecu in listed]


class AlarmFlagsEntry(Record, frozen=True, kw_only=True):
    """A signal with the general alarm flags of GB/T 32960.3, bit 0 least significant.

    `level_signal` is the highest alarm level, the severity of all flags that are set.
    """

    signal: SignalKey
    level_signal: str = ""
    edition: Literal[2016, 2025] = 2016


class TroubleCodeEntry(Record, frozen=True, kw_only=True):
    """What a code that a control unit reports means on this bench: `P0AA6`, `P0AA6-13`, `SPN …`.

    Without the failure type it stands for all of them.
    """

    dtc: str
    severity: Annotated[int, Meta(ge=1, le=4)]
    text_zh: str = ""
    text_en: str = ""
    remedy_zh: str = ""
    remedy_en: str = ""


class RecordingEntry(Record, frozen=True, kw_only=True):
    """Whether the bench's raw frames are kept on this computer, and how much of them.

    All segments together take at most `keep_mib`; the oldest are deleted for new ones.
    """

    is_on: bool = False
    keep_mib: Annotated[int, Meta(ge=8, le=1_000_000)] = 512
    segment_s: Annotated[float, Meta(ge=10, le=86_400)] = 600.0


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
    alarm_flags: list[AlarmFlagsEntry] = []
    trouble_codes: list[TroubleCodeEntry] = []
    recording: RecordingEntry = RecordingEntry()
    signals: dict[SignalKey, SignalEntry] = {}
    match: list[str] = []
