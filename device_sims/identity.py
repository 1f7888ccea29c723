"""How a simulator says that it is one: on every bus, without being asked.

A tester's profile may call it what it likes, and its bus may have real wires: the mark and the
VIN below are what the bridge goes by (docs/decisions/0012-plant-models-of-the-simulators.md).
"""

from collections.abc import Mapping

MARK_ID = 0x1FFF_5349
"""29-bit identifier of the mark: the lowest priority there is, and its last two bytes are `SI`."""
MARK = b"SIMULATE"
_SIGNALS = {
    "MarkerStart": int.from_bytes(MARK[:4], "little"),
    "MarkerEnd": int.from_bytes(MARK[4:], "little"),
}


def identity_signals() -> Mapping[str, int]:
    """Signals of the message `SIM_Identity` of every simulator's DBC."""
    return _SIGNALS
