"""Lines of every text format, made from a seed: regular ones and ones that were damaged."""

import base64
import random
from collections.abc import Callable

from can_bridge.logs.asc import Asc
from can_bridge.logs.busmaster import BusMaster
from can_bridge.logs.candump import Candump
from can_bridge.logs.crtd import Crtd
from can_bridge.logs.gvret import Gvret
from can_bridge.logs.lines import TextFormat
from can_bridge.logs.microchip import Microchip
from can_bridge.logs.python_can_csv import HEADER, PythonCanCsv
from can_bridge.logs.trc import Trc

Maker = Callable[[random.Random], str]

_ALPHABET = "0123456789ABCDEFabcdefxXrRtTdD .,;:#()-+\t\r_=/\x00\u00e9"
_FD = (12, 16, 20, 24, 32, 48, 64)
_DATE_HEAD = ["date Thu Nov 9 08:36:33 pm 2023"]


def _identifier(pick: random.Random) -> tuple[int, bool]:
    is_extended = pick.random() < 0.3
    return pick.randrange(0x2000_0000 if is_extended else 0x800), is_extended


def _payload(pick: random.Random) -> bytes:
    return pick.randbytes(pick.choice((0, 1, 3, 7, 8, 8, 8)))


def _gvret(pick: random.Random) -> str:
    (arbitration_id, is_extended), data = _identifier(pick), _payload(pick)
    at = pick.randrange(-(10**6), 10**14)
    word = pick.choice((str(is_extended).lower(), str(is_extended).upper()))
    cells = ",".join(f"{byte:{pick.choice(('02X', 'x'))}}" for byte in data)
    return f"{at},{arbitration_id:08X},{word},{pick.choice(('Rx', 'Tx'))},1,{len(data)},{cells},"


def _candump(pick: random.Random) -> str:
    (arbitration_id, is_extended), data = _identifier(pick), _payload(pick)
    text = f"{arbitration_id:08X}" if is_extended else f"{arbitration_id:03X}"
    mark = "#"
    if pick.random() < 0.2:
        mark, data = f"##{pick.randrange(4):X}", pick.randbytes(pick.choice((*_FD, 4)))
    direction = pick.choice(("", "", " R", " T"))
    channel = pick.choice(("can0", "vcan12", "3", "a-rather-long-nm"))
    return f"({pick.random() * 2e9:.6f}) {channel} {text}{mark}{data.hex().upper()}{direction}"


def _asc(pick: random.Random) -> str:
    (arbitration_id, is_extended), data = _identifier(pick), _payload(pick)
    name = f"{arbitration_id:X}" + "x" * is_extended
    if pick.random() < 0.2:
        data = pick.randbytes(pick.choice((*_FD, 8)))
        code = (*range(9), *_FD).index(len(data))
        flags = pick.choice((0x1000, 0x3000, 0))
        return (
            f" {pick.random() * 99:.6f} CANFD   2 Rx {name:>8}  "
            f"{pick.randrange(2)} 1 {code:x} {len(data):>2} {data.hex(' ')} 0 0 {flags:X} 0 0 0 0 0"
        )
    kind = pick.choice(("d", "d", "d", "r"))
    cells = data.hex(" ").upper() if kind == "d" else ""
    tail = pick.choice(("", "", "  Length = 910000 BitCount = 119 ID = 265"))
    return f" {pick.random() * 99:.6f} 1  {name:<15} Rx   {kind} {len(data):x} {cells}{tail}"


def _decimal_asc(pick: random.Random) -> str:
    (arbitration_id, is_extended), data = _identifier(pick), _payload(pick)
    cells = " ".join(str(byte) for byte in data)
    return f"{pick.random():.6f} 1 {arbitration_id}{'x' * is_extended} Tx d {len(data)} {cells}"


def _trc(pick: random.Random) -> str:
    (arbitration_id, is_extended), data = _identifier(pick), _payload(pick)
    kind = pick.choice(("DT", "DT", "FD", "FB", "FE", "BI", "RR", "ER"))
    if kind[0] in "FB":
        data = pick.randbytes(pick.choice((*_FD, 8)))
    code = (*range(9), *_FD).index(len(data))
    name = f"{arbitration_id:08X}" if is_extended else f"{arbitration_id:04X}"
    cells = "" if kind == "RR" else data.hex(" ").upper()
    at_ms = pick.random() * 1e6
    return f"{pick.randrange(99):>7} {at_ms:13.3f} {kind}  1 {name:>8} Rx -  {code:<4} {cells}"


def _old_trc(pick: random.Random) -> str:
    data = _payload(pick)
    at_ms = pick.random() * 1e6
    number, name = f"{pick.randrange(99):>6})", f"{pick.randrange(2048):04X}"
    return f"{number} {at_ms:9.1f}  Rx         {name}  {len(data)}  {data.hex(' ')}"


def _crtd(pick: random.Random) -> str:
    (arbitration_id, is_extended), data = _identifier(pick), _payload(pick)
    kind = f"{pick.choice(('', '2'))}{pick.choice('RT')}{'29' if is_extended else '11'}"
    return f"{pick.random() * 2e9:.6f} {kind} {arbitration_id:X} {data.hex(' ')} "


def _busmaster(pick: random.Random) -> str:
    (arbitration_id, is_extended), data = _identifier(pick), _payload(pick)
    at = f"{pick.randrange(24)}:{pick.randrange(60):02}:{pick.randrange(60):02}"
    fraction = pick.choice((f"{pick.randrange(1000)}", f"{pick.randrange(10000):04}"))
    kind = "x" if is_extended else "s"
    name = f"{pick.choice(('', '0x'))}{arbitration_id:X}"
    return f"{at}:{fraction} Rx 1 {name} {kind} {len(data)} {data.hex(' ').upper()} "


def _microchip(pick: random.Random) -> str:
    data = _payload(pick)
    cells = "".join(f"0x{byte:02X};" for byte in data)
    name = f"0x{_identifier(pick)[0]:08X}"
    return f"{pick.randrange(10**6)};{pick.choice(('RX', 'TX'))};{name};{len(data)};{cells}"


def _python_can(pick: random.Random) -> str:
    (arbitration_id, is_extended), data = _identifier(pick), _payload(pick)
    at = repr(pick.random() * (2e9 if pick.random() < 0.9 else 1e-5))
    encoded = base64.b64encode(data).decode()
    return f"{at},{hex(arbitration_id)},{int(is_extended)},0,0,{len(data)},{encoded}"


_GVRET_HEAD = ["Time Stamp,ID,Extended,Dir,Bus,LEN,D1,D2,D3,D4,D5,D6,D7,D8"]
_TRC_HEAD = [";$FILEVERSION=2.1", ";$STARTTIME=44938.44", ";$COLUMNS=N,O,T,B,I,d,R,L,D"]
_BUSMASTER_HEAD = ["***BUSMASTER Ver 2.4.0***", "***HEX***", "***SYSTEM MODE***"]

SAMPLES: dict[str, tuple[Callable[[], TextFormat | None], Maker]] = {
    "gvret": (lambda: Gvret.recognise(_GVRET_HEAD), _gvret),
    "candump": (Candump, _candump),
    "asc": (lambda: Asc.recognise([*_DATE_HEAD, "base hex  timestamps absolute"]), _asc),
    "decimal asc": (
        lambda: Asc.recognise([*_DATE_HEAD, "base dec  timestamps relative"]),
        _decimal_asc,
    ),
    "trc 2.1": (lambda: Trc.recognise(_TRC_HEAD), _trc),
    "trc 1.1": (lambda: Trc.recognise([";$FILEVERSION=1.1", ";$STARTTIME=44938.44"]), _old_trc),
    "crtd": (Crtd, _crtd),
    "busmaster": (lambda: BusMaster.recognise(_BUSMASTER_HEAD), _busmaster),
    "microchip": (Microchip, _microchip),
    "csv": (lambda: PythonCanCsv.recognise([HEADER]), _python_can),
}
"""Per format: a fresh reader and a maker of regular lines."""


def regular_lines(name: str, seed: int, count: int) -> list[str]:
    """Lines as the format's own tools write them."""
    pick = random.Random(seed)  # noqa: S311 -- no secret
    return [SAMPLES[name][1](pick) for _ in range(count)]


def damaged_lines(name: str, seed: int, count: int) -> list[str]:
    """Such lines, most of them with a few characters changed, lost, doubled or inserted."""
    pick = random.Random(seed)  # noqa: S311 -- no secret
    return [_damaged(SAMPLES[name][1](pick), pick) for _ in range(count)]


def _damaged(line: str, pick: random.Random) -> str:
    for _ in range(pick.choice((0, 1, 1, 2, 5))):
        at = pick.randrange(len(line) + 1)
        char = pick.choice(_ALPHABET)
        line = pick.choice(
            (
                line[:at] + char + line[at + 1 :],
                line[:at] + line[at + 1 :],
                line[:at] + char + line[at:],
                line[:at] + line[max(at - 1, 0) :],
                line[:at],
            )
        )
    return line
