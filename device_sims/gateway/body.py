"""The car's body: doors, locks, lights, wipers, window, supply, and the speed it pretends."""

from dataclasses import dataclass

WINDOW_PER_S = 0.22
"""A front window takes four to five seconds."""
SPEED_KMH_PER_S = 9.0
SUPPLY_V, CHARGED_V, SUPPLY_S = 12.6, 13.9, 0.3
LAMP_DROP_V, WIPER_DROP_V = 0.2, 0.1


@dataclass(frozen=True, slots=True)
class GatewayCommand:
    """What the tester does to the car's body.

    `wiper_level` 0 to 3, `window_open` 0 to 1, `turn` 0 none, 1 left, 2 right, 3 hazard.
    """

    is_ignition_on: bool = False
    is_door_open: bool = False
    is_locked: bool = False
    is_lamp_on: bool = False
    wiper_level: int = 0
    window_open: float = 0.0
    turn: int = 0
    speed_kmh: float = 0.0


@dataclass(frozen=True, slots=True)
class Body:
    """State of the body."""

    command: GatewayCommand = GatewayCommand(is_locked=True)
    window_open: float = 0.0
    speed_kmh: float = 0.0
    odometer_km: float = 18_432.0
    supply_v: float = SUPPLY_V
    idle_for_s: float = 0.0
    """Since anybody touched anything."""


def step(body: Body, command: GatewayCommand, supply_drop_v: float, dt_s: float) -> Body:
    """The body after `dt_s` seconds, at most a tenth of a second at once."""
    is_touched = command != body.command or command.is_ignition_on or command.is_door_open
    wanted_kmh = command.speed_kmh if command.is_ignition_on else 0.0
    speed_kmh = _towards(body.speed_kmh, wanted_kmh, SPEED_KMH_PER_S * dt_s)
    supply_v = CHARGED_V if command.is_ignition_on else SUPPLY_V
    supply_v -= LAMP_DROP_V * command.is_lamp_on + WIPER_DROP_V * bool(command.wiper_level)
    supply_v -= supply_drop_v
    return Body(
        command=command,
        window_open=_towards(body.window_open, command.window_open, WINDOW_PER_S * dt_s),
        speed_kmh=speed_kmh,
        odometer_km=body.odometer_km + speed_kmh * dt_s / 3600,
        supply_v=body.supply_v + (supply_v - body.supply_v) * min(1.0, dt_s / SUPPLY_S),
        idle_for_s=0.0 if is_touched else body.idle_for_s + dt_s,
    )


def _towards(now: float, wanted: float, reach: float) -> float:
    return max(now - reach, min(now + reach, wanted))
