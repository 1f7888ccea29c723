"""What can be said of a new bench profile on the command line, before anybody is asked."""

from dataclasses import dataclass, field
from pathlib import Path

from can_bridge.profile_template.proposals import BenchKind

_BUS_KEYS = ("name", "dbc", "interface", "channel", "bitrate", "accept_active")
_YES = frozenset({"true", "yes", "1"})


class BadAnswer(ValueError):
    """An answer that no profile can be made from; the text says what was expected."""


@dataclass(frozen=True, slots=True)
class BusAnswer:
    """What was said of one bus; None and "" where nothing was."""

    name: str = ""
    dbc: Path | None = None
    interface: str | None = None
    channel: str | None = None
    bitrate: int | None = None
    accept_active: bool = False

    @property
    def is_empty(self) -> bool:
        """Nothing was said that describes a bus."""
        return self == BusAnswer(accept_active=self.accept_active)


@dataclass(frozen=True, slots=True)
class Answers:
    """What was given.

    Raises:
        BadAnswer: both `only_bus` and `buses` describe a bus.
    """

    name: str | None = None
    kind: BenchKind | None = None
    buses: tuple[BusAnswer, ...] = ()
    only_bus: BusAnswer = field(default_factory=BusAnswer)
    output: Path | None = None

    def __post_init__(self) -> None:
        if self.buses and not self.only_bus.is_empty:
            told = "--bus 不能与 --dbc、--interface 等同用 · not together with --dbc, --interface …"
            raise BadAnswer(told)


def parsed_bus(text: str) -> BusAnswer:
    """`name=hv,dbc=hv.dbc,interface=slcan,channel=COM3,bitrate=500000` as an answer.

    Raises:
        BadAnswer: not of that form, or an unknown key.
    """
    values: dict[str, str] = {}
    for part in text.split(","):
        key, equals, value = part.partition("=")
        if not equals or key.strip() not in _BUS_KEYS:
            known = ", ".join(_BUS_KEYS)
            raise BadAnswer(f"--bus {part!r}: expected KEY=VALUE, KEY one of {known}")
        values[key.strip()] = value.strip()
    return BusAnswer(
        name=values.get("name", ""),
        dbc=Path(values["dbc"]) if values.get("dbc") else None,
        interface=values.get("interface"),
        channel=values.get("channel"),
        bitrate=bit_rate(values["bitrate"]) if "bitrate" in values else None,
        accept_active=values.get("accept_active", "").lower() in _YES,
    )


def bit_rate(text: str) -> int:
    """Bits per second.

    Raises:
        BadAnswer: not a whole number.
    """
    try:
        return int(text)
    except ValueError:
        raise BadAnswer(f"bitrate {text!r}: expected bits per second, such as 500000") from None
